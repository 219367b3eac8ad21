"""The condition keys that a request carries, as AWS sets them for users, sessions and roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.call import Call
from sandbox.identity import Identity
from sandbox.policy_conditions import Context


def principal_context(caller: Identity) -> Context:
    """The keys that say who calls."""
    context: Context = {
        "aws:PrincipalArn": caller.principal_arn,
        "aws:PrincipalAccount": caller.account_id,
        "aws:PrincipalType": caller.kind,
        "aws:userid": caller.user_id,
    }
    if caller.kind == "User":
        context["aws:username"] = caller.name
    if caller.session_began:
        context["aws:TokenIssueTime"] = caller.session_began.isoformat()
    return context


def call_context(call: Call, mfa_time: datetime | None) -> Context:
    """All keys of a call; mfa_time is when its MFA was proved, None without MFA."""
    now = call.world.clock.now()
    return {
        **principal_context(call.caller),
        "aws:SecureTransport": "true",
        "aws:CurrentTime": now.isoformat(),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:RequestedRegion": call.region,
        **_way(call),
        **_mfa(call.caller, mfa_time, now),
        **_of_params(call),
    }


def _way(call: Call) -> Context:
    """Where a call comes from, and through which services."""
    context: Context = {"aws:ViaAWSService": str(bool(call.via)).lower()}
    if call.source_ip:
        context["aws:SourceIp"] = call.source_ip
    if call.via:
        context["aws:CalledVia"] = list(call.via)
        context["aws:CalledViaFirst"], context["aws:CalledViaLast"] = call.via[0], call.via[-1]
    return context


def _mfa(caller: Identity, mfa_time: datetime | None, now: datetime) -> Context:
    if mfa_time:
        age = int((now - mfa_time).total_seconds())
        return {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": str(age)}
    # An access key and a role session carry no such key: Bool and BoolIfExists differ there.
    if caller.kind == "User" and caller.session_began:
        return {"aws:MultiFactorAuthPresent": "false"}
    return {}


_KEYS_OF_PARAMS = {
    ("sts", "RoleSessionName"): "sts:RoleSessionName",
    ("sts", "ExternalId"): "sts:ExternalId",
    ("iam", "PolicyArn"): "iam:PolicyARN",
    ("iam", "PermissionsBoundary"): "iam:PermissionsBoundary",
}


def _of_params(call: Call) -> Context:
    given: dict[str, Any] = {
        key: call.get(param)
        for (service, param), key in _KEYS_OF_PARAMS.items()
        if service == call.service
    }
    return {key: value for key, value in given.items() if value}
