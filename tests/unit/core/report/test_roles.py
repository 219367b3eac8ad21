# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether our roles in the Jump account are as deployed: every kind of change on each role."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind, ObjectId
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    Request,
    parse_request,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.roles import (
    describe_roles,
    role_problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.canonical import (
    canonical_template,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.step import Run

from tests.unit.runs import failure, make_run

JUMP = "111111111111"
AWS = "arn:aws:iam::aws:policy"
STRANGER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["999999999999"]}}],
}
REQUEST = Request(
    hosts=[
        {"host": "jump", "is_jump": True, "account_id": JUMP},
        {"host": "a", "is_member": True, "account_id": "2" * 12, "stage": "prod"},
    ],
    levels={
        "admin": {"managed_policies": ["AdministratorAccess"]},
        "operator": {
            "managed_policies": ["ReadOnlyAccess"],
            "permissions_boundary": {"customer": "limit"},
            "inline_policies": {
                "own": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
                }
            },
            "stages": {"prod": {"managed_policies": ["PowerUserAccess"]}},
        },
    },
    roster=[{"name": "ana", "access": [{"level": "admin"}]}],
    region="eu-west-1",
    names={},
)
DESIRED = build_desired(parse_request(REQUEST), REQUEST)
ROLES = {name: role for roles in DESIRED["roles"].values() for name, role in roles.items()}
DONE = {"changes": []}
BOOTSTRAP = dict.fromkeys(
    ("administration_role", "own_execution_role", "stack_set", "stack_instances"), DONE
)
WAYS: dict[str, dict[str, Any]] = {
    "bootstrap": BOOTSTRAP,
    "new_account": {"stack_instances": DONE, "groups": DONE},
    "new_user": {"users": DONE},
}


def run_of(results: dict[str, Any], *, is_check: bool = False, **desired: Any) -> Run:
    """Return a run that wanted what the request says."""
    return make_run(results, is_check=is_check, **{**DESIRED, **desired})


def planted(name: str, **changes: Any) -> dict[str, Any]:
    """Return our roles, one of them changed by somebody."""
    return {**deepcopy(ROLES), name: {**ROLES[name], **changes}}


CHANGES = {
    "trust": (
        lambda _name: {"trust_policy": STRANGER},
        "its trust policy is not the expected one",
        'aws iam update-assume-role-policy --role-name {} --policy-document \'{{"Version"',
    ),
    "attached": (
        lambda n: {
            "managed_policies": [*ROLES[n]["managed_policies"], f"{AWS}/IAMFullAccess"],
        },
        f"it has policy {AWS}/IAMFullAccess, which is not from this collection",
        f"aws iam detach-role-policy --role-name {{}} --policy-arn {AWS}/IAMFullAccess",
    ),
    "inline": (
        lambda n: {"inline_policies": {**ROLES[n]["inline_policies"], "mine": STRANGER}},
        "it has inline policy mine, which is not from this collection",
        "aws iam delete-role-policy --role-name {} --policy-name mine",
    ),
    "boundary": (
        lambda _name: {"permissions_boundary": f"{AWS}/ReadOnlyAccess"},
        f"its permissions boundary is {AWS}/ReadOnlyAccess",
        "role-permissions-boundary --role-name {}",
    ),
    "sessions": (
        lambda _name: {"max_session_duration": 43200},
        "its maximum session duration is 43200 seconds instead of 3600",
        "aws iam update-role --role-name {} --max-session-duration 3600",
    ),
}


def test_the_roles_of_the_jump_account_are_worked_out():
    assert {step: sorted(roles) for step, roles in DESIRED["roles"].items()} == {
        "administration_role": ["role-stackset-administration"],
        "own_execution_role": ["AWSCloudFormationStackSetExecutionRole"],
        "stack_set": ["role-admin", "role-operator"],
    }
    assert DESIRED["inspect"]["roles"] == sorted(ROLES)
    operator = ROLES["role-operator"]
    assert operator["managed_policies"] == [
        f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-fence-jump-account",
        f"{AWS}/ReadOnlyAccess",
    ]
    assert list(operator["inline_policies"]) == ["own"]
    assert operator["permissions_boundary"] == f"arn:aws:iam::{JUMP}:policy/limit"
    execution = ROLES["AWSCloudFormationStackSetExecutionRole"]
    (statement,) = execution["trust_policy"]["Statement"]
    assert statement["Principal"] == {"AWS": [JUMP]}
    assert statement["Condition"]["ArnEquals"] == {
        "aws:PrincipalArn": [f"arn:aws:iam::{JUMP}:role/role-stackset-administration"]
    }


