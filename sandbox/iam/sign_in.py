"""A stand-in for the console's sign-in page, which is not an API."""

from __future__ import annotations

from typing import Any

from sandbox.errors import AwsError
from sandbox.iam.login_profiles import set_password
from sandbox.iam.model import LoginProfile
from sandbox.iam.store import Iam
from sandbox.world import World


def sign_in(world: World, form: dict[str, Any]) -> dict[str, Any]:
    """Sign a person in with a password, and change it where AWS would demand that."""
    iam = world.part(Iam, form["account_id"])
    user = iam.users.get(form["user_name"])
    profile = user.login_profile if user else None
    if user is None or profile is None or profile.password != form["password"]:
        raise AwsError("AuthenticationFailed", "Your authentication information is incorrect.", 403)
    if profile.reset_required:
        _change_password(iam, profile, form.get("new_password"))
    user.password_last_used = world.clock.now()
    return {"arn": user.arn, "password_reset_required": profile.reset_required}


def _change_password(iam: Iam, profile: LoginProfile, new: str | None) -> None:
    if new is None:
        raise AwsError("PasswordResetRequired", "You must change your password to continue.", 403)
    if new == profile.password:
        raise AwsError("PasswordPolicyViolation", "The new password must be another one.", 400)
    set_password(iam, profile, new, remembers=True)
    profile.reset_required = False
