# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stacks that people make in the Jump account: CloudFormation has no more rights than they."""

from __future__ import annotations

import json
from typing import Any

from .conftest import JUMP, World
from .test_people import MEMBERS, PEOPLE, role, signed_in


def test_a_stack_of_one_s_own_makes_nothing_that_its_maker_may_not(world: World):
    world.write(MEMBERS, PEOPLE)
    world.bootstrap_once()
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"},
            "Action": "sts:AssumeRole",
        },
    }
    secret = {"Name": "/jumpaccount/initial-password/new", "Type": "String", "Value": "x"}
    attempts = {
        "role": ("AWS::IAM::Role", {"RoleName": "role-x", "AssumeRolePolicyDocument": trust}),
        "secret": ("AWS::SSM::Parameter", secret),
        "bucket": ("AWS::S3::Bucket", {"BucketName": "own-bucket"}),
        "setting": ("AWS::SSM::Parameter", {**secret, "Name": "/own/setting"}),
    }

    def make(stacks: Any, name: str) -> str:
        kind, properties = attempts[name]
        body = json.dumps({"Resources": {"It": {"Type": kind, "Properties": properties}}})
        capabilities = ["CAPABILITY_NAMED_IAM"]
        stacks.create_stack(StackName=name, TemplateBody=body, Capabilities=capabilities)
        for _poll in range(3):
            (stack,) = stacks.describe_stacks(StackName=name)["Stacks"]
        return str(stack["StackStatus"])

    def states(name: str, level: str) -> dict[str, str]:
        person = signed_in(world, name)
        inside = person.switch(role(JUMP, level))["Credentials"]
        stacks = person.client("cloudformation", inside)
        return {name: make(stacks, name) for name in attempts}

    own = {"bucket": "CREATE_COMPLETE", "setting": "CREATE_COMPLETE"}
    refused = {"role": "ROLLBACK_COMPLETE", "secret": "ROLLBACK_COMPLETE"}
    assert states("dora", "developer") == {**refused, **own}
    for name in attempts:
        world.sandbox.client("cloudformation").delete_stack(StackName=name)
    world.sandbox.client("cloudformation").describe_stacks()
    assert set(states("alice", "admin").values()) == {"CREATE_COMPLETE"}
