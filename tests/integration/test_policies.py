# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs from account to account: the fence, stages and exceptions."""

from __future__ import annotations

import json
from typing import Any

import yaml

from .conftest import JUMP, LEVELS, A, B, World, member

PROD, STAGING, OTHER = "222222222222", "333333333333", "444444444444"
ACCOUNTS = (JUMP, PROD, STAGING, OTHER)
MEMBERS = {
    "project-a-prod": member(PROD, "project-a", stage="prod"),
    "project-a-staging": member(STAGING, "project-a", stage="staging"),
    "project-b-prod": member(OTHER, "project-b", stage="prod"),
}
STAGED = {
    **LEVELS,
    "developer": {
        **LEVELS["developer"],
        "stages": {"staging": {"managed_policies": ["AdministratorAccess"]}},
    },
}
FENCE = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-fence-jump-account"
AWS = "arn:aws:iam::aws:policy"


def person(*exceptions: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a roster of one developer with these exceptions."""
    access = [{"level": "developer", "project": "project-a"}]
    return [{"name": "yamada.taro", "access": access, "exceptions": list(exceptions)}]


def exception(until: str = "2099-12-31") -> dict[str, Any]:
    """Return an exception in staging."""
    return {
        "level": "developer",
        "project": "project-a",
        "stage": "staging",
        "until": until,
        "actions": ["iam:GetRole"],
    }


def attached(world: World, account_id: str, role: str) -> set[str]:
    """Return the ARNs of the policies of a role."""
    answer = world.sandbox.client("iam", account_id).list_attached_role_policies(RoleName=role)
    return {policy["PolicyArn"] for policy in answer["AttachedPolicies"]}


def attached_of_aws(world: World, account_id: str, role: str) -> set[str]:
    """Return the ARNs of AWS's own policies of a role, without fence and guard."""
    return {arn for arn in attached(world, account_id, role) if arn.startswith(AWS)}


def inline(world: World, account_id: str, role: str) -> list[str]:
    """Return the names of the inline policies of a role."""
    iam = world.sandbox.client("iam", account_id)
    return list(iam.list_role_policies(RoleName=role)["PolicyNames"])


def template_of(world: World, account_id: str) -> str:
    """Return when the stack of switch roles in an account was touched last."""
    cloudformation = world.sandbox.client("cloudformation", account_id)
    (stack,) = (
        s
        for s in cloudformation.describe_stacks()["Stacks"]
        if s["StackName"].startswith("StackSet-iam-roles-")
    )
    return str(stack.get("LastUpdatedTime") or stack["CreationTime"])


def test_the_fence_is_around_all_but_administrators_in_the_jump_account(world):
    world.write(MEMBERS, person())
    world.bootstrap_once()
    fenced = {
        (account_id, level)
        for account_id in ACCOUNTS
        for level in LEVELS
        if any("fence" in arn for arn in attached(world, account_id, f"role-{level}"))
    }
    assert fenced == {(JUMP, "developer"), (JUMP, "operator")}
    assert attached(world, JUMP, "role-developer") == {f"{AWS}/PowerUserAccess", FENCE}


def test_a_stage_differs_in_its_accounts_only(world):
    world.write(MEMBERS, person(), levels=STAGED)
    world.bootstrap_once()
    has = {a: attached_of_aws(world, a, "role-developer") for a in ACCOUNTS}
    usual = {f"{AWS}/PowerUserAccess"}
    assert has == dict.fromkeys(ACCOUNTS, usual) | {STAGING: {f"{AWS}/AdministratorAccess"}}
    assert world.play_well("bootstrap").changed == 0


def test_an_exception_comes_and_goes_in_its_account_only(world):
    world.write(MEMBERS, person())
    world.bootstrap_once()
    before = {a: template_of(world, a) for a in ACCOUNTS}

    world.write(MEMBERS, person(exception()))
    predicted = world.play_well("bootstrap", "--check")
    assert inline(world, STAGING, "role-developer") == []
    made = world.play_well("bootstrap")
    assert made.changes == predicted.changes
    assert [c["target"] for c in made.changes] == [f"stack instance {STAGING}/ap-northeast-1"]
    assert {a for a in ACCOUNTS if inline(world, a, "role-developer")} == {STAGING}
    untouched = set(ACCOUNTS) - {STAGING}
    assert {a: template_of(world, a) for a in untouched} == {a: before[a] for a in untouched}
    answer = world.sandbox.client("iam", STAGING).get_role_policy(
        RoleName="role-developer", PolicyName="exceptions-1"
    )
    (statement,) = answer["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {
        "DateLessThan": {"aws:CurrentTime": ["2100-01-01T00:00:00Z"]},
        "StringLike": {"aws:userid": ["*:yamada.taro"]},
    }
    assert world.play_well("bootstrap").changed == 0

    world.write(MEMBERS, person(exception(), {**exception(), "stage": "prod"}))
    world.play_well("bootstrap")
    assert {a for a in ACCOUNTS if inline(world, a, "role-developer")} == {STAGING, PROD}

    # One past its day, one taken out of the roster.
    world.write(MEMBERS, person(exception(until="2020-01-01")))
    world.play_well("bootstrap")
    assert {a for a in ACCOUNTS if inline(world, a, "role-developer")} == set()
    assert world.play_well("bootstrap").changed == 0


def test_a_policy_with_a_misspelt_key_makes_no_call(world):
    statement = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransprt": "false"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    levels = {**LEVELS, "dev": {"inline_policies": {"tls": document}}}
    world.write(MEMBERS, person(), levels=levels)
    played = world.play("bootstrap")
    assert played.code != 0
    assert "levels.dev.inline_policies.tls.Statement[0].Condition.Bool" in played.output
    assert world.sandbox.calls()["total"] == 0
    assert json.dumps(document) not in played.output


def test_the_fence_can_be_renamed(world):
    world.write(MEMBERS, person())
    world.bootstrap_once()
    renamed = ("-e", "jump_fence_policy_name=policy-jump-fence")
    predicted = world.play_well("bootstrap", *renamed, "--check")
    assert world.play_well("bootstrap", *renamed).changes == predicted.changes
    policies = world.sandbox.client("iam").list_policies(Scope="Local")["Policies"]
    fences = {p["PolicyName"] for p in policies if "fence" in p["PolicyName"]}
    assert fences == {"policy-jump-fence"}
    assert any("jump-fence" in arn for arn in attached(world, JUMP, "role-developer"))
    assert world.play_well("bootstrap", *renamed).changed == 0


def roles_in(world, account_id):
    """Return the switch roles of an account."""
    roles = world.sandbox.client("iam", account_id).list_roles()["Roles"]
    levels = [f"role-{level}" for level in LEVELS]
    return sorted(r["RoleName"] for r in roles if r["RoleName"] in levels)


def switch_resources(world, group):
    """Return the roles that a group may switch to."""
    iam = world.sandbox.client("iam")
    (name,) = iam.list_group_policies(GroupName=group)["PolicyNames"]
    document = iam.get_group_policy(GroupName=group, PolicyName=name)["PolicyDocument"]
    return document["Statement"][0]["Resource"]


def test_only_administrators_have_a_role_in_the_jump_account(estate):
    every, admin = sorted(f"role-{level}" for level in LEVELS), ("role-admin",)
    assert roles_in(estate, JUMP) == roles_in(estate, A) == every
    only_admin = ("-e", "jump_roles_in_jump_account=admin")
    predicted = estate.play_well("bootstrap", *only_admin, "--check")
    for played in (predicted, estate.play_well("bootstrap", *only_admin)):
        assert "in the Jump account only admin" in played.output
        assert "the Jump account" in played.output
        assert played.changes == predicted.changes
    assert "developer removed from the Jump account" in played.output
    assert "fence     " in played.output
    assert roles_in(estate, JUMP) == list(admin)
    assert roles_in(estate, A) == every
    for group in ("group-developer", "group-operator"):
        assert not [arn for arn in switch_resources(estate, group) if JUMP in arn]
    assert [arn for arn in switch_resources(estate, "group-admin") if JUMP in arn]
    again = estate.play_well("bootstrap", *only_admin)
    assert (again.changed, again.changes) == (0, [])
    assert "Nothing to change" in again.output

    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"},
                "Action": "sts:AssumeRole",
            },
        }
    )
    estate.sandbox.client("iam").create_role(
        RoleName="role-developer", AssumeRolePolicyDocument=trust
    )
    played = estate.play("bootstrap", *only_admin)
    assert played.code != 0
    assert "Switch role role-developer is in the Jump account" in played.output


