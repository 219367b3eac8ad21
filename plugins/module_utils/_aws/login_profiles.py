# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading and writing console passwords."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from .._core.change import Action, Change, Kind
from .._core.iam.initial_password import Identity, copy_name, covered_until, describe_password
from .._core.iam.login_profiles import LoginProfile, reset_advice
from .._core.iam.password import build_password
from .account import AwsAccount
from .errors import AwsError, ClientError, doing, error_code
from .initial_passwords import (
    Issued,
    copy_password,
    delete_parameter,
    delete_password,
    is_stored,
    restore_password,
    store_password,
    write_record,
)
from .retry import when_visible
from .transformations import password_policy_from
from .writing import ALREADY_THERE, NOT_THERE, Writers

_READERS = 8
_PAUSES = (1.0, 2.0, 4.0)
"""Seconds between looks for what may have been made a moment ago."""


@dataclass
class Issuing:
    """What the writers of one run know, and what they did.

    covered are those who have a login profile, until is when the last of those users was made of
    whom a record says that all got one; issued is what this run stored and set. A password that
    moves to another key keeps its name, which rests so many seconds, since the moments in resting.
    """

    kms_key_id: str | None = None
    prefix: str = ""
    rest: float = 0
    resting: dict[str, float] = field(default_factory=dict)
    identities: Mapping[str, Identity] = field(default_factory=dict)
    covered: set[str] = field(default_factory=set)
    until: datetime | None = None
    issued: dict[str, Issued] = field(default_factory=dict)


def read_profiles(aws: AwsAccount, users: Iterable[str]) -> dict[str, LoginProfile]:
    """Return the login profiles of those of the users who have one, asking for each."""
    listed = sorted(users)
    with ThreadPoolExecutor(_READERS) as pool:
        answers = list(pool.map(lambda name: _read_profile(aws, name), listed))
    return {name: found for name, found in zip(listed, answers, strict=True) if found}


def read_late_profiles(aws: AwsAccount, users: Iterable[str]) -> dict[str, LoginProfile]:
    """Return the login profiles that IAM did not show at the first look, asking for some seconds.

    A profile that was made a moment ago may not be seen yet, and whoever takes it for missing
    replaces a password that is in use.
    """
    found: dict[str, LoginProfile] = {}
    missing = set(users)
    for pause in _PAUSES:
        if not missing:
            break
        time.sleep(pause)
        found.update(read_profiles(aws, missing))
        missing -= found.keys()
    return found


def _read_profile(aws: AwsAccount, user: str) -> LoginProfile | None:
    with doing(aws, f"read the login profile of {user}"):
        try:
            found = aws.client("iam").get_login_profile(UserName=user)["LoginProfile"]
        except ClientError as error:
            if error_code(error) in NOT_THERE:
                return None
            raise
    # IAM leaves out what is false.
    must_change = bool(found.get("PasswordResetRequired"))
    return LoginProfile(found["CreateDate"], must_change=must_change)


def read_last_used(aws: AwsAccount) -> dict[str, datetime]:
    """Return when each user last signed in with the password, as of now."""
    with doing(aws, "list the users"):
        paginator = aws.client("iam").get_paginator("list_users")
        pages = paginator.paginate(PaginationConfig={"PageSize": 1000})
        users = [user for page in pages for user in page["Users"]]
        return {
            user["UserName"]: user["PasswordLastUsed"]
            for user in users
            if user.get("PasswordLastUsed")
        }


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


def login_profile_writers(aws: AwsAccount, issuing: Issuing) -> Writers:
    """Return the calls for each change of console passwords."""
    length = read_minimum_length(aws)
    issued = issuing.issued

    def store(change: Change) -> None:
        token = secrets.token_hex(8)
        chosen = Issued(
            build_password(length, secrets.randbelow),
            describe_password(_unique_id(aws, change.subject, issuing.identities), token),
            change.action is Action.UPDATE,
        )
        if store_password(aws, change, chosen, issuing.kms_key_id):
            issued[change.subject] = chosen

    def create(change: Change) -> None:
        if not create_login_profile(aws, change, issued.get(change.subject)):
            issued.pop(change.subject, None)
        issuing.covered.add(change.subject)

    return {
        **_moving_writers(aws, issuing),
        (Kind.FORMER_PASSWORD, Action.DELETE): lambda c: delete_login_profile(aws, c.subject),
        (Kind.INITIAL_PASSWORD, Action.CREATE): store,
        (Kind.INITIAL_PASSWORD, Action.UPDATE): store,
        (Kind.INITIAL_PASSWORD, Action.DELETE): lambda c: delete_password(aws, c),
        (Kind.LOGIN_PROFILE, Action.CREATE): create,
        (Kind.ISSUE_RECORD, Action.CREATE): lambda c: _record(aws, c, issuing),
        (Kind.ISSUE_RECORD, Action.UPDATE): lambda c: _record(aws, c, issuing),
    }


