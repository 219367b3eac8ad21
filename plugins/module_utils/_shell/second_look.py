# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading memberships again after a run wrote some: another run may have done so, too."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .._aws.account import AwsAccount
from .._aws.errors import AwsError
from .._aws.users import read_memberships
from .._aws.waiting import Patience, wait_for
from .._core.change import State
from .._core.iam.meddling import are_visible, has_written_memberships, left_groups, meddling_alarms
from .apply import Outcome

VISIBLE_WITHIN = 20.0
"""Seconds after which IAM shows what was written, as far as a run waits for it."""


@dataclass(frozen=True)
class Before:
    """What a run went by: whom it lists, what it read of them, and the groups that are ours."""

    names: Collection[str]
    state: State
    jump_groups: Collection[str]


class SecondLook:
    """What others did to memberships while a run wrote some; asked once, and not in check mode."""

    def __init__(self, aws: AwsAccount, before: Before, *, is_check: bool) -> None:
        self._aws, self._before = aws, before
        self._found: dict[str, str] | None = {} if is_check else None

    def alarms(self, outcome: Outcome) -> dict[str, str]:
        """Return a sentence by person; a run that wrote no membership asks nothing."""
        if self._found is None:
            self._found = _look_again(self._aws, self._before, outcome)
        return self._found


def _look_again(aws: AwsAccount, before: Before, outcome: Outcome) -> dict[str, str]:
    if not has_written_memberships(outcome.applied):
        return {}
    # Of whom something was refused, nobody knows how far it came.
    names = set(before.names) - {change.subject for change in outcome.pending}
    left = left_groups(before.state, outcome.applied, names)
    try:
        read = wait_for(
            lambda: read_memberships(aws),
            lambda state: are_visible(outcome.applied, state),
            Patience(VISIBLE_WITHIN),
        )
    except AwsError as error:
        return {"memberships": f"Memberships were written, but could not be verified: {error}"}
    return meddling_alarms(left, read, before.jump_groups)
