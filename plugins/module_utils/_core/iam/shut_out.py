# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Users that left or were shut out, and people of the roster who come back under such a name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ..change import Json, Kind, ObjectId, State
from ..guard import refuse_large_share
from ..ownership import UNLISTED_TAG
from .user_findings import FoundUsers, is_shut_out_policy
from .users import JumpUser, is_owned, user_id


@dataclass(frozen=True)
class Returns:
    """What was decided about names that return, and how leavers are marked.

    returned are the people from before, replaced are others, who get a new user. roster are all
    names of the roster, None where nobody is to be marked; day is the day that the mark bears.
    """

    returned: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    roster: frozenset[str] | None = None
    day: str = ""

    def same(self, marked: Collection[str]) -> frozenset[str]:
        """Return who of those that were shut out is the person from before."""
        return (self.returned - self.replaced) & frozenset(marked)

    def others(self, marked: Collection[str]) -> frozenset[str]:
        """Return who of those that were shut out is somebody else."""
        return (self.replaced - self.returned) & frozenset(marked)


def marked_users(wanted: Iterable[JumpUser], found: FoundUsers) -> dict[str, str]:
    """Return the wanted users that were shut out or unlisted before, with the reason."""
    reasons = {user.name: _reason(user.name, found) for user in wanted}
    return {name: reason for name, reason in reasons.items() if reason}


def _reason(name: str, found: FoundUsers) -> str:
    there = found.state.get(user_id(name))
    if there is None:
        return ""
    policies = [p for p in found.policies.get(name, ()) if is_shut_out_policy(p)]
    if policies:
        return f"policy {policies[0]} shuts it out"
    day = there["tags"].get(UNLISTED_TAG)
    return f"it was missing from the roster on {day}" if day is not None else ""


def refused_returns(marked: Mapping[str, str], returns: Returns) -> dict[str, str]:
    """Return those of the marked of whom nobody said who they are, with the two ways on."""
    decided = returns.same(marked) | returns.others(marked)
    return {
        name: (
            f"User {name} is from before: {reason}. It was not changed, because its password, "
            f"keys and MFA device may belong to another person. If {name} is the same person, "
            f"run again with -e jump_users_returned={name}, which keeps them. If {name} is "
            f"somebody else, run again with -e jump_users_replaced={name}, which deletes this "
            "user with all its credentials and creates a new one."
        )
        for name, reason in marked.items()
        if name not in decided
    }


def former_users(found: FoundUsers, names: Collection[str]) -> tuple[FoundUsers, State]:
    """Return what is found as if these users were gone, and what they are until then."""

    def is_theirs(obj: ObjectId) -> bool:
        return obj.kind in (Kind.USER, Kind.MEMBERSHIP) and obj.key[0] in names

    former: dict[ObjectId, Json] = {
        ObjectId(Kind.FORMER_USER, (name,)): {
            "groups": sorted(i.key[1] for i in found.state if i.key[0] == name and len(i.key) > 1)
        }
        for name in names
    }
    rest = replace(
        found,
        state={i: v for i, v in found.state.items() if not is_theirs(i)},
        policies={n: p for n, p in found.policies.items() if n not in names},
    )
    return rest, former


def shutting_policies(found: FoundUsers, names: Iterable[str]) -> State:
    """Return the policies that shut these users out, which go when the same person returns."""
    return {
        ObjectId(Kind.USER_POLICY, (name, policy)): {}
        for name in names
        for policy in found.policies.get(name, ())
        if is_shut_out_policy(policy)
    }


def with_marks(
    desired: State, observed: State, wanted: Iterable[JumpUser], returns: Returns, ratio: float
) -> State:
    """Return desired with a mark on our users that left, and without it on who returned.

    Raise GuardError when so many left that the roster is probably not whole.
    """
    marked, names = dict(desired), {user.name for user in wanted}
    for name in names & (returns.returned - returns.replaced):
        marked[user_id(name)] = _with_tag(marked[user_id(name)], None)
    if returns.roster is None:
        return marked
    listed = {name.lower() for name in names | returns.roster}
    ours = [i.key[0] for i in observed if i.kind is Kind.USER and is_owned(observed, i.key[0])]
    left = sorted(
        name
        for name in ours
        if name.lower() not in listed and UNLISTED_TAG not in observed[user_id(name)]["tags"]
    )
    refuse_large_share(
        "mark {removed} of {observed} users of this collection as having left, because they "
        "are not in the roster",
        left,
        len(ours),
        ratio,
    )
    for name in left:
        marked[user_id(name)] = _with_tag(marked[user_id(name)], returns.day)
    return marked


def _with_tag(user: Json, day: str | None) -> Json:
    """Return a user with the mark of leavers, or without it."""
    tags = {k: v for k, v in user["tags"].items() if k != UNLISTED_TAG}
    return {**user, "tags": tags if day is None else {**tags, UNLISTED_TAG: day}}
