# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Looking at the principals of the Jump account beside the work of a module."""

from __future__ import annotations

from collections.abc import Mapping

from .._aws.account import AwsAccount
from .._aws.inspection import read_roles_and_fence
from .._core.change import Json
from .._core.plan_group import GroupSettings
from .module import Spec

INSPECTION_SPEC: Spec = {
    "inspect": {
        "type": "dict",
        "options": {
            "roles": {"type": "list", "elements": "str", "required": True},
            "fence_policy_name": {"type": "str", "required": True},
        },
    },
}


def inspect(
    aws: AwsAccount, asked: Mapping[str, Json] | None, settings: GroupSettings
) -> dict[str, Json] | None:
    """Return what was asked about the account; None when nothing was."""
    if asked is None:
        return None
    return read_roles_and_fence(aws, asked["roles"], asked["fence_policy_name"], settings)
