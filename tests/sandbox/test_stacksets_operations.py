"""How operations go through accounts: concurrency, tolerance, stopping, queueing, the gate."""

from __future__ import annotations

import pytest

from tests.sandbox.helpers import (
    PARALLEL,
    PROD,
    REGION,
    STAGING,
    add_execution_role,
    parameter_template,
    role_template,
)
from tests.sandbox.stack_set import (
    SET,
    create_instances,
    create_set,
    finish,
    instances,
    results,
    update_set,
)

TEN = [f"{number:012}" for number in range(1, 11)]


@pytest.fixture
def ten(aws, control, stacksets):
    """Ten accounts with execution roles, and a clock that only the test moves."""
    for account in TEN:
        add_execution_role(aws, account)
    control.post("clock", mode="manual")
    return stacksets


def running(cfn, operation: str) -> int:
    return list(results(cfn, operation).values()).count("RUNNING")


def status(cfn, operation: str) -> str:
    found = cfn.describe_stack_set_operation(**SET, OperationId=operation)
    return str(found["StackSetOperation"]["Status"])


def run(cfn, control, operation: str) -> list[int]:
    """Tick to the end; gives how many accounts ran at once, tick by tick."""
    at_once = []
    while status(cfn, operation) in ("RUNNING", "QUEUED", "STOPPING"):
        control.tick()
        at_once.append(running(cfn, operation))
    return [number for number in at_once if number]


@pytest.mark.parametrize(
    ("preferences", "expected"),
    [
        ({}, 1),
        ({"MaxConcurrentCount": 4}, 1),
        ({"MaxConcurrentPercentage": 100}, 1),
        ({"MaxConcurrentCount": 4, "FailureToleranceCount": 2}, 3),
        ({"MaxConcurrentPercentage": 100, "FailureTolerancePercentage": 29}, 3),
        ({"MaxConcurrentPercentage": 39, "FailureToleranceCount": 9}, 3),
        ({"MaxConcurrentPercentage": 5, "FailureToleranceCount": 9}, 1),
        ({"MaxConcurrentCount": 4, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}, 4),
        ({"MaxConcurrentPercentage": 100, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}, 10),
    ],
)
def test_concurrency_is_tolerance_plus_one_unless_soft(ten, control, preferences, expected) -> None:
    create_set(ten)
    operation = create_instances(ten, TEN, OperationPreferences=preferences)
    at_once = run(ten, control, operation)
    assert max(at_once) == expected
    assert status(ten, operation) == "SUCCEEDED"


def test_count_and_percentage_exclude_each_other(ten, refused) -> None:
    create_set(ten)
    both = {"FailureToleranceCount": 1, "FailureTolerancePercentage": 10}
    refused("ValidationError", create_instances, cfn=ten, accounts=TEN, OperationPreferences=both)


def test_failures_beyond_the_tolerance_cancel_the_rest(ten, control) -> None:
    control.post("faults", failing_accounts=TEN[1:3])
    create_set(ten)
    preferences = {"FailureToleranceCount": 1, "MaxConcurrentCount": 1}
    operation = create_instances(ten, TEN, OperationPreferences=preferences)
    run(ten, control, operation)
    assert status(ten, operation) == "FAILED"
    done = results(ten, operation)
    assert [done[account] for account in TEN[:4]] == ["SUCCEEDED", "FAILED", "FAILED", "CANCELLED"]
    assert instances(ten)[TEN[4]] == ("OUTDATED", "CANCELLED")
    listed = ten.list_stack_set_operation_results(**SET, OperationId=operation)["Summaries"]
    assert listed[-1]["StatusReason"] == "Cancelled since failure tolerance has exceeded"


def test_strict_concurrency_shrinks_with_each_failure(ten, control) -> None:
    control.post("faults", failing_accounts=TEN[:2])
    create_set(ten)
    preferences = {"FailureToleranceCount": 3, "MaxConcurrentCount": 4}
    operation = create_instances(ten, TEN, OperationPreferences=preferences)
    assert run(ten, control, operation) == [4, 2, 2, 2]
    assert status(ten, operation) == "SUCCEEDED"


def test_soft_concurrency_stays(ten, control) -> None:
    control.post("faults", failing_accounts=TEN[:2])
    create_set(ten)
    preferences = {
        "FailureToleranceCount": 3,
        "MaxConcurrentCount": 4,
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    }
    operation = create_instances(ten, TEN, OperationPreferences=preferences)
    assert run(ten, control, operation) == [4, 4, 2]


def test_succeeded_can_hide_failures(ten, control) -> None:
    control.post("faults", failing_accounts=TEN[:3])
    create_set(ten)
    operation = create_instances(ten, TEN)
    run(ten, control, operation)
    found = ten.describe_stack_set_operation(**SET, OperationId=operation)["StackSetOperation"]
    assert found["Status"] == "SUCCEEDED"
    assert found["StatusDetails"] == {"FailedStackInstancesCount": 3}
    listed = ten.list_stack_set_operations(**SET)["Summaries"]
    assert listed[0]["StatusDetails"] == {"FailedStackInstancesCount": 3}