def test_a_company_of_lower_levels_only_needs_them_in_the_jump_account(world):
    world.write(MEMBERS, person(), {"developer": LEVELS["developer"]})
    played = world.play("bootstrap", "-e", "jump_roles_in_jump_account=admin")
    assert played.code != 0
    assert "roles_in_jump_account: with 'admin'" in played.output
    assert world.sandbox.calls()["total"] == 0


def guards(world, account_id):
    """Return the guards of an account, each with the roles that have it."""
    iam = world.sandbox.client("iam", account_id)
    return {
        policy["PolicyName"]: sorted(
            role["RoleName"]
            for role in iam.list_entities_for_policy(PolicyArn=policy["Arn"])["PolicyRoles"]
        )
        for policy in iam.list_policies(Scope="Local")["Policies"]
        if "guard" in policy["PolicyName"]
    }


def test_lower_levels_of_member_accounts_are_guarded(estate):
    lower = ["role-developer", "role-operator"]
    assert guards(estate, A) == guards(estate, B) == {"policy-guard-member-account": lower}
    assert guards(estate, JUMP) == {}
    renamed = ("-e", "jump_guard_policy_name=policy-member-guard")
    predicted = estate.play_well("bootstrap", *renamed, "--check")
    played = estate.play_well("bootstrap", *renamed)
    assert played.changes == predicted.changes
    assert guards(estate, A) == {"policy-member-guard": lower}
    again = estate.play_well("bootstrap", *renamed)
    assert again.changed == 0


