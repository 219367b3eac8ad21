# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""New accounts and new people, as their playbooks add them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

from .conftest import JUMP, LEVELS, Played, World, member, people

A, B, CLOSED = "222222222222", "555555555555", "666666666666"
MEMBERS = {"project-a-prod": member(A, "project-a")}
NEW = {"project-c-prod": member(B, "project-c")}
ROSTER = people(["yamada.taro", "suzuki.ichiro"], level="admin")


def test_new_account_reaches_global_groups_and_gets_groups_of_its_project(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    world.write({**MEMBERS, **NEW}, ROSTER)
    world.play_well("new_account", "--limit", "project-c-prod")
    iam = world.sandbox.client("iam")
    document = iam.get_group_policy(GroupName="group-admin", PolicyName="switch-roles")
    (statement,) = document["PolicyDocument"]["Statement"]
    assert set(statement["Resource"]) == {
        f"arn:aws:iam::{account}:role/role-admin" for account in (JUMP, A, B)
    }
    assert iam.get_group(GroupName="group-operator-project-c")
    assert world.sandbox.client("iam", B).get_role(RoleName="role-developer")
    again = world.play_well("new_account", "--limit", "project-c-prod")
    assert again.changed == 0
    assert world.play_well("bootstrap").changed == 0


def test_new_account_leaves_other_new_accounts_alone(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    other = {"project-d-prod": member("777777777777", "project-d")}
    world.write({**MEMBERS, **NEW, **other}, ROSTER)
    world.play_well("new_account", "--limit", "project-c-prod")
    cfn = world.sandbox.client("cloudformation")
    instances = cfn.list_stack_instances(StackSetName="iam-roles")["Summaries"]
    assert {i["Account"] for i in instances} == {JUMP, A, B}


def test_new_account_without_access_ends_with_a_link_and_the_other_is_done(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    closed = {"project-e-prod": {"account_id": CLOSED, "project": "project-e"}}
    world.write({**MEMBERS, **NEW, **closed}, ROSTER)
    options = ("--limit", "project-c-prod,project-e-prod")
    predicted = world.play_well("new_account", "--check", *options)
    played = world.play_well("new_account", *options)
    assert played.changes == predicted.changes
    for run in (predicted, played):
        assert waiting_in(run) == {CLOSED}
        assert "1 account waits for its owner" in run.output
    instances = world.sandbox.client("cloudformation").list_stack_instances(
        StackSetName="iam-roles"
    )["Summaries"]
    assert {i["Account"]: i["Status"] for i in instances} == {
        **dict.fromkeys((JUMP, A, B), "CURRENT"),
        CLOSED: "OUTDATED",
    }
    assert world.sandbox.client("iam", B).get_role(RoleName="role-developer")
    (link,) = {
        text
        for run in (predicted, played)
        for text in re.findall(r"https://\S+review\S+", run.output)
    }
    assert f"param_AdminAccountId={JUMP}" in link
    follow(link, world.sandbox.client("cloudformation", CLOSED))
    opened = world.play_well("new_account", "--limit", "project-e-prod")
    assert waiting_in(opened) == set()
    assert world.sandbox.client("iam", CLOSED).get_role(RoleName="role-developer")


def waiting_in(played: Played) -> set[str]:
    """Return the accounts that wait for their owners, as the module tells them."""
    return {
        w["account_id"] for r in played.results if "unlisted" in r for w in r.get("waiting", [])
    }


def follow(link: str, console: Any) -> None:
    """Create the stack as the console does that is opened with a quick-create link."""
    given = {name: values[0] for name, values in parse_qs(link.split("create/review?")[1]).items()}
    console.create_stack(
        StackName=given["stackName"],
        TemplateURL=given["templateURL"],
        Parameters=[{"ParameterKey": "AdminAccountId", "ParameterValue": JUMP}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    console.get_waiter("stack_create_complete").wait(
        StackName=given["stackName"], WaiterConfig={"Delay": 1}
    )


def test_new_account_leaves_new_levels_to_bootstrap(world: World):
    world.write(MEMBERS, ROSTER)
    played = world.play("new_account", "--limit", "project-a-prod")
    assert played.code != 0
    assert "because it does not exist. Nothing was changed. Run bootstrap first" in played.output
    world.bootstrap_once()
    levels = {**LEVELS, "auditor": {"managed_policies": ["SecurityAudit"]}}
    exception = {
        "level": "auditor",
        "project": "project-c",
        "actions": ["s3:ListAllMyBuckets"],
        "until": "2099-12-31",
    }
    access = [{"level": "auditor", "project": "project-c"}]
    auditor = {"name": "aki", "access": access, "exceptions": [exception]}
    world.write({**MEMBERS, **NEW}, [*ROSTER, auditor], levels)
    before = world.sandbox.calls()["writes"]
    for options in (("--check",), ()):
        played = world.play("new_account", "--limit", "project-c-prod", *options)
        assert played.code != 0
        assert "deploys. Nothing was changed. Run bootstrap first" in played.output
        assert played.changes == []
    assert world.sandbox.calls()["writes"] == before
    world.play_well("bootstrap")
    assert world.sandbox.client("iam", B).get_role(RoleName="role-auditor")


def test_new_user_leaves_levels_and_exceptions_to_bootstrap(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    levels = {**LEVELS, "auditor": {"managed_policies": ["SecurityAudit"]}}
    exception = {
        "level": "operator",
        "project": "project-a",
        "actions": ["*"],
        "until": "2099-12-31",
    }
    operator = {**people(["ana"], level="operator")[0], "exceptions": [exception]}
    world.write(MEMBERS, [*ROSTER, operator, *people(["aki"], level="auditor")], levels)
    for options in (("--check",), ()):
        played = world.play_well("new_user", "-e", "user_name=ana", *options)
        assert "bootstrap sets up groups, switch roles and exceptions" in played.output
        assert "exceptions here: ana in operator of project-a until 2099-12-31" in played.output
        wide = "exception of ana in operator of project-a"
        assert f"{wide} allows every action; list only the actions" in played.output
        assert f"{wide} ends on 2099-12-31, more than a year from now" in played.output
    for options in (("--check",), ()):
        played = world.play("new_user", "-e", "user_name=aki", *options)
        assert played.code != 0
        assert (
            "User aki was not added to group-auditor, because group-auditor does not exist"
            in played.output
        )
        assert played.changes == []
    assert world.play_well("bootstrap").changes
    assert world.play_well("new_user").changes == []


def test_new_user_adds_only_the_named_person(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    world.write(MEMBERS, [*ROSTER, *people(["ana", "bo"], level="operator")])
    before = world.sandbox.calls()["by_action"]
    played = world.play_well("new_user", "-e", "user_name=ana")
    after = world.sandbox.calls()["by_action"]
    written = {k: n - before.get(k, 0) for k, n in after.items() if n != before.get(k, 0)}
    writes = {
        key: number
        for key, number in written.items()
        if key.split(":")[1].startswith(("Create", "Add", "Put", "Update", "Tag"))
    }
    assert writes == {
        "iam:CreateUser": 1,
        "iam:AddUserToGroup": 1,
        # The password, and the record that everybody has one.
        "ssm:PutParameter": 2,
        "iam:CreateLoginProfile": 1,
    }
    assert "https://111111111111.signin.aws.amazon.com/console" in played.output
    assert "/jumpaccount/initial-password/ana" in played.output
    again = world.play_well("new_user", "-e", "user_name=ana")
    assert again.changed == 0


def test_an_initial_password_is_deleted_after_the_first_sign_in(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    ssm = world.sandbox.client("ssm")
    name = "/jumpaccount/initial-password/yamada.taro"
    password = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    world.sandbox.post(
        "sign_in",
        {
            "account_id": JUMP,
            "user_name": "yamada.taro",
            "password": password,
            "new_password": "A-new-Passw0rd-of-my-own!",
        },
    )
    played = world.play_well("new_user")
    assert [c["target"] for c in played.changes] == ["initial password yamada.taro"]
    stored = ssm.describe_parameters()["Parameters"]
    assert [p["Name"] for p in stored] == [
        "/jumpaccount/initial-password/_issued",
        "/jumpaccount/initial-password/suzuki.ichiro",
    ]
