# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import (
    stackset,
    stackset_info,
    stackset_instance,
)

from tests.unit.modules.stack_sets import NAME, REGION, instances, prepare, stack_set, template

A, B = "222222222222", "333333333333"

pytestmark = pytest.mark.usefixtures("aws", "instant")


def test_a_stack_set_that_is_not_there_is_no_error(aws, run):
    found = run(stackset_info, name=NAME)
    assert (found["exists"], found["stack_set"], found["instances"]) == (False, None, [])
    assert (found["current_accounts"], found["operations"]) == ([], [])
    assert aws.writes == 0


@pytest.fixture
def half_done(aws, run):
    """Return a local AWS where A is current and B, without execution role, is not."""
    prepare(aws, [A])
    run(stackset, **stack_set())
    overridden = {"account_id": A, "region": REGION, "parameter_overrides": {"Stage": "x"}}
    run(stackset_instance, stack_set_name=NAME, instances=[overridden])
    run(stackset_instance, **instances([A, B], defer_failures=True))
    return aws


@pytest.mark.usefixtures("half_done")
def test_rows_of_instances_and_what_is_current(run):
    found = run(stackset_info, name=NAME)
    assert found["exists"]
    assert found["stack_set"]["name"] == NAME
    assert found["stack_set"]["capabilities"] == ["CAPABILITY_NAMED_IAM"]
    rows = {row["account_id"]: row for row in found["instances"]}
    assert list(rows) == [A, B]
    assert (rows[A]["status"], rows[A]["detail"]) == ("CURRENT", "SUCCEEDED")
    assert (rows[B]["status"], rows[B]["detail"]) == ("OUTDATED", "FAILED")
    assert f"Account {B} should have" in rows[B]["reason"]
    assert f":{A}:stack/StackSet-{NAME}" in rows[A]["stack_id"]
    assert "parameter_overrides" not in rows[A]
    assert found["current_accounts"] == [A]
    assert [(o["action"], o["failed_instances"]) for o in found["operations"]] == [
        ("CREATE", 1),
        ("CREATE", 0),
    ]


@pytest.mark.usefixtures("half_done")
def test_overrides_are_read_when_asked(run):
    rows = run(stackset_info, name=NAME, parameter_overrides=True)["instances"]
    assert [row["parameter_overrides"] for row in rows] == [{"Stage": "x"}, {}]


@pytest.mark.usefixtures("half_done")
@pytest.mark.parametrize(("region", "current"), [(REGION, [A]), ("eu-west-1", [])])
def test_one_region_can_be_looked_at(run, region, current):
    found = run(stackset_info, name=NAME, instance_region=region)
    assert found["current_accounts"] == current
    assert bool(found["instances"]) is bool(current)


def test_reports_write_nothing(half_done, run):
    writes = half_done.writes
    assert not run(stackset_info, name=NAME, newest_operations=1)["changed"]
    assert len(run(stackset_info, name=NAME, newest_operations=1)["operations"]) == 1
    assert half_done.writes == writes


@pytest.mark.parametrize(
    ("body", "same"),
    [
        (template(), True),
        (json.dumps(json.loads(template()), indent=2, sort_keys=True), True),
        (template("two"), False),
    ],
    ids=["same", "other text", "other"],
)
def test_a_template_can_be_compared(aws, run, body, same):
    assert run(stackset_info, name=NAME, template_body=body)["has_template"] is False
    prepare(aws, [A])
    run(stackset, **stack_set())
    assert run(stackset_info, name=NAME, template_body=body)["has_template"] is same
