# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the fence stands."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role import (
    SwitchRole,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    canonical_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.fence import (
    Fence,
    build_fence_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.fence import fence_in
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.inspection import (
    inspection_alarms,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.canonical import (
    canonical_template,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.step import Run
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.switch_roles import (
    build_switch_template,
)

from tests.unit.runs import make_run

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


def fence_run(groups: Any, before: Any = ..., *, is_check: bool = False, **more: Any) -> Run:
    """Return a run in which the step of the groups ended so and the stack set changes so."""
    changes = [] if before is ... else [{"target": "stack set iam-roles", "before": before}]
    results = {"stack_set": {"changes": changes}, "groups": groups}
    return make_run(results, is_check=is_check, **{**DESIRED, **more})


def found(document: Any, *arns: str) -> dict[str, Any]:
    """Return the result of a step that found role-operator with these policies."""
    roles = {"role-operator": {"managed_policies": arns}, "x": {"managed_policies": ()}}
    return {"inspection": {"fence": document, "roles": roles, "principals": []}}


def fence_problems(run: Run) -> list[str]:
    """Return the alarms about the fence; there are no others without roles that are compared."""
    return [text for subject, text in inspection_alarms(run) if subject == "fence"]


def problems(document: Any, *arns: str, before: Any = ..., check_mode: bool = False) -> list[str]:
    """Return what is wrong when role-operator has these policies and the stack set changes so."""
    return fence_problems(fence_run(found(document, *arns), before, is_check=check_mode))


@pytest.mark.parametrize("template", [TEMPLATE, canonical_template(TEMPLATE)])
def test_the_fence_of_a_template(template):
    assert fence_in(template) == {
        "policy": "policy/jumpaccount/policy-fence-jump-account",
        "document": TEXT,
        "roles": ["role-operator"],
    }


def test_a_template_without_a_fence():
    assert fence_in(OPEN) is None
    assert fence_problems(fence_run(found(None), fence=None)) == []


def test_a_fence_that_stands():
    assert problems(TEXT, OTHER, ARN) == []


@pytest.mark.parametrize(
    "groups",
    [
        {},
        {"failed": True, "msg": "No."},
        {
            "changes": [],
            "failures": [{"subject": "g", "target": "g", "message": "No."}],
            "inspection": None,
        },
        {"inspection": {"fence": None, "roles": {}, "principals": []}},
    ],
    ids=["nobody looked", "the step ended the run", "the step was refused", "no role is there"],
)
def test_no_alarm_without_a_look(groups):
    assert fence_problems(fence_run(groups)) == []


def test_a_look_that_tells_nothing_is_an_alarm():
    (problem,) = fence_problems(fence_run({"changes": [], "inspection": None}))
    assert problem.startswith(
        "Could not check the roles of this collection and the fence in the Jump account "
        f"{JUMP}: the step groups "
    )


@pytest.mark.parametrize(
    ("absent", "before", "is_check", "is_told"),
    [
        (["role-operator"], ..., False, True),
        (["role-operator"], ..., True, True),
        (["role-operator"], {}, False, True),
        (["role-operator"], {}, True, False),
        (["role-other"], ..., False, False),
        ([], ..., False, False),
    ],
)
def test_a_role_that_cloudformation_left_in_the_jump_account(absent, before, is_check, is_told):
    run = fence_run(
        found(None, OTHER), before, is_check=is_check, fence=None, roles_not_in_jump=absent
    )
    problems = fence_problems(run)
    assert len(problems) == is_told
    assert all("role-operator is in the Jump account 111111111111" in p for p in problems)


def test_nothing_is_left_where_nobody_looked():
    assert fence_problems(fence_run({}, roles_not_in_jump=["role-operator"])) == []


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("arns", [(), (OTHER,), (ARN + "-2",)])
def test_a_role_without_the_fence(arns, check_mode):
    assert problems(TEXT, *arns, check_mode=check_mode) == [
        "Switch role role-operator in the Jump account 111111111111 is not fenced: it lacks "
        "policy/jumpaccount/policy-fence-jump-account, so anyone who switches to it can become "
        "administrator of every account. CloudFormation does not restore a detached policy. "
        "Attach it now, and find out who detached it: aws iam attach-role-policy --role-name "
        f"role-operator --policy-arn {ARN}"
    ]


def test_a_fence_that_says_something_else():
    (problem,) = problems({"Version": "2012-10-17", "Statement": []}, ARN)
    assert problem.startswith(
        f"The fence of the Jump account, {ARN}, was changed, and CloudFormation "
    )
    assert f"aws iam set-default-policy-version --policy-arn {ARN} --version-id VERSION" in problem


def test_a_fence_that_is_gone():
    gone, _role = problems(None)
    assert gone.startswith(
        f"The fence of the Jump account, {ARN}, was deleted, and CloudFormation does "
    )
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
    step = {
        "inspection": {"fence": document, "roles": {"role-operator": {"managed_policies": [ARN]}}}
    }
    before = {"template": TEMPLATE}
    assert fence_problems(fence_run(step, before, is_check=True, fence=fence_in(new))) == []
    assert fence_problems(fence_run(step, before, fence=fence_in(new))) != []


@pytest.mark.parametrize("is_check", [True, False])
def test_a_fence_that_the_run_takes_away_stands_until_then(is_check):
    run = fence_run(found(TEXT, ARN), {"template": TEMPLATE}, is_check=is_check, fence=None)
    assert fence_problems(run) == []
