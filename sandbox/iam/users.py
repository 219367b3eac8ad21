"""IAM users."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.errors import validation_error
from sandbox.iam import quotas
from sandbox.iam.model import User
from sandbox.iam.pages import page
from sandbox.iam.store import AccessKeys, Iam, delete_conflict
from sandbox.iam.tags import tags_of_call
from sandbox.iam.views import user_in_list, user_view
from sandbox.registry import operation


def user_of(call: Call) -> User:
    """The named user, or the caller where IAM allows to leave the name out."""
    name = call.get("UserName")
    if name is None:
        if call.caller.kind != "User":
            raise validation_error("Must specify userName when calling with non-User credentials")
        name = call.caller.name
    return call.part(Iam).user(name)


@operation("iam", "CreateUser")
def create_user(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    quotas.limit(len(iam.users), "UsersQuota", "UsersPerAccount")
    boundary = call.get("PermissionsBoundary")
    if boundary is not None:
        iam.policy(boundary)
    user = User(
        iam.account_id,
        call["UserName"],
        call.get("Path", "/"),
        call.world.clock.now(),
        boundary=boundary,
        tags=tags_of_call(call),
    )
    iam.users.add(user)
    iam.groups_of[user.name] = []
    return {"User": user_view(user)}


@operation("iam", "GetUser")
def get_user(call: Call) -> dict[str, Any]:
    if call.get("UserName") is None and call.caller.is_administrator:
        return {"User": _root_user(call)}
    return {"User": user_view(user_of(call))}


def _root_user(call: Call) -> dict[str, Any]:
    return {
        "Path": "/",
        "UserName": "root",
        "UserId": call.account_id,
        "Arn": call.caller.arn,
        "CreateDate": call.world.clock.now(),
    }


@operation("iam", "ListUsers")
def list_users(call: Call) -> dict[str, Any]:
    prefix = call.get("PathPrefix", "/")
    users = sorted(call.part(Iam).users.values(), key=lambda user: user.name)
    return page(call, [u for u in users if u.path.startswith(prefix)], "Users", user_in_list)


@operation("iam", "UpdateUser")
def update_user(call: Call) -> None:
    iam = call.part(Iam)
    user = iam.user(call["UserName"])
    name = call.get("NewUserName", user.name)
    if name != user.name:
        if name.lower() != user.name.lower():
            iam.users.refuse_taken(name)
        iam.groups_of[name] = iam.groups_of.pop(user.name)
        iam.users.rename(user, name)
    user.path = call.get("NewPath", user.path)


@operation("iam", "DeleteUser")
def delete_user(call: Call) -> None:
    iam = call.part(Iam)
    user = iam.user(call["UserName"])
    obstacle = _obstacle(iam, user)
    if obstacle:
        raise delete_conflict(f"must {obstacle} first.")
    iam.users.remove(user.name)
    del iam.groups_of[user.name]
    keys = call.world.part(AccessKeys, "").by_id
    for key_id in user.access_keys:
        del keys[key_id]


def _obstacle(iam: Iam, user: User) -> str:
    """What DeleteUser would say that must go before the user."""
    obstacles = (
        (user.login_profile is not None, "delete login profile"),
        (user.access_keys, "delete access keys"),
        (user.signing_certificates, "delete signing certificates"),
        (user.ssh_keys, "delete SSH public keys"),
        (user.service_credentials, "delete service specific credentials"),
        (user.mfa_devices, "deactivate MFA device"),
        (user.inline, "delete policies"),
        (user.attached, "detach all policies"),
        (iam.groups_of[user.name], "remove users from group"),
    )
    return next((words for is_there, words in obstacles if is_there), "")
