# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the options that make access stricter."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.security import (
    SecurityOptions,
    parse_security,
    read_networks,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import either, problems_of, record

JUMP = "111111111111"


def parse(given: Any) -> tuple[SecurityOptions, list[str]]:
    return problems_of(lambda problems: parse_security(problems, given, JUMP))


def test_networks_of_a_module_are_sorted_or_refused():
    assert read_networks("place", ["203.0.113.0/24", "198.51.100.0/24"]) == (
        "198.51.100.0/24",
        "203.0.113.0/24",
    )
    with pytest.raises(InputError, match=r"place\[0\]: the string 'x'"):
        read_networks("place", ["x"])


@given(
    either(
        record(
            bind_session_name=st.booleans(),
            mfa_max_age=st.integers(0, 100),
            source_networks=st.lists(either(st.just("203.0.113.0/24"))),
            users_permissions_boundary=st.just("x"),
        )
    )
)
def test_nothing_breaks_the_parser(said: Any) -> None:
    parse(said)


def test_nothing_said() -> None:
    empty = {"source_networks": [], "users_permissions_boundary": "", "mfa_max_age": 0}
    assert parse({}) == parse(empty) == (SecurityOptions(), [])


def test_all_that_can_be_said() -> None:
    options, problems = parse(
        {
            "bind_session_name": False,
            "mfa_max_age": 60,
            "source_networks": ["2001:db8::/32", "203.0.113.0/24", "203.0.113.0/24"],
            "users_source_networks": ["198.51.100.7"],
            "switch_roles_permissions_boundary": {"customer": "team/limit"},
            "users_permissions_boundary": {"customer": "limit"},
            "trust_policy_size": 4096,
        }
    )
    assert problems == []
    assert options.trust_policy_size == 4096
    trust = options.trust(JUMP, "aws")
    assert (trust.bind_session_name, trust.mfa_max_age) == (False, 60)
    assert trust.source_networks == ("2001:db8::/32", "203.0.113.0/24")
    assert options.users_source_networks == ("198.51.100.7",)
    arn = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/team/limit"
    assert options.switch_roles_permissions_boundary == arn
    assert options.users_boundary_arn(JUMP, "aws-cn") == f"arn:aws-cn:iam::{JUMP}:policy/limit"


@pytest.mark.parametrize(
    ("boundary", "arn"),
    [
        ("", None),
        ("ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        (f"arn:aws:iam::{JUMP}:policy/x/y", f"arn:aws:iam::{JUMP}:policy/x/y"),
        ("arn:aws:iam::aws:policy/X", "arn:aws:iam::aws:policy/X"),
    ],
)
def test_boundaries_of_users(boundary: str, arn: str | None) -> None:
    options, problems = parse({"users_permissions_boundary": boundary})
    assert (options.users_boundary_arn(JUMP, "aws"), problems) == (arn, [])


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ([], "security: expected a mapping, found an empty list"),
        (
            {"bind_session_name": "no"},
            "bind_session_name: must be true or false, found the string 'no'",
        ),
        (
            {"mfa_max_age": 59},
            "mfa_max_age: must be a number of seconds, at least 60, or 0 for no limit, found the "
            "number 59",
        ),
        (
            {"mfa_max_age": True},
            "mfa_max_age: must be a number of seconds, at least 60, or 0 for no limit, found the "
            "boolean True",
        ),
        (
            {"mfa_max_age": False},
            "mfa_max_age: must be a number of seconds, at least 60, or 0 for no limit, found the "
            "boolean False",
        ),
        *(
            (
                {"trust_policy_size": value},
                "trust_policy_size: must be a number of characters, at least 2048 (the AWS "
                f"default), found {found}",
            )
            for value, found in ((2047, "the number 2047"), (True, "the boolean True"))
        ),
        ({"source_networks": "x"}, "source_networks: expected a list, found the string 'x'"),
        ({"source_networks": [10]}, "source_networks[0]: the number 10 is not a string"),
        (
            {"users_source_networks": ["10.0.0.0/33"]},
            "users_source_networks[0]: the string "
            "'10.0.0.0/33' is not a network such as 203.0.113.0/24 or 2001:db8::/32",
        ),
        (
            {"users_permissions_boundary": "arn:aws:iam::222222222222:policy/x"},
            "users_permissions_boundary: 'arn:aws:iam::222222222222:policy/x' exists in one "
            "account only; use {customer: NAME} for a policy that every account has under this "
            "name",
        ),
    ],
)
def test_what_is_wrong(said: Any, problem: str) -> None:
    assert parse(said)[1] == [problem]