@pytest.mark.parametrize("is_check", [False, True])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("name", sorted(ROLES))
def test_every_change_of_every_role_is_an_alarm(name, kind, way, is_check):
    run = run_of(WAYS[way], is_check=is_check)
    change, words, command = CHANGES[kind]
    found = planted(name, **change(name))
    assert role_problems(run, ROLES) == {}
    ((subject, text),) = role_problems(run, found).items()
    assert subject == name
    assert text.startswith(
        f"Role {name} in the Jump account {JUMP} is not what this collection deploys: {words}. "
    )
    assert command.format(name) in text
    assert ("run bootstrap first" in text) == (way != "bootstrap")


@pytest.mark.parametrize(
    ("changes", "words", "command"),
    [
        (
            {"managed_policies": []},
            f"it lacks policy {AWS}/ReadOnlyAccess. ",
            f"aws iam attach-role-policy --role-name role-operator --policy-arn {AWS}/ReadOnly",
        ),
        (
            {"inline_policies": {}},
            "its inline policy own is missing. ",
            "aws iam put-role-policy --role-name role-operator --policy-name own --policy-document",
        ),
        (
            {"inline_policies": {"own": STRANGER}},
            "its inline policy own was changed. ",
            "aws iam put-role-policy --role-name role-operator --policy-name own --policy-document",
        ),
        (
            {"permissions_boundary": None},
            "its permissions boundary is gone. ",
            f"--role-name role-operator --permissions-boundary arn:aws:iam::{JUMP}:policy/limit",
        ),
    ],
)
def test_what_a_role_lacks_is_an_alarm(changes, words, command):
    (text,) = role_problems(run_of(BOOTSTRAP), planted("role-operator", **changes)).values()
    assert words in text
    assert command in text


def test_several_changes_of_a_role_are_one_alarm():
    found = planted("role-admin", trust_policy=STRANGER, permissions_boundary="arn:b")
    (text,) = role_problems(run_of(BOOTSTRAP), found).values()
    assert "its trust policy is not the expected one; its permissions boundary is arn:b. " in text
    assert "'; aws iam delete-role-permissions-boundary --role-name role-admin" in text


@pytest.mark.parametrize("fence", [DESIRED["fence"], None])
def test_the_fence_is_left_to_its_own_check(fence):
    run = run_of(BOOTSTRAP, fence=fence)
    found = planted("role-operator", managed_policies=[f"{AWS}/ReadOnlyAccess"])
    assert len(role_problems(run, found)) == (0 if fence else 1)


def test_roles_that_are_not_there_yet_are_no_alarm():
    assert role_problems(run_of(BOOTSTRAP), {}) == {}


OTHER = replace(REQUEST, levels={**REQUEST.levels, "admin": {"managed_policies": ["Billing"]}})
FORMER = build_desired(parse_request(OTHER), OTHER)
STACK_OF = {
    "administration_role": ("administration", f"stack {JUMP}/stackset-administration-role"),
    "own_execution_role": ("execution", f"stack {JUMP}/stackset-execution-role"),
    "stack_set": ("switch_roles", "stack set iam-roles"),
}


def updating(step: str, before: Any, **more: Any) -> dict[str, Any]:
    """Return results of a bootstrap in which a step updates its stack."""
    change = {"target": STACK_OF[step][1], "before": before}
    return {**BOOTSTRAP, step: {"changes": [change], **more}}


