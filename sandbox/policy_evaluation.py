"""What a set of policy documents says about one action: Allow, Deny or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import Enum
from typing import Any

from sandbox.arns import arn_of
from sandbox.iam.documents import as_list
from sandbox.identity import Identity
from sandbox.policy_conditions import Context, holds, is_of_another_head, matches, resolve


class Decision(Enum):
    ALLOW = "Allow"
    DENY = "Deny"
    SILENT = "Silent"


class PrincipalMatch(Enum):
    NO = 0
    ACCOUNT = 1  # through the account's root: the caller needs a policy of its own as well
    DIRECT = 2


def decide(documents: Iterable[str], action: str, resource: str, context: Context) -> Decision:
    """Identity policies: an explicit Deny wins over any Allow."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in as_list(json.loads(document)["Statement"])
        if _concerns(statement, action, resource, context)
    }
    return _strongest(effects)


def decide_trust(
    document: str, action: str, caller: Identity, context: Context
) -> tuple[Decision, PrincipalMatch]:
    """A trust policy: its decision, and how the statement that allows names the caller."""
    effects, match = set(), PrincipalMatch.NO
    for statement in as_list(json.loads(document)["Statement"]):
        named = _names(statement, caller)
        if named is PrincipalMatch.NO or not _names_action(statement, action):
            continue
        if holds(statement.get("Condition", {}), context):
            effects.add(statement["Effect"])
            if statement["Effect"] == "Allow":
                match = max(match, named, key=lambda each: each.value)
    return _strongest(effects), match


def decide_resource_policy(
    document: str, action: str, resource: str, caller: Identity, context: Context
) -> Decision:
    """A policy on a resource that is no role, such as a bucket."""
    return decide_resource(document, action, resource, caller, context)[0]


def decide_resource(
    document: str, action: str, resource: str, caller: Identity, context: Context
) -> tuple[Decision, PrincipalMatch]:
    """The same, and how the statement that allows names the caller."""
    effects, match = set(), PrincipalMatch.NO
    for statement in as_list(json.loads(document)["Statement"]):
        named = _names(statement, caller)
        if named is PrincipalMatch.NO or not _concerns(statement, action, resource, context):
            continue
        effects.add(statement["Effect"])
        if statement["Effect"] == "Allow":
            match = max(match, named, key=lambda each: each.value)
    return _strongest(effects), match


def _strongest(effects: set[str]) -> Decision:
    if "Deny" in effects:
        return Decision.DENY
    return Decision.ALLOW if "Allow" in effects else Decision.SILENT


def _concerns(statement: dict[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        _names_action(statement, action)
        and _names_resource(statement, resource, context)
        and holds(statement.get("Condition", {}), context)
    )


def _names_action(statement: dict[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not _any_action(statement["NotAction"], action)
    return _any_action(statement["Action"], action)


def _any_action(patterns: Any, action: str) -> bool:
    return any(matches(pattern.lower(), action.lower()) for pattern in as_list(patterns))


def _names_resource(statement: dict[str, Any], resource: str, context: Context) -> bool:
    if "NotResource" in statement:
        patterns = as_list(statement["NotResource"])
        return all(_lies_outside(pattern, resource, context) for pattern in patterns)
    resolved = [resolve(pattern, context) for pattern in as_list(statement["Resource"])]
    return any(pattern is not None and matches(pattern, resource) for pattern in resolved)


def _lies_outside(pattern: str, resource: str, context: Context) -> bool:
    resolved = resolve(pattern, context)
    if resolved is not None:
        return not matches(resolved, resource)
    # A variable without value says nothing, but what differs before it is outside anyway.
    kind, slash, _name = pattern.partition("/")
    return is_of_another_head(pattern, resource) or bool(
        slash and kind.rpartition(":")[2] != resource.split(":", 5)[5].partition("/")[0]
    )


def _names(statement: dict[str, Any], caller: Identity) -> PrincipalMatch:
    principal = statement["Principal"]
    if principal == "*" or "*" in as_list(principal.get("AWS", [])):
        return PrincipalMatch.DIRECT
    if caller.kind == "Service":
        is_named = caller.name in as_list(principal.get("Service", []))
        return PrincipalMatch.DIRECT if is_named else PrincipalMatch.NO
    entries = as_list(principal.get("AWS", []))
    if caller.arn in entries or (caller.principal_arn in entries and caller.kind != "Account"):
        return PrincipalMatch.DIRECT
    account = {caller.account_id, arn_of("iam", caller.account_id, "root")}
    return PrincipalMatch.ACCOUNT if account & set(entries) else PrincipalMatch.NO
