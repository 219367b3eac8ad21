# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the key policy is ours, and who is told who can read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    parse_request,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.inspection import (
    inspection_alarms,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.passwords_key import (
    key_problems,
    readers_line,
    with_maker,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.canonical import (
    canonical_template,
)

from tests.unit.core.report.test_roles import REQUEST
from tests.unit.runs import make_run

JUMP = "111111111111"
ARN = f"arn:aws:kms:eu-west-1:{JUMP}:key/1"
MAKER = f"arn:aws:iam::{JUMP}:user/ops/ana"
DESIRED = build_desired(parse_request(REQUEST), REQUEST)
FEWER = DESIRED["passwords_key"]["policy"]
WIDER = replace(REQUEST, password_readers=["audit"])
MORE = build_desired(parse_request(WIDER), WIDER)


def key(policy: Any = FEWER, maker: str = MAKER) -> dict[str, Any]:
    return {"arn": ARN, "maker": maker, "policy": with_maker(policy, maker)}


def run_with(desired: Any, *changes: Any, is_check: bool = False, **inspection: Any) -> Any:
    groups = {"inspection": {"fence": None, "roles": {}, "principals": [], **inspection}}
    results = {"passwords_key": {"changes": list(changes)}, "groups": groups}
    return replace(make_run(results, is_check=is_check), desired=desired)


def update(before: Any) -> dict[str, Any]:
    template = canonical_template(before["templates"]["passwords_key"])
    return {
        "action": Action.UPDATE.value,
        "target": f"stack {JUMP}/keys",
        "before": {"template": template},
        "after": {},
    }


@pytest.mark.parametrize("maker", ["", MAKER, f"arn:aws:iam::{JUMP}:root"])
def test_a_policy_as_it_was_deployed(maker):
    assert key_problems(run_with(DESIRED), key(maker=maker)) == []


def test_a_stranger_in_the_policy_is_an_alarm_with_the_command_that_mends_it():
    stranger = f"arn:aws:iam::{JUMP}:role/stranger"
    found = {**key(), "policy": with_maker(key()["policy"], stranger)}
    (problem,) = key_problems(run_with(DESIRED), found)
    assert problem.startswith(f"The policy of KMS key {ARN}, which encrypts initial passwords")
    assert f"aws kms put-key-policy --region eu-west-1 --key-id {ARN}" in problem
    assert MAKER in problem
    assert stranger not in problem
    assert ("key", problem) in inspection_alarms(run_with(DESIRED, key=found))


@pytest.mark.parametrize(
    ("deployed", "is_check", "is_right"),
    [(FEWER, True, True), (FEWER, False, True), (None, False, True), (None, True, False)],
)
def test_an_update_may_be_to_come_or_may_have_failed(deployed, is_check, is_right):
    found = key(deployed or MORE["passwords_key"]["policy"])
    run = run_with(MORE, update(DESIRED), is_check=is_check)
    assert (key_problems(run, found) == []) is is_right


def test_a_key_that_could_not_be_read_is_an_alarm():
    assert key_problems(run_with(DESIRED), {"unread": "Not read."}) == ["Not read."]


def test_where_there_is_no_key_nothing_is_wrong_with_it():
    assert key_problems(run_with(DESIRED), None) == []
    assert key_problems(run_with({**DESIRED, "passwords_key": None}), key()) == []


def test_who_cannot_read_is_told_who_can():
    caller = f"arn:aws:iam::{JUMP}:role/pipeline"
    line = readers_line(run_with(DESIRED, caller=caller, key=key()))
    assert line is not None
    root, admin = f"arn:aws:iam::{JUMP}:root", f"arn:aws:iam::{JUMP}:role/role-admin"
    assert f"{caller}, cannot read these passwords. These can: {root}, {admin}, {MAKER}. " in line
    assert line.endswith("jump_password_readers adds others.")


@pytest.mark.parametrize("caller", [MAKER, f"arn:aws:iam::{JUMP}:role/x/audit", None])
def test_who_can_read_is_told_nothing(caller):
    assert readers_line(run_with(MORE, caller=caller, key=key())) is None


def test_another_key_or_a_run_without_a_look_tells_nothing():
    assert readers_line(run_with({**DESIRED, "passwords_key": None}, caller="x")) is None
    assert readers_line(replace(make_run({}), desired=DESIRED)) is None
    assert readers_line(run_with(DESIRED, caller="x", key=None)) is not None
