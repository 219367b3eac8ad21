"""Managed policies attached to users, groups and roles."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.iam import quotas
from sandbox.iam.model import Principal
from sandbox.iam.pages import page
from sandbox.iam.store import Iam, no_such_entity
from sandbox.iam.views import attached_view
from sandbox.registry import operation


def principal_of(call: Call) -> Principal:
    """The user, group or role that the call names."""
    iam = call.part(Iam)
    if "UserName" in call.params:
        return iam.user(call["UserName"])
    if "GroupName" in call.params:
        return iam.group(call["GroupName"])
    return iam.role(call["RoleName"])


@operation("iam", "AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy")
def attach(call: Call) -> None:
    iam = call.part(Iam)
    principal = principal_of(call)
    policy = iam.policy(call["PolicyArn"])
    if policy.arn in principal.attached:
        return
    kind = principal.kind.capitalize()
    quota = f"AttachedPoliciesPer{kind}Quota"
    quotas.limit(len(principal.attached), quota, f"PoliciesPer{kind}")
    principal.attached.append(policy.arn)


@operation("iam", "DetachUserPolicy", "DetachGroupPolicy", "DetachRolePolicy")
def detach(call: Call) -> None:
    principal = principal_of(call)
    if call["PolicyArn"] not in principal.attached:
        raise no_such_entity(f"Policy {call['PolicyArn']} was not found.")
    principal.attached.remove(call["PolicyArn"])


@operation("iam", "ListAttachedUserPolicies", "ListAttachedGroupPolicies")
@operation("iam", "ListAttachedRolePolicies")
def list_attached(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    prefix = call.get("PathPrefix", "/")
    views = attached_view(iam, principal_of(call))
    chosen = [view for view in views if iam.policy(view["PolicyArn"]).path.startswith(prefix)]
    return page(call, chosen, "AttachedPolicies", lambda view: view)
