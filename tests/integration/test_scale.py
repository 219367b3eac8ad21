# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many accounts and people: what a run costs in API calls, and where AWS ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.cost import MOST_FIRST_CALLS, MOST_MEMORY, estate, floor, measure

from .conftest import JUMP, LEVELS, World, people


@pytest.mark.parametrize(
    ("accounts", "persons", "most_calls"),
    [(60, 100, 40), (100, 500, 45)],
    ids=["60 accounts, 100 people", "100 accounts, 500 people"],
)
def test_a_run_takes_little_memory_and_few_calls(world: World, accounts, persons, most_calls):
    members, roster = estate(accounts, persons)
    world.write(members, roster)
    first = measure(world, "playbooks/bootstrap.yml")
    assert first.total <= MOST_FIRST_CALLS * floor(accounts, persons), first.calls
    before = world.sandbox.calls()
    (world.folder / "results.jsonl").unlink()
    second = measure(world, "playbooks/bootstrap.yml")
    results = (world.folder / "results.jsonl").read_text().splitlines()
    assert not any(json.loads(line).get("changed") for line in results)
    assert world.sandbox.calls()["writes"] == before["writes"]
    assert second.total <= most_calls, second.calls
    assert max(first.memory, second.memory) < MOST_MEMORY

    if persons == 500:
        world.write(members, [*roster, *people(["the-new-one"], level="operator")])
        before = world.sandbox.calls()
        world.play_well("bootstrap")
        # The user, the membership, the password, the login profile, and that all of it was done.
        assert world.sandbox.calls()["writes"] - before["writes"] == 5


def in_hundreds(accounts: int) -> dict[str, Any]:
    """Return so many accounts, the Jump account included, in projects of a hundred."""
    return {
        f"host-{n:04}": {"account_id": f"22{n:010}", "project": f"project-{n // 100:02}"}
        for n in range(1, accounts)
    }


def permitted(iam: Any, group: str) -> list[str]:
    """Return all roles that the policies of a group permit, as IAM tells them."""
    documents = [
        iam.get_group_policy(GroupName=group, PolicyName=name)["PolicyDocument"]
        for name in iam.list_group_policies(GroupName=group)["PolicyNames"]
    ]
    for policy in iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"]:
        arn = policy["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)
        documents.append(found["PolicyVersion"]["Document"])
    return [
        arn
        for document in documents
        for statement in document["Statement"]
        if statement.get("Action") == ["sts:AssumeRole"]
        for arn in statement["Resource"]
    ]


def test_a_thousand_accounts_are_split_over_policies_and_none_is_lost(world: World):
    members = in_hundreds(1000)
    world.write(members, people(["ana"], level="operator"))
    world.play_well("bootstrap", "--limit", "jump")
    iam = world.sandbox.client("iam")
    ids = [JUMP, *(host["account_id"] for host in members.values())]
    for level in LEVELS:
        assert sorted(permitted(iam, f"group-{level}")) == [
            f"arn:aws:iam::{account_id}:role/role-{level}" for account_id in ids
        ]
    assert len(iam.list_attached_group_policies(GroupName="group-operator")["AttachedPolicies"]) > 2
    assert len(permitted(iam, "group-operator-project-03")) == 100


def test_five_thousand_accounts_are_refused_with_the_numbers_and_the_ways_out(world: World):
    world.write(in_hundreds(5000), people(["ana"], level="operator"))
    played = world.play("bootstrap")
    assert played.code != 0
    message = played.message
    assert message.startswith("The input has 4 problems; nothing was sent to AWS:")
    assert "4999 accounts result in a bucket policy of" in message
    assert "list in jump_template_readers only the accounts" in message
    assert "group group-operator is for 5000 accounts, which need 40 managed policies" in message
    assert "with 'global_group: false', the level has no group for all accounts" in message
    assert world.sandbox.calls()["total"] == 0


def test_the_ways_out_for_more_accounts_than_a_group_holds(world: World):
    levels = {name: {**level, "global_group": False} for name, level in LEVELS.items()}
    roster = people(["ana"], level="operator", project="project-03")
    world.write(in_hundreds(1200), [*roster, *people(["ben"], level="operator")], levels)
    refused = world.play("bootstrap", "--check")
    assert "roster[1].access[0]: level operator has no group for all" in refused.message
    world.write(in_hundreds(1200), roster, levels)
    played = world.play_well(
        "bootstrap", "--check", "-e", '{"jump_template_readers": ["host-0007"]}'
    )
    made = {change["target"]: change["after"] for change in played.changes}
    groups = sorted(t.removeprefix("group ") for t in made if t.startswith("group group-"))
    assert groups == sorted(f"group-{level}-project-{n:02}" for level in LEVELS for n in range(12))
    (policy,) = (after for target, after in made.items() if target.startswith("policy of bucket"))
    assert "220000000007" in str(policy)
    assert "220000000008" not in str(policy)
