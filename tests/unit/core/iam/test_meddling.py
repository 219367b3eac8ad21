# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others did to memberships is told apart from what the run did."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
    Plan,
    State,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.meddling import (
    are_visible,
    groups_of,
    has_written_memberships,
    left_groups,
    meddling_alarms,
)
from hypothesis import given
from hypothesis import strategies as st

CREATE, DELETE = Action.CREATE, Action.DELETE
PAIRS = st.frozensets(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")))
NAMES, OURS = frozenset("abc"), frozenset("xyz")


def state(*pairs: tuple[str, str]) -> State:
    """Return users, each in the groups that it is paired with."""
    users: State = {ObjectId(Kind.USER, (user,)): {} for user, _group in pairs}
    return {**users, **{ObjectId(Kind.MEMBERSHIP, pair): {} for pair in pairs}}


def change(action: Action, *key: str, kind: Kind = Kind.MEMBERSHIP) -> Change:
    return Change(ObjectId(kind, key), action, after={})


def plan_from(before: frozenset[tuple[str, str]], after: frozenset[tuple[str, str]]) -> Plan:
    """Return the changes of memberships that lead from one state to another."""
    added = (change(CREATE, *pair) for pair in sorted(after - before))
    return (*added, *(change(DELETE, *pair) for pair in sorted(before - after)))


@given(PAIRS, PAIRS, PAIRS)
def test_whose_groups_are_not_as_they_were_left_is_told_and_nobody_else(
    before: frozenset[tuple[str, str]],
    after: frozenset[tuple[str, str]],
    read: frozenset[tuple[str, str]],
) -> None:
    left = left_groups(state(*before), plan_from(before, after), NAMES)
    assert left == groups_of(state(*after), NAMES)
    told = meddling_alarms(left, state(*read), OURS)
    assert told.keys() == {user for user, _group in after ^ read}


@given(PAIRS, PAIRS, PAIRS)
def test_only_what_the_run_wrote_must_be_visible(
    before: frozenset[tuple[str, str]],
    after: frozenset[tuple[str, str]],
    read: frozenset[tuple[str, str]],
) -> None:
    applied = plan_from(before, after)
    assert has_written_memberships(applied) is (before != after)
    assert are_visible(applied, state(*after))
    written = before ^ after
    assert are_visible(applied, state(*read)) is (written & read == written & after)


def test_what_was_done_is_said() -> None:
    left = {"ana": frozenset("xy"), "bo": frozenset("x"), "cy": frozenset("x")}
    told = meddling_alarms(left, state(("ana", "y"), ("ana", "z"), ("cy", "x")), OURS)
    assert told["ana"].startswith(
        "User ana is in y, z, but this run put the user into x, y: in the meantime, another "
        "process, such as a run with a different roster, added z and removed x. "
    )
    assert told["bo"].startswith("User bo is in no jump group, but this run put the user into x: ")
    assert told.keys() == {"ana", "bo"}


def test_groups_and_people_that_are_not_ours_do_not_count() -> None:
    left = left_groups(state(("ana", "theirs")), (change(CREATE, "ana", "x"),), {"ana"})
    assert meddling_alarms(left, state(("ana", "x"), ("eve", "y")), OURS) == {}


def test_a_replaced_user_begins_with_nothing() -> None:
    applied = (
        change(DELETE, "ana", kind=Kind.FORMER_USER),
        change(CREATE, "ana", kind=Kind.USER),
        change(CREATE, "ana", "x"),
    )
    assert are_visible(applied, state(("ana", "x")))
    before = state(("ana", "y"), ("bo", "y"))
    assert left_groups(before, applied, {"ana", "bo"}) == {
        "ana": frozenset("x"),
        "bo": frozenset("y"),
    }
