# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody changed our roles in the Jump account: no playbook calls that well."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import JUMP, Played, World

STRANGER = "999999999999"
FENCE = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-fence-jump-account"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ADMINISTRATION, EXECUTION = "role-stackset-administration", "AWSCloudFormationStackSetExecutionRole"
ROLES = ("role-admin", "role-developer", "role-operator", ADMINISTRATION, EXECUTION)
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"},
            "Action": "sts:AssumeRole",
        },
    }
)
EVERYTHING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
    }
)
PLANTS: dict[str, Callable[[Any, str], Any]] = {
    "trust": lambda iam, role: iam.update_assume_role_policy(RoleName=role, PolicyDocument=OPEN),
    "inline policy": lambda iam, role: iam.put_role_policy(
        RoleName=role, PolicyName="mine", PolicyDocument=EVERYTHING
    ),
    "boundary": lambda iam, role: iam.put_role_permissions_boundary(
        RoleName=role, PermissionsBoundary=ADMINISTRATOR
    ),
    "sessions": lambda iam, role: iam.update_role(RoleName=role, MaxSessionDuration=43200),
    "attached policy": lambda iam, role: iam.attach_role_policy(
        RoleName=role, PolicyArn="arn:aws:iam::aws:policy/IAMFullAccess"
    ),
}


def alarms(played: Played) -> list[str]:
    """Return what the summary says of roles that are not what was deployed."""
    said = next(r["failures"] for r in played.results if "verdict" in r)
    return [text for text in said if "is not what this collection deploys" in text]


@pytest.mark.parametrize(
    ("playbook", "options"),
    [
        ("bootstrap", ()),
        ("bootstrap", ("--check",)),
        ("new_account", ()),
        ("new_user", ("--check",)),
        ("new_user", ("-e", "user_name=kim.minjun")),
    ],
)
def test_a_takeover_is_told_by_every_playbook(estate: World, playbook, options):
    iam = estate.sandbox.client("iam")
    for role in ("role-admin", ADMINISTRATION):
        PLANTS["trust"](iam, role)
    iam.attach_role_policy(RoleName="role-operator", PolicyArn=ADMINISTRATOR)
    writes = estate.sandbox.calls()["writes"]
    played = estate.play(playbook, *options)
    assert played.code == 2
    assert played.changes == []
    assert estate.sandbox.calls()["writes"] == writes
    assert "Nothing to change" not in played.output
    for words in (
        f"Role role-admin in the Jump account {JUMP} is not what this collection deploys: its "
        "trust policy is not the expected one. ",
        f"Role role-operator in the Jump account {JUMP} is not what this collection deploys: it "
        f"has policy {ADMINISTRATOR}, which is not from this collection. ",
    ):
        assert words in played.output
    assert f"Role {ADMINISTRATION} in" in played.output


@pytest.mark.parametrize(
    ("playbook", "options"), [("bootstrap", ()), ("new_user", ()), ("new_account", ("--check",))]
)
def test_every_kind_of_change_on_every_role_is_told_and_can_be_undone_as_told(
    estate: World, playbook, options
):
    iam = estate.sandbox.client("iam")
    for number, role in enumerate(ROLES):
        for plant in [*PLANTS.values()][number % 2 :: 2]:
            plant(iam, role)
    played = estate.play(playbook, *options)
    assert played.code == 2
    found = alarms(played)
    assert [sum(f"Role {role} in" in line for line in found) for role in ROLES] == [1] * len(ROLES)
    for line in found:
        for command in line.split(": aws iam ")[1].split("; aws iam "):
            undo(iam, shlex.split(command))
    estate.play_well(playbook, *options)


def undo(iam: Any, words: list[str]) -> None:
    """Carry out a command of the AWS CLI."""
    names = (word.removeprefix("--").title().replace("-", "") for word in words[1::2])
    values = (int(word) if word.isdigit() else word for word in words[2::2])
    getattr(iam, words[0].replace("-", "_"))(**dict(zip(names, values, strict=True)))


def test_a_detached_fence_is_told_by_new_user_too(estate: World):
    estate.sandbox.client("iam").detach_role_policy(RoleName="role-operator", PolicyArn=FENCE)
    played = estate.play("new_user")
    assert played.code == 2
    assert "Switch role role-operator in the Jump account" in played.output


def test_levels_that_the_run_changes_are_no_takeover(estate: World):
    levels = {"admin": {"managed_policies": ["IAMFullAccess"]}}
    roster = [{"name": "yamada.taro", "access": [{"level": "admin"}]}]
    estate.write({}, roster, {**levels})
    removal = ("-e", "jump_max_removal_ratio=1")
    predicted = estate.play("bootstrap", "--check", *removal)
    made = estate.play("bootstrap", *removal)
    assert predicted.changes == made.changes != []
    assert alarms(predicted) == alarms(made) == []


READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
CHANGING_KEYS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "kms:PutKeyPolicy", "Resource": "*"},
    }
)
TO_LAMBDA = OPEN.replace(
    f'"AWS": "arn:aws:iam::{STRANGER}:root"', '"Service": "lambda.amazonaws.com"'
)


@pytest.mark.parametrize("playbook", ["bootstrap", "new_user"])
def test_who_is_strong_beside_our_roles_is_told(estate: World, playbook):
    quiet = estate.play_well(playbook, "--check")
    assert "initial passwords and sign in" not in quiet.output
    assert "an administrator of every account" not in quiet.output
    iam = estate.sandbox.client("iam")
    for name in ("audit", "program"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TO_LAMBDA)
        iam.attach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
        iam.put_role_policy(RoleName=name, PolicyName="key", PolicyDocument=CHANGING_KEYS)
    # The key policy lets nobody decrypt who can only read.
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=TO_LAMBDA)
    iam.attach_role_policy(RoleName="reader", PolicyArn=READ_ONLY)
    iam.attach_role_policy(RoleName="program", PolicyArn=FENCE)
    iam.create_user(UserName="vendor")
    iam.put_user_policy(UserName="vendor", PolicyName="all", PolicyDocument=EVERYTHING)
    played = estate.play_well(playbook)
    assert played.changes == []
    lines = played.output.splitlines()
    (strong,) = (line for line in lines if "an administrator of every account" in line)
    (reader,) = (line for line in lines if "initial passwords and sign in" in line)
    assert strong.startswith(
        "  user vendor can change the groups, roles and stack set of this collection, which "
    )
    assert reader.startswith(
        "  role audit can read initial passwords and sign in as another person; "
    )
    assert reader.endswith(f"attach the fence, which denies them, to it: {FENCE}")
