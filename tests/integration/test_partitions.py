# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The product in AWS China and in AWS GovCloud: bootstrap, links, and what is written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from .conftest import JUMP, REGIONS, Sandbox, World, member, people

MEMBER, CLOSED = "222222222222", "666666666666"
ADDRESSES = {
    "aws-cn": ("signin.amazonaws.cn", "console.amazonaws.cn", "amazonaws.com.cn"),
    "aws-eusc": ("signin.amazonaws-eusc.eu", "console.amazonaws-eusc.eu", "amazonaws.eu"),
    "aws-iso-b": ("signin.sc2shome.sgov.gov", "console.sc2shome.sgov.gov", "sc2s.sgov.gov"),
    "aws-us-gov": ("signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com", "amazonaws.com"),
}


@pytest.fixture(params=ADDRESSES)
def partition(request: pytest.FixtureRequest) -> str:
    """Return a partition other than the usual one."""
    return str(request.param)


@pytest.fixture
def world(running_sandbox: Sandbox, partition: str, tmp_path: Path) -> World:
    """An empty folder for an inventory and an empty AWS of the partition."""
    running_sandbox.reset(partition)
    return World(running_sandbox, tmp_path)


def arns_in(*answers: Any) -> set[str]:
    """Return every ARN in the answers."""
    return set(re.findall(r'arn:[^"\s\\]+', json.dumps(answers, default=str)))


def written(world: World) -> set[str]:
    """Return every ARN that stands in IAM, in the stack set and in the bucket's policy."""
    found = set()
    for account_id in (JUMP, MEMBER, CLOSED):
        iam = world.sandbox.client("iam", account_id)
        pages = iam.get_paginator("get_account_authorization_details").paginate()
        kinds = ("UserDetailList", "GroupDetailList", "RoleDetailList")
        found |= arns_in([page.get(kind) for page in pages for kind in kinds])
    s3, cloudformation = world.sandbox.client("s3"), world.sandbox.client("cloudformation")
    bucket = s3.get_bucket_policy(Bucket=f"aws-iam-templates-{JUMP}")["Policy"]
    stack_set = cloudformation.describe_stack_set(StackSetName="iam-roles")["StackSet"]
    return found | arns_in(json.loads(bucket), stack_set)


def follow(link: str, sandbox: Sandbox) -> dict[str, str]:
    """Create the stack of a quick-create link, and return what the link fills in."""
    given = {name: values[0] for name, values in parse_qs(link.split("create/review?")[1]).items()}
    admin = given["param_AdminAccountId"]
    sandbox.client("cloudformation", CLOSED).create_stack(
        StackName=given["stackName"],
        TemplateURL=given["templateURL"],
        Parameters=[{"ParameterKey": "AdminAccountId", "ParameterValue": admin}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return given


def test_a_bootstrap_works_with_links_of_the_partition_and_a_second_run_changes_nothing(
    world, partition
):
    sign_in, console, suffix = ADDRESSES[partition]
    region = REGIONS[partition]
    members = {
        "project-a-prod": member(MEMBER, "project-a", partition=partition),
        "closed": {"account_id": CLOSED},
    }
    world.write(members, people(["yamada.taro"], level="admin"), region=region)
    played = world.play_well("bootstrap")
    assert "1 account waits for its owner" in played.output
    assert f"https://{JUMP}.{sign_in}/console" in played.output
    assert f"https://{sign_in}/switchrole?account={MEMBER}" in played.output
    home = rf"https://{region}\.{console}/cloudformation/home\?region={region}#"
    link = re.search(rf"{home}\S+", played.output)
    assert link, played.output
    given = follow(link[0], world.sandbox)
    bucket = f"https://aws-iam-templates-{JUMP}.s3.{region}.{suffix}"
    assert given["templateURL"] == f"{bucket}/stackset-execution-role.yaml"

    world.play_well("bootstrap")
    found = written(world)
    for account_id in (JUMP, MEMBER, CLOSED):
        assert f"arn:{partition}:iam::{account_id}:role/role-admin" in found
    assert {arn for arn in found if not arn.startswith(f"arn:{partition}:")} == set()
    assert world.play_well("bootstrap").changed == 0
