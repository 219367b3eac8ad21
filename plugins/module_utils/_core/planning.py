# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The difference between two states, which is the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .change import Action, Change, ObjectId, Plan, State
from .ordering import sort_key


def plan_changes(desired: State, observed: State) -> Plan:
    """Return the ordered changes that turn the observed into the desired state."""
    created = [Change(i, Action.CREATE, None, v) for i, v in desired.items() if i not in observed]
    updated = [
        Change(i, Action.UPDATE, observed[i], v)
        for i, v in desired.items()
        if i in observed and observed[i] != v
    ]
    deleted = [Change(i, Action.DELETE, v, None) for i, v in observed.items() if i not in desired]
    return tuple(sorted(created + updated + deleted, key=sort_key))


def state_after(observed: State, plan: Plan) -> State:
    """Return the state that these changes leave behind."""
    state = dict(observed)
    for change in plan:
        state.pop(change.id, None)
        if change.action is not Action.DELETE:
            state[change.id] = change.after
    return state


def without(plan: Plan, refused: Iterable[str]) -> Plan:
    """Return the plan without the changes of refused subjects and what relies on them."""
    names = frozenset(refused)
    return tuple(c for c in plan if names.isdisjoint(c.subjects))


def keep(desired: State, observed: State, is_kept: Callable[[ObjectId], bool]) -> State:
    """Return desired plus what is observed and must stay: what must not be deleted is desired."""
    kept = {i: v for i, v in observed.items() if i not in desired and is_kept(i)}
    return {**desired, **kept}
