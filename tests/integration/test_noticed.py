# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody did by hand, and what left inventory and roster: told, or loud, never silent."""

from __future__ import annotations

import json

from .conftest import JUMP, LEVELS, REGION, World, member, people

A, B = "222222222222", "333333333333"
MEMBERS = {
    "project-a-prod": member(A, "project-a", stage="prod"),
    "project-b-prod": member(B, "project-b", stage="prod"),
}
ROSTER = people(["alice", "bob"], level="operator")
FENCE = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-fence-jump-account"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
)


def test_what_leaves_inventory_and_roster_is_told_with_what_to_do(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    world.write({"project-a-prod": MEMBERS["project-a-prod"]}, ROSTER[:1])
    for options in ((), ("--check",)):
        played = world.play_well("bootstrap", *options)
        for line in (
            f"  account {B} is not in the inventory, but keeps its stack",
            f"--accounts {B} --regions {REGION} --no-retain-stacks",
            (
                "  group group-admin-project-b belongs to this collection, but inventory and "
                "levels no longer need it"
            ),
            "  user bob belongs to this collection, but is not in the roster. It keeps its "
            "password, keys and groups (group-operator), so it still has access",
        ):
            assert line in played.output, line
    assert played.changes == []
    limited = world.play_well("bootstrap", "--limit", "jump")
    assert f"account {A}" not in limited.output

    (command,) = (line for line in played.output.splitlines() if "put-user-policy" in line)
    document = command.partition("--policy-document '")[2].rstrip("'")
    world.sandbox.client("iam").put_user_policy(
        UserName="bob", PolicyName="left-the-company", PolicyDocument=document
    )
    cloudformation = world.sandbox.client("cloudformation")
    cloudformation.delete_stack_instances(
        StackSetName="iam-roles", Accounts=[B], Regions=[REGION], RetainStacks=False
    )
    # The sandbox goes on with an operation when somebody looks at it, which a run need not do.
    operations = [{"Status": "RUNNING"}]
    while operations[0]["Status"] in ("QUEUED", "RUNNING"):
        found = cloudformation.list_stack_set_operations(StackSetName="iam-roles")
        operations = found["Summaries"]
    played = world.play_well("bootstrap")
    assert "policy left-the-company shuts it out" in played.output
    assert f"account {B} is not in the inventory" not in played.output
    assert f"account {B} left the inventory, but keeps its execution role" in played.output
    released = world.play_well("bootstrap", "-e", f'{{"member_account_released": ["{B}"]}}')
    assert f"account {B}" not in released.output


def test_what_is_not_ours_is_told_and_not_touched(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    iam = world.sandbox.client("iam")
    iam.attach_group_policy(GroupName="group-operator", PolicyArn=READ_ONLY)
    iam.put_group_policy(GroupName="group-admin", PolicyName="mine", PolicyDocument=DOCUMENT)
    iam.attach_user_policy(UserName="alice", PolicyArn=READ_ONLY)
    iam.put_user_policy(UserName="bob", PolicyName="own", PolicyDocument=DOCUMENT)
    iam.create_user(UserName="Carol")
    iam.add_user_to_group(UserName="Carol", GroupName="group-admin")
    before = world.sandbox.calls()
    played = world.play_well("bootstrap")
    after = world.sandbox.calls()
    assert after["writes"] == before["writes"]
    for line in (
        f"group group-operator has policy {READ_ONLY}, which is not from this collection",
        "group group-admin has policy mine, which is not from this collection",
        f"user alice has policy {READ_ONLY} attached directly",
        "user bob has policy own attached directly",
        "user Carol is in group-admin, but not in the roster",
    ):
        assert f"  {line}" in played.output, line


def test_a_fence_that_somebody_took_away_is_loud_until_it_is_back(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    iam = world.sandbox.client("iam")
    iam.detach_role_policy(RoleName="role-operator", PolicyArn=FENCE)
    for options in ((), ("--check",)):
        played = world.play("bootstrap", *options)
        assert played.code != 0
        assert played.changes == []
        assert "Switch role role-operator in the Jump account" in played.output
        assert "role-developer in the Jump account" not in played.output
    lines = played.output.splitlines()
    (line,) = (w for w in lines if w.startswith("  - Switch role role-operator"))
    words = line.partition("aws iam attach-role-policy ")[2].split()
    iam.attach_role_policy(RoleName=words[1], PolicyArn=words[3])

    wider = {"Version": "2012-10-17", "Statement": []}
    version = iam.create_policy_version(
        PolicyArn=FENCE,
        PolicyDocument=json.dumps({**wider, "Statement": json.loads(DOCUMENT)["Statement"]}),
        SetAsDefault=True,
    )["PolicyVersion"]["VersionId"]
    played = world.play("bootstrap")
    assert played.code != 0
    assert "was changed, and CloudFormation does not change it back" in played.output
    assert "is not fenced" not in played.output
    iam.set_default_policy_version(PolicyArn=FENCE, VersionId="v1")
    iam.delete_policy_version(PolicyArn=FENCE, VersionId=version)
    world.play_well("bootstrap")


def test_a_level_that_gets_its_fence_in_this_run_is_no_alarm(world: World):
    levels = {**LEVELS, "operator": {**LEVELS["operator"], "fenced": False}}
    world.write(MEMBERS, ROSTER, levels)
    world.bootstrap_once()
    world.write(MEMBERS, ROSTER)
    predicted = world.play_well("bootstrap", "--check")
    made = world.play_well("bootstrap")
    assert predicted.changes == made.changes != []


def test_a_name_in_another_spelling_is_refused_before_anything_is_tried(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    iam = world.sandbox.client("iam")
    iam.create_user(UserName="Carol")
    iam.create_group(GroupName="Group-Auditor")
    levels = {**LEVELS, "auditor": {"managed_policies": ["SecurityAudit"]}}
    world.write(MEMBERS, people(["Alice", "bob", "carol"], level="operator"), levels)
    adopt = ("-e", "jump_users_adopt=true jump_account_adopt_groups=true")
    predicted = world.play("bootstrap", "--check", *adopt)
    made = world.play("bootstrap", *adopt)
    for played in (predicted, made):
        assert played.code != 0
        assert "EntityAlreadyExists" not in played.output
        for name, there in (("User Alice", "alice"), ("User carol", "Carol")):
            assert f"{name} already exists as {there}" in played.output
        assert "Group group-auditor already exists as Group-Auditor" in played.output
        assert (
            "user alice belongs to this collection, but is not in the roster" not in played.output
        )
    assert predicted.changes == made.changes


def test_a_new_name_of_the_mfa_policy_never_leaves_a_group_without_one(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    new = ("-e", "jump_mfa_policy_name=mfa-new")
    predicted = world.play_well("bootstrap", "--check", *new)
    made = world.play_well("bootstrap", *new)
    assert predicted.changes == made.changes
    targets = [f"{c['action']} {c['target']}" for c in made.changes]
    attached = [n for n, t in enumerate(targets) if t.startswith("create MFA policy of group")]
    detached = [n for n, t in enumerate(targets) if t.startswith("delete MFA policy of group")]
    assert len(attached) == len(detached) > 0
    assert max(attached) < min(detached)
    assert (
        "policy policy-enforce-mfa belongs to this collection, but is no longer attached to "
        "anything"
    ) in made.output
    assert world.play_well("bootstrap", *new).changes == []
