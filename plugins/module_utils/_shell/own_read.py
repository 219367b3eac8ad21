# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a module writes, it decides on what it read itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .._aws.account import AwsAccount
from .._aws.details import renew_details
from .._core.iam.decision import Decision

Found = TypeVar("Found")


def decide_on_own_read(
    aws: AwsAccount, read: Callable[[], Found], decide: Callable[[Found], Decision]
) -> tuple[Found, Decision]:
    """Return what was found and what is decided on it.

    What earlier modules of the run read may be minutes old: it shows that nothing is to be done,
    but nothing is written on it.
    """
    found = read()
    decision = decide(found)
    if decision.plan and renew_details(aws):
        found = read()
        decision = decide(found)
    return found, decision