@pytest.mark.parametrize(
    ("is_check", "failures", "alarms_about_former", "alarms_about_new"),
    [(True, [], 0, 1), (False, [], 0, 0), (False, [failure(JUMP, "No.")], 0, 0)],
    ids=["check mode", "updated, or shown as before", "the update failed"],
)
def test_what_counts_is_what_is_deployed_when_the_roles_are_read(
    is_check, failures, alarms_about_former, alarms_about_new
):
    before = {"template": canonical_template(FORMER["templates"]["switch_roles"])}
    run = run_of(updating("stack_set", before, failures=failures), is_check=is_check)
    former = planted("role-admin", **FORMER["roles"]["stack_set"]["role-admin"])
    assert len(role_problems(run, former)) == alarms_about_former
    assert len(role_problems(run, ROLES)) == alarms_about_new
    assert len(role_problems(run, planted("role-admin", trust_policy=STRANGER))) == 1


@pytest.mark.parametrize("step", STACK_OF)
def test_what_the_run_would_make_is_not_there_in_check_mode(step):
    run = run_of(updating(step, None), is_check=True)
    found = {name: {**role, "trust_policy": STRANGER} for name, role in ROLES.items()}
    assert set(ROLES) - set(role_problems(run, found)) == set(DESIRED["roles"][step])


@pytest.mark.parametrize("step", STACK_OF)
def test_templates_as_cloudformation_keeps_them_say_the_same(step):
    name, _target = STACK_OF[step]
    before = {"template": canonical_template(DESIRED["templates"][name])}
    assert role_problems(run_of(updating(step, before), is_check=True), ROLES) == {}


FOREIGN = {
    "Resources": {
        "Nameless": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/"}},
        "Joined": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "role-admin",
                "AssumeRolePolicyDocument": {
                    "Statement": {"Principal": {"AWS": {"Fn::Join": [":", ["a", "b"]]}}}
                },
                "ManagedPolicyArns": ["arn:a", {"Ref": "Limit"}, {"Fn::ImportValue": "x"}],
                "Policies": [{"PolicyName": {"Fn::Join": ["", ["p"]]}}],
            },
        },
        "Limit": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {}},
        "Bare": {"Type": "AWS::IAM::ManagedPolicy"},
    }
}


def test_a_template_of_somebody_else_that_the_run_replaces_ends_nothing():
    run = run_of(updating("stack_set", {"template": FOREIGN}), is_check=True)
    assert list(role_problems(run, ROLES)) == ["role-admin"]


def test_protecting_a_stack_changes_no_role():
    change = {"target": f"termination protection of stack {JUMP}/x", "before": None}
    run = run_of({**BOOTSTRAP, "administration_role": {"changes": [change]}}, is_check=True)
    found = planted("role-stackset-administration", trust_policy=STRANGER)
    assert len(role_problems(run, found)) == 1


@pytest.mark.parametrize(("account_id", "alarms"), [(JUMP, 0), ("2" * 12, 1)])
def test_roles_that_the_run_rolls_out_after_the_look_are_left_to_the_next_run(account_id, alarms):
    change = {"target": f"stack instance {account_id}/eu-west-1", "before": {}}
    run = run_of({**BOOTSTRAP, "stack_instances": {"changes": [change]}})
    assert len(role_problems(run, planted("role-admin", trust_policy=STRANGER))) == alarms


def test_roles_as_they_are():
    state = {
        ObjectId(Kind.ROLE, ("r",)): {"trust_policy": STRANGER, "permissions_boundary": None},
        ObjectId(Kind.ROLE_ATTACHMENT, ("r", "arn:2")): {},
        ObjectId(Kind.ROLE_ATTACHMENT, ("r", "arn:1")): {},
        ObjectId(Kind.ROLE_POLICY, ("r", "own")): STRANGER,
    }
    assert describe_roles(state, {"r": 7200}) == {
        "r": {
            "trust_policy": STRANGER,
            "managed_policies": ["arn:1", "arn:2"],
            "inline_policies": {"own": STRANGER},
            "permissions_boundary": None,
            "max_session_duration": 7200,
        }
    }


def test_a_role_made_between_the_two_reads_has_no_session_length_to_compare():
    found = planted("role-admin", max_session_duration=None)
    assert role_problems(run_of(BOOTSTRAP), found) == {}
