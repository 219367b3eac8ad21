# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moves of initial passwords to another key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.initial_password import (
    Identity,
    StoredPassword,
    copies_by_user,
    copy_name,
    describe_password,
    orphaned_passwords,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.login_profiles import (
    Leftovers,
    SignInState,
    build_login_state,
    build_sign_in_state,
    plan_login_profiles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password_moves import (
    Lying,
    key_objects,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import parameter_name
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import check_plan

NOW = datetime(2027, 3, 1, tzinfo=UTC)
ID = "AIDA1234567890123456"
TEXT = describe_password(ID, "token")
USER = SignInState(has_login_profile=True, has_parameter=True)


def targets(state: SignInState, key: str = "own") -> list[str]:
    plan = plan_login_profiles({"ana": state}, "/p", Leftovers(), 0.25, key)
    return [f"{change.action.value} {change.id}" for change in plan]


ELSEWHERE = "delete initial password under another key ana"
UNDER_KEY = "create initial password under its key ana"
LEFTOVER = "delete initial password /p/_move.ana"


@pytest.mark.parametrize(
    ("state", "key", "wanted"),
    [
        (USER, "alias/aws/ssm", []),
        (USER, "own", [ELSEWHERE, UNDER_KEY]),
        (SignInState(True, True, key="own"), "own", []),
        (SignInState(True, True, key="own", has_copy=True), "own", [UNDER_KEY]),
        (SignInState(True, True, has_copy=True), "own", [ELSEWHERE, UNDER_KEY]),
        (SignInState(True, has_copy=True), "own", [UNDER_KEY]),
        (SignInState(True, has_signed_in=True, has_copy=True), "own", [LEFTOVER]),
        (SignInState(True), "own", []),
        (SignInState(has_copy=True, is_due=False), "own", [LEFTOVER]),
        (SignInState(True, True, is_of_another=True), "own", []),
        (SignInState(True, True, is_of_another=True, has_copy=True), "own", [LEFTOVER]),
    ],
)
def test_what_moves(state, key, wanted):
    assert targets(state, key) == wanted


def test_a_password_that_is_replaced_does_not_move():
    steps = targets(SignInState(True, True, is_reset=True, has_copy=True))
    assert LEFTOVER in steps
    assert not {ELSEWHERE, UNDER_KEY} & {*steps}


def test_many_copies_that_are_over_are_no_large_removal():
    users = {f"u{n}": SignInState(True, has_signed_in=True, has_copy=True) for n in range(9)}
    assert len(plan_login_profiles(users, "/p", Leftovers(), 0.25, "own")) == 9


STATES = st.builds(
    SignInState,
    *[st.booleans()] * 6,
    key=st.sampled_from(["own", "alias/aws/ssm", "none"]),
    has_copy=st.booleans(),
)


@given(st.dictionaries(st.sampled_from(["ana", "bo"]), STATES), st.booleans())
def test_a_plan_leads_to_what_is_wanted(users, prune):
    desired, observed = build_login_state(users, "/p", Leftovers(prune=prune), "own")
    check_plan(desired, observed)


@pytest.mark.parametrize("lying", [Lying("own"), Lying(is_needed=False)])
def test_nothing_to_move(lying):
    desired, observed = key_objects("ana", lying, "/p", "own")
    assert desired == observed


def test_a_move_does_not_make_a_password_younger():
    stored = StoredPassword(NOW, TEXT, "alias/aws/ssm", 3)
    moved = StoredPassword(NOW + timedelta(days=9), stored.moved_description, "own")
    assert stored.stored == moved.stored == NOW
    assert moved.unique_id == ID
    assert moved.moved_description == stored.moved_description
    overwritten = StoredPassword(moved.modified, moved.description, "own", 2)
    assert overwritten.stored == overwritten.modified


@pytest.mark.parametrize("moment", ["soon", "2027-03-01T00:00:00"])
def test_what_is_no_moment_does_not_count(moment):
    found = StoredPassword(NOW, f"{TEXT} [moved, first stored {moment}]")
    assert found.stored == NOW


def test_no_user_has_the_name_of_a_copy():
    assert copy_name("/p", "a_b") == "/p/_move.a_5fb"
    names = ("_move.ana", "move.ana", "ana")
    assert copy_name("/p", "ana") not in [parameter_name("/p", name) for name in names]


def test_copies_are_of_their_users():
    copy = StoredPassword(NOW, TEXT, version=4)
    parameters = {"/p/_move.ana": copy, "/p/_move.bo": copy, "/p/bo": copy}
    assert copies_by_user(["ana", "zoe"], parameters, "/p") == {"ana": StoredPassword(NOW, TEXT)}
    identities = {"ana": Identity(ID, NOW), "bo": Identity("AIDA6543210987654321", NOW)}
    assert [*orphaned_passwords(parameters, identities, "/p")] == ["/p/_move.bo", "/p/bo"]


def test_a_copy_stands_for_the_password():
    copy = StoredPassword(NOW, TEXT, "alias/aws/ssm")
    facts = {"is_due": False, "is_reset": False, "is_of_another": False}
    state = build_sign_in_state(None, None, copy, **facts)
    assert (state.has_parameter, state.has_copy) == (False, True)
