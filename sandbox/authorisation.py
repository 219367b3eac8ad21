"""The one place that decides who may do what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sandbox import registry
from sandbox.acting import CLOUDFORMATION
from sandbox.arns import arn_of
from sandbox.call import Call
from sandbox.call_context import call_context, principal_context
from sandbox.call_targets import PASS_ROLE, targets_of
from sandbox.errors import AwsError, access_denied
from sandbox.iam.model import Principal, Role
from sandbox.iam.store import Iam
from sandbox.identity import Identity, invalid_token
from sandbox.policy_conditions import Context
from sandbox.policy_decision import Asked, Policies, is_allowed, refusal
from sandbox.policy_evaluation import Decision, decide, decide_trust
from sandbox.world import World

ASSUME_ROLE = "sts:AssumeRole"
GET_SESSION_TOKEN = "sts:GetSessionToken"
# The first two need nobody's leave, AssumeRole has a trust policy, GetSessionToken a code.
_DECIDED_OTHERWISE = {"GetCallerIdentity", "GetAccessKeyInfo", "AssumeRole", "GetSessionToken"}
# What is asked there hangs on the key or role that a handler finds.
_ASKED_IN_HANDLERS = frozenset({"kms", "sts"})
_MAY_CHANGE_PASSWORD = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",'
    '"Action":["iam:ChangePassword","iam:GetAccountPasswordPolicy"]}]}'
)
"""What an account's password policy adds with AllowUsersToChangePassword."""


def authorise_call(call: Call) -> None:
    """Raise AccessDenied unless the caller is allowed all that a call needs."""
    own_way = registry.authoriser(call.service)
    if own_way:
        own_way(call)
        return
    if call.caller.is_administrator or call.operation in _DECIDED_OTHERWISE:
        return
    if call.service not in asked_services():
        raise AwsError(
            "NotImplemented", f"The sandbox does not know who may call {call.service}.", 501
        )
    if call.service in ("iam", "sts") and call.caller.is_bare_session:
        raise invalid_token()
    for action, resource in targets_of(call):
        authorise_action(call, action, resource)


def asked_services() -> frozenset[str]:
    """Services that users and roles may call: something decides on each of their calls."""
    return registry.asked_services() | _ASKED_IN_HANDLERS


def authorise_session_token(call: Call, mfa_time: datetime | None) -> None:
    """Raise AccessDenied where a policy denies GetSessionToken; none has to allow it."""
    documents = documents_of(call.world, call.caller)
    context = call_context(call, mfa_time)
    if decide(documents, GET_SESSION_TOKEN, "*", context) is Decision.DENY:
        reason = "with an explicit deny in an identity-based policy"
        raise access_denied(call.caller.arn, GET_SESSION_TOKEN, reason=reason)


def authorise_assume_role(call: Call, role: Role, mfa_time: datetime | None) -> None:
    """Raise AccessDenied unless the role's trust and the caller's own policies allow it."""
    asked = _asked_to_assume(call.caller, role, call_context(call, mfa_time))
    reason = refusal(asked, _policies_on_role(call.world, call.caller, role))
    if reason is not None:
        # STS tells an explicit denial; whose Allow is missing it keeps to itself.
        told = reason if reason.startswith("with") else ""
        raise access_denied(call.caller.arn, ASSUME_ROLE, role.arn, told)


def authorise(world: World, caller: Identity, action: str, resource: str) -> None:
    """Raise AccessDenied unless an action of a service, acting as a session, is allowed."""
    context: Context = {**principal_context(caller), "aws:SecureTransport": "true"}
    _authorise(world, caller, action, resource, context)


def _authorise(
    world: World, caller: Identity, action: str, resource: str, context: Context
) -> None:
    asked = _asked(caller, action, resource, caller.account_id, context)
    reason = refusal(asked, policies_of(world, caller))
    if reason is not None:
        raise access_denied(caller.arn, action, resource, reason)


@dataclass(frozen=True)
class Guarded:
    """A resource that may have a policy of its own; where it must allow, nobody does without it."""

    arn: str
    account_id: str
    policy: str | None
    must_allow: bool = False


