# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading what our roles and the fence in the Jump account are, and who is strong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._core.change import Json, Kind, ObjectId
from .._core.iam.strong_principals import Holdings, principal_arn, strong_principals
from .._core.report.roles import describe_roles
from .account import AwsAccount
from .details import Details, read_caller, read_details, read_session_lengths
from .errors import AwsError
from .passwords_key import read_passwords_key
from .transformations import documents_from, policies_from, principals_from, roles_from

_KINDS = ("AWSManagedPolicy", "Group", "LocalManagedPolicy", "Role", "User")


def read_inspection(
    aws: AwsAccount, holdings: Holdings, key_stack: str | None = None
) -> dict[str, Json]:
    """Return our roles that are there, the fence, the passwords' key, and who is strong.

    The fence is its text; fence and key are None where there is none. What AWS refuses to tell of
    the key is told instead of it, and ends nothing else.
    """
    details = read_details(aws, _KINDS)
    caller = read_caller(aws)["arn"]
    key, holdings = _look_at_key(aws, holdings, key_stack)
    fence = holdings.fence
    named = {"Policies": [p for p in details["Policies"] if p["PolicyName"] == fence]}
    there = policies_from(named, holdings.path).get(ObjectId(Kind.POLICY, (fence,)))
    return {
        "fence": there["document"] if there else None,
        "roles": describe_roles(roles_from(details, holdings.roles), read_session_lengths(aws)),
        "principals": strong_principals(
            principals_from(details),
            documents_from(details),
            holdings,
            caller_arn=caller,
        ),
        "key": key,
        "caller": _principal(caller, details),
    }


def _look_at_key(
    aws: AwsAccount, holdings: Holdings, key_stack: str | None
) -> tuple[Json, Holdings]:
    """Return the passwords' key, and the holdings with what it means for who reads."""
    try:
        key = read_passwords_key(aws, key_stack) if key_stack else None
    except AwsError as error:
        return {"unread": str(error)}, replace(holdings, has_own_key=True)
    if key is None:
        return None, holdings
    return key.as_dict(), replace(holdings, key_arn=key.arn, key_policy=key.policy)


def read_principal(aws: AwsAccount) -> str:
    """Return by which ARN policies know whose credentials these are."""
    return _principal(read_caller(aws)["arn"], read_details(aws, _KINDS))


def _principal(caller: str, details: Details) -> str:
    roles: Mapping[str, str] = {r["RoleName"]: r["Arn"] for r in details["RoleDetailList"]}
    return principal_arn(caller, roles)
