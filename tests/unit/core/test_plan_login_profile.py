# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired state of console passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action, Kind
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ordering import rank
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_login_profile import (
    SignInState,
    build_login_state,
    build_sign_in_states,
    issued_passwords,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import NAMES, check_plan

PREFIX = "/jumpaccount/initial-password"
STATES = st.builds(SignInState, st.booleans(), st.booleans(), st.booleans())
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
HOURS = st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))


@given(st.dictionaries(NAMES, STATES))
def test_the_laws(users: dict[str, SignInState]) -> None:
    desired, observed = build_login_state(users, PREFIX)
    plan = check_plan(desired, observed)
    for name, found in users.items():
        made = {c.id.kind for c in plan if c.subject == name and c.action is Action.CREATE}
        assert (Kind.LOGIN_PROFILE in made) is not found.has_login_profile
        # A password that nobody stored is never set: who gets a profile has a parameter by then.
        has_parameter = found.has_parameter or Kind.INITIAL_PASSWORD in made
        assert has_parameter or Kind.LOGIN_PROFILE not in made
        # An existing password is never overwritten.
        assert not (found.has_login_profile and made)


@given(st.dictionaries(NAMES, STATES))
def test_the_password_is_stored_before_it_is_set(users: dict[str, SignInState]) -> None:
    plan = check_plan(*build_login_state(users, PREFIX))
    place = {(c.id.kind, c.subject): rank(c) for c in plan if c.action is Action.CREATE}
    for name in users:
        stored = place.get((Kind.INITIAL_PASSWORD, name), -1)
        assert stored < place.get((Kind.LOGIN_PROFILE, name), len(place) + 1000)


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        (SignInState(), ["create initial password", "create login profile"]),
        (SignInState(has_parameter=True), ["create login profile"]),
        (SignInState(has_login_profile=True), []),
        (SignInState(has_login_profile=True, has_parameter=True), []),
        (
            SignInState(has_login_profile=True, has_parameter=True, has_signed_in=True),
            ["delete initial password"],
        ),
    ],
)
def test_the_life_of_an_initial_password(found: SignInState, steps: list[str]) -> None:
    plan = check_plan(*build_login_state({"ana": found}, PREFIX))
    assert [f"{c.action} {c.id.kind}" for c in plan] == steps


@given(
    st.sets(NAMES),
    st.sets(NAMES),
    st.dictionaries(NAMES, HOURS),
    st.dictionaries(NAMES, st.none() | HOURS),
)
def test_what_is_known_of_each_user(
    users: set[str],
    waiting: set[str],
    stored: dict[str, datetime],
    last_used: dict[str, datetime | None],
) -> None:
    by_parameter = {f"{PREFIX}/{name}": moment for name, moment in stored.items()}
    states = build_sign_in_states(users, waiting, by_parameter, last_used, PREFIX)
    assert states.keys() == users
    for name, state in states.items():
        used = last_used.get(name)
        assert state.has_login_profile is (name not in waiting)
        assert state.has_parameter is (name in stored)
        assert state.has_signed_in is (name in stored and used is not None and used > stored[name])


def test_who_gets_a_password_and_where_it_lies() -> None:
    desired, observed = build_login_state(
        {"b@x": SignInState(), "ana": SignInState(has_login_profile=True)}, PREFIX
    )
    assert issued_passwords(check_plan(desired, observed)) == [
        {"name": "b@x", "parameter": f"{PREFIX}/b_40x"}
    ]
