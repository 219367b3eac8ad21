# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the fence stands."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.fence_check import (
    fence_in,
    fence_problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policy_document import (
    canonical_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policy_fence import (
    Fence,
    build_fence_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stack_template import (
    canonical_template,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.switch_role import SwitchRole
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.switch_template import (
    build_switch_template,
)

JUMP = "111111111111"
FENCE = Fence(JUMP, Names())
ARN = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-fence-jump-account"
OTHER = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def role(name: str, *, is_fenced: bool) -> SwitchRole:
    """Return a switch role that differs by stage, so that its policies are nested."""
    at_stage = SwitchRole(name, {}, (OTHER,), is_fenced=is_fenced)
    return SwitchRole(name, {}, (), is_fenced=is_fenced, stages=(("staging", at_stage),))


TEMPLATE = build_switch_template(
    [role("role-admin", is_fenced=False), role("role-operator", is_fenced=True)], FENCE
)
OPEN = build_switch_template([role("role-operator", is_fenced=False)], FENCE)
DESIRED = {
    "jump": {"account_id": JUMP},
    "partition": "aws",
    "region": "eu-west-1",
    "stack_set": "iam-roles",
    "fence": fence_in(TEMPLATE),
}
TEXT = canonical_policy(build_fence_policy(FENCE))


def problems(document: Any, *arns: str, before: Any = ..., check_mode: bool = False) -> list[str]:
    """Return what is wrong when role-operator has these policies and the stack set changes so."""
    changes = [] if before is ... else [{"before": before}]
    results = {
        "stack set": {"changes": changes},
        "groups": {"fence": {"document": document, "roles": {"role-operator": arns, "x": ()}}},
    }
    return fence_problems(DESIRED, results, check_mode=check_mode)


@pytest.mark.parametrize("template", [TEMPLATE, canonical_template(TEMPLATE)])
def test_the_fence_of_a_template(template):
    assert fence_in(template) == {
        "policy": "policy/jumpaccount/policy-fence-jump-account",
        "document": TEXT,
        "roles": ["role-operator"],
    }


def test_a_template_without_a_fence():
    assert fence_in(OPEN) is None
    assert (
        fence_problems({**DESIRED, "fence": None}, {"groups": {"fence": {}}}, check_mode=False)
        == []
    )


def test_a_fence_that_stands():
    assert problems(TEXT, OTHER, ARN) == []


def test_nobody_looked_or_no_role_is_there():
    assert fence_problems(DESIRED, {}, check_mode=False) == []
    nothing = {"groups": {"fence": {"document": None, "roles": {}}}}
    assert fence_problems(DESIRED, nothing, check_mode=False) == []


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("arns", [(), (OTHER,), (ARN + "-2",)])
def test_a_role_without_the_fence(arns, check_mode):
    assert problems(TEXT, *arns, check_mode=check_mode) == [
        "Switch role role-operator in the Jump account 111111111111 is not fenced: it lacks "
        "policy/jumpaccount/policy-fence-jump-account, so whoever switches to it can become "
        "administrator of every account. CloudFormation does not attach again what somebody "
        "detached; do it now, and find out who did: aws iam attach-role-policy "
        "--role-name role-operator "
        f"--policy-arn {ARN}"
    ]


def test_a_fence_that_says_something_else():
    (problem,) = problems({"Version": "2012-10-17", "Statement": []}, ARN)
    assert problem.startswith(f"The fence of the Jump account, {ARN}, does not say what it must: ")
    assert f"aws iam set-default-policy-version --policy-arn {ARN} --version-id VERSION" in problem


def test_a_fence_that_is_gone():
    gone, _role = problems(None)
    assert gone.startswith(f"The fence of the Jump account, {ARN}, is gone: somebody deleted it, ")
    assert gone.endswith(
        "aws cloudformation delete-stack-instances --stack-set-name iam-roles "
        f"--accounts {JUMP} --regions eu-west-1 --no-retain-stacks --region eu-west-1"
    )


@pytest.mark.parametrize(
    ("before", "in_check_mode"),
    [
        (None, 0),
        ({"template": OPEN}, 0),
        ({"template": canonical_template(TEMPLATE)}, 1),
    ],
    ids=["no stack set yet", "the run fences the role", "somebody detached it"],
)
def test_check_mode_knows_what_the_run_will_fence(before, in_check_mode):
    assert len(problems(TEXT, before=before, check_mode=True)) == in_check_mode
    assert len(problems(TEXT, before=before)) == 1


@pytest.mark.parametrize("document", [None, TEXT], ids=["new name", "taken"])
def test_a_fence_that_the_run_renames_is_no_alarm(document):
    new = build_switch_template(
        [role("role-operator", is_fenced=True)], Fence(JUMP, Names(fence_policy="fence-new"))
    )
    results = {
        "stack set": {"changes": [{"before": {"template": TEMPLATE}}]},
        "groups": {"fence": {"document": document, "roles": {"role-operator": [ARN]}}},
    }
    desired = {**DESIRED, "fence": fence_in(new)}
    assert fence_problems(desired, results, check_mode=True) == []
    assert fence_problems(desired, results, check_mode=False) != []


def test_a_fence_that_the_run_takes_away_stands_until_then():
    results = {
        "stack set": {"changes": [{"before": {"template": TEMPLATE}}]},
        "groups": {"fence": {"document": TEXT, "roles": {"role-operator": [ARN]}}},
    }
    desired = {**DESIRED, "fence": None}
    assert fence_problems(desired, results, check_mode=True) == []
    assert fence_problems(desired, results, check_mode=False) == []
