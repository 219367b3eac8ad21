"""STS: who am I, and sessions of roles and users."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.authorisation import (
    ASSUME_ROLE,
    authorise_assume_role,
    authorise_session_token,
    session_of,
)
from sandbox.call import Call
from sandbox.errors import AwsError, access_denied, validation_error
from sandbox.iam.access_keys import new_secret
from sandbox.iam.model import Role, unique_id
from sandbox.iam.one_time_codes import is_valid_code
from sandbox.iam.store import AccessKeys, Iam
from sandbox.identity import Credential, Credentials, Identity
from sandbox.registry import operation
from sandbox.world import World

_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:.+/)?([^/]+)")
_CHAINED_MAXIMUM = 3600
HALF_A_DAY = 43200
UNDECIDED = frozenset(
    {"Policy", "PolicyArns", "ProvidedContexts", "SourceIdentity", "Tags", "TransitiveTagKeys"}
)
"""What would give a session less than its role, or need an action more: refused, not ignored."""


@operation("sts", "GetCallerIdentity")
def get_caller_identity(call: Call) -> dict[str, Any]:
    caller = call.caller
    return {"UserId": caller.user_id, "Account": caller.account_id, "Arn": caller.arn}


@operation("sts", "GetAccessKeyInfo")
def get_access_key_info(call: Call) -> dict[str, Any]:
    key_id = call["AccessKeyId"]
    session = call.world.part(Credentials, "").find(key_id)
    if session:
        return {"Account": session.identity.account_id}
    key = call.world.part(AccessKeys, "").find(key_id)
    if key is None:
        raise validation_error(f"Access key {key_id} is not known.")
    return {"Account": key.owner.account_id}


@operation("sts", "AssumeRole")
def assume_role(call: Call) -> dict[str, Any]:
    _refuse_undecided(call)
    role = _trusted_role(call)
    authorise_assume_role(call, role, _mfa_time(call))
    seconds = call.get("DurationSeconds", min(3600, role.max_session))
    _check_duration(call, role, seconds)
    now = call.world.clock.now()
    identity = session_of(role, call["RoleSessionName"], now)
    role.last_used = (now, call.region)
    return {
        "Credentials": issue(call.world, identity, seconds),
        "AssumedRoleUser": {"AssumedRoleId": identity.user_id, "Arn": identity.arn},
    }


def _refuse_undecided(call: Call) -> None:
    given = sorted(UNDECIDED & call.params.keys())
    if given:
        what = f"AssumeRole with {', '.join(given)}"
        raise AwsError("NotImplemented", f"The sandbox does not implement {what}.", 501)


def _trusted_role(call: Call) -> Role:
    """The role by its ARN; a missing one is answered like one that does not trust."""
    named = _ROLE_ARN.fullmatch(call["RoleArn"])
    if named is None:
        raise validation_error(f"{call['RoleArn']} is invalid")
    account_id, name = named.groups()
    role = call.world.part(Iam, account_id).role_to_assume(name)
    is_suspended = account_id in call.world.faults.settings.suspended_accounts
    if role is None or role.arn != call["RoleArn"] or is_suspended:
        raise access_denied(call.caller.arn, ASSUME_ROLE, call["RoleArn"])
    return role


def _check_duration(call: Call, role: Role, seconds: int) -> None:
    if seconds > role.max_session:
        raise validation_error(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    if call.caller.kind == "AssumedRole" and seconds > _CHAINED_MAXIMUM:
        raise validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit "
            "for roles assumed by role chaining"
        )


def _mfa_time(call: Call) -> datetime | None:
    """When MFA was proved: now by a code in the call, or when the caller's session began."""
    serial = call.get("SerialNumber")
    if serial is None:
        return call.caller.mfa_time
    iam = call.part(Iam)
    user = iam.users.get(call.caller.name) if call.caller.kind == "User" else None
    device = user.mfa_devices.get(serial) if user else None
    now = call.world.clock.now()
    if device is None or not is_valid_code(device, call.get("TokenCode", ""), now):
        raise AwsError(
            "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."
        )
    return now


@operation("sts", "GetSessionToken")
def get_session_token(call: Call) -> dict[str, Any]:
    if call.caller.session_began:
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
    mfa_time = _mfa_time(call)
    authorise_session_token(call, mfa_time)
    identity = replace(call.caller, mfa_time=mfa_time, session_began=call.world.clock.now())
    return {"Credentials": issue(call.world, identity, call.get("DurationSeconds", HALF_A_DAY))}


def issue(world: World, identity: Identity, seconds: int) -> dict[str, str | datetime]:
    """Temporary credentials for an identity."""
    expires = world.clock.now() + timedelta(seconds=seconds)
    credential = Credential(
        unique_id("ASIA")[:20], new_secret(), identity, "session/" + new_secret(), expires
    )
    world.part(Credentials, "").add_session(credential)
    return {
        "AccessKeyId": credential.key_id,
        "SecretAccessKey": credential.secret,
        "SessionToken": credential.session_token,
        "Expiration": expires,
    }
