# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module switch_role as a task, where it looks up what AWS has before it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import JUMP, ROOT

MEMBER = "222222222222"
ARN = "arn:aws:iam::aws:policy"


def run_module(world: Any, *options: str, **args: Any) -> dict[str, Any]:
    """Run the module in one task and return its result."""
    log = world.folder / "results.jsonl"
    arguments = {"account_id": MEMBER, "jump_account_id": JUMP, "region": world.sandbox.region}
    environment = {**world.environment(log), "AWS_ACCESS_KEY_ID": MEMBER}
    playbook = world.folder / "one.yml"
    task = {"jumpaccount.aws.switch_role": {**arguments, **args}}
    variables = {"ansible_python_interpreter": sys.executable}
    play = {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": [task]}
    playbook.write_text(json.dumps([play]))
    ansible = Path(sys.executable).parent / "ansible-playbook"
    command = [str(ansible), str(playbook), "-i", "localhost,", "-c", "local", *options]
    subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)
    return json.loads(log.read_text().splitlines()[-1])


def test_policies_of_aws_are_attached_by_name(world):
    result = run_module(world, roles=[{"name": "role-a", "managed_policies": ["ViewOnlyAccess"]}])
    assert result["changed"], result
    iam = world.sandbox.client("iam", MEMBER)
    attached = iam.list_attached_role_policies(RoleName="role-a")["AttachedPolicies"]
    assert [p["PolicyArn"] for p in attached] == [f"{ARN}/job-function/ViewOnlyAccess"]


@pytest.mark.parametrize("mode", [["--check"], []], ids=["check", "real"])
def test_names_that_aws_does_not_have_are_refused(world, mode):
    result = run_module(world, *mode, roles=[{"name": "r", "managed_policies": ["ViewOnlyAcces"]}])
    assert (
        "roles[0].managed_policies[0]: AWS has no managed policy 'ViewOnlyAcces' (did you mean"
        in (result["msg"])
    )
    assert world.sandbox.calls()["total"] == 0
