# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords that meet every password policy."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password import (
    SHORTEST,
    PasswordPolicy,
    build_password,
)
from hypothesis import given
from hypothesis import strategies as st

SYMBOLS = "!@#$%^&*()_+-=[]{}|'"
"""What IAM counts as symbols."""

policies = st.builds(
    PasswordPolicy,
    minimum_length=st.integers(6, 128),
    require_symbols=st.booleans(),
    require_numbers=st.booleans(),
    require_uppercase=st.booleans(),
    require_lowercase=st.booleans(),
)


def violations(password: str, policy: PasswordPolicy) -> list[str]:
    """Return the rules that IAM would say a password breaks."""
    rules = {
        "length": policy.minimum_length <= len(password) <= 128,
        "symbols": not policy.require_symbols or any(c in SYMBOLS for c in password),
        "numbers": not policy.require_numbers or any(c in "0123456789" for c in password),
        "upper": not policy.require_uppercase or any("A" <= c <= "Z" for c in password),
        "lower": not policy.require_lowercase or any("a" <= c <= "z" for c in password),
        "characters": all(c in SYMBOLS or (c.isascii() and c.isalnum()) for c in password),
    }
    return [name for name, is_met in rules.items() if not is_met]


@given(policies, st.data())
def test_every_password_meets_every_policy(policy, data):
    password = build_password(
        policy.minimum_length, lambda below: data.draw(st.integers(0, below - 1))
    )
    assert violations(password, policy) == []


@given(policies, st.sampled_from(["lowest", "highest"]))
def test_the_most_one_sided_choices_meet_every_policy(policy, choice):
    password = build_password(
        policy.minimum_length, lambda below: 0 if choice == "lowest" else below - 1
    )
    assert violations(password, policy) == []


@pytest.mark.parametrize(("minimum", "length"), [(6, 20), (19, 20), (20, 20), (21, 21), (128, 128)])
def test_length_is_the_minimum_but_at_least_twenty(minimum, length):
    assert SHORTEST == 20
    assert len(build_password(minimum, lambda _below: 0)) == length


@given(st.integers(6, 128))
def test_every_position_is_chosen_from_everything_and_then_shuffled(minimum):
    asked = []

    def choose(below):
        asked.append(below)
        return 0

    length = len(build_password(minimum, choose))
    everything = sum(asked[:4])
    assert asked[:4] == [24, 25, 8, 10]
    assert asked[4:length] == [everything] * (length - 4)
    assert asked[length:] == list(range(length, 1, -1))


def test_the_default_policy_is_the_strict_one():
    assert PasswordPolicy() == PasswordPolicy(
        minimum_length=20,
        require_symbols=True,
        require_numbers=True,
        require_uppercase=True,
        require_lowercase=True,
        allow_users_to_change=True,
        max_age=0,
        reuse_prevention=24,
        hard_expiry=False,
    )


def test_violations_are_noticed():
    weak = PasswordPolicy(minimum_length=6)
    assert violations("aaaaa", weak) == ["length", "symbols", "numbers", "upper"]
    assert violations("AAAAAAé", weak) == ["symbols", "numbers", "lower", "characters"]
