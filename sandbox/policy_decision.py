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
    resource, match = _resource_side(asked, policies)
    if asked.caller.kind == "Service":
        return resource is Decision.ALLOW
    own = _identity_side(asked, policies)
    if Decision.DENY in (own, resource):
        return False
    if asked.caller.account_id != asked.account_id:
        return own is Decision.ALLOW and resource is Decision.ALLOW
    if resource is Decision.ALLOW and match is PrincipalMatch.DIRECT:
        return True
    # A role trusts nobody, its own account included, unless its trust policy says so.
    is_trusted = resource is Decision.ALLOW or not policies.is_trust
    return own is Decision.ALLOW and is_trusted


def _identity_side(asked: Asked, policies: Policies) -> Decision:
    if asked.caller.is_administrator:
        return Decision.ALLOW
    own = decide(policies.identity, asked.action, asked.resource, asked.context)
    if policies.boundary is None:
        return own
    limit = decide([policies.boundary], asked.action, asked.resource, asked.context)
    if Decision.DENY in (own, limit):
        return Decision.DENY
    return own if limit is Decision.ALLOW else Decision.SILENT


def _resource_side(asked: Asked, policies: Policies) -> tuple[Decision, PrincipalMatch]:
    if policies.resource is None:
        return Decision.SILENT, PrincipalMatch.NO
    if policies.is_trust:
        return decide_trust(policies.resource, asked.action, asked.caller, asked.context)
    return decide_resource(
        policies.resource, asked.action, asked.resource, asked.caller, asked.context
    )
