# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Desired state of console passwords: who gets one, which are over, which nobody can use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..change import Json, Kind, ObjectId, Plan, State
from ..guard import refuse_large_removal
from ..naming import parameter_name
from ..planning import plan_changes
from .initial_password import CLOCK_SKEW, StoredPassword, copy_name, record_name, second_of
from .kms_key import OF_AWS_ALIAS
from .password_moves import Lying, key_objects


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
    """What is known of one user's console password, and whether the user is to get one."""

    has_login_profile: bool = False
    has_parameter: bool = False
    has_signed_in: bool = False
    """Whether the person signed in after the initial password was stored."""
    is_due: bool = True
    """Whether the user never had a login profile, and so gets one."""
    is_reset: bool = False
    """Whether another password was asked for."""
    is_of_another: bool = False
    """Whether what is stored was issued to another user of the same name."""
    key: str = OF_AWS_ALIAS
    """The KMS key of what is stored, if anything is."""
    has_copy: bool = False
    """Whether a move of it to another key left a copy."""

    @property
    def is_issued(self) -> bool:
        """Return whether the user gets a password in this run."""
        return self.is_reset or (self.is_due and not self.has_login_profile)

    @property
    def lying(self) -> Lying:
        """Return under which key the password lies, and whether the user has to sign in with it."""
        is_over = self.has_signed_in or self.is_issued or self.is_of_another
        is_needed = self.has_login_profile and not is_over
        return Lying(self.key if self.has_parameter else None, self.has_copy, is_needed)

    @property
    def has_orphan(self) -> bool:
        """Return whether what is stored is no password of the user's, and will be none."""
        is_of_none = self.is_of_another or not self.has_login_profile
        return self.has_parameter and is_of_none and not self.is_issued


@dataclass(frozen=True)
class Leftovers:
    """What lies under the prefix beside the users' passwords.

    orphaned are the parameters that are nobody's, prune is whether they go; is_record_behind is
    whether the record of issued passwords misses somebody who has one.
    """

    orphaned: Collection[str] = ()
    prune: bool = False
    has_record: bool = False
    is_record_behind: bool = False


def build_login_state(
    users: Mapping[str, SignInState],
    parameter_prefix: str,
    leftovers: Leftovers | None = None,
    key: str = OF_AWS_ALIAS,
) -> tuple[State, State]:
    """Return the desired and the observed objects of the users' console passwords.

    A login profile is issued once, and otherwise when it was asked for. An initial password lies
    there from before the profile is made until the person has signed in with it. It is for one
    login profile: what lies there where none is, is replaced, or is nobody's. What stays lies
    under the key.
    """
    leftovers = leftovers or Leftovers()
    desired: dict[ObjectId, Json] = {}
    observed: dict[ObjectId, Json] = {}
    for name, found in users.items():
        stored = {"parameter": parameter_name(parameter_prefix, name)}
        profile = ObjectId(Kind.LOGIN_PROFILE, (name,))
        password = ObjectId(Kind.INITIAL_PASSWORD, (name,))
        wanted = {"password_reset_required": True, **stored}
        if found.has_login_profile and found.is_reset:
            observed[ObjectId(Kind.FORMER_PASSWORD, (name,))] = {}
        elif found.has_login_profile:
            observed[profile] = desired[profile] = wanted
        if found.has_parameter:
            is_of_none = {"is_of_no_login_profile": True}
            observed[password] = {**stored, **(is_of_none if profile not in observed else {})}
        if found.is_issued:
            desired.update({profile: wanted, password: stored})
        elif found.has_parameter and _stays(found, prune=leftovers.prune):
            desired[password] = observed[password]
        if found.has_parameter or found.has_copy:
            wanted_keys, found_keys = key_objects(name, found.lying, parameter_prefix, key)
            desired.update(wanted_keys)
            observed.update(found_keys)
    _add_leftovers(desired, observed, leftovers, parameter_prefix)
    return desired, observed


def _stays(found: SignInState, *, prune: bool) -> bool:
    return not prune if found.has_orphan else not found.has_signed_in


