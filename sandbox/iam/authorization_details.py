"""GetAccountAuthorizationDetails: everything about who may do what, in pages."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.iam.aws_policies import aws_managed_policies
from sandbox.iam.documents import encoded
from sandbox.iam.managed_policies import version_view
from sandbox.iam.model import Group, ManagedPolicy, Principal, Role, User
from sandbox.iam.pages import cut
from sandbox.iam.store import Iam
from sandbox.iam.views import (
    attached_view,
    boundary_view,
    group_view,
    instance_profile_view,
    policy_in_list,
    role_last_used,
    tag_list,
)
from sandbox.registry import operation

_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


@operation("iam", "GetAccountAuthorizationDetails")
def get_account_authorization_details(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    chosen, rest = cut(call, _entities(iam, call.get("Filter") or []))
    lists: dict[str, list[Any]] = {name: [] for name in _LISTS}
    for entity in chosen:
        name, view = _detail(iam, entity)
        lists[name].append(view)
    return {**lists, **rest}


def _entities(iam: Iam, kinds: list[str]) -> list[Principal | ManagedPolicy]:
    groups: dict[str, list[Any]] = {
        "User": list(iam.users.values()),
        "Group": list(iam.groups.values()),
        "Role": list(iam.roles.values()),
        "LocalManagedPolicy": list(iam.local_policies.values()),
        "AWSManagedPolicy": _aws_policies_in_use(iam),
    }
    return [
        entity
        for kind, entities in groups.items()
        if not kinds or kind in kinds
        for entity in sorted(entities, key=lambda entity: str(entity.name))
    ]


def _aws_policies_in_use(iam: Iam) -> list[ManagedPolicy]:
    used = {arn for principal in iam.principals() for arn in principal.attached}
    return [policy for arn, policy in aws_managed_policies().items() if arn in used]


def _detail(iam: Iam, entity: Principal | ManagedPolicy) -> tuple[str, dict[str, Any]]:
    if isinstance(entity, User):
        return "UserDetailList", _user_detail(iam, entity)
    if isinstance(entity, Group):
        return "GroupDetailList", _group_detail(iam, entity)
    if isinstance(entity, Role):
        return "RoleDetailList", _role_detail(iam, entity)
    assert isinstance(entity, ManagedPolicy)
    return "Policies", _policy_detail(iam, entity)


def _inline(principal: Principal) -> list[dict[str, str]]:
    return [
        {"PolicyName": name, "PolicyDocument": encoded(document)}
        for name, document in sorted(principal.inline.items())
    ]


def _user_detail(iam: Iam, user: User) -> dict[str, Any]:
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created,
        "UserPolicyList": _inline(user) or None,
        "GroupList": sorted(iam.groups_of[user.name]),
        "AttachedManagedPolicies": attached_view(iam, user),
        "PermissionsBoundary": boundary_view(user.boundary),
        "Tags": tag_list(user.tags),
    }


def _group_detail(iam: Iam, group: Group) -> dict[str, Any]:
    return {
        **group_view(group),
        "GroupPolicyList": _inline(group),
        "AttachedManagedPolicies": attached_view(iam, group),
    }


def _role_detail(iam: Iam, role: Role) -> dict[str, Any]:
    profiles = [p for p in iam.instance_profiles.values() if role.name in p.roles]
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created,
        "AssumeRolePolicyDocument": encoded(role.trust),
        "InstanceProfileList": [instance_profile_view(iam, profile) for profile in profiles],
        "RolePolicyList": _inline(role),
        "AttachedManagedPolicies": attached_view(iam, role),
        "PermissionsBoundary": boundary_view(role.boundary),
        "Tags": tag_list(role.tags),
        "RoleLastUsed": role_last_used(role),
    }


def _policy_detail(iam: Iam, policy: ManagedPolicy) -> dict[str, Any]:
    versions = [version_view(policy, version) for version in policy.versions[::-1]]
    return {**policy_in_list(iam, policy), "PolicyVersionList": versions}
