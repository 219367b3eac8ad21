# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""From AWS's CamelCase answers to states; nothing else knows CamelCase shapes of answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .._core.change import Json, Kind, ObjectId
from .._core.iam.groups import is_former_mfa_policy
from .._core.iam.password import PasswordPolicy
from .._core.policies.document import canonical_policy
from .._core.policies.reach import PolicyKey, Principal

Answer = Mapping[str, Any]
ObjectStates = dict[ObjectId, Json]


def tags_from(answer: Iterable[Answer]) -> dict[str, str]:
    """Return AWS's list of Key and Value as a mapping."""
    return {tag["Key"]: tag["Value"] for tag in answer}


def tags_to(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a mapping as AWS's list of Key and Value."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def groups_from(
    details: Answer, listed: Collection[str], path: str, mfa_policy_arn: str
) -> ObjectStates:
    """Return the groups that are listed or lie under our path, with all that they hold."""
    state: ObjectStates = {}
    for group in details["GroupDetailList"]:
        name = group["GroupName"]
        if name not in listed and group["Path"] != path:
            continue
        state[ObjectId(Kind.GROUP, (name,))] = {"path": group["Path"]}
        for policy in group.get("GroupPolicyList", []):
            key = ObjectId(Kind.GROUP_POLICY, (name, policy["PolicyName"]))
            state[key] = canonical_policy(policy["PolicyDocument"])
        for policy in group.get("AttachedManagedPolicies", []):
            arn = policy["PolicyArn"]
            is_mfa = arn == mfa_policy_arn or is_former_mfa_policy(arn, path)
            kind = Kind.GROUP_MFA if is_mfa else Kind.GROUP_ATTACHMENT
            state[ObjectId(kind, (name, arn))] = {}
    return state


def policies_from(details: Answer, path: str) -> ObjectStates:
    """Return our customer managed policies with their default versions."""
    state: ObjectStates = {}
    for policy in details["Policies"]:
        if policy["Path"] != path:
            continue
        default = next(v for v in policy["PolicyVersionList"] if v["IsDefaultVersion"])
        state[ObjectId(Kind.POLICY, (policy["PolicyName"],))] = {
            "document": canonical_policy(default["Document"])
        }
    return state


def policies_of_users(details: Answer) -> dict[str, tuple[str, ...]]:
    """Return the policies that users have by themselves: names of inline ones, ARNs of others."""
    return {
        user["UserName"]: (
            *(policy["PolicyName"] for policy in user.get("UserPolicyList") or []),
            *(policy["PolicyArn"] for policy in user.get("AttachedManagedPolicies") or []),
        )
        for user in details["UserDetailList"]
    }


def users_from(details: Answer) -> ObjectStates:
    """Return all users with their memberships."""
    state: ObjectStates = {}
    for user in details["UserDetailList"]:
        name = user["UserName"]
        boundary = user.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        state[ObjectId(Kind.USER, (name,))] = {
            "path": user["Path"],
            "tags": tags_from(user.get("Tags", [])),
            "permissions_boundary": boundary,
        }
        for group in user.get("GroupList", []):
            state[ObjectId(Kind.MEMBERSHIP, (name, group))] = {}
    return state


def roles_from(details: Answer, listed: Collection[str]) -> ObjectStates:
    """Return the listed roles with all that they hold."""
    state: ObjectStates = {}
    for role in details["RoleDetailList"]:
        name = role["RoleName"]
        if name not in listed:
            continue
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        state[ObjectId(Kind.ROLE, (name,))] = {
            "path": role["Path"],
            "permissions_boundary": boundary,
            "trust_policy": canonical_policy(role["AssumeRolePolicyDocument"]),
            "tags": tags_from(role.get("Tags", [])),
        }
        for policy in role.get("RolePolicyList", []):
            key = ObjectId(Kind.ROLE_POLICY, (name, policy["PolicyName"]))
            state[key] = canonical_policy(policy["PolicyDocument"])
        for policy in role.get("AttachedManagedPolicies", []):
            state[ObjectId(Kind.ROLE_ATTACHMENT, (name, policy["PolicyArn"]))] = {}
    return state


def principals_from(details: Answer) -> list[Principal]:
    """Return all users, with the policies of their groups, and all roles."""
    of_groups = {g["GroupName"]: _keys(g, "Group") for g in details["GroupDetailList"]}
    users = [
        _principal(
            user,
            "User",
            tuple(key for name in user.get("GroupList") or [] for key in of_groups.get(name, ())),
        )
        for user in details["UserDetailList"]
    ]
    return users + [_principal(role, "Role", ()) for role in details["RoleDetailList"]]


def _principal(entity: Answer, kind: str, of_groups: tuple[PolicyKey, ...]) -> Principal:
    boundary = entity.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return Principal(
        kind=kind.lower(),
        name=entity[f"{kind}Name"],
        path=entity["Path"],
        policies=(*_keys(entity, kind), *of_groups),
        boundary=(boundary,) if boundary else None,
    )


def _keys(entity: Answer, kind: str) -> tuple[PolicyKey, ...]:
    """Return the policies of a user, group or role: inline ones by their owner."""
    inline = entity.get(f"{kind}PolicyList") or []
    attached = entity.get("AttachedManagedPolicies") or []
    return (
        *((kind, entity[f"{kind}Name"], policy["PolicyName"]) for policy in inline),
        *((policy["PolicyArn"],) for policy in attached),
    )


def documents_from(details: Answer) -> dict[PolicyKey, Json]:
    """Return the texts of all policies in use, managed ones in their default version."""
    found: dict[PolicyKey, Json] = {
        (kind, entity[f"{kind}Name"], policy["PolicyName"]): policy["PolicyDocument"]
        for kind in ("User", "Group", "Role")
        for entity in details[f"{kind}DetailList"]
        for policy in entity.get(f"{kind}PolicyList") or []
    }
    for policy in (*details["Policies"], *details["AwsPolicies"]):
        for version in policy["PolicyVersionList"]:
            if version["IsDefaultVersion"]:
                found[(policy["Arn"],)] = version["Document"]
    return found


_PASSWORD_POLICY = {
    "minimum_length": "MinimumPasswordLength",
    "require_symbols": "RequireSymbols",
    "require_numbers": "RequireNumbers",
    "require_uppercase": "RequireUppercaseCharacters",
    "require_lowercase": "RequireLowercaseCharacters",
    "allow_users_to_change": "AllowUsersToChangePassword",
    "max_age": "MaxPasswordAge",
    "reuse_prevention": "PasswordReusePrevention",
    "hard_expiry": "HardExpiry",
}


def password_policy_from(answer: Answer) -> PasswordPolicy:
    """Return the account password policy; what AWS leaves out is off."""
    numbers = {"minimum_length", "max_age", "reuse_prevention"}
    return PasswordPolicy(
        **{
            ours: answer.get(theirs, 0 if ours in numbers else False)
            for ours, theirs in _PASSWORD_POLICY.items()
        }
    )


def password_policy_to(policy: Mapping[str, Json]) -> dict[str, Json]:
    """Return the arguments of UpdateAccountPasswordPolicy; zero ages are left out."""
    optional = {"max_age", "reuse_prevention"}
    return {
        theirs: policy[ours]
        for ours, theirs in _PASSWORD_POLICY.items()
        if policy[ours] or ours not in optional
    }
