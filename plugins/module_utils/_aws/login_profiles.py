# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading and writing console passwords, and the initial ones in the Parameter Store."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from .._core.change import Action, Change, Kind
from .._core.password import build_password
from .account import AwsAccount
from .errors import ClientError, doing, error_code
from .retry import when_visible
from .transformations import password_policy_from
from .writing import ALREADY_THERE, Writers

_READERS = 8
_DESCRIPTION = "Initial console password; deleted once the person has signed in"


def read_without_profile(aws: AwsAccount, users: Iterable[str]) -> frozenset[str]:
    """Return those of the users who have no login profile, or do not exist yet."""
    listed = sorted(users)
    with ThreadPoolExecutor(_READERS) as pool:
        answers = list(pool.map(lambda name: _has_profile(aws, name), listed))
    return frozenset(name for name, there in zip(listed, answers, strict=True) if not there)


def _has_profile(aws: AwsAccount, user: str) -> bool:
    with doing(aws, f"read the login profile of {user}"):
        try:
            aws.client("iam").get_login_profile(UserName=user)
        except ClientError as error:
            if error_code(error) == "NoSuchEntity":
                return False
            raise
    return True


def read_parameters(aws: AwsAccount, prefix: str) -> dict[str, datetime]:
    """Return the names of the stored initial passwords and when each was stored."""
    with doing(aws, f"list the parameters under {prefix}"):
        paginator = aws.client("ssm").get_paginator("describe_parameters")
        pages = paginator.paginate(
            ParameterFilters=[{"Key": "Path", "Option": "OneLevel", "Values": [prefix]}],
            PaginationConfig={"PageSize": 50},
        )
        return {p["Name"]: p["LastModifiedDate"] for page in pages for p in page["Parameters"]}


def read_minimum_length(aws: AwsAccount) -> int:
    """Return the length that the account's password policy demands."""
    with doing(aws, "read the account password policy"):
        try:
            answer = aws.client("iam").get_account_password_policy()["PasswordPolicy"]
        except ClientError as error:
            if error_code(error) == "NoSuchEntity":
                return 0
            raise
    return password_policy_from(answer).minimum_length


def login_profile_writers(aws: AwsAccount, kms_key_id: str | None) -> Writers:
    """Return the calls for each change of console passwords."""
    length = read_minimum_length(aws)
    return {
        (Kind.INITIAL_PASSWORD, Action.CREATE): lambda c: store_password(
            aws, c, build_password(length, secrets.randbelow), kms_key_id
        ),
        (Kind.INITIAL_PASSWORD, Action.DELETE): lambda c: delete_password(aws, c),
        (Kind.LOGIN_PROFILE, Action.CREATE): lambda c: create_login_profile(aws, c),
    }


def store_password(aws: AwsAccount, change: Change, password: str, kms_key_id: str | None) -> None:
    """Store an initial password; one that lies there already stays, for it may be in use."""
    (user,) = change.id.key
    name = change.after["parameter"]
    with doing(aws, f"store the initial password of {user} as {name}"):
        try:
            aws.client("ssm").put_parameter(
                Name=name,
                Description=_DESCRIPTION,
                Value=password,
                Type="SecureString",
                Overwrite=False,
                **({"KeyId": kms_key_id} if kms_key_id else {}),
            )
        except ClientError as error:
            if error_code(error) != "ParameterAlreadyExists":
                raise


def delete_password(aws: AwsAccount, change: Change) -> None:
    """Delete an initial password that is over."""
    (user,) = change.id.key
    name = change.before["parameter"]
    with doing(aws, f"delete the initial password of {user}, {name}"):
        try:
            aws.client("ssm").delete_parameter(Name=name)
        except ClientError as error:
            if error_code(error) != "ParameterNotFound":
                raise


def create_login_profile(aws: AwsAccount, change: Change) -> None:
    """Give a user the stored password, to be changed at the first sign-in.

    The password is read back from where people will read it, so what is set is what lies there.
    A profile that exists by now was made by a lost answer's call or a run beside this one, with
    the same stored password; it is never overwritten.
    """
    (user,) = change.id.key
    name = change.after["parameter"]
    remedies = {
        "PasswordPolicyViolation": f"The password stored as {name} is from an older password "
        f"policy: delete that parameter and run again."
    }
    with doing(aws, f"create the login profile of {user}", remedies):
        read = when_visible(aws.client("ssm").get_parameter)
        stored = read(Name=name, WithDecryption=True)["Parameter"]
        try:
            when_visible(aws.client("iam").create_login_profile)(
                UserName=user,
                Password=stored["Value"],
                PasswordResetRequired=change.after["password_reset_required"],
            )
        except ClientError as error:
            if error_code(error) not in ALREADY_THERE:
                raise
