# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The KMS key of initial passwords."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.kms_key import (
    check_kms_key,
    listed_readers,
    names_same_key,
    parse_password_readers,
)

from tests.unit.inputs import problems_of

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = "arn:aws:kms:eu-west-1:111111111111:"


@pytest.mark.parametrize(
    "value",
    [
        "own",
        "aws/ssm",
        KEY,
        f"mrk-{KEY.replace('-', '')}",
        "alias/passwords",
        f"{ARN}key/{KEY}",
        f"{ARN}alias/a/b",
    ],
)
def test_keys(value):
    assert problems_of(lambda p: check_kms_key(p, value, "eu-west-1"))[1] == []


@pytest.mark.parametrize(
    "value", [None, "", "passwords", "alias/", f"{KEY} ", 7, "alias/x\n", [KEY]]
)
def test_what_is_no_key(value):
    (problem,) = problems_of(lambda p: check_kms_key(p, value, "eu-west-1"))[1]
    assert problem.startswith(
        "jump_users_kms_key: must be own, aws/ssm, or the id, an alias such as "
    )


@pytest.mark.parametrize("region", ["eu-west-2", "cn-north-1"])
def test_keys_elsewhere(region):
    (problem,) = problems_of(lambda p: check_kms_key(p, f"{ARN}alias/a", region))[1]
    assert problem.endswith(f" is in region eu-west-1, and the parameters are in {region}")


ROOT = "arn:aws:iam::111111111111:"


def readers_of(value, kms_key="own"):
    return problems_of(lambda p: parse_password_readers(p, value, kms_key, "111111111111", "aws"))


def test_readers_are_roles_by_name_and_principals_by_arn():
    found, problems = readers_of(["audit", f"{ROOT}user/people/ana", "audit"])
    assert problems == []
    assert found == (f"{ROOT}role/audit", f"{ROOT}role/*/audit", f"{ROOT}user/people/ana")
    assert listed_readers(found) == [f"{ROOT}role/audit", f"{ROOT}user/people/ana"]


@pytest.mark.parametrize(
    "value",
    ["a*", "", 7, "a/b", f"{ROOT}group/a", "arn:aws:iam::222222222222:role/a", f"{ROOT}role/a*"],
)
def test_what_is_no_reader(value):
    (problem,) = readers_of([value])[1]
    assert problem.startswith("jump_password_readers[0]: must be the name of a role, or the ARN of")


def test_readers_that_do_not_count_or_fit():
    assert readers_of("audit")[1] == [
        "jump_password_readers: expected a list, found the string 'audit'"
    ]
    assert "applies only with jump_users_kms_key: own" in readers_of(["a"], "aws/ssm")[1][0]
    assert readers_of([f"r{n}" for n in range(100)])[1] == []
    assert "has 101 entries" in readers_of([f"r{n}" for n in range(101)])[1][0]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (KEY, KEY, True),
        (KEY, f"{ARN}key/{KEY}", True),
        ("alias/a", f"{ARN}alias/a", True),
        ("alias/a", f"{ARN}key/{KEY}", False),
        (f"{ARN}alias/a", f"{ARN}alias/a", True),
        (f"{ARN}alias/a", f"{ARN.replace('1111', '2222')}alias/a", False),
        ("none", "alias/aws/ssm", False),
    ],
)
def test_names_of_one_key(one, other, is_same):
    assert names_same_key(one, other) is names_same_key(other, one) is is_same
