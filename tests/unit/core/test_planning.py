# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The laws of every plan."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Kind,
    ObjectId,
    State,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ordering import rank
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import (
    keep,
    plan_changes,
    state_after,
    without,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import NAMES, check_plan

KINDS = (Kind.GROUP, Kind.POLICY, Kind.GROUP_POLICY, Kind.ROLE, Kind.STACK_INSTANCE)
IDS = st.builds(
    lambda kind, names: ObjectId(kind, tuple(names)),
    st.sampled_from(KINDS),
    st.lists(NAMES, min_size=1, max_size=2),
)
VALUES = st.one_of(
    st.none(), st.integers(0, 2), st.fixed_dictionaries({"path": st.sampled_from(["/", "/a/"])})
)
STATES = st.dictionaries(IDS, VALUES, max_size=8)


@given(STATES, STATES)
def test_a_plan_leads_to_the_desired_state_in_order(desired: State, observed: State) -> None:
    plan = check_plan(desired, observed)
    assert [rank(c) for c in plan] == sorted(rank(c) for c in plan)


@given(STATES, STATES)
def test_the_state_after_a_plan_is_the_desired_one(desired: State, observed: State) -> None:
    plan = plan_changes(desired, observed)
    assert state_after(observed, plan) == desired
    assert state_after(observed, ()) == observed


@given(STATES, STATES, st.sets(NAMES), st.sets(NAMES, max_size=1))
def test_refused_subjects_and_what_needs_them_are_left_out(desired, observed, refused, needs):
    plan = tuple(replace(c, needs=tuple(needs)) for c in plan_changes(desired, observed))
    left = without(plan, refused)
    assert left == tuple(c for c in plan if c in left)
    kept = {c.subject for c in plan} - refused if not needs & refused else set()
    assert {c.subject for c in left} == kept


@given(STATES)
def test_nothing_to_do(state: State) -> None:
    assert plan_changes(state, dict(state)) == ()


@given(STATES, STATES)
def test_what_is_kept_is_never_deleted(desired: State, observed: State) -> None:
    assert keep(desired, observed, lambda _: False) == desired
    plan = check_plan(keep(desired, observed, lambda _: True), observed)
    assert [c for c in plan if c.action is Action.DELETE] == []


@given(STATES, STATES, st.sampled_from(KINDS))
def test_keeping_adds_only_what_is_there(desired: State, observed: State, kept: Kind) -> None:
    state = keep(desired, observed, lambda i: i.kind is kept)
    assert {i: state[i] for i in desired} == desired
    added = {i: v for i, v in state.items() if i not in desired}
    assert added == {i: v for i, v in observed.items() if i not in desired and i.kind is kept}


def test_the_three_actions() -> None:
    a, b, c, d = (ObjectId(Kind.GROUP, (name,)) for name in "abcd")
    plan = plan_changes({a: 1, b: 2, d: 4}, {b: 3, c: 5, d: 4})
    assert [(x.action, x.id, x.before, x.after) for x in plan] == [
        (Action.CREATE, a, None, 1),
        (Action.UPDATE, b, 3, 2),
        (Action.DELETE, c, 5, None),
    ]