def _moving_writers(aws: AwsAccount, issuing: Issuing) -> Writers:
    """Return the calls that move a password to another key."""
    begun = time.monotonic()

    def copy(change: Change) -> None:
        copy_password(aws, change, copy_name(issuing.prefix, change.subject))
        issuing.resting[change.subject] = time.monotonic()

    def restore(change: Change) -> None:
        # An earlier run may have deleted it a moment before this one began.
        since = issuing.resting.get(change.subject, begun)
        time.sleep(max(since + issuing.rest - time.monotonic(), 0))
        name = copy_name(issuing.prefix, change.subject)
        restore_password(aws, change, name, issuing.kms_key_id)

    return {
        (Kind.PASSWORD_ELSEWHERE, Action.DELETE): copy,
        (Kind.PASSWORD_UNDER_KEY, Action.CREATE): restore,
    }


def _record(aws: AwsAccount, change: Change, issuing: Issuing) -> None:
    until = covered_until(issuing.identities, issuing.covered, issuing.until)
    if until != issuing.until and until:
        write_record(aws, change.subject, until)


def _unique_id(aws: AwsAccount, user: str, identities: Mapping[str, Identity]) -> str:
    """Return the unique id of a user, asking for one that was made a moment ago."""
    if user in identities:
        return identities[user].unique_id
    with doing(aws, f"read the unique id of user {user}"):
        answer = when_visible(aws.client("iam").get_user)(UserName=user)
        return str(answer["User"]["UserId"])


def delete_login_profile(aws: AwsAccount, user: str) -> None:
    """Take a user's console password away; where there is none, nothing is left to do."""
    with doing(aws, f"delete the login profile of {user}"):
        try:
            aws.client("iam").delete_login_profile(UserName=user)
        except ClientError as error:
            if error_code(error) not in NOT_THERE:
                raise


def create_login_profile(aws: AwsAccount, change: Change, issued: Issued | None) -> bool:
    """Give a user the password that this run stored, to be changed at the first sign-in.

    It is the one that this run chose, never one that is read: anybody may have written that.
    A profile that exists by now is never overwritten; return whether this run made it.
    """
    (user,) = change.id.key
    name = change.after["parameter"]
    if issued is None:
        _await_profile(aws, user, name)
        return False
    with doing(aws, f"create the login profile of {user}"):
        try:
            when_visible(aws.client("iam").create_login_profile)(
                UserName=user,
                Password=issued.password,
                PasswordResetRequired=change.after["password_reset_required"],
            )
            return True
        except ClientError as error:
            if error_code(error) not in ALREADY_THERE:
                raise
            was_repeated = error.response["ResponseMetadata"].get("RetryAttempts", 0) > 0
    return _settle(aws, user, name, issued, was_repeated=was_repeated)


def _await_profile(aws: AwsAccount, user: str, name: str) -> None:
    """Wait for the login profile that the run makes which stored the password before this one."""
    remedies = {
        "NoSuchEntity": f"Another run stored {name} during this run. Run again to set a new one."
    }
    with doing(aws, f"find the login profile of {user}, which another run is creating", remedies):
        when_visible(aws.client("iam").get_login_profile)(UserName=user)


def _settle(aws: AwsAccount, user: str, name: str, issued: Issued, *, was_repeated: bool) -> bool:
    """Decide what a login profile that exists already means; leave no password that is not it.

    It is our own if a repeated call was answered so and nobody's stored password was replaced. If
    another one is stored by now, it is that of the run that made the profile, which sees to it.
    """
    with doing(aws, f"read back the initial password of {user}, {name}"):
        is_ours = is_stored(aws, name, issued)
    if not is_ours:
        return False
    if was_repeated and not issued.is_replacement:
        return True
    delete_parameter(aws, user, name)
    raise AwsError(
        f"create the login profile of {user} in {aws.label}",
        "EntityAlreadyExists",
        f"another process created one at the same time, so {name} did not hold its password and "
        "was deleted",
        reset_advice(user),
    )
