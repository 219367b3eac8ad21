# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The bulk reads of IAM, made once in a run: who and what there is, quotas, and who asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.iam.initial_password import Identity
from .account import AwsAccount
from .errors import doing
from .transformations import tags_from

_LISTS = {
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "Role": "RoleDetailList",
    "LocalManagedPolicy": "Policies",
    "AWSManagedPolicy": "AwsPolicies",
}
"""Kinds of what can be read, and in which list each comes; AWS's own policies get one of ours."""

_OF_AWS = ":iam::aws:policy/"
_PAGE = 1000

Details = dict[str, list[Any]]


def read_details(aws: AwsAccount, filters: Sequence[str]) -> Details:
    """Return everything of GetAccountAuthorizationDetails for User, Group, Role or policies.

    Of AWS's own policies these are the ones in use, in their default version.
    A run that keeps its reads asks for all kinds at once: that is one call for all its modules.
    """
    kinds = sorted(_LISTS) if aws.reads.are_kept else list(filters)
    return aws.reads.answer(_question(aws, kinds), lambda: _read_details(aws, kinds, filters))


def renew_details(aws: AwsAccount) -> bool:
    """Forget the details that an earlier module of the run read; return whether these counted."""
    return aws.reads.renew(_question(aws, sorted(_LISTS)))


def _question(aws: AwsAccount, kinds: Sequence[str]) -> str:
    return f"{aws.label}: authorization details of {', '.join(kinds)}"


def _read_details(aws: AwsAccount, kinds: Sequence[str], wanted: Sequence[str]) -> Details:
    found: Details = {name: [] for name in _LISTS.values()}
    with doing(aws, f"read {', '.join(wanted)} from IAM"):
        paginator = aws.client("iam").get_paginator("get_account_authorization_details")
        for page in paginator.paginate(Filter=list(kinds), PaginationConfig={"PageSize": _PAGE}):
            for name, rows in found.items():
                rows.extend(page.get(name, []))
    ours = [p for p in found["Policies"] if _OF_AWS not in p.get("Arn", "")]
    of_aws = [_in_default_version(p) for p in found["Policies"] if _OF_AWS in p.get("Arn", "")]
    return {**found, "Policies": ours, "AwsPolicies": of_aws}


def _in_default_version(policy: Any) -> Any:
    policy["PolicyVersionList"] = [v for v in policy["PolicyVersionList"] if v["IsDefaultVersion"]]
    return policy


def read_identities(aws: AwsAccount) -> dict[str, Identity]:
    """Return who the users are, by name; a run that has read the users does not ask again."""
    return {
        user["UserName"]: Identity(
            user["UserId"], user["CreateDate"], tags_from(user.get("Tags", []))
        )
        for user in read_details(aws, ("User",))["UserDetailList"]
    }


def read_session_lengths(aws: AwsAccount) -> dict[str, int]:
    """Return how many seconds sessions of each role may last, which the bulk read does not tell."""

    def read() -> dict[str, int]:
        with doing(aws, "read the maximum session durations of the roles"):
            pages = (
                aws.client("iam")
                .get_paginator("list_roles")
                .paginate(PaginationConfig={"PageSize": _PAGE})
            )
            return {
                role["RoleName"]: role["MaxSessionDuration"]
                for page in pages
                for role in page["Roles"]
                if "MaxSessionDuration" in role
            }

    return aws.reads.answer(f"{aws.label}: session lengths", read)


def read_quotas(aws: AwsAccount) -> dict[str, int]:
    """Return IAM's quotas and counts of the account."""

    def read() -> dict[str, int]:
        with doing(aws, "read the IAM quotas"):
            return dict(aws.client("iam").get_account_summary()["SummaryMap"])

    return aws.reads.answer(f"{aws.label}: account summary", read)


def read_caller(aws: AwsAccount) -> dict[str, str]:
    """Return account_id and arn of the credentials in use."""

    def read() -> dict[str, str]:
        with doing(aws, "identify the credentials"):
            answer = aws.client("sts").get_caller_identity()
        return {"account_id": answer["Account"], "arn": answer["Arn"]}

    return aws.reads.answer(f"{aws.label}: caller", read)
