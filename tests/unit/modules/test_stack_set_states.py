# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every state of a stack set, its instances and its operations, in check mode and for real."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import stackset, stackset_instance

from sandbox.calls import is_write
from tests.unit.modules.stack_sets import (
    JUMP,
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
    if a_set != "missing" or (instance == "missing" and operation in ("none", "stale"))
]

WANTED_SET = {
    "missing": stack_set(),
    "same": stack_set(),
    "changed template": stack_set(template_body=template("two")),
    "changed parameters": stack_set(parameters={"Stage": "other"}),
}
WANTED_INSTANCES = instances([A, OTHER], purge=True, recover_inoperable=True)
HASTY = {"wait_timeout": 0, "account_id": JUMP}


def build(aws, run, a_set, instance, operation):
    """Bring the local AWS into a state: what is wanted of the stack set is no part of it."""
    is_set = "no-set" if a_set == "missing" else "set"
    aws.build_once(
        f"{is_set}-{instance}-{operation}",
        lambda: build_anew(aws, run, a_set, instance, operation),
    )


def build_anew(aws, run, a_set, instance, operation):
    """Bring the local AWS into a state, as it comes about in AWS."""
    prepare(aws, [A, SURPLUS, OTHER])
    if a_set == "missing":
        if operation == "stale":
            aws.fault(stale_requests=1)
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


WRITES = {
    "missing": ["CreateStackInstances"],
    "outdated": ["UpdateStackInstances"],
    "inoperable": ["DeleteStackInstances", "CreateStackInstances"],
    "surplus": ["DeleteStackInstances"],
}


def expected_writes(a_set, instance, operation):
    """Return the calls that write; the first one is repeated when it meets a stale request."""
    calls = {"missing": ["CreateStackSet"], "same": []}.get(a_set, ["UpdateStackSet"])
    if expected_instances(a_set, instance):
        calls = calls + WRITES[instance]
    # A stack set that is being created cannot have changed meanwhile.
    repeated = [call for call in calls if call != "CreateStackSet"][:1]
    return Counter(calls + repeated * (operation == "stale"))


def writes_of(aws):
    """Return how often each call that writes was made."""
    calls = [(name.split(":"), count) for name, count in aws.calls.items()]
    return Counter(
        {action: count for (service, action), count in calls if is_write(service, action)}
    )


def summary(result):
    return [(c["action"], c["target"].split()[-1].split("/")[0]) for c in result["changes"]]


@pytest.mark.parametrize(("a_set", "instance", "operation"), ROWS)
def test_one_run_brings_every_state_to_the_desired_one(aws, run, a_set, instance, operation):
    build(aws, run, a_set, instance, operation)
    before = writes_of(aws)
    changed_set = run(stackset, **WANTED_SET[a_set])
    assert [change["action"] for change in changed_set["changes"]] == expected_set(a_set)
    assert changed_set["changed"] is bool(expected_set(a_set))
    changed = run(stackset_instance, **WANTED_INSTANCES)
    assert summary(changed) == expected_instances(a_set, instance)
    assert changed["changed"] is bool(expected_instances(a_set, instance))
    assert writes_of(aws) - before == expected_writes(a_set, instance, operation)
    assert changed_set["failures"] == changed["failures"] == []
    assert "msg" not in {**changed_set, **changed}
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
    updates = checked_set["updates_instances"]
    checked = run(stackset_instance, check=True, stack_set_updates=updates, **WANTED_INSTANCES)
    assert aws.writes == writes
    assert [change["action"] for change in checked_set["changes"]] == expected_set(a_set)
    assert summary(checked) == expected_instances(a_set, instance)
    real_set = run(stackset, **WANTED_SET[a_set])
    assert real_set["changes"] == checked_set["changes"]
    assert real_set["updates_instances"] == checked_set["updates_instances"]
    real = run(stackset_instance, stack_set_updates=updates, **WANTED_INSTANCES)
    assert real["changes"] == checked["changes"]


def in_the_way(aws, doing, operation):
    """Return what is read when there is no time to wait for others."""
    if operation == "stale":
        return (
            f"Could not {doing} stack set {NAME} in account {JUMP}: AWS answered "
            "StaleRequestException: Another operation has been performed on this StackSet since "
            "the specified operation was performed. Another run changed it at the same time; run "
            "again."
        )
    running = [row["OperationId"] for row in operations(aws) if row["Status"] == "RUNNING"]
    return (
        f"Could not wait longer than 0 seconds (wait_timeout) for operation {running[0]} "
        f"(UPDATE) of stack set {NAME} in account {JUMP}: AWS answered RUNNING: it has not "
        "ended after 0 minutes. It continues in AWS. Run again to wait for it and do the rest, "
        f"or stop it with: aws cloudformation stop-stack-set-operation --stack-set-name {NAME} "
        f"--operation-id {running[0]}"
    )


def hasten(aws, operation):
    """Return options for a run that does not wait, while nothing goes on by itself.

    What it says has the age of an operation, so the state is built anew for it.
    """
    if operation in ("running", "queued"):
        aws.world.clock.configure({"mode": "manual"})
    return {} if operation == "none" else HASTY


SET_ROWS = [row for row in ROWS if row[1] == "current" or row == ("missing", "missing", "none")]


@pytest.mark.parametrize(("a_set", "instance", "operation"), SET_ROWS)
def test_a_hasty_run_tells_what_is_in_the_way_of_the_set(aws, run, a_set, instance, operation):
    build_anew(aws, run, a_set, instance, operation)
    result = run(stackset, **WANTED_SET[a_set], **hasten(aws, operation))
    if operation == "none" or a_set == "same":
        assert "msg" not in result
        return
    assert result["failed"]
    assert result["msg"].split("\n")[0] == in_the_way(aws, "update", operation)


INSTANCE_ROWS = [row for row in ROWS if row[0] == "same"]
DOING = {"missing": "create instances of", "outdated": "update instances of"}


@pytest.mark.parametrize(("a_set", "instance", "operation"), INSTANCE_ROWS)
def test_a_run_without_leave_tells_what_it_did_not_do(aws, run, a_set, instance, operation):
    build_anew(aws, run, a_set, instance, operation)
    result = run(stackset_instance, **instances([A, OTHER]), **hasten(aws, operation))
    said = result.get("msg", "").split("\n")[0]
    if operation in ("running", "queued") or (operation == "stale" and instance in DOING):
        assert said == in_the_way(aws, DOING.get(instance), operation)
    elif instance == "inoperable":
        assert said.startswith(
            f"Stack instance {A}/{REGION} of stack set {NAME} is INOPERABLE (Account {A} "
        )
        assert said.endswith(
            f"Delete its stack in account {A} manually, then run again with recover_inoperable "
            "to replace the instance."
        )
    else:
        assert said == ""
        assert result["unlisted"] == ([f"{SURPLUS}/{REGION}"] if instance == "surplus" else [])
