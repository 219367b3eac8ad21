# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out a plan."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
    Plan,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ordering import rank, sort_key
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.apply import (
    WORKERS,
    Failure,
    apply_plan,
)
from hypothesis import given
from hypothesis import strategies as st

STEPS = (
    (Kind.MEMBERSHIP, Action.DELETE),
    (Kind.USER, Action.CREATE),
    (Kind.MEMBERSHIP, Action.CREATE),
    (Kind.INITIAL_PASSWORD, Action.CREATE),
    (Kind.LOGIN_PROFILE, Action.CREATE),
)
SUBJECTS = st.sampled_from(["ana", "ben", "cho"])
CHANGES = st.builds(
    lambda subject, step, part, needs: Change(
        ObjectId(step[0], (subject, part)), step[1], needs=tuple(sorted(needs))
    ),
    SUBJECTS,
    st.sampled_from(STEPS),
    st.sampled_from(["x", "y"]),
    st.sets(SUBJECTS, max_size=1),
)
PLANS = st.lists(CHANGES, unique_by=lambda change: change.id, max_size=12).map(
    lambda changes: tuple(sorted(changes, key=sort_key))
)


def turn(change: Change) -> tuple[int, bool]:
    return rank(change), bool(change.needs)


class Recorder:
    """Writers that record what they write and refuse what they are told to refuse."""

    def __init__(self, refused: set[ObjectId]) -> None:
        self.refused = refused
        self.written: list[Change] = []
        self._lock = threading.Lock()

    def write(self, change: Change) -> None:
        with self._lock:
            self.written.append(change)
        if change.id in self.refused:
            raise AwsError(f"write {change.id}", "AccessDenied", "no")

    @property
    def writers(self):
        return dict.fromkeys(STEPS, self.write)


@given(PLANS, st.data())
def test_the_laws(plan: Plan, data: st.DataObject) -> None:
    refused = data.draw(st.sets(st.sampled_from([c.id for c in plan]))) if plan else set()
    recorder = Recorder(refused)
    outcome = apply_plan(plan, recorder.writers)
    # Nothing is lost, nothing is done twice, and the order of the plan is kept.
    assert sorted(outcome.applied + outcome.pending, key=sort_key) == list(plan)
    assert len({c.id for c in recorder.written}) == len(recorder.written)
    assert [rank(c) for c in recorder.written] == sorted(rank(c) for c in recorder.written)
    assert list(outcome.applied) == [c for c in plan if c in outcome.applied]
    # What was written was applied, or refused and reported.
    failed = [c for c in plan if c in recorder.written and c.id in refused]
    assert {c.id for c in recorder.written} == {c.id for c in (*outcome.applied, *failed)}
    assert [f.target for f in outcome.failures] == [str(c.id) for c in failed]
    # What was refused or held back holds back later changes of its subject and what relies on it,
    # and nothing else; within a rank, what relies on others is later.
    stopped = [c for c in plan if c in outcome.pending]
    held = {
        c.id for c in plan if any(turn(s) < turn(c) and s.subject in c.subjects for s in stopped)
    }
    assert {c.id for c in outcome.pending} == held | {c.id for c in failed}


def test_a_refusal_is_a_sentence_with_its_subject() -> None:
    change = Change(ObjectId(Kind.USER, ("ana",)), Action.CREATE)
    outcome = apply_plan((change,), Recorder({change.id}).writers)
    (failure,) = outcome.failures
    assert failure.as_dict() == {
        "subject": "ana",
        "target": "user ana",
        "message": "Could not write user ana: AWS answered AccessDenied: no. Use credentials with "
        "permission to do this, or extend their policy.",
    }
    assert (outcome.applied, outcome.pending) == ((), (change,))


def test_a_defect_is_not_taken_for_a_refusal() -> None:
    change = Change(ObjectId(Kind.USER, ("ana",)), Action.CREATE)
    with pytest.raises(KeyError):
        apply_plan((change,), {})


def test_changes_of_one_rank_are_written_side_by_side() -> None:
    plan = tuple(Change(ObjectId(Kind.USER, (f"u{n}",)), Action.CREATE) for n in range(WORKERS))
    # Everybody waits for everybody: one writer after the other would never get through.
    gate = threading.Barrier(WORKERS)
    outcome = apply_plan(
        plan, {(Kind.USER, Action.CREATE): lambda _change: gate.wait(timeout=30) and None}
    )
    assert outcome.applied == plan


def test_a_failure_as_results_carry_it() -> None:
    assert Failure("ana", "user ana", "no").as_dict() == {
        "subject": "ana",
        "target": "user ana",
        "message": "no",
    }
