"""STS: who am I, and sessions of roles and users."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.authorisation import ASSUME_ROLE, authorise_assume_role, session_of
from sandbox.call import Call
from sandbox.errors import AwsError, access_denied, validation_error
from sandbox.iam.access_keys import new_secret
from sandbox.iam.model import Role, unique_id
from sandbox.iam.store import AccessKeys, Iam
from sandbox.identity import Credential, Credentials, Identity
from sandbox.registry import operation

_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:.+/)?([^/]+)")
_CHAINED_MAXIMUM = 3600
_SESSION_TOKEN_DEFAULT = 43200


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
    role = _trusted_role(call)
    has_mfa = _has_mfa(call)
    authorise_assume_role(call, role, has_mfa=has_mfa)
    seconds = call.get("DurationSeconds", min(3600, role.max_session))
    _check_duration(call, role, seconds)
    identity = session_of(role, call["RoleSessionName"])
    role.last_used = (call.world.clock.now(), call.region)
    return {
        "Credentials": _issue(call, identity, seconds),
        "AssumedRoleUser": {"AssumedRoleId": identity.user_id, "Arn": identity.arn},
        "SourceIdentity": call.get("SourceIdentity"),
    }


def _trusted_role(call: Call) -> Role:
    """The role by its ARN; a missing one is answered like one that does not trust."""
    named = _ROLE_ARN.fullmatch(call["RoleArn"])
    if named is None:
        raise validation_error(f"{call['RoleArn']} is invalid")
    account_id, name = named.groups()
    role = call.world.part(Iam, account_id).roles.get(name)
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


def _has_mfa(call: Call) -> bool:
    """Whether the call proves MFA, by its own token or by the session it comes from."""
    serial = call.get("SerialNumber")
    if serial is None:
        return call.caller.has_mfa
    iam = call.part(Iam)
    user = iam.users.get(call.caller.name) if call.caller.kind == "User" else None
    if user is None or serial not in user.mfa_devices:
        raise access_denied(call.caller.arn, f"sts:{call.operation} with that MFA device")
    if call.get("TokenCode", "000000") == "000000":
        raise AwsError(
            "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."
        )
    return True


@operation("sts", "GetSessionToken")
def get_session_token(call: Call) -> dict[str, Any]:
    if call.caller.kind == "AssumedRole" or call.caller.session_name:
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
    has_mfa = _has_mfa(call)
    mfa_time = call.world.clock.now() if has_mfa else None
    identity = replace(call.caller, has_mfa=has_mfa, mfa_time=mfa_time, session_name="session")
    seconds = call.get("DurationSeconds", _SESSION_TOKEN_DEFAULT)
    return {"Credentials": _issue(call, identity, seconds)}


def _issue(call: Call, identity: Identity, seconds: int) -> dict[str, str | datetime]:
    expires = call.world.clock.now() + timedelta(seconds=seconds)
    credential = Credential(
        unique_id("ASIA")[:20], new_secret(), identity, "session/" + new_secret(), expires
    )
    call.world.part(Credentials, "").add_session(credential)
    return {
        "AccessKeyId": credential.key_id,
        "SecretAccessKey": credential.secret,
        "SessionToken": credential.session_token,
        "Expiration": expires,
    }