def _add_leftovers(
    desired: dict[ObjectId, Json],
    observed: dict[ObjectId, Json],
    leftovers: Leftovers,
    parameter_prefix: str,
) -> None:
    """Add what is no user's; a parameter that a user's state holds already is seen to there."""
    held = {value["parameter"] for i, value in observed.items() if i.kind is Kind.INITIAL_PASSWORD}
    for name in set(leftovers.orphaned) - held:
        orphan = ObjectId(Kind.INITIAL_PASSWORD, (name,))
        observed[orphan] = {"parameter": name}
        if not leftovers.prune:
            desired[orphan] = observed[orphan]
    is_issuing = any(i.kind is Kind.LOGIN_PROFILE and i not in observed for i in desired)
    record = ObjectId(Kind.ISSUE_RECORD, (record_name(parameter_prefix),))
    if leftovers.has_record:
        observed[record] = {"is_complete": not (is_issuing or leftovers.is_record_behind)}
    if leftovers.has_record or is_issuing or leftovers.is_record_behind:
        desired[record] = {"is_complete": True}


def plan_login_profiles(
    users: Mapping[str, SignInState],
    parameter_prefix: str,
    leftovers: Leftovers,
    max_removal_ratio: float,
    key: str = OF_AWS_ALIAS,
) -> Plan:
    """Return what happens to console passwords; raise GuardError when too many orphans would go."""
    desired, observed = build_login_state(users, parameter_prefix, leftovers, key)
    plan = plan_changes(desired, observed)
    used = {name for name, found in users.items() if not found.has_orphan}
    used |= {copy_name(parameter_prefix, name) for name in users}
    pruned = tuple(c for c in plan if c.subject not in used)
    stored = sum(i.kind is Kind.INITIAL_PASSWORD for i in observed)
    refuse_large_removal(pruned, Kind.INITIAL_PASSWORD, stored, max_removal_ratio)
    return plan


def build_sign_in_state(
    profile: LoginProfile | None,
    stored: StoredPassword | None,
    copy: StoredPassword | None = None,
    *,
    is_due: bool,
    is_reset: bool,
    is_of_another: bool,
) -> SignInState:
    """Return what is known of one user's password; copy is what a move of it left."""
    return SignInState(
        has_login_profile=profile is not None,
        has_parameter=stored is not None,
        has_signed_in=is_over(profile, stored or copy),
        key=stored.key if stored else "",
        has_copy=copy is not None,
        is_due=is_due,
        is_reset=is_reset,
        is_of_another=is_of_another,
    )


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
            "overwritten by another process during this run, so the stored value is not the "
            f"password. {reset_advice(name)}"
        )
        for name, description in descriptions.items()
        if name in after
        and after[name].description != description
        and after[name] != before.get(name)
    }


def reset_advice(name: str) -> str:
    """Return how a person without a usable initial password gets another one."""
    return f"To issue another one to {name}, run new_user with -e reset_password={name}."


def is_over(profile: LoginProfile | None, stored: StoredPassword | None) -> bool:
    """Return whether the person has signed in with what is stored, or with what came after it."""
    if profile is None or stored is None:
        return False
    has_signed_in = profile.used is not None and profile.used >= second_of(stored.stored)
    return has_signed_in or profile.must_change is False


def _is_missing(profile: LoginProfile, stored: StoredPassword | None) -> bool:
    return stored is None and profile.used is None


def _is_newer(profile: LoginProfile, stored: StoredPassword | None) -> bool:
    """Return whether it was stored after the login profile was made, so is not its password."""
    if stored is None or profile.since is None or is_over(profile, stored):
        return False
    return second_of(stored.stored) > profile.since + CLOCK_SKEW


def issued_passwords(plan: Plan) -> list[dict[str, str]]:
    """Return who gets a login profile and where the password lies."""
    return [
        {"name": change.subject, "parameter": change.after["parameter"]}
        for change in plan
        if change.id.kind is Kind.LOGIN_PROFILE
    ]