def refusal_on(call: Call, action: str, on: Guarded, context: Context) -> str | None:
    """Why a call is refused by the policies of its caller and of the resource; None if not."""
    asked = _asked(call.caller, action, on.arn, on.account_id, context)
    own = policies_of(call.world, call.caller)
    return refusal(asked, replace(own, resource=on.policy, is_trust=on.must_allow))


def authorise_on(
    call: Call, action: str, resource: str, resource_policy: str, context: Context
) -> None:
    """Raise AccessDenied unless a policy without which nobody may do anything allows it, too."""
    on = Guarded(resource, call.account_id, resource_policy, must_allow=True)
    reason = refusal_on(call, action, on, context)
    if reason is not None:
        raise access_denied(call.caller.arn, action, resource, reason)


def authorise_action(call: Call, action: str, resource: str) -> None:
    """Raise AccessDenied unless the caller's own policies allow one action of a call."""
    more: Context = {"iam:PassedToService": CLOUDFORMATION} if action == PASS_ROLE else {}
    context = {**call_context(call, call.caller.mfa_time), **more}
    _authorise(call.world, call.caller, action, resource, context)


def session_of(role: Role, name: str, began: datetime | None = None) -> Identity:
    """The identity of a session of a role."""
    return Identity(
        role.account_id,
        arn_of("sts", role.account_id, f"assumed-role/{role.name}/{name}"),
        f"{role.id}:{name}",
        "AssumedRole",
        role.name,
        principal_arn=role.arn,
        session_began=began,
    )


def service_may_assume(trust: str, service: str, context: Context) -> bool:
    """Whether an AWS service, such as CloudFormation, may assume a role of this trust."""
    caller = Identity("", "", "", "Service", service)
    return decide_trust(trust, ASSUME_ROLE, caller, context)[0] is Decision.ALLOW


def role_may_assume(world: World, role: Role, target: Role) -> bool:
    """Whether sessions of one role may assume another: its trust and the role's own policies."""
    caller = session_of(role, "session")
    context = {**principal_context(caller), "aws:SecureTransport": "true"}
    asked = _asked_to_assume(caller, target, context)
    return is_allowed(asked, _policies_on_role(world, caller, target))


def _asked_to_assume(caller: Identity, role: Role, context: Context) -> Asked:
    return _asked(caller, ASSUME_ROLE, role.arn, role.account_id, context)


def _asked(caller: Identity, action: str, arn: str, account_id: str, context: Context) -> Asked:
    return Asked(caller, action, arn, account_id, {**context, "aws:ResourceAccount": account_id})


def _policies_on_role(world: World, caller: Identity, role: Role) -> Policies:
    return replace(policies_of(world, caller), resource=role.trust, is_trust=True)


def policies_of(world: World, caller: Identity) -> Policies:
    """The policies that limit what a caller may ask for; an administrator has none."""
    if not caller.has_policies:
        return Policies()
    iam = world.part(Iam, caller.account_id)
    principal = iam.user(caller.name) if caller.kind == "User" else iam.role(caller.name)
    boundary = iam.policy(principal.boundary).default().document if principal.boundary else None
    return Policies(documents_of(world, caller), boundary)


def documents_of(world: World, caller: Identity) -> list[str]:
    """Every permissions policy that applies to a user or to the sessions of a role."""
    if not caller.has_policies:
        return []
    iam = world.part(Iam, caller.account_id)
    documents = []
    if caller.kind == "User":
        user = iam.user(caller.name)
        groups = [iam.group(name) for name in iam.groups_of[user.name]]
        principals: list[Principal] = [user, *groups]
        if (iam.password_policy or {}).get("AllowUsersToChangePassword"):
            documents.append(_MAY_CHANGE_PASSWORD)
    else:
        principals = [iam.role(caller.name)]
    documents += [iam.policy(arn).default().document for p in principals for arn in p.attached]
    return documents + [document for p in principals for document in p.inline.values()]
