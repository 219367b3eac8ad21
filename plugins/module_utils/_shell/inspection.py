# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Looking at the principals of the Jump account beside the work of a module."""

from __future__ import annotations

from collections.abc import Mapping

from .._aws.account import AwsAccount
from .._aws.inspection import read_inspection
from .._core.change import Json
from .._core.iam.groups import GroupSettings
from .._core.iam.strong_principals import Holdings
from .module import Spec

INSPECTION_SPEC: Spec = {
    "inspect": {
        "type": "dict",
        "options": {
            "roles": {"type": "list", "elements": "str", "required": True},
            "fence_policy_name": {"type": "str", "required": True},
            "stack_set_name": {"type": "str", "required": True},
            "parameter_prefix": {"type": "str", "required": True},
            "region": {"type": "str", "required": True},
            "has_own_key": {"type": "bool", "default": False},
            "key_stack": {"type": "str", "no_log": False},
        },
    },
}


def inspect(
    aws: AwsAccount, asked: Mapping[str, Json] | None, settings: GroupSettings
) -> dict[str, Json] | None:
    """Return what was asked about the account; None when nothing was."""
    if asked is None:
        return None
    holdings = Holdings(
        account_id=settings.account_id,
        partition=settings.partition,
        region=asked["region"],
        path=settings.path,
        roles=tuple(asked["roles"]),
        fence=asked["fence_policy_name"],
        stack_set=asked["stack_set_name"],
        parameter_prefix=asked["parameter_prefix"],
        has_own_key=asked["has_own_key"],
    )
    return read_inspection(aws, holdings, asked["key_stack"])
