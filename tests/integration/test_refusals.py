# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No step trusts what another step of the run refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import JUMP, MEMBERS, ROSTER, A, World, member

NEW = "555555555555"
CLOSED = {"project-c-prod": {"account_id": NEW, "project": "project-c"}}
BUCKET = f"aws-iam-templates-{JUMP}"
UNBOUND = ("-e", '{"jump_bind_session_name": false}')


def deny(world: World, *operations: str) -> None:
    """Deny operations to the run, or nothing any more."""
    world.sandbox.post("faults", {"denied_operations": list(operations)})


def inline(world: World, role: str) -> list[str]:
    """Return the names of the inline policies of a role in the first account."""
    return list(world.sandbox.client("iam", A).list_role_policies(RoleName=role)["PolicyNames"])


def roster_with_an_exception() -> list[dict[str, Any]]:
    """Return the roster with one more person, who has an exception in one account."""
    exception = {
        **{"level": "operator", "project": "project-a", "stage": "prod", "until": "2099-12-31"},
        "actions": ["s3:PutObject"],
    }
    access = [{"level": "operator", "project": "project-a"}, {"level": "admin", "project": "c"}]
    return [*ROSTER, {"name": "late.comer", "access": access, "exceptions": [exception]}]


def test_no_exception_is_given_on_a_level_that_was_refused(world: World):
    """The old trust lets everybody of a level use the session name that an exception is for."""
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once(*UNBOUND)
    more = {**MEMBERS, "c-prod": member(NEW, "c")}
    world.write(more, roster_with_an_exception())
    deny(world, "cloudformation:UpdateStackSet")
    played = world.play("bootstrap")
    assert played.code != 0
    assert "Could not update stack set iam-roles" in played.output
    assert "this run could not update the stack set itself" in played.output
    assert inline(world, "role-operator") == []
    assert "1 without switch roles" in played.output
    (link,) = (line for line in played.output.splitlines() if f"account={NEW}" in line)
    assert link.endswith("(not available yet)")

    deny(world)
    predicted = world.play_well("bootstrap", "--check")
    done = world.play_well("bootstrap")
    assert done.changes == predicted.changes
    assert inline(world, "role-operator") == ["exceptions-1"]
    assert world.sandbox.client("iam", NEW).get_role(RoleName="role-admin")
    assert world.play_well("bootstrap").changed == 0


def test_no_template_is_laid_into_a_bucket_that_stays_open(world: World):
    world.write({**MEMBERS, **CLOSED}, ROSTER)
    deny(world, "s3:PutPublicAccessBlock")
    played = world.play("bootstrap")
    assert played.code != 0
    assert "Could not block public access to bucket" in played.message
    assert "stacks/create/review" not in played.output
    assert "PutObject" not in json.dumps(world.sandbox.calls()["by_action"])
    cloudformation = world.sandbox.client("cloudformation")
    assert cloudformation.list_stack_sets()["Summaries"] == []
    assert cloudformation.describe_stacks()["Stacks"] == []


@pytest.mark.parametrize("command", [["bootstrap", "--check"], ["new_account"]], ids=" ".join)
def test_no_owner_gets_a_link_into_a_bucket_that_is_not_ours(estate: World, command: list[str]):
    s3 = estate.sandbox.client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    policy["Statement"][0]["Sid"] = "Other"
    policy["Statement"][0]["Action"] = "s3:DeleteBucket"
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": []})
    estate.write({**MEMBERS, **CLOSED}, ROSTER)
    before = estate.sandbox.calls()["writes"]
    played = estate.play(*command)
    assert played.code != 0
    assert f"Bucket {BUCKET} already exists with a policy of its own" in played.message
    assert "stacks/create/review" not in played.output
    assert played.changes == []
    assert estate.sandbox.calls()["writes"] == before
