# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every state of a stack set, its instances and its operations, in check mode and for real."""

from __future__ import annotations

from itertools import product

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import stackset, stackset_instance

from tests.unit.modules.stack_sets import (
    NAME,
    REGION,
    instances,
    operations,
    prepare,
    stack_set,
    statuses,
    template,
)

A, SURPLUS, OTHER = "222222222222", "333333333333", "444444444444"
"""The account of which the state is told, one that is not wanted, one that is always well."""

pytestmark = pytest.mark.usefixtures("instant")

SETS = ["missing", "same", "changed template", "changed parameters"]
INSTANCES = ["missing", "current", "outdated", "inoperable", "surplus"]
OPERATIONS = ["none", "running", "queued", "stale"]
ROWS = [
    (a_set, instance, operation)
    for a_set, instance, operation in product(SETS, INSTANCES, OPERATIONS)
    if a_set != "missing" or (instance, operation) == ("missing", "none")
]

WANTED_SET = {
    "missing": stack_set(),
    "same": stack_set(),
    "changed template": stack_set(template_body=template("two")),
    "changed parameters": stack_set(parameters={"Stage": "other"}),
}
WANTED_INSTANCES = instances([A, OTHER], purge=True, recover_inoperable=True)


def build(aws, run, a_set, instance, operation):
    """Bring the local AWS into a state, as it comes about in AWS."""
    prepare(aws, [A, SURPLUS, OTHER])
    if a_set == "missing":
        return
    run(stackset, **stack_set())
    accounts = {"missing": [OTHER], "surplus": [A, SURPLUS, OTHER]}.get(instance, [A, OTHER])
    run(stackset_instance, **instances(accounts))
    cloudformation = aws.client("cloudformation")
    if instance in ("outdated", "inoperable"):
        spoil(aws, cloudformation, instance)
    disturb(aws, cloudformation, operation)


def spoil(aws, cloudformation, instance):
    aws.fault(failing_accounts=[A])
    target = {"StackSetName": NAME, "Accounts": [A], "Regions": [REGION]}
    if instance == "outdated":
        cloudformation.update_stack_instances(**target)
    else:
        cloudformation.delete_stack_instances(**target, RetainStacks=False)
    aws.world.clock.advance(5)
    aws.fault()
    assert statuses(aws)[A] == instance.upper()
    if instance == "inoperable":
        member = aws.client("cloudformation", A)
        member.delete_stack(StackName=member.describe_stacks()["Stacks"][0]["StackName"])
        aws.world.clock.advance(20)


def disturb(aws, cloudformation, operation):
    """Let operations of others be on their way; those of OTHER change nothing."""
    target = {"StackSetName": NAME, "Accounts": [OTHER], "Regions": [REGION]}
    if operation == "queued":
        settings = {**stack_set(), "template_body": None}
        cloudformation.update_stack_set(
            StackSetName=NAME,
            UsePreviousTemplate=True,
            Capabilities=settings["capabilities"],
            AdministrationRoleARN=settings["administration_role_arn"],
            ManagedExecution={"Active": True},
            Accounts=[OTHER],
            Regions=[REGION],
        )
        aws.world.clock.advance(5)
    if operation in ("running", "queued"):
        aws.world.clock.instance_ticks = 3
        for _ in range(1 if operation == "running" else 2):
            cloudformation.update_stack_instances(**target)
        found = [row["Status"] for row in operations(aws)]
        assert (
            found[:2] == ["QUEUED", "RUNNING"] if operation == "queued" else found[0] == "RUNNING"
        )
    if operation == "stale":
        aws.fault(stale_requests=1)


def expected_set(a_set):
    return {"missing": ["create"], "same": []}.get(a_set, ["update"])


def expected_instances(a_set, instance):
    """Return the changes after those of the stack set, which bring outdated instances, too."""
    is_updated = a_set.startswith("changed")
    return {
        "missing": [("create", A), ("create", OTHER)] if a_set == "missing" else [("create", A)],
        "current": [],
        "outdated": [] if is_updated else [("update", A)],
        "inoperable": [("update", A)],
        "surplus": [("delete", SURPLUS)],
    }[instance]


def summary(result):
    return [(c["action"], c["target"].split()[-1].split("/")[0]) for c in result["changes"]]


@pytest.mark.parametrize(("a_set", "instance", "operation"), ROWS)
def test_one_run_brings_every_state_to_the_desired_one(aws, run, a_set, instance, operation):
    build(aws, run, a_set, instance, operation)
    changed_set = run(stackset, **WANTED_SET[a_set])
    assert [change["action"] for change in changed_set["changes"]] == expected_set(a_set)
    assert changed_set["changed"] is bool(expected_set(a_set))
    changed = run(stackset_instance, **WANTED_INSTANCES)
    assert summary(changed) == expected_instances(a_set, instance)
    assert changed["changed"] is bool(expected_instances(a_set, instance))
    assert changed_set["failures"] == changed["failures"] == []
    assert statuses(aws) == {A: "CURRENT", OTHER: "CURRENT"}
    assert {row["Status"] for row in operations(aws)} <= {"SUCCEEDED", "FAILED"}
    writes = aws.writes
    assert not run(stackset, **WANTED_SET[a_set])["changed"]
    assert not run(stackset_instance, **WANTED_INSTANCES)["changed"]
    assert aws.writes == writes


@pytest.mark.parametrize(("a_set", "instance", "operation"), ROWS)
def test_check_mode_writes_nothing_and_predicts(aws, run, a_set, instance, operation):
    build(aws, run, a_set, instance, operation)
    writes = aws.writes
    checked_set = run(stackset, check=True, **WANTED_SET[a_set])
    checked = run(stackset_instance, check=True, **WANTED_INSTANCES)
    assert aws.writes == writes
    assert [change["action"] for change in checked_set["changes"]] == expected_set(a_set)
    assert summary(checked) == expected_instances("same" if a_set != "missing" else a_set, instance)
    real_set = run(stackset, **WANTED_SET[a_set])
    assert real_set["changes"] == checked_set["changes"]
    assert real_set["updates_instances"] == checked_set["updates_instances"]
    if a_set in ("missing", "same"):
        assert run(stackset_instance, **WANTED_INSTANCES)["changes"] == checked["changes"]
