# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Whose a stored initial password is, and until when everybody got one: what parameters tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..change import Json
from ..naming import parameter_name
from ..ownership import MADE_TAG, OWNED_TAG, UNLISTED_TAG
from .kms_key import OF_AWS_ALIAS

CLOCK_SKEW = timedelta(seconds=5)
"""By how much the clocks of IAM and of the Parameter Store may differ."""

_RECORD, _COPY = "_issued", "_move."
"""No user's: in names of parameters, '_' is followed by two hexadecimal digits."""
_UNIQUE_ID = re.compile(r"\bof user (\w{16,128});")
_UNTIL = re.compile(r"\buntil (\S+)$")
_MOVED = re.compile(r" \[moved, first stored (\S+)\]$")


@dataclass(frozen=True)
class Identity:
    """One IAM user; another user of the same name, before or after it, has another unique id."""

    unique_id: str
    created: datetime
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_owned(self) -> bool:
        """Return whether this collection made or adopted it."""
        return self.tags.get(OWNED_TAG) == "true"

    @property
    def is_made(self) -> bool:
        """Return whether this collection made it, and so gives it a console password once."""
        return self.tags.get(MADE_TAG) == "true"

    @property
    def has_left(self) -> bool:
        """Return whether a run found it missing from the roster."""
        return UNLISTED_TAG in self.tags


@dataclass(frozen=True)
class StoredPassword:
    """A parameter that holds an initial password, without its value."""

    modified: datetime
    description: str = ""
    """Another one for each password that a run stores."""
    key: str = OF_AWS_ALIAS
    """The KMS key, as it was named when the password was stored."""
    version: int = 1

    @property
    def stored(self) -> datetime:
        """Return when the password was stored: moving it to another key does not count.

        A move makes the parameter anew, so what was written over it since has a later version.
        """
        found = _MOVED.search(self.description) if self.version == 1 else None
        first = _moment(found[1]) if found else None
        return first or self.modified

    @property
    def moved_description(self) -> str:
        """Return the description for its copy under another key: nothing of it changes but this."""
        plain = _MOVED.sub("", self.description)
        return f"{plain} [moved, first stored {self.stored.isoformat()}]"

    @property
    def unique_id(self) -> str | None:
        """Return of which user it is; None where an earlier version of the collection stored it."""
        found = _UNIQUE_ID.search(self.description)
        return found and found[1]

    def is_of(self, identity: Identity) -> bool:
        """Return whether it was issued to this very user, not to one of the name before it."""
        is_older = second_of(self.stored) + CLOCK_SKEW < identity.created
        return self.unique_id in (None, identity.unique_id) and not is_older


Parameters = Mapping[str, StoredPassword]


def describe_password(unique_id: str, token: str) -> str:
    """Return the description of a stored password: whose it is, and which run stored it."""
    return (
        f"Initial console password of user {unique_id}; deleted once the person has signed in "
        f"({token})"
    )


def second_of(moment: datetime) -> datetime:
    """Return the whole second of a moment: IAM tells no more."""
    return moment.replace(microsecond=0)


def stored_by_user(
    users: Iterable[str], parameters: Parameters, parameter_prefix: str
) -> dict[str, StoredPassword]:
    """Return what is stored under the users' names, by user, whosever it is."""
    names = {user: parameter_name(parameter_prefix, user) for user in users}
    return {user: parameters[name] for user, name in names.items() if name in parameters}


def copies_by_user(
    users: Iterable[str], parameters: Parameters, parameter_prefix: str
) -> dict[str, StoredPassword]:
    """Return the copies that a move to another key left when it ended halfway, by user.

    A copy may be written more than once, and it is none of the password's versions.
    """
    names = {user: copy_name(parameter_prefix, user) for user in users}
    return {
        user: replace(parameters[name], version=1)
        for user, name in names.items()
        if name in parameters
    }


def of_their_users(
    stored: Mapping[str, StoredPassword], identities: Mapping[str, Identity]
) -> dict[str, StoredPassword]:
    """Return the stored passwords without those of users that had the name before."""
    return {
        name: one
        for name, one in stored.items()
        if name not in identities or one.is_of(identities[name])
    }


def orphaned_passwords(
    parameters: Parameters, identities: Mapping[str, Identity], parameter_prefix: str
) -> dict[str, str]:
    """Return the parameters that are nobody's any more, with the reason."""
    owners = {
        of(parameter_prefix, name): one
        for name, one in identities.items()
        for of in (parameter_name, copy_name)
    }
    record = record_name(parameter_prefix)
    reasons = {}
    for name, stored in sorted(parameters.items()):
        if name == record:
            continue
        if name not in owners:
            reasons[name] = "no user has this name"
        elif not stored.is_of(owners[name]):
            reasons[name] = "it was issued to a deleted user, not to the current user of this name"
    return reasons


def copy_name(parameter_prefix: str, user_name: str) -> str:
    """Return the parameter that holds a password while it moves to another key."""
    name = parameter_name(parameter_prefix, user_name).removeprefix(f"{parameter_prefix}/")
    return f"{parameter_prefix}/{_COPY}{name}"


def record_name(parameter_prefix: str) -> str:
    """Return the parameter that tells until when everybody got a password."""
    return f"{parameter_prefix}/{_RECORD}"


def describe_record(until: datetime) -> str:
    """Return the description of the record, which is what counts of it."""
    return f"Passwords were issued once to everybody made until {until.isoformat()}"


def recorded_until(parameters: Parameters, parameter_prefix: str) -> datetime | None:
    """Return until when users were made that got their password; None when nobody wrote it."""
    record = parameters.get(record_name(parameter_prefix))
    found = record and _UNTIL.search(record.description)
    return _moment(found[1]) if found else None


def _moment(text: str) -> datetime | None:
    """Return the moment; whoever may write parameters may write anything, which is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def is_due(identity: Identity, until: datetime | None) -> bool:
    """Return whether a user without login profile never had one: a run ended before it got it."""
    return identity.is_made and (until is None or identity.created > until)


def covered_until(
    identities: Mapping[str, Identity], covered: Collection[str], until: datetime | None
) -> datetime | None:
    """Return until when users were made that all have, or had, their password.

    covered are those who have one now. Who left before getting one does not hold up the others.
    """
    made = {n: i.created for n, i in identities.items() if is_due(i, until) and not i.has_left}
    first_open = min((made[name] for name in made.keys() - set(covered)), default=None)
    done = [made[n] for n in made if first_open is None or made[n] < first_open]
    return max(done, default=until)


def orphan_rows(orphaned: Mapping[str, str]) -> list[dict[str, Json]]:
    """Return the orphaned parameters as results show them."""
    return [{"parameter": name, "reason": reason} for name, reason in orphaned.items()]
