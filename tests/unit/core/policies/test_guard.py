# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guard in member accounts; what it denies is proved in tests/policy."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import GroupQuotas
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.levels import parse_levels
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.check import (
    check_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    policy_size,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.guard import (
    build_guard_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.personal import (
    PARAMETERS_PER_ROLE,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.quotas import (
    PARAMETER_VALUE_LONGEST,
    POLICIES_PER_ROLE,
    ROLE_INLINE_SIZE,
)

from tests.unit.inputs import problems_of

LONG = "x" * 128


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_guard_holds_the_stacks_of_the_product_in_any_region(partition):
    document = build_guard_policy(Names(execution_stack="own", stack_set="roles"), partition)
    assert problems_of(lambda p: check_policy(p, "guard", document))[1] == []
    patterns = document["Statement"][0]["Resource"]
    stack = f"arn:{partition}:cloudformation:eu-west-1:222222222222:stack"
    for name in ("own/1", "StackSet-roles-0b5c/1"):
        assert any(fnmatchcase(f"{stack}/{name}", pattern) for pattern in patterns)
    for name in ("owner/1", "StackSet-roles/1", "StackSet-others-0b5c/1"):
        assert not any(fnmatchcase(f"{stack}/{name}", pattern) for pattern in patterns)


def test_a_role_has_room_for_the_guard_beside_everything_else():
    """It is a managed policy in the fence's place, so what exceptions may take stays as it was."""
    longest = Names(execution_stack=LONG, stack_set=LONG)
    assert policy_size(build_guard_policy(Names(), "aws")) == 636
    assert policy_size(build_guard_policy(longest, "aws-us-gov")) == 874 < GroupQuotas().policy_size
    assert ROLE_INLINE_SIZE < PARAMETERS_PER_ROLE * PARAMETER_VALUE_LONGEST
    assert problems_of_level(POLICIES_PER_ROLE - 1) == []
    assert len(problems_of_level(POLICIES_PER_ROLE)) == 1


def problems_of_level(policies):
    listed = [f"arn:aws:iam::aws:policy/P{n}" for n in range(policies)]
    level = {"developer": {"managed_policies": listed}}
    return problems_of(lambda p: parse_levels(p, level))[1]
