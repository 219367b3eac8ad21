# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Desired state of console passwords: who gets one, and which initial ones are over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .change import Json, Kind, ObjectId, Plan, State
from .naming import parameter_name


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
    made until the person has signed in with it.
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
            observed[password] = stored
        waits = found.has_parameter and not found.has_signed_in
        if waits or not found.has_login_profile:
            desired[password] = stored
    return desired, observed


def build_sign_in_states(
    users: Iterable[str],
    waiting: Collection[str],
    stored: Mapping[str, datetime],
    last_used: Mapping[str, datetime | None],
    parameter_prefix: str,
) -> dict[str, SignInState]:
    """Return what is known of each user.

    waiting are the users without login profile, stored the parameters with the moment of storing,
    last_used the moments of the last sign-in by user name.
    """
    states = {}
    for name in users:
        since = stored.get(parameter_name(parameter_prefix, name))
        used = last_used.get(name)
        states[name] = SignInState(
            has_login_profile=name not in waiting,
            has_parameter=since is not None,
            has_signed_in=since is not None and used is not None and used >= _second(since),
        )
    return states


def _second(moment: datetime) -> datetime:
    """Return the whole second of a moment: the credential report tells no more."""
    return moment.replace(microsecond=0)


def issued_passwords(plan: Plan) -> list[dict[str, str]]:
    """Return who gets a login profile and where the password lies."""
    return [
        {"name": change.subject, "parameter": change.after["parameter"]}
        for change in plan
        if change.id.kind is Kind.LOGIN_PROFILE
    ]
