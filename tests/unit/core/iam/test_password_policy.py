# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State of the account password policy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password import (
    PasswordPolicy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password_policy import (
    build_password_policy_state,
    check_password_policy,
    check_password_variables,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import check_plan

policies = st.builds(PasswordPolicy)


def problems_of(**settings):
    problems = Problems()
    check_password_policy(problems, replace(PasswordPolicy(), **settings))
    try:
        problems.raise_if_any()
    except InputError as error:
        return list(error.problems)
    return []


@given(policies, st.none() | policies)
def test_the_plan_brings_the_wanted_policy(wanted, found):
    plan = check_plan(
        build_password_policy_state(wanted, "111111111111"),
        build_password_policy_state(found, "111111111111"),
    )
    expected = [] if wanted == found else [Action.UPDATE if found else Action.CREATE]
    assert [change.action for change in plan] == expected


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("minimum_length", 6, 128), ("max_age", 0, 1095), ("reuse_prevention", 0, 24)],
)
def test_limits(name, least, most):
    assert problems_of(**{name: least}) == []
    assert problems_of(**{name: most}) == []
    for value in (least - 1, most + 1):
        assert problems_of(**{name: value}) == [
            f"{name}: {value} is not between {least} and {most}"
        ]


def test_hard_expiry_needs_an_age():
    assert problems_of(hard_expiry=True, max_age=90) == []
    assert problems_of(hard_expiry=True) == [
        "hard_expiry: has no effect without max_age, because passwords never expire"
    ]


def test_all_problems_are_reported_at_once():
    assert (
        len(problems_of(minimum_length=5, max_age=-1, reuse_prevention=25, hard_expiry=True)) == 3
    )
    assert len(problems_of(minimum_length=5, max_age=0, hard_expiry=True)) == 2


def variable_problems_of(**given_values):
    problems = Problems()
    check_password_variables(problems, given_values)
    try:
        problems.raise_if_any()
    except InputError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize("value", [6, 128, "6", "128", None])
def test_variables_may_be_numbers_or_texts_of_them(value):
    assert variable_problems_of(minimum_length=value) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (5, "the number 5"),
        (129, "the number 129"),
        ("5", "the string '5'"),
        (-1, "the number -1"),
        (20.5, "the number 20.5"),
        (True, "the boolean True"),
        ("", "the string ''"),
        ("long", "the string 'long'"),
        ([20], "a list"),
        ("٢٠", "the string '٢٠'"),
    ],
)
def test_variables_out_of_range(value, found):
    assert variable_problems_of(minimum_length=value, max_age=0, reuse_prevention=24) == [
        "jump_account_password_minimum_length: expected a whole number from 6 to 128, "
        f"found {found}"
    ]


def test_the_variables_are_those_with_limits():
    assert len(variable_problems_of(minimum_length=-1, max_age=-1, reuse_prevention=-1)) == 3
