# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading who has a console password and who used it, with few calls for many people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .._aws.account import AwsAccount
from .._aws.credential_report import generate_report, read_report
from .._aws.errors import AwsError
from .._aws.login_profiles import (
    Issued,
    read_last_used,
    read_late_profiles,
    read_parameters,
    read_profiles,
)
from .._core.plan_login_profile import (
    LoginProfile,
    StoredPassword,
    doubtful_users,
    overwritten_passwords,
    stored_by_user,
)

FEW = 3
"""So many people are asked for one by one, so that a reset of theirs is seen at once."""


MOST_LOOKED_FOR = 100
"""Of so many who never signed in, missing passwords are looked for in every run: two calls."""


@dataclass(frozen=True)
class SignIns:
    """Who waits for a login profile, the profiles there are, and the stored passwords, by user."""

    waiting: frozenset[str]
    profiles: Mapping[str, LoginProfile]
    stored: Mapping[str, StoredPassword]


@dataclass(frozen=True)
class Asked:
    """The users that a run handles: all, those made a moment ago, and those who get no password."""

    users: frozenset[str]
    new: frozenset[str]
    withheld: frozenset[str]


def read_sign_ins(aws: AwsAccount, asked: Asked, prefix: str) -> SignIns:
    """Return what is known of the users' passwords.

    The credential report tells of all in one call, but may be four hours old. Whom it shows
    without a password is asked for; who an old one says never signed in is looked up in one call
    for a thousand; and where what is stored does not fit, IAM is asked once more. A stored password
    of somebody without a login profile is replaced, so that is believed after some seconds only.
    """
    known = asked.users - asked.new
    profiles, is_of_now = (
        _reported(aws, known, is_new_run=bool(asked.new)) if len(known) > FEW else ({}, False)
    )
    unknown = known - asked.withheld - profiles.keys()
    profiles = {**profiles, **read_profiles(aws, unknown)}
    if not is_of_now and any(profile.used is None for profile in profiles.values()):
        profiles = _with_uses(profiles, read_last_used(aws))
    waiting = (asked.users - asked.withheld) - profiles.keys()
    if not waiting and not _is_worth_looking(profiles):
        return SignIns(waiting, profiles, {})
    stored = stored_by_user(asked.users, read_parameters(aws, prefix), prefix)
    late = read_late_profiles(aws, (waiting - asked.new) & stored.keys())
    profiles, waiting = {**profiles, **late}, waiting - late.keys()
    doubtful = doubtful_users(profiles, stored)
    looked_up = read_profiles(aws, doubtful)
    profiles = {
        name: replace(looked_up.get(name, profile), used=profile.used)
        for name, profile in profiles.items()
        if name not in doubtful or name in looked_up
    }
    gone = (doubtful - profiles.keys()) - asked.withheld
    return SignIns(waiting | gone, profiles, stored)


def _is_worth_looking(profiles: Mapping[str, LoginProfile]) -> bool:
    """Return whether a run that gives nobody a password has reason to list the stored ones.

    Fifty come with a call. Where somebody signed in, one may be over; else only a missing one can
    be found, for which a company that has just begun does not pay ten calls a run.
    """
    unused = sum(profile.used is None for profile in profiles.values())
    return 0 < len(profiles) != unused or 0 < unused <= MOST_LOOKED_FOR


def _reported(
    aws: AwsAccount, users: Collection[str], *, is_new_run: bool
) -> tuple[dict[str, LoginProfile], bool]:
    """Return the profiles that the credential report tells of, and whether it was made just now."""
    report, is_of_now = read_report(aws), False
    if report is None and not is_new_run:
        report, is_of_now = generate_report(aws), True
    # A report made while users are new would show them without password for four hours.
    profiles = {
        name: LoginProfile(use.last_changed, use.last_used)
        for name, use in (report or {}).items()
        if use.has_password and name in users
    }
    return profiles, is_of_now


def _with_uses(
    profiles: Mapping[str, LoginProfile], uses: Mapping[str, datetime]
) -> dict[str, LoginProfile]:
    return {name: replace(p, used=uses.get(name, p.used)) for name, p in profiles.items()}


def find_overwritten(
    aws: AwsAccount,
    issued: Mapping[str, Issued],
    before: Mapping[str, StoredPassword],
    prefix: str,
) -> dict[str, str]:
    """Return whose password something else replaced while it was set; one call for fifty people."""
    if not issued:
        return {}
    try:
        stored = stored_by_user(issued, read_parameters(aws, prefix), prefix)
    except AwsError as error:
        # The passwords are set: what the run did must be told all the same.
        return {"initial passwords": str(error)}
    descriptions = {name: one.description for name, one in issued.items()}
    return overwritten_passwords(descriptions, before, stored, prefix)
