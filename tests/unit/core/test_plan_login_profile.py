# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets a password, and which initial ones are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action, Kind
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_login_profile import (
    SignInState,
    build_login_state,
    build_sign_in_states,
    issued_passwords,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from hypothesis import given
from hypothesis import strategies as st

PREFIX = "/p"
NOW = datetime(2024, 6, 11, tzinfo=UTC)
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


def test_a_stored_password_of_a_run_that_died_is_used():
    assert steps(SignInState(has_parameter=True)) == [(Kind.LOGIN_PROFILE, Action.CREATE)]


def test_a_stored_password_waits_for_the_first_sign_in():
    assert steps(SignInState(has_login_profile=True, has_parameter=True)) == []


def test_a_used_password_is_deleted():
    state = SignInState(has_login_profile=True, has_parameter=True, has_signed_in=True)
    assert steps(state) == [(Kind.INITIAL_PASSWORD, Action.DELETE)]


def test_only_a_sign_in_after_storing_counts():
    stored = {"/p/ana": NOW, "/p/bo": NOW, "/p/cy": NOW}
    used = {"ana": NOW + timedelta(minutes=1), "bo": NOW - timedelta(days=1), "cy": None}
    states = build_sign_in_states(["ana", "bo", "cy", "di"], {"di"}, stored, used, PREFIX)
    assert {name: s.has_signed_in for name, s in states.items()} == {
        "ana": True,
        "bo": False,
        "cy": False,
        "di": False,
    }
    assert states["di"] == SignInState(has_login_profile=False)


def test_a_sign_in_within_the_second_of_storing_counts():
    stored = {"/p/ana": NOW + timedelta(milliseconds=400)}
    states = build_sign_in_states(["ana"], set(), stored, {"ana": NOW}, PREFIX)
    assert states["ana"].has_signed_in


def test_issued_passwords_name_the_parameter():
    plan = plan_changes(*build_login_state({"a@b": SignInState()}, PREFIX))
    assert issued_passwords(plan) == [{"name": "a@b", "parameter": "/p/a_40b"}]
