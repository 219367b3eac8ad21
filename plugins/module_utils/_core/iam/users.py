# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Desired state of users: their settings and their memberships in jump groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ..change import Json, Kind, ObjectId, State
from ..ownership import MADE_TAG, OWN_TAGS, OWNED_TAG
from ..planning import keep


@dataclass(frozen=True)
class JumpUser:
    """A person as an IAM user; groups are the jump groups it belongs to."""

    name: str
    path: str = "/"
    tags: tuple[tuple[str, str], ...] = ()
    permissions_boundary: str | None = None
    groups: frozenset[str] = field(default=frozenset())


def build_user_state(users: Iterable[JumpUser]) -> State:
    """Return the objects of the users, marked as ours."""
    state: dict[ObjectId, Json] = {}
    for user in users:
        state[user_id(user.name)] = {
            "path": user.path,
            "tags": {**dict(user.tags), OWNED_TAG: "true"},
            "permissions_boundary": user.permissions_boundary,
        }
        for group in user.groups:
            state[membership_id(user.name, group)] = {}
    return state


def user_id(name: str) -> ObjectId:
    """Return the id of a user."""
    return ObjectId(Kind.USER, (name,))


def membership_id(name: str, group: str) -> ObjectId:
    """Return the id of a user's membership in a group."""
    return ObjectId(Kind.MEMBERSHIP, (name, group))


def keep_unlisted(
    desired: State,
    observed: State,
    jump_groups: Collection[str],
    *,
    purge_memberships: bool,
    purge_tags: bool,
) -> State:
    """Return desired plus what must stay: other users, other groups, tags that are not listed."""
    listed = {i.key[0] for i in desired if i.kind is Kind.USER}

    def is_kept(obj: ObjectId) -> bool:
        if obj.key[0] not in listed or obj.kind is not Kind.MEMBERSHIP:
            return True
        return obj.key[1] not in jump_groups or not purge_memberships

    kept = dict(keep(desired, observed, is_kept))
    for name in listed:
        user = user_id(name)
        kept[user] = _with_tags_of(kept[user], observed.get(user), purge=purge_tags)
    return kept


def _with_tags_of(wanted: Json, found: Json, *, purge: bool) -> Json:
    """Return a user as wanted with the tags that stay: our own marks do, whoever purges."""
    if found is None:
        return {**wanted, "tags": {**wanted["tags"], MADE_TAG: "true"}}
    stay = {k: v for k, v in found["tags"].items() if not purge or k in OWN_TAGS}
    return {**wanted, "tags": {**stay, **wanted["tags"]}}


def is_owned(observed: State, name: str) -> bool:
    """Return whether a user there is carries our mark."""
    found = observed.get(user_id(name))
    return found is not None and found["tags"].get(OWNED_TAG) == "true"


def foreign_users(wanted: Iterable[JumpUser], observed: State) -> dict[str, str]:
    """Return the wanted users that are there but not ours, with what to do about each."""
    return {
        user.name: (
            f"User {user.name} already exists and was not created by this collection; it was "
            "not changed. Choose another name, or set adopt (jump_users_adopt in the roles of "
            "this collection) to take it over."
        )
        for user in wanted
        if user_id(user.name) in observed and not is_owned(observed, user.name)
    }


def overfull_users(desired: State, quota: int) -> dict[str, str]:
    """Return the users who would be in more groups than IAM allows, foreign groups included."""
    groups_of: dict[str, list[str]] = {}
    for obj in desired:
        if obj.kind is Kind.MEMBERSHIP:
            groups_of.setdefault(obj.key[0], []).append(obj.key[1])
    return {
        name: (
            f"User {name} would be in {len(groups)} groups ({', '.join(sorted(groups))}), but "
            f"IAM allows {quota}; this user was given no access and no password. Give less "
            "access, or remove the user from other groups."
        )
        for name, groups in groups_of.items()
        if len(groups) > quota
    }


def unlisted_users(wanted: Iterable[JumpUser], observed: State) -> list[str]:
    """Return our users that are not wanted any more, sorted."""
    listed = {user.name for user in wanted}
    names = {i.key[0] for i in observed if i.kind is Kind.USER}
    return sorted(name for name in names - listed if is_owned(observed, name))


def count_memberships(observed: State, jump_groups: Collection[str]) -> int:
    """Return how many memberships in jump groups there are."""
    return sum(i.kind is Kind.MEMBERSHIP and i.key[1] in jump_groups for i in observed)
