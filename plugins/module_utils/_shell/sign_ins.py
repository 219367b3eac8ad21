# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading who has a console password and who used it, with few calls for many people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from .._aws.account import AwsAccount
from .._aws.credential_report import Report, generate_report, read_report
from .._aws.details import read_identities
from .._aws.errors import AwsError
from .._aws.initial_passwords import Issued, read_parameters
from .._aws.login_profiles import read_last_used, read_late_profiles, read_profiles
from .._core.iam.credentials import CredentialUse
from .._core.iam.initial_password import (
    Identity,
    StoredPassword,
    copies_by_user,
    is_due,
    of_their_users,
    recorded_until,
    stored_by_user,
)
from .._core.iam.kms_key import OF_AWS_ALIAS, names_same_key
from .._core.iam.login_profiles import (
    LoginProfile,
    SignInState,
    build_sign_in_state,
    doubtful_users,
    overwritten_passwords,
)

FEW = 1
"""So many people are asked for one by one, so that what was done by hand is seen at once."""


MOST_LOOKED_FOR = 100
"""Of so many who never signed in, missing passwords are looked for in every run: two calls."""


@dataclass(frozen=True)
class Asked:
    """The users that a run handles: all, and some of them.

    new were made a moment ago, withheld get no password, reset get another one.
    """

    users: frozenset[str]
    new: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    reset: frozenset[str] = frozenset()
    looks: bool = False
    """Whether the stored passwords are listed in any case."""


@dataclass(frozen=True)
class PasswordKey:
    """The KMS key under which passwords are to lie: how plans name it, and how AWS does.

    An empty text stands for a key that check mode foresees.
    """

    label: str = OF_AWS_ALIAS
    key_id: str = OF_AWS_ALIAS

    def labeled(self, stored: StoredPassword) -> StoredPassword:
        """Return what is stored, with the name of its key in plans."""
        is_wanted = bool(self.key_id) and names_same_key(stored.key, self.key_id)
        return replace(stored, key=self.label) if is_wanted else stored


@dataclass(frozen=True)
class SignIns:
    """Who has no login profile, the profiles there are, what lies in the store, and who is who.

    stored is what lies under the users' names, whosever it is; rows are those of the credential
    report, as of made. parameters are all that were listed, if any.
    """

    waiting: frozenset[str]
    profiles: Mapping[str, LoginProfile]
    parameters: Mapping[str, StoredPassword] = field(default_factory=dict)
    stored: Mapping[str, StoredPassword] = field(default_factory=dict)
    copies: Mapping[str, StoredPassword] = field(default_factory=dict)
    """What moves to another key left of the users there are, when they ended halfway."""
    identities: Mapping[str, Identity] = field(default_factory=dict)
    until: datetime | None = None
    rows: Mapping[str, CredentialUse] = field(default_factory=dict)
    made: datetime | None = None

    @property
    def own(self) -> dict[str, StoredPassword]:
        """Return the stored passwords that were issued to the users there are."""
        return of_their_users({**self.copies, **self.stored}, self.identities)

    def is_due(self, name: str) -> bool:
        """Return whether a user without login profile never had one."""
        return name in self.identities and is_due(self.identities[name], self.until)


def read_sign_ins(aws: AwsAccount, asked: Asked, prefix: str) -> SignIns:
    """Return what is known of the users' passwords.

    The credential report tells of all in one call, but may be four hours old. Whom it shows
    without a password is asked for; who an old one says never signed in is looked up in one call
    for a thousand; and where what is stored does not fit, IAM is asked once more. A stored password
    of somebody without a login profile is replaced, so that is believed after some seconds only.
    """
    identities = read_identities(aws)
    report, is_of_now = _find_report(aws, is_new_run=bool(asked.new))
    known = asked.users - asked.new
    rows = {n: row for n, row in report.rows.items() if row.is_about(identities.get(n))}
    believed = known - asked.reset if len(known) > FEW else frozenset()
    reported = {
        name: LoginProfile(use.last_changed, use.last_used)
        for name, use in rows.items()
        if use.has_password and name in believed
    }
    looked_up = read_profiles(aws, known - asked.withheld - reported.keys())
    profiles = {**reported, **looked_up}
    undated = looked_up if is_of_now else profiles
    if any(profile.used is None for profile in undated.values()):
        profiles = _with_uses(profiles, read_last_used(aws))
    waiting = (asked.users - asked.withheld) - profiles.keys()
    found = SignIns(waiting, profiles, identities=identities, rows=rows, made=report.made)
    if not (asked.looks or waiting or _is_worth_looking(profiles)):
        return found
    return _with_stored(aws, asked, found, prefix)


def _with_stored(aws: AwsAccount, asked: Asked, found: SignIns, prefix: str) -> SignIns:
    """Return what is known, compared with what lies in the store."""
    parameters = read_parameters(aws, prefix)
    stored = stored_by_user(asked.users, parameters, prefix)
    copies = of_their_users(copies_by_user(asked.users, parameters, prefix), found.identities)
    until = recorded_until(parameters, prefix)
    found = replace(found, parameters=parameters, stored=stored, copies=copies, until=until)
    due = {n for n in found.waiting - asked.new if n in stored and found.is_due(n)}
    profiles = {**found.profiles, **read_late_profiles(aws, due)}
    doubtful = doubtful_users(profiles, found.own)
    looked_up = read_profiles(aws, doubtful)
    profiles = {
        name: replace(looked_up.get(name, profile), used=profile.used)
        for name, profile in profiles.items()
        if name not in doubtful or name in looked_up
    }
    waiting = (asked.users - asked.withheld) - profiles.keys()
    return replace(found, waiting=waiting, profiles=profiles)


def build_sign_in_states(asked: Asked, found: SignIns, key: PasswordKey) -> dict[str, SignInState]:
    """Return what is known of each user, and who gets a password; the withheld get none."""
    own = found.own
    stored = {name: key.labeled(one) for name, one in found.stored.items()}
    return {
        name: build_sign_in_state(
            None if name in found.waiting else found.profiles.get(name, LoginProfile()),
            stored.get(name),
            found.copies.get(name),
            is_due=name in asked.new or found.is_due(name),
            is_reset=name in asked.reset - asked.withheld,
            is_of_another=name in found.stored and name not in own,
        )
        for name in asked.users
    }


def _is_worth_looking(profiles: Mapping[str, LoginProfile]) -> bool:
    """Return whether a run that gives nobody a password has reason to list the stored ones.

    Fifty come with a call. Where somebody signed in, one may be over; else only a missing one can
    be found, for which a company that has just begun does not pay ten calls a run.
    """
    unused = sum(profile.used is None for profile in profiles.values())
    return 0 < len(profiles) != unused or 0 < unused <= MOST_LOOKED_FOR


def _find_report(aws: AwsAccount, *, is_new_run: bool) -> tuple[Report, bool]:
    """Return the credential report and whether it was made just now; an empty one if there is none.

    A report made while users are new would show them without password for four hours.
    """
    report = read_report(aws)
    if report is None and not is_new_run:
        return generate_report(aws), True
    return report or Report({}), False


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
