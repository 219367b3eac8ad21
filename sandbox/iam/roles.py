"""IAM roles."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam import quotas
from sandbox.iam.documents import as_list, check_trust_policy, size
from sandbox.iam.model import Role
from sandbox.iam.pages import page
from sandbox.iam.store import Iam, delete_conflict
from sandbox.iam.tags import tags_of_call
from sandbox.iam.views import role_in_list, role_view
from sandbox.registry import operation


@operation("iam", "CreateRole")
def create_role(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    quotas.limit(len(iam.roles), "RolesQuota", "RolesPerAccount")
    trust = _checked_trust(iam, call["AssumeRolePolicyDocument"])
    boundary = call.get("PermissionsBoundary")
    if boundary is not None:
        iam.policy(boundary)
    role = Role(
        iam.account_id,
        call["RoleName"],
        call.get("Path", "/"),
        call.world.clock.now(),
        boundary=boundary,
        tags=tags_of_call(call),
        trust=trust,
        description=call.get("Description", ""),
        max_session=call.get("MaxSessionDuration", 3600),
    )
    iam.roles.add(role)
    return {"Role": role_view(role)}


def _checked_trust(iam: Iam, document: str) -> str:
    check_trust_policy(document)
    _check_principals_exist(iam, document)
    quota = quotas.QUOTAS["AssumeRolePolicySizeQuota"]
    if size(document) > quota:
        raise quotas.limit_exceeded("ACLSizePerRole", quota)
    return document


def _check_principals_exist(iam: Iam, document: str) -> None:
    """AWS turns a user or role ARN into its unique id, so that principal must exist."""
    for statement in as_list(json.loads(document)["Statement"]):
        principal = statement.get("Principal", {})
        for arn in as_list(principal.get("AWS", []) if isinstance(principal, dict) else []):
            named = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):(user|role)/(?:.*/)?([^/]+)", arn)
            if named is None:
                continue
            account, kind, name = named.groups()
            other = iam.world.part(Iam, account)
            found = other.users.get(name) if kind == "user" else other.roles.get(name)
            if found is None or found.arn != arn:
                raise AwsError(
                    "MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"', 400
                )


@operation("iam", "GetRole")
def get_role(call: Call) -> dict[str, Any]:
    return {"Role": role_view(call.part(Iam).role(call["RoleName"]))}


@operation("iam", "ListRoles")
def list_roles(call: Call) -> dict[str, Any]:
    prefix = call.get("PathPrefix", "/")
    roles = sorted(call.part(Iam).roles.values(), key=lambda role: role.name)
    return page(call, [r for r in roles if r.path.startswith(prefix)], "Roles", role_in_list)


@operation("iam", "UpdateRole")
def update_role(call: Call) -> None:
    role = call.part(Iam).role(call["RoleName"])
    role.description = call.get("Description", role.description)
    role.max_session = call.get("MaxSessionDuration", role.max_session)


@operation("iam", "UpdateRoleDescription")
def update_role_description(call: Call) -> dict[str, Any]:
    role = call.part(Iam).role(call["RoleName"])
    role.description = call["Description"]
    return {"Role": role_view(role)}


@operation("iam", "UpdateAssumeRolePolicy")
def update_assume_role_policy(call: Call) -> None:
    iam = call.part(Iam)
    role = iam.role(call["RoleName"])
    role.trust = _checked_trust(iam, call["PolicyDocument"])


@operation("iam", "DeleteRole")
def delete_role(call: Call) -> None:
    iam = call.part(Iam)
    role = iam.role(call["RoleName"])
    if any(role.name in profile.roles for profile in iam.instance_profiles.values()):
        raise delete_conflict("must remove roles from instance profile first.")
    if role.attached:
        raise delete_conflict("must detach all policies first.")
    if role.inline:
        raise delete_conflict("must delete policies first.")
    iam.roles.remove(role.name)
