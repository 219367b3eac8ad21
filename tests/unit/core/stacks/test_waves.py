# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action, Change
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.stack_instances import (
    instance_id,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.waves import (
    Wave,
    build_waves,
    next_wave,
    stopped_text,
    wave_number,
)
from hypothesis import given
from hypothesis import strategies as st

WAVES = (Wave("staging", frozenset("ab")), Wave("wave 2", frozenset("c")))


def plan_of(accounts):
    return tuple(Change(instance_id(a, "r"), Action.CREATE, None, {}) for a in accounts)


def test_waves_without_a_name_have_a_number():
    given_waves = [{"name": "staging", "accounts": ["a", "b"]}, {"name": None, "accounts": ["c"]}]
    assert build_waves(given_waves) == WAVES


def test_an_account_in_two_waves_is_refused():
    waves = [{"name": None, "accounts": ["a", "a"]}, {"name": None, "accounts": ["b", "a"]}]
    with pytest.raises(InputError, match=r"waves\[1\]: account a is already in waves\[0\]") as e:
        build_waves(waves)
    assert len(e.value.problems) == 1


@given(st.sets(st.sampled_from("abcde"), min_size=1))
def test_the_next_wave_is_the_earliest_with_changes_and_whole(accounts):
    number, changes = next_wave(plan_of(sorted(accounts)), WAVES)
    expected = {a for a in accounts if wave_number(a, WAVES) == number}
    assert {c.subject for c in changes} == expected != set()
    assert all(wave_number(a, WAVES) > number for a in accounts - expected)


def test_without_waves_everything_is_one():
    plan = plan_of("abc")
    assert next_wave(plan, ()) == (0, plan)


def test_what_was_not_reached_is_told():
    assert stopped_text(0, plan_of("cde"), WAVES) == (
        "Stopped after staging, which failed: 3 stack instances of wave 2, the remaining "
        "accounts were not changed. Fix the cause and run again; finished work is not repeated."
    )
