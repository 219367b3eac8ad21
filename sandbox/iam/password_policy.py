"""The account's password policy, and whether a password satisfies it."""

from __future__ import annotations

import string
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam.store import Iam, no_such_entity
from sandbox.registry import operation

_DEFAULTS: dict[str, Any] = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": False,
}
_OPTIONAL = ("MaxPasswordAge", "PasswordReusePrevention", "HardExpiry")
_SYMBOLS = "!@#$%^&*()_+-=[]{}|'"
_CLASSES = (
    ("RequireSymbols", _SYMBOLS, "Password should have at least one symbol"),
    ("RequireNumbers", string.digits, "Password should have at least one number"),
    (
        "RequireUppercaseCharacters",
        string.ascii_uppercase,
        "Password should have at least one uppercase letter",
    ),
    (
        "RequireLowercaseCharacters",
        string.ascii_lowercase,
        "Password should have at least one lowercase letter",
    ),
)
# Without a policy of its own an account has AWS's: 8 characters of three kinds.
_AWS_MINIMUM_LENGTH = 8
_AWS_MINIMUM_CLASSES = 3


@operation("iam", "UpdateAccountPasswordPolicy")
def update(call: Call) -> None:
    # What is not given goes back to its default: the call replaces the whole policy.
    given = {name: call[name] for name in (*_DEFAULTS, *_OPTIONAL) if name in call.params}
    call.part(Iam).password_policy = {**_DEFAULTS, **given}


@operation("iam", "GetAccountPasswordPolicy")
def get(call: Call) -> dict[str, Any]:
    policy = _existing(call)
    return {"PasswordPolicy": {**policy, "ExpirePasswords": bool(policy.get("MaxPasswordAge"))}}


@operation("iam", "DeleteAccountPasswordPolicy")
def delete(call: Call) -> None:
    _existing(call)
    call.part(Iam).password_policy = None


def _existing(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    if iam.password_policy is None:
        raise no_such_entity(
            f"The Password Policy with domain name {iam.account_id} cannot be found."
        )
    return iam.password_policy


def check_password(iam: Iam, password: str, former: list[str] | None = None) -> None:
    """Raise PasswordPolicyViolation unless the account's policy accepts the password."""
    if iam.password_policy is None:
        _check_by_aws_default(password)
        return
    policy = iam.password_policy
    minimum = policy["MinimumPasswordLength"]
    if len(password) < minimum:
        raise _violation(f"Password should have a minimum length of {minimum}")
    for requirement, characters, message in _CLASSES:
        if policy[requirement] and not set(password) & set(characters):
            raise _violation(message)
    remembered = policy.get("PasswordReusePrevention", 0)
    if remembered and password in (former or [])[-remembered:]:
        raise _violation("Password should not be one of the previously used passwords")


def _check_by_aws_default(password: str) -> None:
    classes = sum(bool(set(password) & set(characters)) for _, characters, _ in _CLASSES)
    if len(password) < _AWS_MINIMUM_LENGTH:
        raise _violation(f"Password should have a minimum length of {_AWS_MINIMUM_LENGTH}")
    if classes < _AWS_MINIMUM_CLASSES:
        raise _violation("Password should have at least three kinds of characters")


def _violation(message: str) -> AwsError:
    return AwsError("PasswordPolicyViolation", message, 400)
