# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a group may assume, and whom a switch role trusts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    policy_size,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    TrustOptions,
    build_switch_policy,
    build_switch_trust,
    split_role_arns,
    trust_problem,
)
from hypothesis import given
from hypothesis import strategies as st

JUMP = "111111111111"

arns = st.builds(
    "arn:aws:iam::{:012d}:role/role-{}".format,
    st.integers(0, 10**12 - 1),
    st.text("ab", max_size=9),
)


def arn_of(length):
    """Return an ARN of exactly this many characters."""
    return "arn:aws:iam::222222222222:role/".ljust(length, "r")


def numbered_arns(count):
    return [f"arn:aws:iam::{n:012d}:role/role-operator" for n in range(count)]


def test_no_roles_no_policy():
    assert build_switch_policy([]) is None
    assert split_role_arns([], 6144) == ()


def test_the_switch_policy_allows_the_roles_with_mfa():
    policy = build_switch_policy(["arn:b", "arn:a", "arn:a"])
    assert policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "SwitchRoles",
                "Effect": "Allow",
                "Action": ["sts:AssumeRole"],
                "Resource": ["arn:a", "arn:b"],
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}},
            }
        ],
    }


@given(st.lists(arns, max_size=40), st.integers(240, 900))
def test_chunks_hold_every_role_once_and_fit(given_arns, longest):
    chunks = split_role_arns(given_arns, longest)
    assert [arn for chunk in chunks for arn in chunk] == sorted(set(given_arns))
    assert all(policy_size(build_switch_policy(chunk)) <= longest for chunk in chunks)


@given(st.lists(arns, max_size=40), st.integers(240, 900))
def test_no_chunk_could_take_the_first_role_of_the_next(given_arns, longest):
    chunks = split_role_arns(given_arns, longest)
    for chunk, following in pairwise(chunks):
        assert policy_size(build_switch_policy([*chunk, following[0]])) > longest


@given(st.lists(arns, max_size=20), st.randoms(use_true_random=False))
def test_chunks_do_not_depend_on_the_order(given_arns, chance):
    mixed = [*given_arns, *given_arns]
    chance.shuffle(mixed)
    assert split_role_arns(mixed, 400) == split_role_arns(given_arns, 400)


@pytest.mark.parametrize("count", [1, 2, 3, 103])
def test_a_policy_that_fits_exactly_is_not_split(count):
    listed = numbered_arns(count)
    size = policy_size(build_switch_policy(listed))
    assert split_role_arns(listed, size) == (tuple(listed),)
    if count > 1:
        assert split_role_arns(listed, size - 1) == (tuple(listed[:-1]), (listed[-1],))


def test_how_many_accounts_a_policy_of_iam_holds():
    assert [len(chunk) for chunk in split_role_arns(numbered_arns(300), 6144)] == [126, 126, 48]
    assert policy_size(build_switch_policy(numbered_arns(105))) <= 5120
    assert policy_size(build_switch_policy(numbered_arns(106))) > 5120


@pytest.mark.parametrize("longest", [5120, 6144])
def test_the_last_character_counts(longest):
    rest = longest - policy_size(build_switch_policy([""]))
    assert split_role_arns([arn_of(rest)], longest) == ((arn_of(rest),),)
    assert policy_size(build_switch_policy([arn_of(rest)])) == longest
    first, second = arn_of(100), arn_of(rest - 103)
    assert len(split_role_arns([first, second], longest)) == 1
    assert len(split_role_arns([first, f"{second}r"], longest)) == 2


def condition_of(**options):
    (statement,) = build_switch_trust(TrustOptions(JUMP, **options))["Statement"]
    return statement["Condition"]


BASE = {
    "Bool": {"aws:MultiFactorAuthPresent": ["true"]},
    "ArnLike": {"aws:PrincipalArn": [f"arn:aws:iam::{JUMP}:user/*"]},
}
BOUND = {"StringEquals": {"sts:RoleSessionName": ["${aws:username}"]}}


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ({}, {**BASE, **BOUND}),
        ({"bind_session_name": False}, BASE),
        (
            {"mfa_max_age": 0},
            {**BASE, **BOUND, "NumericLessThan": {"aws:MultiFactorAuthAge": ["0"]}},
        ),
        (
            {"source_networks": ("10.0.0.0/8", "1.2.3.4/32")},
            {**BASE, **BOUND, "IpAddress": {"aws:SourceIp": ["1.2.3.4/32", "10.0.0.0/8"]}},
        ),
    ],
    ids=["default", "any session name", "age", "networks"],
)
def test_conditions_of_a_trust(options, condition):
    assert condition_of(**options) == condition


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_trust_names_the_account_and_only_its_users(partition):
    (statement,) = build_switch_trust(TrustOptions(JUMP, partition))["Statement"]
    assert statement["Principal"] == {"AWS": [f"arn:{partition}:iam::{JUMP}:root"]}
    users = statement["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert users == [f"arn:{partition}:iam::{JUMP}:user/*"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", ["sts:AssumeRole"])


def test_the_last_character_of_a_trust_counts():
    options = TrustOptions(JUMP, source_networks=("203.0.113.0/24",))
    size = policy_size(build_switch_trust(options))
    assert trust_problem(options, size) is None
    assert f"has {size} characters, but the quota is {size - 1}" in trust_problem(options, size - 1)
