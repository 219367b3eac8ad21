"""One answer from all policies that concern a call: identity, boundary, and the resource's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.identity import Identity
from sandbox.policy_conditions import Context
from sandbox.policy_evaluation import (
    Decision,
    PrincipalMatch,
    decide,
    decide_resource,
    decide_trust,
)


@dataclass(frozen=True)
class Policies:
    """The documents of a call; without a boundary or resource policy, None stands for it."""

    identity: Sequence[str] = ()
    boundary: str | None = None
    resource: str | None = None
    is_trust: bool = False


@dataclass(frozen=True)
class Asked:
    """Who wants to do what on what; account_id is that of the resource."""

    caller: Identity
    action: str
    resource: str
    account_id: str
    context: Context


def is_allowed(asked: Asked, policies: Policies) -> bool:
    """An explicit Deny anywhere wins; across accounts both sides have to allow."""
    return refusal(asked, policies) is None


def refusal(asked: Asked, policies: Policies) -> str | None:
    """Why a call is refused, in AWS's words, as far as AWS tells; None for an allowed call."""
    resource, match = _resource_side(asked, policies)
    if asked.caller.kind in ("Service", "Anonymous"):
        return None if resource is Decision.ALLOW else ""
    own, limit = _identity_side(asked, policies)
    for decision, where in (
        (own, "an identity-based policy"),
        (limit, "a permissions boundary"),
        (resource, "a resource-based policy"),
    ):
        if decision is Decision.DENY:
            return f"with an explicit deny in {where}"
    is_own_account = asked.caller.account_id == asked.account_id
    if is_own_account and resource is Decision.ALLOW and match is PrincipalMatch.DIRECT:
        return None
    # A role trusts nobody, its own account included, unless its trust policy says so.
    needs_resource = policies.is_trust or not is_own_account
    if needs_resource and resource is not Decision.ALLOW:
        return ""
    if own is not Decision.ALLOW:
        return f"because no identity-based policy allows the {asked.action} action"
    if limit is not Decision.ALLOW:
        return f"because no permissions boundary allows the {asked.action} action"
    return None


def _identity_side(asked: Asked, policies: Policies) -> tuple[Decision, Decision]:
    """What the caller's own policies say, and what the boundary says; none bounds nothing."""
    if asked.caller.is_administrator:
        return Decision.ALLOW, Decision.ALLOW
    own = decide(policies.identity, asked.action, asked.resource, asked.context)
    if policies.boundary is None:
        return own, Decision.ALLOW
    return own, decide([policies.boundary], asked.action, asked.resource, asked.context)


def _resource_side(asked: Asked, policies: Policies) -> tuple[Decision, PrincipalMatch]:
    if policies.resource is None:
        return Decision.SILENT, PrincipalMatch.NO
    if policies.is_trust:
        return decide_trust(policies.resource, asked.action, asked.caller, asked.context)
    return decide_resource(
        policies.resource, asked.action, asked.resource, asked.caller, asked.context
    )
