# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets a password, and which initial ones are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action, Kind
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import GuardError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.initial_password import (
    CLOCK_SKEW,
    StoredPassword,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.login_profiles import (
    Leftovers,
    LoginProfile,
    SignInState,
    build_login_state,
    build_sign_in_state,
    doubtful_users,
    issued_passwords,
    lost_passwords,
    overwritten_passwords,
    plan_login_profiles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import (
    plan_changes,
    state_after,
)
from hypothesis import given
from hypothesis import strategies as st

PREFIX = "/p"
NOW = datetime(2024, 6, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AT_NOW = StoredPassword(NOW)
STATES = st.dictionaries(
    st.sampled_from(["ana", "bo", "cy"]), st.builds(SignInState, *[st.booleans()] * 6)
)
LEFTOVERS = st.builds(
    Leftovers,
    st.sets(st.sampled_from(["/p/ana", "/p/bo", "/p/old"])),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
PASSWORD = (Kind.INITIAL_PASSWORD, Action.CREATE)
PROFILE = (Kind.LOGIN_PROFILE, Action.CREATE)
RECORDED = (Kind.ISSUE_RECORD, Action.CREATE)
ONCE = SignInState(is_due=False)


def steps(state: SignInState, leftovers: Leftovers | None = None) -> list[tuple[Kind, Action]]:
    """Return what would be done for one user, in order."""
    desired, observed = build_login_state({"ana": state}, PREFIX, leftovers)
    return [(c.id.kind, c.action) for c in plan_changes(desired, observed)]


@given(STATES, LEFTOVERS)
def test_afterwards_nothing_is_left_to_do(users, leftovers):
    desired, observed = build_login_state(users, PREFIX, leftovers)
    after = state_after(observed, plan_changes(desired, observed))
    assert after == desired
    assert plan_changes(desired, after) == ()
    has_one = {i.key[0] for i in after if i.kind is Kind.LOGIN_PROFILE}
    assert has_one == {n for n, s in users.items() if s.has_login_profile or s.is_issued}


@given(STATES, LEFTOVERS)
def test_a_password_is_issued_once_or_on_request_and_never_changed(users, leftovers):
    desired, observed = build_login_state(users, PREFIX, leftovers)
    plan = plan_changes(desired, observed)
    written = {c.subject: c.action for c in plan if c.id.kind is Kind.LOGIN_PROFILE}
    assert written == {
        name: Action.CREATE
        for name, state in users.items()
        if state.is_reset or (state.is_due and not state.has_login_profile)
    }
    ended = {c.subject for c in plan if c.id.kind is Kind.FORMER_PASSWORD}
    assert ended == {n for n, s in users.items() if s.is_reset and s.has_login_profile}
    # What was not asked to go and is nobody's stays; what is somebody's is never taken for that.
    gone = {c.before["parameter"] for c in plan if c.action is Action.DELETE and c.before}
    used = {f"/p/{n}" for n, s in users.items() if s.has_login_profile and s.has_signed_in}
    assert leftovers.prune or gone <= used


def test_a_password_is_stored_before_it_is_set():
    assert steps(SignInState()) == [PASSWORD, PROFILE, RECORDED]


def test_a_password_that_was_taken_away_is_not_made_again():
    assert steps(ONCE) == steps(replace(ONCE, has_parameter=True)) == []
    pruned = steps(replace(ONCE, has_parameter=True), Leftovers(prune=True))
    assert pruned == [(Kind.INITIAL_PASSWORD, Action.DELETE)]


@pytest.mark.parametrize("is_due", [True, False])
def test_a_password_is_made_on_request(is_due):
    asked = SignInState(is_due=is_due, is_reset=True)
    assert steps(asked) == [PASSWORD, PROFILE, RECORDED]
    assert steps(replace(asked, has_login_profile=True, has_parameter=True)) == [
        (Kind.FORMER_PASSWORD, Action.DELETE),
        (Kind.INITIAL_PASSWORD, Action.UPDATE),
        PROFILE,
        RECORDED,
    ]


def test_what_was_issued_to_another_user_of_the_name_is_no_password_of_this_one():
    state = SignInState(has_login_profile=True, has_parameter=True, is_of_another=True)
    assert steps(state) == steps(replace(state, has_signed_in=True)) == []
    assert steps(state, Leftovers({"/p/ana"}, prune=True)) == [
        (Kind.INITIAL_PASSWORD, Action.DELETE)
    ]


@pytest.mark.parametrize(
    ("has_record", "is_behind", "action"),
    [(True, True, [Action.UPDATE]), (False, True, [Action.CREATE]), (True, False, [])],
)
def test_a_record_that_is_behind_is_brought_up_to_date(has_record, is_behind, action):
    left = Leftovers(has_record=has_record, is_record_behind=is_behind)
    found = steps(SignInState(has_login_profile=True), left)
    assert found == [(Kind.ISSUE_RECORD, a) for a in action]


def test_many_parameters_of_nobody_go_only_with_a_raised_limit():
    left = Leftovers({f"/p/{n}" for n in range(9)}, prune=True)
    used = {"ana": SignInState(True, True, True)}
    with pytest.raises(GuardError, match="9 of 10 objects of type 'initial password'"):
        plan_login_profiles(used, PREFIX, left, 0.5)
    assert len(plan_login_profiles(used, PREFIX, left, 0.9)) == 10


def test_what_is_stored_where_no_profile_is_is_replaced_before_one_is_made():
    assert steps(SignInState(has_parameter=True)) == [
        (Kind.INITIAL_PASSWORD, Action.UPDATE),
        PROFILE,
        RECORDED,
    ]


def test_a_stored_password_waits_for_the_first_sign_in():
    assert steps(SignInState(has_login_profile=True, has_parameter=True)) == []


def test_a_used_password_is_deleted():
    state = SignInState(has_login_profile=True, has_parameter=True, has_signed_in=True)
    assert steps(state) == [(Kind.INITIAL_PASSWORD, Action.DELETE)]


def signed_in(profile: LoginProfile | None, modified: datetime = NOW) -> bool:
    """Return whether a stored password is over for a person with this profile."""
    marks = {"is_due": False, "is_reset": False, "is_of_another": False}
    return build_sign_in_state(profile, StoredPassword(modified), **marks).has_signed_in


@pytest.mark.parametrize(
    ("profile", "is_over"),
    [
        (LoginProfile(used=NOW + MINUTE), True),
        (LoginProfile(used=NOW - MINUTE), False),
        (LoginProfile(used=None), False),
        (LoginProfile(must_change=False), True),
        (LoginProfile(must_change=True), False),
        (None, False),
    ],
)
def test_only_a_sign_in_after_storing_counts(profile, is_over):
    assert signed_in(profile) is is_over


def test_a_sign_in_within_the_second_of_storing_counts():
    assert signed_in(LoginProfile(used=NOW), NOW + timedelta(milliseconds=400))


@pytest.mark.parametrize(
    ("profile", "stored", "reason"),
    [
        (LoginProfile(NOW), None, "missing"),
        (LoginProfile(NOW, used=NOW + MINUTE), None, None),
        (LoginProfile(NOW), AT_NOW, None),
        (LoginProfile(NOW), StoredPassword(NOW + CLOCK_SKEW), None),
        (LoginProfile(NOW), StoredPassword(NOW + MINUTE), "overwritten"),
        (LoginProfile(NOW, used=NOW + 2 * MINUTE), StoredPassword(NOW + MINUTE), None),
        (LoginProfile(NOW, used=NOW), StoredPassword(NOW + MINUTE), "overwritten"),
        (LoginProfile(None), StoredPassword(NOW + MINUTE), None),
    ],
)
def test_a_password_that_is_not_what_is_stored_is_lost_once_iam_says_so(profile, stored, reason):
    there = {} if stored is None else {"ana": stored}
    assert doubtful_users({"ana": profile}, there) == ({"ana"} if reason else set())
    for must_change in (None, False, True):
        known = {"ana": replace(profile, must_change=must_change)}
        found = lost_passwords(known, there, PREFIX)
        expected = [{"name": "ana", "parameter": "/p/ana", "reason": reason}]
        assert found == (expected if reason and must_change else [])
        assert must_change is None or doubtful_users(known, there) == set()


def test_a_password_that_was_overwritten_while_it_was_set_names_the_way_out():
    ours = {"ana": "run 1", "bo": "run 1", "cy": "run 1", "di": "run 1"}
    before = {"di": StoredPassword(NOW, "run 0")}
    after = {"ana": StoredPassword(NOW, "run 2"), "bo": StoredPassword(NOW, "run 1"), **before}
    assert overwritten_passwords(ours, before, after, PREFIX) == {
        "ana": (
            "The initial password of ana, /p/ana, was overwritten by another process during "
            "this run, so the stored value is not the password. To issue another one to ana, "
            "run new_user with -e reset_password=ana."
        )
    }


def test_issued_passwords_name_the_parameter():
    plan = plan_changes(*build_login_state({"a@b": SignInState()}, PREFIX))
    assert issued_passwords(plan) == [{"name": "a@b", "parameter": "/p/a_40b"}]
