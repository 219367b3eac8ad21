"""IAM objects as answers show them; listings leave out what AWS leaves out of them."""

from __future__ import annotations

from typing import Any

from sandbox.iam.documents import encoded
from sandbox.iam.model import Group, InstanceProfile, ManagedPolicy, Principal, Role, User
from sandbox.iam.store import Iam


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def boundary_view(arn: str | None) -> dict[str, str] | None:
    if arn is None:
        return None
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def user_in_list(user: User) -> dict[str, Any]:
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created,
        "PasswordLastUsed": user.password_last_used,
    }


def user_view(user: User) -> dict[str, Any]:
    return {**user_in_list(user), **_tags_and_boundary(user)}


def group_view(group: Group) -> dict[str, Any]:
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": group.created,
    }


def role_in_list(role: Role) -> dict[str, Any]:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created,
        "AssumeRolePolicyDocument": encoded(role.trust),
        "Description": role.description or None,
        "MaxSessionDuration": role.max_session,
    }


def role_view(role: Role) -> dict[str, Any]:
    last_used = role_last_used(role)
    return {**role_in_list(role), **_tags_and_boundary(role), "RoleLastUsed": last_used}


def role_last_used(role: Role) -> dict[str, Any]:
    if role.last_used is None:
        return {}
    return {"LastUsedDate": role.last_used[0], "Region": role.last_used[1]}


def _tags_and_boundary(principal: Principal) -> dict[str, Any]:
    return {
        "PermissionsBoundary": boundary_view(principal.boundary),
        "Tags": tag_list(principal.tags) or None,
    }


def policy_in_list(iam: Iam, policy: ManagedPolicy) -> dict[str, Any]:
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version,
        "AttachmentCount": iam.attachments(policy.arn),
        "PermissionsBoundaryUsageCount": iam.boundary_uses(policy.arn),
        "IsAttachable": True,
        "CreateDate": policy.created,
        "UpdateDate": policy.updated,
    }


def policy_view(iam: Iam, policy: ManagedPolicy) -> dict[str, Any]:
    return {
        **policy_in_list(iam, policy),
        "Description": policy.description or None,
        "Tags": tag_list(policy.tags),
    }


def attached_view(iam: Iam, principal: Principal) -> list[dict[str, str]]:
    return [
        {"PolicyName": iam.policy(arn).name, "PolicyArn": arn} for arn in sorted(principal.attached)
    ]


def instance_profile_view(iam: Iam, profile: InstanceProfile) -> dict[str, Any]:
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": profile.created,
        "Roles": [role_in_list(iam.role(name)) for name in profile.roles],
        "Tags": tag_list(profile.tags) or None,
    }
