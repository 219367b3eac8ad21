# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The companies of the proof: the usual one, and what others choose otherwise."""

from __future__ import annotations

from typing import Any

from tests.policy.company import LEVELS, OPTIONS, Company
from tests.policy.switching import switching_rows
from tests.policy.table import Row, read_tables


def _allowing(actions: list[str], resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


_CREDENTIALS = [
    *("iam:ChangePassword", "iam:GetAccountPasswordPolicy", "iam:GetUser"),
    *("iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice", "iam:EnableMFADevice"),
    *("iam:DeactivateMFADevice", "iam:GetMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice"),
    *("iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:UpdateAccessKey"),
    *("iam:GetAccessKeyLastUsed", "iam:ListAccessKeys"),
    *("signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"),
]
BOUNDARIES = {
    "boundary-roles": _policy(
        _allowing(["ec2:*", "s3:*", "ssm:*", "kms:*", "cloudformation:*"]),
        _allowing(["iam:Get*", "iam:List*", "iam:PassRole", "sts:*"]),
    ),
    "boundary-operator": _policy(_allowing(["s3:*", "iam:*"])),
    "boundary-users": _policy(
        _allowing(_CREDENTIALS), _allowing(["sts:AssumeRole"], "arn:aws:iam::*:role/role-*")
    ),
}
"""What a company may limit its people to; for users no more than they need."""

STRICT = Company("strict")
CHINA = Company("china", partition="aws-cn")
GOVCLOUD = Company("govcloud", partition="aws-us-gov")
SOVEREIGN = Company("sovereign", partition="aws-eusc")
ISOLATED = Company("isolated", partition="aws-iso-b")
BOUNDED = Company(
    "bounded",
    tables="bounded",
    options={
        **OPTIONS,
        "jump_bind_session_name": False,
        "jump_switch_roles_permissions_boundary": {"customer": "boundary-roles"},
        "jump_users_permissions_boundary": {"customer": "boundary-users"},
    },
    levels={
        **LEVELS,
        "operator": {
            "managed_policies": ["ReadOnlyAccess"],
            "permissions_boundary": {"customer": "boundary-operator"},
        },
    },
    exceptions={},
    boundaries=BOUNDARIES,
)
"""Boundaries of its own around everybody, and sessions of any name."""
PLAIN = Company(
    "plain",
    tables="plain",
    options={},
    levels={
        **LEVELS,
        "developer": {
            "managed_policies": ["PowerUserAccess"],
            "stages": {"staging": {"managed_policies": ["PowerUserAccess", "IAMFullAccess"]}},
        },
        "operator": {
            "managed_policies": ["ReadOnlyAccess"],
            "stages": {"prod": {"managed_policies": ["job-function/ViewOnlyAccess"]}},
        },
        "builder": {
            **LEVELS["builder"],
            "stages": {"staging": {"permissions_boundary": {"customer": "boundary-staging"}}},
        },
    },
    exceptions={},
    boundaries={"boundary-staging": _policy(_allowing(["ec2:*", "sts:*"]))},
    jump={"stage": "staging"},
)
"""No option is set, and levels differ by stage; its inventory gives a stage to the Jump account."""

MEMBERS_ONLY = Company(
    "members-only",
    tables="members",
    options={**OPTIONS, "jump_roles_in_jump_account": "admin"},
)
"""Lower levels have no switch role in the Jump account, so that only its own tables fit."""

COMPANIES = (STRICT, CHINA, GOVCLOUD, SOVEREIGN, ISOLATED, BOUNDED, PLAIN, MEMBERS_ONLY)


def rows_of(company: Company) -> list[Row]:
    """Return every row that must come out as written in a company."""
    if company is MEMBERS_ONLY:
        return read_tables(company.tables)
    common = (row for row in read_tables("") if _holds(company, row))
    own = read_tables(company.tables) if company.tables else []
    # Two other partitions show that the trusts do not depend on the partition.
    combinations = () if company in (SOVEREIGN, ISOLATED) else switching_rows(company)
    return [*common, *own, *combinations]


def _holds(company: Company, row: Row) -> bool:
    """Return whether a row of the tables for all says the same about this company."""
    if company is BOUNDED:
        # Boundaries take away only; and forged names are in its own tables.
        return row.expected == "denied" and "as=" not in row.given
    return company is not PLAIN or not _is_of_options(row)


def _is_of_options(row: Row) -> bool:
    is_of_trust = row.place.startswith("2-") and "MultiFactorAuthAge" in row.given
    is_of_network = row.network.startswith("elsewhere") or "SourceIp" in row.given
    return is_of_trust or is_of_network or row.place.startswith("6-")