def test_regions_go_one_after_the_other_in_the_given_order(stacksets, control) -> None:
    control.post("clock", mode="manual")
    create_set(stacksets, parameter_template())
    order = ["us-east-1", REGION]
    operation = create_instances(
        stacksets,
        Regions=[REGION, "us-east-1"],
        OperationPreferences={**PARALLEL, "RegionOrder": order},
    )
    control.tick()
    listed = stacksets.list_stack_set_operation_results(**SET, OperationId=operation)["Summaries"]
    assert {each["Region"] for each in listed if each["Status"] == "RUNNING"} == {"us-east-1"}


def test_regions_may_go_in_parallel(stacksets, control) -> None:
    control.post("clock", mode="manual")
    create_set(stacksets, parameter_template())
    preferences = {**PARALLEL, "RegionConcurrencyType": "PARALLEL"}
    operation = create_instances(
        stacksets, Regions=[REGION, "us-east-1"], OperationPreferences=preferences
    )
    control.tick()
    listed = stacksets.list_stack_set_operation_results(**SET, OperationId=operation)["Summaries"]
    assert {each["Status"] for each in listed} == {"RUNNING"}


def test_failed_region_cancels_the_later_ones(stacksets, control) -> None:
    control.post("faults", failing_accounts=[PROD])
    create_set(stacksets, parameter_template())
    operation = create_instances(
        stacksets,
        [PROD],
        Regions=["us-east-1", REGION],
        OperationPreferences={"RegionOrder": ["us-east-1"]},
    )
    assert finish(stacksets, operation) == "FAILED"
    listed = stacksets.list_stack_set_operation_results(**SET, OperationId=operation)["Summaries"]
    states = {each["Region"]: each["Status"] for each in listed}
    assert states == {"us-east-1": "FAILED", REGION: "CANCELLED"}


def test_stopped_operation_finishes_what_runs_and_cancels_the_rest(ten, control, refused) -> None:
    create_set(ten)
    operation = create_instances(ten, TEN, OperationPreferences={})
    control.tick()
    ten.stop_stack_set_operation(**SET, OperationId=operation)
    assert status(ten, operation) == "STOPPING"
    control.tick()
    assert status(ten, operation) == "STOPPED"
    assert sorted(set(results(ten, operation).values())) == ["CANCELLED", "SUCCEEDED"]
    refused("InvalidOperationException", ten.stop_stack_set_operation, **SET, OperationId=operation)
    retry = create_instances(ten, TEN)
    run(ten, control, retry)
    assert set(instances(ten).values()) == {("CURRENT", "SUCCEEDED")}


def test_managed_execution_queues_conflicting_operations_in_order(ten, control) -> None:
    create_set(ten, ManagedExecution={"Active": True})
    first = create_instances(ten, TEN[:5])
    second = update_set(ten, role_template(MaxSessionDuration=7200))
    third = create_instances(ten, TEN[5:])
    states = [status(ten, each) for each in (first, second, third)]
    assert states == ["RUNNING", "QUEUED", "QUEUED"]
    run(ten, control, first)
    assert [status(ten, each) for each in (second, third)] == ["RUNNING", "QUEUED"]
    run(ten, control, third)
    assert set(instances(ten).values()) == {("CURRENT", "SUCCEEDED")}


def test_managed_execution_runs_operations_that_do_not_conflict_together(ten, control) -> None:
    create_set(ten, ManagedExecution={"Active": True})
    first = create_instances(ten, TEN[:5], OperationPreferences={})
    second = create_instances(ten, TEN[5:], OperationPreferences={})
    assert status(ten, second) == "QUEUED"
    control.tick()
    assert [status(ten, each) for each in (first, second)] == ["RUNNING", "RUNNING"]


def test_managed_execution_cannot_be_switched_while_operations_run(ten, refused) -> None:
    create_set(ten, ManagedExecution={"Active": True})
    create_instances(ten, TEN)
    refused(
        "InvalidOperationException",
        update_set,
        cfn=ten,
        template=role_template(),
        ManagedExecution={"Active": False},
    )


def test_queued_operation_can_be_stopped(ten, control) -> None:
    create_set(ten, ManagedExecution={"Active": True})
    first = create_instances(ten, TEN[:5])
    second = create_instances(ten, TEN[:5])
    ten.stop_stack_set_operation(**SET, OperationId=second)
    assert status(ten, second) == "STOPPED"
    run(ten, control, first)
    assert status(ten, first) == "SUCCEEDED"


def test_slow_account_takes_ten_times_as_long(stacksets, control) -> None:
    control.post("faults", slow_accounts=[PROD])
    control.post("clock", mode="manual")
    create_set(stacksets)
    operation = create_instances(stacksets)
    control.tick(5)
    assert results(stacksets, operation) == {PROD: "RUNNING", STAGING: "SUCCEEDED"}
    control.tick(6)
    assert status(stacksets, operation) == "SUCCEEDED"
