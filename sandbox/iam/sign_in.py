"""A stand-in for the console's sign-in page, which is not an API."""

from __future__ import annotations

from typing import Any

from sandbox.authorisation import authorise_call
from sandbox.call import LOOPBACK, Call
from sandbox.errors import AwsError
from sandbox.iam.login_profiles import set_password
from sandbox.iam.model import LoginProfile, User
from sandbox.iam.one_time_codes import is_valid_code
from sandbox.iam.store import Iam
from sandbox.identity import Identity
from sandbox.sts import HALF_A_DAY, issue
from sandbox.world import World

Form = dict[str, Any]
_REGION = "us-east-1"


def sign_in(world: World, form: Form) -> dict[str, Any]:
    """Sign a person in: password, MFA code, and a new password where AWS would demand that.

    The answer has the credentials that the console works with for twelve hours.
    """
    iam = world.part(Iam, form["account_id"])
    user = iam.users.get(form["user_name"])
    profile = user.login_profile if user else None
    if user is None or profile is None or profile.password != form["password"]:
        raise AwsError("AuthenticationFailed", "Your authentication information is incorrect.", 403)
    session = _session(world, user, form.get("mfa_code"))
    if profile.reset_required:
        _change_password(world, session, profile, form)
    user.password_last_used = world.clock.now()
    return {
        "arn": user.arn,
        "has_mfa": session.mfa_time is not None,
        "credentials": issue(world, session, HALF_A_DAY),
    }


def _session(world: World, user: User, code: str | None) -> Identity:
    """The console session of a user; whoever has an MFA device needs its code."""
    now = world.clock.now()
    if user.mfa_devices and code is None:
        raise AwsError("MultiFactorAuthenticationRequired", "Enter the code of your device.", 403)
    devices = user.mfa_devices.values()
    if code is not None and not any(is_valid_code(device, code, now) for device in devices):
        raise AwsError("AuthenticationFailed", "Your authentication information is incorrect.", 403)
    return Identity(
        user.account_id,
        user.arn,
        user.id,
        "User",
        user.name,
        principal_arn=user.arn,
        session_began=now,
        mfa_time=now if code is not None else None,
        is_console=True,
    )


def _change_password(world: World, session: Identity, profile: LoginProfile, form: Form) -> None:
    """The page that forces a new password: it calls ChangePassword as the person."""
    new = form.get("new_password")
    if new is None:
        raise AwsError("PasswordResetRequired", "You must change your password to continue.", 403)
    if new == profile.password:
        raise AwsError("PasswordPolicyViolation", "The new password must be another one.", 400)
    source_ip = form.get("source_ip", LOOPBACK)
    authorise_call(Call(world, "iam", "ChangePassword", _REGION, session, {}, source_ip))
    set_password(world.part(Iam, session.account_id), profile, new, remembers=True)
    profile.reset_required = False