def deploy_without_guard(world):
    """Deploy the stack set as the version before did."""
    cloudformation = world.sandbox.client("cloudformation")
    found = cloudformation.describe_stack_set(StackSetName="iam-roles")["StackSet"]
    template = yaml.safe_load(found["TemplateBody"])
    del template["Resources"]["MemberAccountGuard"]
    del template["Conditions"]["IsMemberAccount"]
    text = json.dumps(template).replace('{"Ref": "MemberAccountGuard"}', '{"Ref": "AWS::NoValue"}')
    started = cloudformation.update_stack_set(
        StackSetName="iam-roles",
        TemplateBody=text,
        Capabilities=found["Capabilities"],
        AdministrationRoleARN=found["AdministrationRoleARN"],
        ExecutionRoleName=found["ExecutionRoleName"],
    )
    which = {"StackSetName": "iam-roles", "OperationId": started["OperationId"]}
    status = "RUNNING"
    while status in ("QUEUED", "RUNNING"):
        operation = cloudformation.describe_stack_set_operation(**which)["StackSetOperation"]
        status = operation["Status"]
    assert status == "SUCCEEDED"


def test_an_estate_of_the_version_before_gets_the_guard_with_one_bootstrap(estate):
    """The stack set as it was deployed before there was a guard."""
    deploy_without_guard(estate)
    assert guards(estate, A) == {}
    predicted = estate.play_well("bootstrap", "--check")
    assert "guard" in predicted.output
    assert "to add in the member accounts" in predicted.output
    played = estate.play_well("bootstrap")
    assert played.changes == predicted.changes
    assert guards(estate, A) == {"policy-guard-member-account": ["role-developer", "role-operator"]}
    assert estate.play_well("bootstrap").changed == 0
