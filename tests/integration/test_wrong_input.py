# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong input is refused before any AWS call, with all problems at their places."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

A, B = "222222222222", "333333333333"
GOOD_MEMBERS = {"a-prod": {"account_id": A, "project": "a"}}
GOOD_ROSTER = [{"name": "ana", "access": [{"level": "admin"}]}]


def roster_of(**entry: Any) -> list[dict[str, Any]]:
    """Return a roster with one entry in which some keys differ."""
    return [{**GOOD_ROSTER[0], **entry}]


WRONG = {
    "number as account id": (
        {"members": {"a-prod": {"account_id": 222222222222}}},
        ["host a-prod.account_id: is the number 222222222222", "write the 12 digits in quotes"],
    ),
    "short account id": (
        {"members": {"a-prod": {"account_id": "22222"}}},
        ["host a-prod.account_id: '22222' is not 12 digits"],
    ),
    "no account id": (
        {"members": {"a-prod": {"stage": "prod"}}},
        ["host a-prod.account_id: is missing"],
    ),
    "duplicate account": (
        {"members": {"a-prod": {"account_id": A}, "b-prod": {"account_id": A}}},
        [f"account {A}: several hosts have this account_id: a-prod, b-prod"],
    ),
    "no Jump account": (
        {"jumps": {}},
        ["inventory group jump_accounts: must contain exactly one host, found none"],
    ),
    "two Jump accounts": (
        {"jumps": {"one": {"account_id": "111111111111"}, "two": {"account_id": B}}},
        ["inventory group jump_accounts: must contain exactly one host, found 2: one, two"],
    ),
    "unknown level": (
        {"roster": roster_of(access=[{"level": "develper"}])},
        [
            "roster[0].access[0].level: unknown level 'develper' (did you mean 'developer'?); "
            "known: admin, developer, operator"
        ],
    ),
    "project without accounts": (
        {"roster": roster_of(access=[{"level": "admin", "project": "b"}])},
        ["roster[0].access[0].project: project 'b' has no accounts in the inventory; known: a"],
    ),
    "duplicate person": (
        {"roster": [*GOOD_ROSTER, {"name": "ANA", "access": []}]},
        ["roster[1].name: 'ANA' is already used by roster[0]; IAM ignores case in names"],
    ),
    "equals sign in a name": (
        {"roster": roster_of(name="a=b")},
        ["roster[0].name: 'a=b' contains characters that are not allowed: '='"],
    ),
    "name too long": (
        {"roster": roster_of(name="x" * 65)},
        ["roster[0].name: ", "has 65 characters; at most 64 are allowed"],
    ),
    "unknown key": (
        {"roster": roster_of(acess=[])},
        ["roster[0]: unknown key 'acess' (did you mean 'access'?)"],
    ),
    "wrong type": (
        {"roster": {"name": "ana"}},
        ["roster: expected a list, found a mapping"],
    ),
    "level that is a boolean": (
        {"roster": roster_of(access=[{"level": True}])},
        ["roster[0].access[0].level: expected a string, found the boolean True"],
    ),
    "what YAML takes for something else": (
        {
            "members": {"a-prod": {"account_id": A, "project": "a", "stage": 1}},
            "levels": {
                "admin": {"managed_policies": ["AdministratorAccess"]},
                2: {"managed_policies": ["ReadOnlyAccess"]},
                True: {"managed_policies": ["ReadOnlyAccess"]},
            },
            "roster": roster_of(
                exceptions=[
                    {
                        **{"level": "admin", "project": "a", "until": date(2027, 3, 31)},
                        "policy": {
                            "Version": date(2012, 10, 17),
                            "Statement": {
                                **{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                                "Condition": None,
                            },
                        },
                    }
                ]
            ),
        },
        [
            "The input has 4 problems",
            "host a-prod.stage: expected a string, found the number 1; write it in quotes",
            "levels.2 (the name): expected a string, found the number 2; write it in quotes",
            "levels.True (the name): expected a string, found the boolean True; write it in",
            "roster[0].exceptions[0].policy.Statement.Condition: expected a mapping of operators, "
            "found nothing",
        ],
    ),
    "group name too long": (
        {
            "members": {"a": {"account_id": A, "project": "p" * 64}},
            "levels": {"l" * 64: {"managed_policies": ["ReadOnlyAccess"]}},
            "roster": [],
        },
        ["characters; AWS allows at most 128", "characters; AWS allows at most 64"],
    ),
    "colliding names": (
        {
            "levels": {
                "ops": {"managed_policies": ["ReadOnlyAccess"]},
                "ops-a": {"managed_policies": ["ReadOnlyAccess"]},
            },
            "roster": [],
        },
        ["group name 'group-ops-a' is also used by level ops of project a"],
    ),
    "no region": ({"region": None}, ["aws_region: expected a region such as eu-west-1"]),
}


@pytest.mark.parametrize(("wrong", "texts"), WRONG.values(), ids=WRONG.keys())
def test_wrong_input_is_refused_without_a_call(world, wrong, texts):
    given = {"members": GOOD_MEMBERS, "roster": GOOD_ROSTER, **wrong}
    world.write(**given)
    played = world.play("bootstrap")
    assert played.code != 0
    message = " ".join(played.message.split())
    for text in texts:
        assert text in message
    assert world.sandbox.calls()["total"] == 0


def test_all_problems_are_listed_at_once(world):
    world.write(
        members={"a-prod": {"account_id": "1"}, "b-prod": {"account_id": 2}},
        roster=[{"name": "a=b", "access": [{"level": "x"}, {"level": "admin", "project": "z"}]}],
    )
    played = world.play("bootstrap")
    assert "The input has 5 problems; nothing was sent to AWS" in played.message


def test_more_than_ten_groups_for_a_person(world):
    members = {f"h{n}": {"account_id": f"2222222222{n:02}", "project": f"p{n}"} for n in range(11)}
    access = [{"level": "admin", "project": f"p{n}"} for n in range(11)]
    world.write(members=members, roster=[{"name": "ana", "access": access}])
    played = world.play("bootstrap")
    assert "roster[0].access: needs 11 groups" in played.message


def test_unknown_user_name_is_refused(world):
    world.write(members=GOOD_MEMBERS, roster=GOOD_ROSTER)
    played = world.play("new_user", "-e", "user_name=anna")
    assert played.code != 0
    assert "user_name: 'anna' is not in the roster (did you mean 'ana'?)" in played.output
    assert world.sandbox.calls()["total"] == 0


def test_an_empty_inventory_is_refused(world):
    (world.folder / "inventory.yml").write_text("all: {}\n")
    played = world.play("bootstrap")
    assert played.code != 0
    assert "jump_accounts: must contain exactly one host, found none" in played.message


@pytest.mark.parametrize("mode", [["--check"], []], ids=["check", "real"])
def test_networks_that_aws_cannot_hold_are_refused_in_check_mode_too(world, mode):
    world.write(members=GOOD_MEMBERS, roster=GOOD_ROSTER)
    networks = [f"203.0.{n}.0/24" for n in range(200)]
    options = {"jump_source_networks": networks}
    played = world.play("bootstrap", "-e", json.dumps(options), *mode)
    assert played.code != 0
    message = played.message
    assert "source_networks: with 200 networks, the trust policy of every switch" in message
    assert "the quota is 2048; merge networks into larger ones, or raise" in message
    assert world.sandbox.calls()["total"] == 0


@pytest.mark.parametrize("mode", [["--check"], []], ids=["check", "real"])
def test_a_password_policy_and_a_key_that_aws_refuses_make_no_call(world, mode):
    world.write(members=GOOD_MEMBERS, roster=roster_of(name="a=b"))
    options = ["-e", "jump_account_password_minimum_length=5", "-e", '{"jump_region": 7}']
    options += ["-e", "jump_users_kms_key=my-key", "-e", "jump_users_kms_key_id=my-key"]
    played = world.play("bootstrap", *options, *mode)
    assert played.code != 0
    assert "The input has 5 problems; nothing was sent to AWS" in played.message
    assert "jump_users_kms_key: must be own, aws/ssm, or the id, an alias" in played.message
    assert "extra variable jump_users_kms_key_id" in played.message
    assert "is not used; did you mean 'jump_users_kms_key'?" in played.message
    assert "jump_account_password_minimum_length: expected a whole number from 6" in played.message
    assert world.sandbox.calls()["total"] == 0


@pytest.mark.parametrize("mode", [["--check"], []], ids=["check", "real"])
def test_policies_and_actions_that_aws_does_not_have_are_refused(world, mode):
    statement = {"Effect": "Allow", "Action": "s33:Get*", "Resource": "*"}
    admin = {
        "managed_policies": ["Billing", "PowerUsersAccess"],
        "inline_policies": {"own": {"Version": "2012-10-17", "Statement": [statement]}},
    }
    exception = {"level": "admin", "project": "a", "until": "2030-01-01"}
    actions = ["dynamodb:GetItm", "newer:Thing"]
    access = [{"level": "admin", "project": "a"}]
    world.write(
        members=GOOD_MEMBERS,
        levels={"admin": admin},
        roster=roster_of(access=access, exceptions=[{**exception, "actions": actions}]),
    )
    options = {
        "jump_known_actions": ["newer:Thing"],
        "jump_users_permissions_boundary": "PowerUserAcces",
    }
    played = world.play("bootstrap", "-e", json.dumps(options), *mode)
    assert played.code != 0
    message = played.message
    for text in (
        "The input has 4 problems",
        "levels.admin.managed_policies[1]: AWS has no managed policy 'PowerUsersAccess' (did you "
        "mean 'PowerUserAccess'?)",
        "levels.admin.inline_policies.own.Statement[0].Action: 's33:Get*': AWS has no service "
        "'s33' (did you mean 's3'?)",
        "roster[0].exceptions[0] (as a policy).Statement[0].Action: dynamodb has no action "
        "'GetItm' (did you mean 'dynamodb:GetItem'?)",
        "users_permissions_boundary: AWS has no managed policy 'PowerUserAcces' (did you mean",
    ):
        assert text in message
    assert world.sandbox.calls()["total"] == 0
