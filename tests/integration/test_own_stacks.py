# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stacks that people make in the Jump account: CloudFormation has no more rights than they."""

from __future__ import annotations

import json
from typing import Any

from .conftest import JUMP, World
from .test_people import MEMBERS, PEOPLE, role, signed_in

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"},
        "Action": "sts:AssumeRole",
    },
}
PARAMETER = {"Type": "String", "Value": "x"}
ATTEMPTS = {
    "role": ("AWS::IAM::Role", {"RoleName": "role-x", "AssumeRolePolicyDocument": TRUST}),
    "secret": (
        "AWS::SSM::Parameter",
        {"Name": "/jumpaccount/initial-password/new", **PARAMETER},
    ),
    "bucket": ("AWS::S3::Bucket", {"BucketName": "own-bucket"}),
    "setting": ("AWS::SSM::Parameter", {"Name": "/own/setting", **PARAMETER}),
}


def make(stacks: Any, name: str) -> str:
    """Make a stack of one resource; return how it ended."""
    kind, properties = ATTEMPTS[name]
    body = json.dumps({"Resources": {"It": {"Type": kind, "Properties": properties}}})
    capabilities = ["CAPABILITY_NAMED_IAM"]
    stacks.create_stack(StackName=name, TemplateBody=body, Capabilities=capabilities)
    for _poll in range(3):
        (stack,) = stacks.describe_stacks(StackName=name)["Stacks"]
    return str(stack["StackStatus"])


def tried(world: World, name: str, level: str) -> dict[str, str]:
    """Return how each stack ends that somebody makes in the Jump account."""
    person = signed_in(world, name)
    inside = person.switch(role(JUMP, level))["Credentials"]
    stacks = person.client("cloudformation", inside)
    return {attempt: make(stacks, attempt) for attempt in ATTEMPTS}


def test_a_stack_of_one_s_own_makes_nothing_that_its_maker_may_not(world: World):
    world.write(MEMBERS, PEOPLE)
    world.bootstrap_once()
    assert tried(world, "dora", "developer") == {
        "role": "ROLLBACK_COMPLETE",
        "secret": "ROLLBACK_COMPLETE",
        "bucket": "CREATE_COMPLETE",
        "setting": "CREATE_COMPLETE",
    }
    administrator = world.sandbox.client("cloudformation")
    for name in ATTEMPTS:
        administrator.delete_stack(StackName=name)
    administrator.describe_stacks()
    assert set(tried(world, "alice", "admin").values()) == {"CREATE_COMPLETE"}
