"""Drift detection of a whole stack set."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.cloudformation.drift import drift_view
from sandbox.cloudformation.model import StackResource
from sandbox.cloudformation.pages import page
from sandbox.registry import operation
from sandbox.stacksets.drift_details import open_drift
from sandbox.stacksets.starting import (
    instance_of,
    operation_of,
    refuse_busy,
    stack_set_of,
    start_operation,
)

_SUMMARY = (
    *("StackId", "LogicalResourceId", "PhysicalResourceId", "ResourceType"),
    *("PropertyDifferences", "StackResourceDriftStatus", "Timestamp"),
)


@operation("cloudformation", "DetectStackSetDrift")
def detect_stack_set_drift(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    refuse_busy(call, stack_set)
    deployed = [target for target, each in stack_set.instances.items() if each.stack]
    started = start_operation(call, stack_set, "DETECT_DRIFT", deployed)
    open_drift(stack_set, started)
    return {"OperationId": started.id}


@operation("cloudformation", "ListStackInstanceResourceDrifts")
def list_resource_drifts(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    operation_of(call, stack_set)
    target = (call["StackInstanceAccount"], call["StackInstanceRegion"])
    stack = instance_of(stack_set, target).stack
    wanted = call.get("StackInstanceResourceDriftStatuses")
    if stack is None:
        return {"Summaries": []}
    resources = [
        resource
        for resource in stack.resources.values()
        if resource.drift != "NOT_CHECKED" and (not wanted or resource.drift in wanted)
    ]

    def view(resource: StackResource) -> dict[str, Any]:
        full = drift_view(call.world, stack, resource)
        return {name: full[name] for name in _SUMMARY}

    return page(call, resources, "Summaries", view)
