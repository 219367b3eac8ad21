# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups that do not force MFA: nobody joins them, nobody in them gets a password."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.person import Person

from .conftest import JUMP, REGION, Played, World, member, people

MEMBERS = {"project-a-prod": member("222222222222", "project-a", stage="prod")}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
MFA = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-enforce-mfa"
ADOPT = ("-e", "jump_users_adopt=true jump_account_adopt_groups=true")
HARMLESS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    }
)
PASSWORD = "A-new-Passw0rd-of-my-own!"


def has_password(world: World, name: str) -> bool:
    """Return whether a user is there and has a login profile."""
    iam = world.sandbox.client("iam")
    try:
        iam.get_login_profile(UserName=name)
    except iam.exceptions.NoSuchEntityException:
        return False
    return True


def groups_of(world: World, name: str) -> list[str]:
    """Return the groups of a user, none when there is no such user."""
    iam = world.sandbox.client("iam")
    try:
        return [g["GroupName"] for g in iam.list_groups_for_user(UserName=name)["Groups"]]
    except iam.exceptions.NoSuchEntityException:
        return []


def first_call(world: World, name: str) -> str:
    """Sign in with the initial password, without MFA, and try what only administrators may."""
    parameter = f"/jumpaccount/initial-password/{name}"
    ssm = world.sandbox.client("ssm")
    stored = ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
    person = Person(world.sandbox.address, JUMP, name, REGION)
    person.sign_in(stored, new_password=PASSWORD)
    try:
        person.client("iam").create_user(UserName="mine")
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "OK"


def check_and_run(world: World, playbook: str, *options: str) -> Played:
    """Return a run that must end like its prediction: refused, with the same changes."""
    predicted = world.play(playbook, "--check", *options)
    made = world.play(playbook, *options)
    assert (predicted.code, made.code) == (2, 2), made.output
    assert predicted.changes == made.changes
    return made


def make_by_hand(world: World, policies: int) -> Any:
    """Make group-admin with policies that are not ours."""
    iam = world.sandbox.client("iam")
    iam.create_group(GroupName="group-admin")
    iam.attach_group_policy(GroupName="group-admin", PolicyArn=ADMINISTRATOR)
    for number in range(1, policies):
        policy = iam.create_policy(
            PolicyName=f"theirs-{number}",
            PolicyDocument=HARMLESS,
        )["Policy"]["Arn"]
        iam.attach_group_policy(GroupName="group-admin", PolicyArn=policy)
    return iam


@pytest.mark.parametrize(
    ("policies", "options", "reason"),
    [
        (1, (), "Group group-admin of account 111111111111 already exists under path /"),
        (10, ADOPT, "Group group-admin has 10 managed policies and would have 11"),
    ],
)
def test_nobody_joins_a_group_that_was_refused(world: World, policies, options, reason):
    make_by_hand(world, policies)
    world.write(MEMBERS, [*people(["ada"], level="admin"), *people(["otto"], level="operator")])
    made = check_and_run(world, "bootstrap", *options)
    assert reason in made.output
    assert "User ada was not added to group-admin" in made.output
    assert (groups_of(world, "ada"), has_password(world, "ada")) == ([], False)
    assert (groups_of(world, "otto"), has_password(world, "otto")) == (["group-operator"], True)
    assert "/jumpaccount/initial-password/ada" not in made.output
    assert first_call(world, "otto") == "AccessDenied"


def test_nobody_joins_a_group_that_lost_its_mfa_policy(world: World):
    world.write(MEMBERS, people(["ada"], level="admin"))
    world.play_well("bootstrap")
    iam = world.sandbox.client("iam")
    iam.detach_group_policy(GroupName="group-admin", PolicyArn=MFA)
    iam.attach_group_policy(GroupName="group-admin", PolicyArn=ADMINISTRATOR)
    world.write(MEMBERS, people(["ada", "neo"], level="admin"))
    made = check_and_run(world, "new_user")
    assert made.changes == []
    assert "Group group-admin of account 111111111111 does not force MFA" in made.output
    assert f"attach-group-policy --group-name group-admin --policy-arn {MFA}" in made.output
    assert "User neo was not added to group-admin, which does not force MFA" in made.output
    assert (groups_of(world, "neo"), has_password(world, "neo")) == ([], False)

    # Bootstrap attaches it again: what is not ours stays and is told, and asks for MFA.
    made = world.play_well("bootstrap")
    assert (
        f"group group-admin has policy {ADMINISTRATOR}, which is not from this collection"
        in made.output
    )
    assert has_password(world, "neo")
    assert first_call(world, "neo") == "AccessDenied"


def test_a_policy_of_other_words_is_no_mfa_policy(world: World):
    world.write(MEMBERS, people(["ada"], level="admin"))
    world.play_well("bootstrap")
    iam = world.sandbox.client("iam")
    document = HARMLESS
    iam.create_policy_version(PolicyArn=MFA, PolicyDocument=document, SetAsDefault=True)
    iam.detach_group_policy(GroupName="group-operator", PolicyArn=MFA)
    iam.add_user_to_group(UserName="ada", GroupName="group-operator")
    world.write(MEMBERS, people(["ada", "neo"], level="admin"))
    made = check_and_run(world, "new_user")
    for text in (
        "Policy policy-enforce-mfa of account 111111111111, which forces MFA on the members of "
        "group-admin, is not the expected version",
        "Group group-operator of account 111111111111 does not force MFA",
        "User neo was not added to group-admin",
    ):
        assert text in made.output, text
    # A removal goes on.
    assert groups_of(world, "ada") == ["group-admin"]
    assert groups_of(world, "neo") == []
    assert world.play("new_account").code == 0
    world.play_well("new_user")
    assert has_password(world, "neo")
