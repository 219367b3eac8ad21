# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What is found beside what is wanted of users: refused, or told and left alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..change import Json, Kind, ObjectId, State
from ..spelling import spelled_otherwise
from .adoption import Credentials
from .users import JumpUser, is_owned, membership_id

LEFT_POLICY = "left-the-company"
"""The inline policy that notices advise for shutting somebody out."""
_DENY_ALL = ":iam::aws:policy/AWSDenyAll"


def is_shut_out_policy(policy: str) -> bool:
    """Return whether a policy, by name or ARN, is there to shut a user out."""
    return policy == LEFT_POLICY or policy.endswith(_DENY_ALL)


@dataclass(frozen=True)
class FoundUsers:
    """All users with their memberships and policies, and the groups, ours apart.

    group_state holds our groups, those that users are to join, and our managed policies.
    credentials are those of users that are to be adopted.
    """

    state: State
    jump_groups: frozenset[str] = frozenset()
    policies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    group_state: State = field(default_factory=dict)
    credentials: Mapping[str, Credentials] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Return the names of all users."""
        return frozenset(i.key[0] for i in self.state if i.kind is Kind.USER)


def without_groups(found: FoundUsers, gone: Iterable[str]) -> FoundUsers:
    """Return what is found as if these groups, and what belongs to them, were gone already."""
    names = frozenset(gone)

    def is_gone(obj: ObjectId) -> bool:
        if obj.kind is Kind.MEMBERSHIP:
            return obj.key[1] in names
        return obj.kind not in (Kind.USER, Kind.POLICY) and obj.key[0] in names

    return replace(
        found,
        state={i: v for i, v in found.state.items() if not is_gone(i)},
        jump_groups=found.jump_groups - names,
        groups=found.groups - names,
        group_state={i: v for i, v in found.group_state.items() if not is_gone(i)},
    )


def misspelt_users(wanted: Iterable[JumpUser], found: FoundUsers) -> dict[str, str]:
    """Return the wanted users whose name is taken in other case, with what to do about each."""
    return {
        name: (
            f"User {name} already exists as {there}, and IAM ignores case in names; it was not "
            f"changed. Write {there} in the roster, or delete that user first."
        )
        for name, there in spelled_otherwise((u.name for u in wanted), found.names).items()
    }


def members_of(state: State) -> dict[str, tuple[str, ...]]:
    """Return the users of each group that has any."""
    members: dict[str, list[str]] = {}
    for obj in state:
        if obj.kind is Kind.MEMBERSHIP:
            members.setdefault(obj.key[1], []).append(obj.key[0])
    return {group: tuple(sorted(names)) for group, names in members.items()}


def unprotected_joins(
    wanted: Iterable[JumpUser], found: FoundUsers, protected: Collection[str], *, is_first: bool
) -> dict[str, str]:
    """Return the wanted users who would join groups that are not protected, with what to do.

    is_first is whether no step before this one has seen to the groups.
    """
    refused = {}
    for user in wanted:
        joins = {g for g in user.groups if membership_id(user.name, g) not in found.state}
        unprotected = sorted(joins - set(protected))
        if unprotected:
            refused[user.name] = (
                f"User {user.name} was not added to "
                f"{', '.join(unprotected)}"
                f"{_why_unprotected(unprotected, found, is_first=is_first)}; "
                "this user was given no access and no password."
            ) + _remedy(is_first=is_first)
    return refused


def _why_unprotected(groups: list[str], found: FoundUsers, *, is_first: bool) -> str:
    if not is_first:
        return ", which this run refused, or whose MFA policy it could not read"
    missing = [group for group in groups if group not in found.groups]
    if missing:
        return f", because {', '.join(missing)} does not exist"
    return ", which does not force MFA with the expected policy version"


def _remedy(*, is_first: bool) -> str:
    if is_first:
        return " Run bootstrap, which sets up the groups and roles of new levels and projects."
    return " Fix the failures of the groups, and run again."


def unlisted_members(wanted: Iterable[JumpUser], found: FoundUsers) -> list[dict[str, Json]]:
    """Return who is in jump groups and not wanted, ours or not: they can switch roles."""
    listed = {user.name for user in wanted}
    groups_of: dict[str, list[str]] = {}
    for obj in found.state:
        if obj.kind is Kind.MEMBERSHIP and obj.key[1] in found.jump_groups:
            groups_of.setdefault(obj.key[0], []).append(obj.key[1])
    return [
        {"name": name, "groups": sorted(groups)}
        for name, groups in sorted(groups_of.items())
        if name not in listed
    ]


def direct_policies(wanted: Iterable[JumpUser], found: FoundUsers) -> list[dict[str, Json]]:
    """Return the policies that people have by themselves, which we give to nobody.

    What shuts a wanted user out is no policy to take off without thinking: such users are refused.
    """
    listed = {user.name for user in wanted}
    people = listed | {n for n in found.names if is_owned(found.state, n)}
    return [
        {"name": name, "policy": policy}
        for name in sorted(people)
        for policy in sorted(found.policies.get(name, ()))
        if name not in listed or not is_shut_out_policy(policy)
    ]
