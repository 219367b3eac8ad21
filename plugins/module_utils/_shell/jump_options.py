# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Options that modules of groups and people share, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from .._aws.account import AwsAccount
from .._aws.details import read_quotas
from .._core.change import Json
from .._core.checking import Problems
from .._core.iam.groups import GroupQuotas, GroupSettings, JumpGroup, check_groups
from .._core.iam.shut_out import Returns
from .._core.iam.users import JumpUser
from .._core.input.security import read_networks
from .._core.partitions import PARTITIONS
from .module import Spec, require_account

MFA_SPEC: Spec = {
    "mfa_policy_name": {"type": "str", "default": "policy-enforce-mfa"},
    "source_networks": {"type": "list", "elements": "str", "default": []},
    "partition": {
        "type": "str",
        "default": "aws",
        "choices": list(PARTITIONS),
    },
}

GROUPS_SPEC: Spec = {
    "groups": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "role_arns": {"type": "list", "elements": "str", "default": []},
        },
    },
    "path": {"type": "str", "default": "/jumpaccount/"},
    **MFA_SPEC,
}

RETURNS_SPEC: Spec = {
    "roster": {"type": "list", "elements": "str"},
    "returned_users": {"type": "list", "elements": "str", "default": []},
    "replaced_users": {"type": "list", "elements": "str", "default": []},
}

USERS_SPEC: Spec = {
    "users": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "groups": {"type": "list", "elements": "str", "default": []},
            "path": {"type": "str", "default": "/"},
            "tags": {"type": "dict", "default": {}},
            "permissions_boundary": {"type": "str"},
        },
    },
}


def build_groups(params: Mapping[str, Json]) -> list[JumpGroup]:
    """Return the groups that a module's options list."""
    return [JumpGroup(g["name"], frozenset(g["role_arns"])) for g in params["groups"]]


def build_users(params: Mapping[str, Json]) -> list[JumpUser]:
    """Return the users that a module's options list."""
    return [
        JumpUser(
            name=user["name"],
            path=user["path"],
            tags=tuple(sorted(user["tags"].items())),
            permissions_boundary=user["permissions_boundary"],
            groups=frozenset(user["groups"]),
        )
        for user in params["users"]
    ]


def build_returns(params: Mapping[str, Json]) -> Returns:
    """Return who comes back, and who is to be marked as having left as of day."""
    roster = params["roster"]
    return Returns(
        returned=frozenset(params["returned_users"]),
        replaced=frozenset(params["replaced_users"]),
        roster=None if roster is None else frozenset(roster),
        day=datetime.now(UTC).date().isoformat(),
    )


def build_settings(aws: AwsAccount, params: Mapping[str, Json], path: str) -> GroupSettings:
    """Return what all groups under a path share, with IAM's default quotas."""
    networks = read_networks("source_networks", params["source_networks"])
    return GroupSettings(
        account_id=aws.account_id or require_account(aws),
        partition=params["partition"],
        path=path,
        mfa_policy=params["mfa_policy_name"],
        source_networks=networks,
    )


def read_settings(
    aws: AwsAccount, params: Mapping[str, Json], wanted: Sequence[JumpGroup]
) -> GroupSettings:
    """Return what all groups share; raise InputError when the account cannot hold the groups."""
    settings = build_settings(aws, params, params["path"])
    quotas = read_quotas(aws)
    settings = replace(
        settings,
        quotas=GroupQuotas(
            inline_size=quotas["GroupPolicySizeQuota"],
            policy_size=quotas["PolicySizeQuota"],
            attached_policies=quotas["AttachedPoliciesPerGroupQuota"],
        ),
    )
    problems = Problems()
    check_groups(problems, wanted, settings)
    problems.raise_if_any()
    return settings
