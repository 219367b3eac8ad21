"""Console passwords."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError, access_denied, validation_error
from sandbox.iam.model import LoginProfile, User
from sandbox.iam.password_policy import check_password
from sandbox.iam.store import Iam, no_such_entity
from sandbox.iam.users import user_of
from sandbox.registry import operation


@operation("iam", "CreateLoginProfile")
def create_login_profile(call: Call) -> dict[str, Any]:
    user = user_of(call)
    if "Password" not in call.params:
        raise validation_error("Must specify Password when creating a login profile for a user")
    if user.login_profile is not None:
        raise AwsError("EntityAlreadyExists", f"Login Profile for user {user.name} already exists.")
    check_password(call.part(Iam), call["Password"])
    now = call.world.clock.now()
    reset_required = call.get("PasswordResetRequired", False)
    user.login_profile = LoginProfile(now, now, call["Password"], reset_required)
    return {"LoginProfile": _view(user, user.login_profile)}


@operation("iam", "GetLoginProfile")
def get_login_profile(call: Call) -> dict[str, Any]:
    user = user_of(call)
    return {"LoginProfile": _view(user, _existing(user))}


@operation("iam", "UpdateLoginProfile")
def update_login_profile(call: Call) -> None:
    profile = _existing(call.part(Iam).user(call["UserName"]))
    if "Password" in call.params:
        set_password(call.part(Iam), profile, call["Password"], remembers=False)
    profile.reset_required = call.get("PasswordResetRequired", profile.reset_required)


@operation("iam", "DeleteLoginProfile")
def delete_login_profile(call: Call) -> None:
    user = user_of(call)
    _existing(user)
    user.login_profile = None
    user.password_last_used = None


@operation("iam", "ChangePassword")
def change_password(call: Call) -> None:
    if call.caller.kind != "User":
        raise AwsError("InvalidUserType", "Only IAM Users can change their own password")
    iam = call.part(Iam)
    profile = _existing(iam.user(call.caller.name))
    if call["OldPassword"] != profile.password:
        raise access_denied(call.caller.arn, "iam:ChangePassword")
    set_password(iam, profile, call["NewPassword"], remembers=True)
    profile.reset_required = False


def set_password(iam: Iam, profile: LoginProfile, password: str, *, remembers: bool) -> None:
    """Give the profile another password; only people, not admins, are held to its history."""
    check_password(iam, password, [*profile.former, profile.password] if remembers else [])
    profile.former.append(profile.password)
    profile.password = password
    profile.changed = iam.world.clock.now()


def _existing(user: User) -> LoginProfile:
    if user.login_profile is None:
        raise no_such_entity(f"Login Profile for User {user.name} cannot be found.")
    return user.login_profile


def _view(user: User, profile: LoginProfile) -> dict[str, Any]:
    return {
        "UserName": user.name,
        "CreateDate": profile.created,
        "PasswordResetRequired": profile.reset_required,
    }
