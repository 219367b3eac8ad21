# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""What others did to the memberships of people while a run wrote them.

Two runs at once, with different rosters, each see only what they removed themselves: together they
would give a person the rights of both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..change import Action, Kind, Plan, State
from ..planning import state_after


def groups_of(state: State, names: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the groups of these people, also of those who have none."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for obj in state:
        if obj.kind is Kind.MEMBERSHIP and obj.key[0] in found:
            found[obj.key[0]].add(obj.key[1])
    return {name: frozenset(groups) for name, groups in found.items()}


def has_written_memberships(applied: Plan) -> bool:
    """Return whether a run changed who is in which group."""
    return any(change.id.kind is Kind.MEMBERSHIP for change in applied)


def are_visible(applied: Plan, read: State) -> bool:
    """Return whether what was read shows all memberships as the run wrote them."""
    return all(
        (change.id in read) is (change.action is not Action.DELETE)
        for change in applied
        if change.id.kind is Kind.MEMBERSHIP
    )


def left_groups(before: State, applied: Plan, names: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the groups in which a run left these people."""
    replaced = {c.subject for c in applied if c.id.kind is Kind.FORMER_USER}
    kept = {i: v for i, v in before.items() if i.key[0] not in replaced}
    return groups_of(state_after(kept, applied), names)


def meddling_alarms(
    left: Mapping[str, frozenset[str]], read: State, ours: Collection[str]
) -> dict[str, str]:
    """Return by person in which of our groups somebody else put them, or from which took them."""
    found = groups_of(read, left)
    return {
        name: _sentence(name, left[name] & set(ours), found[name] & set(ours))
        for name in sorted(left)
        if (left[name] ^ found[name]) & set(ours)
    }


def _sentence(name: str, left: frozenset[str], found: frozenset[str]) -> str:
    done = [
        f"{verb} {', '.join(sorted(groups))}"
        for verb, groups in (("added", found - left), ("removed", left - found))
        if groups
    ]
    return (
        f"User {name} is in {_listed(found)}, but this run put the user into {_listed(left)}: "
        "in the meantime, another process, such as a run with a different roster, "
        f"{' and '.join(done)}. Make sure that only one run at a time uses one roster, and run "
        "again."
    )


def _listed(groups: frozenset[str]) -> str:
    return ", ".join(sorted(groups)) or "no jump group"
