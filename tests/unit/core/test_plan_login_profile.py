# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets a password, and which initial ones are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action, Kind
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_login_profile import (
    CLOCK_SKEW,
    LoginProfile,
    SignInState,
    StoredPassword,
    build_login_state,
    build_sign_in_states,
    doubtful_users,
    issued_passwords,
    lost_passwords,
    overwritten_passwords,
    stored_by_user,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from hypothesis import given
from hypothesis import strategies as st

PREFIX = "/p"
NOW = datetime(2024, 6, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AT_NOW = StoredPassword(NOW)
STATES = st.dictionaries(
    st.sampled_from(["ana", "bo", "cy"]),
    st.builds(SignInState, st.booleans(), st.booleans(), st.booleans()),
)


def steps(state: SignInState) -> list[tuple[Kind, Action]]:
    """Return what would be done for one user, in order."""
    desired, observed = build_login_state({"ana": state}, PREFIX)
    return [(c.id.kind, c.action) for c in plan_changes(desired, observed)]


@given(STATES)
def test_afterwards_everybody_has_a_profile_and_nothing_is_left_to_do(users):
    desired, observed = build_login_state(users, PREFIX)
    after = dict(observed)
    for change in plan_changes(desired, observed):
        if change.action is Action.DELETE:
            del after[change.id]
        else:
            after[change.id] = change.after
    assert after == desired
    assert plan_changes(desired, after) == ()
    assert {i.key[0] for i in after if i.kind is Kind.LOGIN_PROFILE} == set(users)


@given(STATES)
def test_an_existing_profile_is_never_written(users):
    desired, observed = build_login_state(users, PREFIX)
    written = {
        c.subject for c in plan_changes(desired, observed) if c.id.kind is Kind.LOGIN_PROFILE
    }
    assert written == {name for name, state in users.items() if not state.has_login_profile}


def test_a_password_is_stored_before_it_is_set():
    assert steps(SignInState()) == [
        (Kind.INITIAL_PASSWORD, Action.CREATE),
        (Kind.LOGIN_PROFILE, Action.CREATE),
    ]


def test_what_is_stored_where_no_profile_is_is_replaced_before_one_is_made():
    assert steps(SignInState(has_parameter=True)) == [
        (Kind.INITIAL_PASSWORD, Action.UPDATE),
        (Kind.LOGIN_PROFILE, Action.CREATE),
    ]


def test_a_stored_password_waits_for_the_first_sign_in():
    assert steps(SignInState(has_login_profile=True, has_parameter=True)) == []


def test_a_used_password_is_deleted():
    state = SignInState(has_login_profile=True, has_parameter=True, has_signed_in=True)
    assert steps(state) == [(Kind.INITIAL_PASSWORD, Action.DELETE)]


def signed_in(profile: LoginProfile | None, modified: datetime = NOW) -> bool:
    """Return whether a stored password is over for a person with this profile."""
    profiles = {} if profile is None else {"ana": profile}
    stored = {"ana": StoredPassword(modified)}
    return build_sign_in_states(["ana"], (), profiles, stored)["ana"].has_signed_in


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


def test_states_tell_who_waits_and_whose_password_is_stored():
    stored = stored_by_user(["ana", "di"], {"/p/ana": AT_NOW, "/p/zoe": AT_NOW}, PREFIX)
    assert stored == {"ana": AT_NOW}
    assert build_sign_in_states(["ana", "di"], {"di"}, {}, stored) == {
        "ana": SignInState(has_login_profile=True, has_parameter=True),
        "di": SignInState(),
    }


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
            "The initial password of ana, /p/ana, was overwritten by something else while this "
            "run set it, so what is stored there is not the password. Give ana another one: aws "
            "iam delete-login-profile --user-name ana; then run new_user with -e user_name=ana."
        )
    }


def test_issued_passwords_name_the_parameter():
    plan = plan_changes(*build_login_state({"a@b": SignInState()}, PREFIX))
    assert issued_passwords(plan) == [{"name": "a@b", "parameter": "/p/a_40b"}]
