# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The vocabulary of a plan: objects, states and changes, all plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

Json = Any
"""None, bool, int, str, list of Json or dict of str to Json."""


class Kind(StrEnum):
    """What an object is; the value is the word that people read."""

    PASSWORD_POLICY = "password policy"
    POLICY = "policy"
    GROUP = "group"
    GROUP_MFA = "MFA policy of group"
    GROUP_ATTACHMENT = "attached policy of group"
    GROUP_POLICY = "inline policy of group"
    USER = "user"
    FORMER_USER = "former user"
    USER_POLICY = "policy of user"
    CREDENTIALS = "credentials of user"
    MEMBERSHIP = "membership"
    INITIAL_PASSWORD = "initial password"
    PASSWORD_ELSEWHERE = "initial password under another key"
    PASSWORD_UNDER_KEY = "initial password under its key"
    LOGIN_PROFILE = "login profile"
    FORMER_PASSWORD = "former console password"
    ISSUE_RECORD = "record of issued passwords"
    ROLE = "role"
    ROLE_ATTACHMENT = "attached policy of role"
    ROLE_POLICY = "inline policy of role"
    BUCKET = "bucket"
    BUCKET_PUBLIC_ACCESS_BLOCK = "public access block of bucket"
    BUCKET_VERSIONING = "versioning of bucket"
    BUCKET_POLICY = "policy of bucket"
    OBJECT = "object"
    STACK = "stack"
    STACK_LEFTOVER = "leftover of stack"
    STACK_PROTECTION = "termination protection of stack"
    STACK_SET = "stack set"
    STACK_INSTANCE = "stack instance"


class Action(StrEnum):
    """What happens to an object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class ObjectId(NamedTuple):
    """Which object: its kind and the names that find it, the owner first."""

    kind: Kind
    key: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind.value} {'/'.join(self.key)}"


_LONGEST_FIRST = sorted(Kind, key=lambda kind: len(kind.value), reverse=True)


def kind_of(target: str) -> Kind | None:
    """Return the kind of the object that a result names, or None when it is no object of ours."""
    return next((k for k in _LONGEST_FIRST if target.startswith(f"{k.value} ")), None)


State = Mapping[ObjectId, Json]
"""Objects that are (or shall be) there, with their attributes in canonical form."""


@dataclass(frozen=True)
class Change:
    """One step from the observed to the desired state."""

    id: ObjectId
    action: Action
    before: Json = None
    after: Json = None
    needs: tuple[str, ...] = ()
    """Other subjects that this step relies on: it waits when one of them was refused."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return all subjects whose refusal holds this step back."""
        return (self.subject, *self.needs)

    @property
    def subject(self) -> str:
        """Return the owner of the object: later steps of an owner wait for its earlier ones."""
        return self.id.key[0]

    def as_dict(self) -> dict[str, Json]:
        """Return the form in which users and results see the change."""
        return {
            "action": self.action.value,
            "target": str(self.id),
            "before": self.before,
            "after": self.after,
        }


Plan = tuple[Change, ...]
