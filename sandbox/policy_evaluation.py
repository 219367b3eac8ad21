"""What a set of policy documents says about one action: Allow, Deny or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import Enum
from typing import Any

from sandbox.iam.documents import as_list
from sandbox.identity import Identity
from sandbox.policy_conditions import Context, holds, matches, resolve


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
    effects = {
        statement["Effect"]
        for statement in as_list(json.loads(document)["Statement"])
        if _names(statement, caller) is not PrincipalMatch.NO
        and _concerns(statement, action, resource, context)
    }
    return _strongest(effects)


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
    patterns = as_list(statement.get("Resource", statement.get("NotResource")))
    resolved = [resolve(pattern, context) for pattern in patterns]
    named = any(pattern is not None and matches(pattern, resource) for pattern in resolved)
    return named != ("NotResource" in statement)


def _names(statement: dict[str, Any], caller: Identity) -> PrincipalMatch:
    principal = statement.get("Principal", {})
    if principal == "*":
        return PrincipalMatch.ACCOUNT
    if caller.kind == "Service":
        is_named = caller.name in as_list(principal.get("Service", []))
        return PrincipalMatch.DIRECT if is_named else PrincipalMatch.NO
    entries = as_list(principal.get("AWS", []))
    if caller.arn in entries or (caller.principal_arn in entries and caller.kind != "Account"):
        return PrincipalMatch.DIRECT
    account = {"*", caller.account_id, f"arn:aws:iam::{caller.account_id}:root"}
    return PrincipalMatch.ACCOUNT if account & set(entries) else PrincipalMatch.NO
