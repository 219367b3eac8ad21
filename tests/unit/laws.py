# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of planners share: carrying out a plan in memory, and random states."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Kind,
    ObjectId,
    Plan,
    State,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from hypothesis import strategies as st

NAMES = st.sampled_from(["ana", "ben", "cho", "dai", "eri", "fay"])
SWITCHES = st.booleans()


def applied(plan: Plan, observed: State) -> State:
    """Return the observed state after a plan; fail where the plan does not fit it."""
    state = dict(observed)
    for change in plan:
        assert state.pop(change.id, None) == change.before
        if change.action is Action.CREATE:
            assert change.id not in observed
        else:
            assert change.id in observed
        if change.action is not Action.DELETE:
            state[change.id] = change.after
    return state


def check_plan(desired: State, observed: State) -> Plan:
    """Return the plan after checking the laws that hold for every plan."""
    plan = plan_changes(desired, observed)
    assert applied(plan, observed) == desired
    assert plan_changes(desired, applied(plan, observed)) == ()
    assert plan_changes(backwards(desired), backwards(observed)) == plan
    assert len({change.id for change in plan}) == len(plan)
    return plan


def backwards(state: State) -> State:
    """Return the same state, put together in the opposite order."""
    return dict(reversed(list(state.items())))


def of_kind(state: State, kind: Kind) -> State:
    """Return the objects of one kind."""
    return {i: v for i, v in state.items() if i.kind is kind}


def membership(user: str, group: str) -> ObjectId:
    """Return the id of a membership."""
    return ObjectId(Kind.MEMBERSHIP, (user, group))
