# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run for another region than the Jump account's is refused."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind, ObjectId
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.home_region import (
    check_region,
)

JUMP = "111111111111"
OURS = f"arn:aws:cloudformation:eu-west-1:{JUMP}:stackset/iam-roles:*"


def told(*arns: str, region: str = "us-east-1") -> list[str]:
    """Return what is said of a role whose trust policy names these ARNs."""
    statements = [{"Condition": {"ArnLike": {"aws:SourceArn": [arn]}}} for arn in arns]
    roles = {
        ObjectId(Kind.ROLE, ("administration",)): {"trust_policy": {"Statement": statements}},
        ObjectId(Kind.ROLE_POLICY, ("administration", "more")): {"Statement": []},
    }
    return check_region(roles, JUMP, "iam-roles", region)


def test_the_region_of_our_stack_set_is_the_account_s() -> None:
    assert told(OURS, region="eu-west-1") == []
    (problem,) = told(OURS)
    assert problem.startswith(
        f"region: this run is for us-east-1, but the Jump account {JUMP} was set up in eu-west-1: "
        "its role administration belongs to the stack set iam-roles there. Set aws_region to that"
    )


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov", "aws-eusc"])
def test_every_partition_is_read(partition: str) -> None:
    assert len(told(OURS.replace("arn:aws:", f"arn:{partition}:"))) == 1


@pytest.mark.parametrize(
    "arn",
    [
        OURS.replace(JUMP, "222222222222"),
        OURS.replace("iam-roles", "iam-roles-of-others"),
        OURS.replace("eu-west-1", "*"),
        "arn:aws:iam::111111111111:root",
    ],
)
def test_what_is_not_about_our_stack_set_tells_no_region(arn: str) -> None:
    assert told(arn) == []


def test_a_trust_policy_for_two_regions_fits_both() -> None:
    both = (OURS, OURS.replace("eu-west-1", "us-east-1"))
    assert told(*both) == []
    (problem,) = told(*both, region="eu-north-1")
    assert "was set up in eu-west-1, us-east-1: " in problem


def test_an_account_without_our_roles_was_set_up_nowhere() -> None:
    assert check_region({}, JUMP, "iam-roles", "us-east-1") == []
