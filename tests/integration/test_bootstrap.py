# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bootstrap as a user runs it: from nothing, again, after changes, in check mode."""

from __future__ import annotations

import json

import pytest

from .conftest import JUMP, LEVELS, MEMBERS, REGION, ROSTER, A, B, C, World, member, people


def arn(account_id: str, level: str) -> str:
    """Return the ARN of a switch role."""
    return f"arn:aws:iam::{account_id}:role/role-{level}"


def limit_of(account_id: str) -> str:
    """Return the policy that lower levels have besides their own in an account."""
    if account_id == JUMP:
        return "policy-fence-jump-account"
    return "policy-guard-member-account"


def test_every_account_has_the_switch_roles(estate):
    for account_id in (JUMP, A, B, C):
        iam = estate.sandbox.client("iam", account_id)
        for level, settings in LEVELS.items():
            role = iam.get_role(RoleName=f"role-{level}")["Role"]
            assert role["MaxSessionDuration"] == settings.get("max_session_duration", 3600)
            (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
            assert statement["Principal"] == {"AWS": [f"arn:aws:iam::{JUMP}:root"]}
            assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": ["true"]}
            attached = iam.list_attached_role_policies(RoleName=f"role-{level}")
            names = {p["PolicyName"] for p in attached["AttachedPolicies"]}
            limits = {limit_of(account_id)} if level != "admin" else set()
            assert names == {*settings["managed_policies"], *limits}


def test_groups_list_exactly_their_accounts(estate):
    iam = estate.sandbox.client("iam")
    expected = {
        "group-admin": {arn(a, "admin") for a in (JUMP, A, B, C)},
        "group-developer": {arn(a, "developer") for a in (JUMP, A, B, C)},
        "group-operator": {arn(a, "operator") for a in (JUMP, A, B, C)},
        **{
            f"group-{level}-{project}": {arn(a, level) for a in accounts}
            for level in LEVELS
            for project, accounts in (("project-a", (A, B)), ("project-b", (C,)))
        },
    }
    assert {g["GroupName"] for g in iam.list_groups()["Groups"]} == set(expected)
    for group, arns in expected.items():
        (name,) = iam.list_group_policies(GroupName=group)["PolicyNames"]
        document = iam.get_group_policy(GroupName=group, PolicyName=name)["PolicyDocument"]
        (statement,) = document["Statement"]
        assert set(statement["Resource"]) == arns
        assert statement["Action"] == ["sts:AssumeRole"]
        assert statement["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}}
        attached = iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"]
        assert [p["PolicyName"] for p in attached] == ["policy-enforce-mfa"]


def test_people_are_members_and_must_change_their_password(estate):
    iam, ssm = estate.sandbox.client("iam"), estate.sandbox.client("ssm")
    groups = {
        "yamada.taro": {"group-admin"},
        "suzuki.ichiro": {"group-operator"},
        "kim.minjun": {"group-operator-project-a", "group-developer-project-b"},
    }
    for name, wanted in groups.items():
        found = iam.list_groups_for_user(UserName=name)["Groups"]
        assert {g["GroupName"] for g in found} == wanted
        profile = iam.get_login_profile(UserName=name)["LoginProfile"]
        assert profile["PasswordResetRequired"] is True
        stored = ssm.get_parameter(
            Name=f"/jumpaccount/initial-password/{name}", WithDecryption=True
        )["Parameter"]
        assert stored["Type"] == "SecureString"
        assert len(stored["Value"]) >= 20


def test_no_password_reaches_output_or_results(world):
    world.write(MEMBERS, ROSTER)
    played = world.play_well("bootstrap", "--diff", "-vvv")
    ssm = world.sandbox.client("ssm")
    texts = played.output + str(played.results)
    for person in ROSTER:
        name = f"/jumpaccount/initial-password/{person['name']}"
        secret = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        assert secret not in texts


def test_jump_account_objects(estate):
    sandbox = estate.sandbox
    s3, cfn = sandbox.client("s3"), sandbox.client("cloudformation")
    bucket = f"aws-iam-templates-{JUMP}"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    keys = {o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    templates = {"iam-roles.yaml", "stackset-execution-role.yaml"}
    assert keys == {*templates, "account-parameters.json"}, "the record names prepared accounts"
    for stack in ("stackset-admin-role", "stackset-execution-role"):
        (found,) = cfn.describe_stacks(StackName=stack)["Stacks"]
        assert found["StackStatus"] == "CREATE_COMPLETE"
        assert found["EnableTerminationProtection"] is True
    stack_set = cfn.describe_stack_set(StackSetName="iam-roles")["StackSet"]
    assert stack_set["PermissionModel"] == "SELF_MANAGED"
    assert stack_set["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
    instances = cfn.list_stack_instances(StackSetName="iam-roles")["Summaries"]
    assert {(i["Account"], i["Region"], i["Status"]) for i in instances} == {
        (a, REGION, "CURRENT") for a in (JUMP, A, B, C)
    }
    policy = sandbox.client("iam").get_account_password_policy()["PasswordPolicy"]
    assert policy["MinimumPasswordLength"] == 20


def test_member_accounts_have_a_protected_execution_role_stack(estate):
    for account_id in (A, B, C):
        cfn = estate.sandbox.client("cloudformation", account_id)
        (found,) = cfn.describe_stacks(StackName="stackset-execution-role")["Stacks"]
        assert found["EnableTerminationProtection"] is True


def test_a_second_run_changes_nothing(estate):
    before = estate.sandbox.calls()
    played = estate.play_well("bootstrap")
    after = estate.sandbox.calls()
    assert played.changed == 0
    assert after["writes"] == before["writes"]
    assert "Nothing to change" in played.output


def test_check_mode_on_an_empty_aws_writes_nothing_and_predicts_the_run(world):
    world.write(MEMBERS, ROSTER)
    predicted = world.play_well("bootstrap", "--check", "--diff")
    assert world.sandbox.calls()["writes"] == 0
    made = world.bootstrap_once()
    assert predicted.changes
    assert predicted.changes == made.changes


def make_outdated(world: World, account_id: str) -> None:
    """Let an update of one stack instance fail, so that it stays outdated."""
    cloudformation = world.sandbox.client("cloudformation")
    world.sandbox.post("faults", {"failing_accounts": [account_id]})
    operation = cloudformation.update_stack_instances(
        StackSetName="iam-roles", Accounts=[account_id], Regions=[REGION]
    )["OperationId"]
    status = "RUNNING"
    while status == "RUNNING":
        found = cloudformation.describe_stack_set_operation(
            StackSetName="iam-roles", OperationId=operation
        )
        status = found["StackSetOperation"]["Status"]
    world.sandbox.post("faults", {})
    instance = cloudformation.describe_stack_instance(
        StackSetName="iam-roles", StackInstanceAccount=account_id, StackInstanceRegion=REGION
    )["StackInstance"]
    assert instance["Status"] == "OUTDATED"


def test_check_mode_on_a_half_built_aws_predicts_the_run(estate):
    iam = estate.sandbox.client("iam")
    iam.remove_user_from_group(UserName="yamada.taro", GroupName="group-admin")
    iam.delete_group_policy(GroupName="group-operator", PolicyName="switch-roles")
    iam.delete_login_profile(UserName="kim.minjun")
    iam.delete_account_password_policy()
    make_outdated(estate, A)
    new = {"project-c-prod": member("555555555555", "project-c")}
    levels = {**LEVELS, "auditor": {"managed_policies": ["SecurityAudit"]}}
    estate.write({**MEMBERS, **new}, [*ROSTER, *people(["ana"], level="auditor")], levels)
    before = estate.sandbox.calls()["writes"]
    predicted = estate.play_well("bootstrap", "--check", "--diff")
    assert estate.sandbox.calls()["writes"] == before
    made = estate.play_well("bootstrap")
    assert len(predicted.changes) > 10
    assert predicted.changes == made.changes
    assert estate.play_well("bootstrap").changes == []


def test_an_account_that_refuses_an_update_is_one_refused_part(estate):
    levels = {**LEVELS, "operator": {"managed_policies": ["job-function/ViewOnlyAccess"]}}
    estate.write(MEMBERS, ROSTER, levels)
    estate.sandbox.post("faults", {"failing_accounts": [A, C]})
    played = estate.play("bootstrap")
    estate.sandbox.post("faults", {})
    assert played.code != 0
    assert "4 in the inventory, 2 with outdated switch roles" in played.output
    assert "\n2 problems:\n" in played.output
    operations = estate.sandbox.client("cloudformation").list_stack_set_operations(
        StackSetName="iam-roles"
    )["Summaries"]
    assert [o["Action"] for o in operations] == ["UPDATE", "CREATE"]
    assert estate.play_well("bootstrap").changes != []


def test_a_changed_level_reaches_every_account(estate):
    levels = {**LEVELS, "operator": {"managed_policies": ["ViewOnlyAccess"]}}
    estate.write(MEMBERS, ROSTER, levels)
    estate.play_well("bootstrap")
    for account_id in (JUMP, A, B, C):
        iam = estate.sandbox.client("iam", account_id)
        attached = iam.list_attached_role_policies(RoleName="role-operator")["AttachedPolicies"]
        assert {p["PolicyName"] for p in attached} == {"ViewOnlyAccess", limit_of(account_id)}


def test_the_roster_withdraws_access_but_nobody_vanishes(estate):
    roster = [*ROSTER[:2], {"name": "kim.minjun", "access": [{"level": "operator"}]}]
    estate.write(MEMBERS, roster)
    estate.play_well("bootstrap")
    groups = estate.sandbox.client("iam").list_groups_for_user(UserName="kim.minjun")
    assert [g["GroupName"] for g in groups["Groups"]] == ["group-operator"]

    estate.write(MEMBERS, ROSTER[:2])
    played = estate.play_well("bootstrap")
    assert "user kim.minjun belongs to this collection, but is not in the roster" in played.output
    # The day is noted at the user, so that the next person of this name is not taken for this one.
    assert [change["target"] for change in played.changes] == ["user kim.minjun"]
    assert "jumpaccount:unlisted" in played.changes[0]["after"]["tags"]
    assert estate.play_well("bootstrap").changes == []


def test_a_person_or_an_account_that_is_refused_does_not_stop_the_others(world):
    iam = world.sandbox.client("iam")
    iam.create_user(UserName="yamada.taro")
    members = {**MEMBERS, "closed": {"account_id": "666666666666", "project": "project-c"}}
    world.write(members, ROSTER)
    played = world.play("bootstrap")
    assert played.code != 0
    assert "User yamada.taro already exists" in played.output
    assert "666666666666" in played.output
    assert "#/stacks/create/review?" in played.output
    assert iam.list_groups_for_user(UserName="yamada.taro")["Groups"] == []
    assert world.sandbox.client("iam", C).get_role(RoleName="role-admin")
    for name in ("suzuki.ichiro", "kim.minjun"):
        assert iam.get_login_profile(UserName=name)


NEW = {**MEMBERS, "project-c-prod": member("555555555555", "project-c")}


@pytest.mark.parametrize("playbook", ["bootstrap", "new_account", "new_user"])
def test_another_region_than_before_is_refused_before_anything_is_written(estate, playbook):
    estate.write(NEW, [*ROSTER, *people(["new.person"], level="admin")], region="eu-west-1")
    before = estate.sandbox.calls()["writes"]
    for options in (("--check",), ()):
        played = estate.play(playbook, *options)
        assert played.code != 0
        assert "this run is for eu-west-1, but the Jump account" in played.output
        assert f"was set up in {REGION}: its role role-stackset-administration" in played.output
        assert "PLAY RECAP" in played.output
        assert "Traceback" not in played.output
        assert played.changes == []
    assert estate.sandbox.calls()["writes"] == before


@pytest.mark.parametrize("playbook", ["new_account", "new_user"])
def test_an_account_that_looks_right_is_refused_before_it_is_read(estate, playbook, monkeypatch):
    environment = estate.environment
    monkeypatch.setattr(
        estate, "environment", lambda log: {**environment(log), "AWS_ACCESS_KEY_ID": A}
    )
    before = estate.sandbox.calls()["by_action"]
    played = estate.play(playbook)
    assert played.code != 0
    assert f"the credentials of this run are for account {A}" in played.message
    asked = estate.sandbox.calls()["by_action"]
    assert {k: n - before.get(k, 0) for k, n in asked.items() if n != before.get(k)} == {
        "sts:GetCallerIdentity": 1
    }


def test_credentials_of_another_account_are_refused_before_a_write(world):
    world.write(MEMBERS, ROSTER, jumps={"jump": {"account_id": "999999999999"}})
    played = world.play("bootstrap")
    assert played.code != 0
    assert "the credentials of this run are for account 111111111111" in played.output
    assert world.sandbox.calls()["writes"] == 0


def test_credentials_of_another_account_are_told_where_a_read_is_refused(estate, monkeypatch):
    environment = estate.environment
    monkeypatch.setattr(
        estate, "environment", lambda log: {**environment(log), "AWS_ACCESS_KEY_ID": A}
    )
    before = estate.sandbox.calls()["writes"]
    for options in (("--check",), ()):
        played = estate.play("bootstrap", *options)
        assert played.code != 0
        assert f"the credentials of this run are for account {A}" in played.output
        assert "somebody else" not in played.output
    assert estate.sandbox.calls()["writes"] == before


def test_an_account_that_left_is_named_until_its_owner_has_closed_it(estate):
    members = {host: found for host, found in MEMBERS.items() if found["account_id"] != B}
    estate.write(members, ROSTER)
    estate.sandbox.client("cloudformation").delete_stack_instances(
        StackSetName="iam-roles", Accounts=[B], Regions=[REGION], RetainStacks=False
    )
    told = f"account {B} left the inventory, but keeps its execution role"
    released = json.dumps({"member_account_released": [B]})
    assert told in estate.play_well("bootstrap").output
    assert told in estate.play_well("bootstrap", "--check").output
    assert told not in estate.play_well("bootstrap", "-e", released).output
    assert told not in estate.play_well("bootstrap", "--check").output
