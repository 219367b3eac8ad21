# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Desired state of console passwords: who gets one, which are over, which nobody can use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .change import Json, Kind, ObjectId, Plan, State
from .naming import parameter_name

CLOCK_SKEW = timedelta(seconds=5)
"""By how much the clocks of IAM and of the Parameter Store may differ."""


@dataclass(frozen=True)
class StoredPassword:
    """A parameter that holds an initial password, without its value."""

    modified: datetime
    description: str = ""
    """Another one for each password that a run stores."""


@dataclass(frozen=True)
class LoginProfile:
    """A console password: since when, when it was last used, whether a sign-in must change it.

    None is what is not known; must_change is known of those who were asked for one by one.
    """

    since: datetime | None = None
    used: datetime | None = None
    must_change: bool | None = None


@dataclass(frozen=True)
class SignInState:
    """What is known of one user's console password."""

    has_login_profile: bool = False
    has_parameter: bool = False
    has_signed_in: bool = False
    """Whether the person signed in after the initial password was stored."""


def build_login_state(
    users: Mapping[str, SignInState], parameter_prefix: str
) -> tuple[State, State]:
    """Return the desired and the observed objects of the users' console passwords.

    Everybody has a login profile. An initial password lies there from before the profile is
    made until the person has signed in with it. It is for one login profile: what lies there
    where none is, is replaced.
    """
    desired: dict[ObjectId, Json] = {}
    observed: dict[ObjectId, Json] = {}
    for name, found in users.items():
        stored = {"parameter": parameter_name(parameter_prefix, name)}
        profile = ObjectId(Kind.LOGIN_PROFILE, (name,))
        password = ObjectId(Kind.INITIAL_PASSWORD, (name,))
        desired[profile] = {"password_reset_required": True, **stored}
        if found.has_login_profile:
            observed[profile] = desired[profile]
        if found.has_parameter:
            is_of_none = {} if found.has_login_profile else {"is_of_no_login_profile": True}
            observed[password] = {**stored, **is_of_none}
        waits = found.has_parameter and not found.has_signed_in
        if waits or not found.has_login_profile:
            desired[password] = stored
    return desired, observed


def build_sign_in_states(
    users: Iterable[str],
    waiting: Collection[str],
    profiles: Mapping[str, LoginProfile],
    stored: Mapping[str, StoredPassword],
) -> dict[str, SignInState]:
    """Return what is known of each user; waiting are those without login profile."""
    return {
        name: SignInState(
            has_login_profile=name not in waiting,
            has_parameter=name in stored,
            has_signed_in=name not in waiting and _is_over(profiles.get(name), stored.get(name)),
        )
        for name in users
    }


def stored_by_user(
    users: Iterable[str], parameters: Mapping[str, StoredPassword], parameter_prefix: str
) -> dict[str, StoredPassword]:
    """Return the stored initial passwords of the users, by user."""
    names = {user: parameter_name(parameter_prefix, user) for user in users}
    return {user: parameters[name] for user, name in names.items() if name in parameters}


def doubtful_users(
    profiles: Mapping[str, LoginProfile], stored: Mapping[str, StoredPassword]
) -> frozenset[str]:
    """Return whose password may be lost, or gone: only IAM itself knows, and has to be asked."""
    return frozenset(
        name
        for name, profile in profiles.items()
        if profile.must_change is None
        and (_is_missing(profile, stored.get(name)) or _is_newer(profile, stored.get(name)))
    )


def lost_passwords(
    profiles: Mapping[str, LoginProfile],
    stored: Mapping[str, StoredPassword],
    parameter_prefix: str,
) -> list[dict[str, Json]]:
    """Return who cannot sign in for the first time, because what is stored is not the password."""
    lost = []
    for name, profile in sorted(profiles.items()):
        is_missing = _is_missing(profile, stored.get(name))
        if profile.must_change and (is_missing or _is_newer(profile, stored.get(name))):
            reason = "missing" if is_missing else "overwritten"
            parameter = parameter_name(parameter_prefix, name)
            lost.append({"name": name, "parameter": parameter, "reason": reason})
    return lost


def overwritten_passwords(
    descriptions: Mapping[str, str],
    before: Mapping[str, StoredPassword],
    after: Mapping[str, StoredPassword],
    parameter_prefix: str,
) -> dict[str, str]:
    """Return the users whose stored password something else replaced, with what to do.

    descriptions are those that this run stored, by user. What lay there before it may still be
    shown for a moment.
    """
    return {
        name: (
            f"The initial password of {name}, {parameter_name(parameter_prefix, name)}, was "
            "overwritten by something else while this run set it, so what is stored there is not "
            f"the password. {reset_advice(name)}"
        )
        for name, description in descriptions.items()
        if name in after
        and after[name].description != description
        and after[name] != before.get(name)
    }


def reset_advice(name: str) -> str:
    """Return how a person without a usable initial password gets another one."""
    return (
        f"Give {name} another one: aws iam delete-login-profile --user-name {name}; then run "
        f"new_user with -e user_name={name}."
    )


def _is_over(profile: LoginProfile | None, stored: StoredPassword | None) -> bool:
    if profile is None or stored is None:
        return False
    has_signed_in = profile.used is not None and profile.used >= _second(stored.modified)
    return has_signed_in or profile.must_change is False


def _is_missing(profile: LoginProfile, stored: StoredPassword | None) -> bool:
    return stored is None and profile.used is None


def _is_newer(profile: LoginProfile, stored: StoredPassword | None) -> bool:
    """Return whether it was stored after the login profile was made, so is not its password."""
    if stored is None or profile.since is None or _is_over(profile, stored):
        return False
    return _second(stored.modified) > profile.since + CLOCK_SKEW


def _second(moment: datetime) -> datetime:
    """Return the whole second of a moment: IAM tells no more."""
    return moment.replace(microsecond=0)


def issued_passwords(plan: Plan) -> list[dict[str, str]]:
    """Return who gets a login profile and where the password lies."""
    return [
        {"name": change.subject, "parameter": change.after["parameter"]}
        for change in plan
        if change.id.kind is Kind.LOGIN_PROFILE
    ]
