"""The one place that decides who may assume which role."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.arns import arn_of
from sandbox.call import Call
from sandbox.errors import access_denied
from sandbox.iam.model import Principal, Role
from sandbox.iam.store import Iam
from sandbox.identity import Identity
from sandbox.policy_conditions import Context
from sandbox.policy_decision import Asked, Policies, is_allowed
from sandbox.policy_evaluation import Decision, decide_trust
from sandbox.world import World

ASSUME_ROLE = "sts:AssumeRole"


def authorise_assume_role(call: Call, role: Role, *, has_mfa: bool) -> None:
    """Raise AccessDenied unless the role's trust and the caller's own policies allow it."""
    context = _context(call, has_mfa=has_mfa)
    if not _may_assume(call.world, call.caller, role, context):
        raise access_denied(call.caller.arn, ASSUME_ROLE, role.arn)


def authorise(world: World, caller: Identity, action: str, resource: str) -> None:
    """Raise AccessDenied unless the caller's own policies allow an action on a resource."""
    context: Context = {**principal_context(caller), "aws:SecureTransport": "true"}
    asked = Asked(caller, action, resource, caller.account_id, context)
    if not is_allowed(asked, policies_of(world, caller)):
        raise access_denied(caller.arn, action, resource)


def session_of(role: Role, name: str) -> Identity:
    """The identity of a session of a role."""
    return Identity(
        role.account_id,
        arn_of("sts", role.account_id, f"assumed-role/{role.name}/{name}"),
        f"{role.id}:{name}",
        "AssumedRole",
        role.name,
        session_name=name,
        principal_arn=role.arn,
    )


def service_may_assume(trust: str, service: str, context: Context) -> bool:
    """Whether an AWS service, such as CloudFormation, may assume a role of this trust."""
    caller = Identity("", "", "", "Service", service)
    return decide_trust(trust, ASSUME_ROLE, caller, context)[0] is Decision.ALLOW


def role_may_assume(world: World, role: Role, target: Role) -> bool:
    """Whether sessions of one role may assume another: its trust and the role's own policies."""
    caller = session_of(role, "session")
    context = {**principal_context(caller), "aws:SecureTransport": "true"}
    return _may_assume(world, caller, target, context)


def _may_assume(world: World, caller: Identity, role: Role, context: Context) -> bool:
    own = policies_of(world, caller)
    asked = Asked(caller, ASSUME_ROLE, role.arn, role.account_id, context)
    return is_allowed(asked, replace(own, resource=role.trust, is_trust=True))


def policies_of(world: World, caller: Identity) -> Policies:
    """The policies that limit what a caller may ask for; an administrator has none."""
    if caller.is_administrator:
        return Policies()
    iam = world.part(Iam, caller.account_id)
    principal = iam.user(caller.name) if caller.kind == "User" else iam.role(caller.name)
    boundary = iam.policy(principal.boundary).default().document if principal.boundary else None
    return Policies(documents_of(world, caller), boundary)


def documents_of(world: World, caller: Identity) -> list[str]:
    """Every permissions policy that applies to a user or to the sessions of a role."""
    iam = world.part(Iam, caller.account_id)
    if caller.kind == "User":
        user = iam.user(caller.name)
        groups = [iam.group(name) for name in iam.groups_of[user.name]]
        principals: list[Principal] = [user, *groups]
    else:
        principals = [iam.role(caller.name)]
    attached = [iam.policy(arn).default().document for p in principals for arn in p.attached]
    return attached + [document for p in principals for document in p.inline.values()]


def principal_context(caller: Identity) -> Context:
    context: Context = {
        "aws:PrincipalArn": caller.principal_arn,
        "aws:PrincipalAccount": caller.account_id,
        "aws:PrincipalType": caller.kind,
        "aws:userid": caller.user_id,
    }
    if caller.kind == "User":
        context["aws:username"] = caller.name
    return context


def _context(call: Call, *, has_mfa: bool) -> Context:
    now = call.world.clock.now()
    optional: dict[str, Any] = {
        "sts:ExternalId": call.get("ExternalId"),
        "sts:SourceIdentity": call.get("SourceIdentity"),
    }
    context: Context = {
        **principal_context(call.caller),
        "sts:RoleSessionName": call["RoleSessionName"],
        "aws:SourceIp": "127.0.0.1",
        "aws:SecureTransport": "true",
        "aws:CurrentTime": now.isoformat(),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:RequestedRegion": call.region,
        **{key: value for key, value in optional.items() if value},
    }
    # A plain access key without MFA has no MFA context at all: Bool and BoolIfExists differ.
    if has_mfa:
        age = (now - (call.caller.mfa_time or now)).total_seconds()
        context |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": str(int(age))}
    elif call.caller.session_name:
        context["aws:MultiFactorAuthPresent"] = "false"
    return context
