"""Reads of operations and their results, and StopStackSetOperation."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.cloudformation.pages import page
from sandbox.errors import AwsError
from sandbox.registry import operation
from sandbox.stacksets.runner import Runner
from sandbox.stacksets.starting import operation_of, stack_set_of
from sandbox.stacksets.views import operation_summary, operation_view, result_view


@operation("cloudformation", "DescribeStackSetOperation")
def describe_operation(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    return {"StackSetOperation": operation_view(stack_set, operation_of(call, stack_set))}


@operation("cloudformation", "ListStackSetOperations")
def list_operations(call: Call) -> dict[str, Any]:
    newest_first = stack_set_of(call).operations[::-1]
    return page(call, newest_first, "Summaries", operation_summary)


@operation("cloudformation", "ListStackSetOperationResults")
def list_results(call: Call) -> dict[str, Any]:
    found = operation_of(call, stack_set_of(call))
    wanted = [f["Values"] for f in call.get("Filters", [])]
    results = [r for r in found.results.values() if all(r.status == w for w in wanted)]
    return page(call, results, "Summaries", result_view)


@operation("cloudformation", "StopStackSetOperation")
def stop_operation(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    found = operation_of(call, stack_set)
    if not found.is_active:
        raise AwsError(
            "InvalidOperationException",
            f"Operation {found.id} is in {found.status} state and can not be stopped.",
        )
    if found.status == "QUEUED":
        Runner(call.world, stack_set).stop_queued(found)
    else:
        found.status = "STOPPING"
    return {}
