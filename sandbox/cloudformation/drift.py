"""Drift detection: what the resources of a stack are against what its template says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sandbox.acting import Acting
from sandbox.call import Call
from sandbox.cloudformation.model import Stack, StackResource
from sandbox.cloudformation.pages import page
from sandbox.cloudformation.requests import stack_of
from sandbox.cloudformation.resources import PROVIDERS
from sandbox.cloudformation.resources.base import Place, Properties
from sandbox.cloudformation.stacks import start
from sandbox.errors import validation_error
from sandbox.identity import administrator
from sandbox.registry import operation
from sandbox.world import World

_UNORDERED = {"ManagedPolicyArns", "Policies", "Tags"}


@dataclass
class Detection:
    stack: Stack
    started: Any
    is_finished: bool = False
    id: str = field(default_factory=lambda: str(uuid4()))


class Detections:
    def __init__(self, world: World, account_id: str, region: str) -> None:
        del world, account_id, region
        self.by_id: dict[str, Detection] = {}


def detect(world: World, stack: Stack) -> bool:
    """Compare every resource with reality; True when the stack has drifted."""
    for resource in stack.resources.values():
        resource.drift = _resource_drift(world, stack, resource)
    is_drifted = any(r.drift in ("MODIFIED", "DELETED") for r in stack.resources.values())
    stack.drift = "DRIFTED" if is_drifted else "IN_SYNC"
    stack.drift_checked = world.clock.now()
    return is_drifted


def _resource_drift(world: World, stack: Stack, resource: StackResource) -> str:
    actual = actual_properties(world, stack, resource)
    if actual is None:
        return "DELETED"
    return "MODIFIED" if differences(resource.properties, actual) else "IN_SYNC"


def actual_properties(world: World, stack: Stack, resource: StackResource) -> Properties | None:
    place = Place(world, Acting(administrator(stack.account_id)), stack.region, stack.name)
    found = PROVIDERS[resource.type].read(place, resource.physical_id, resource.properties)
    if found is None:
        return None
    # Only properties that the template gives are compared.
    return {name: value for name, value in found.items() if name in resource.properties}


def differences(expected: Properties, actual: Properties) -> list[dict[str, Any]]:
    return [
        {
            "PropertyPath": f"/{name}",
            "ExpectedValue": _text(expected[name]),
            "ActualValue": _text(actual[name]),
            "DifferenceType": "NOT_EQUAL",
        }
        for name in expected
        if name in actual and _canonical(name, expected[name]) != _canonical(name, actual[name])
    ]


def _canonical(name: str, value: Any) -> Any:
    if name in _UNORDERED and isinstance(value, list):
        return sorted(json.dumps(each, sort_keys=True) for each in value)
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return str(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@operation("cloudformation", "DetectStackDrift")
def detect_stack_drift(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"])
    if stack.is_in_progress or stack.status in ("ROLLBACK_COMPLETE", "DELETE_COMPLETE"):
        raise validation_error(f"Cannot detect drift of a stack in status {stack.status}.")
    detection = Detection(stack, call.world.clock.now())
    call.regional(Detections).by_id[detection.id] = detection

    def finish() -> bool:
        detect(call.world, stack)
        detection.is_finished = True
        return True

    start(call, finish)
    return {"StackDriftDetectionId": detection.id}


@operation("cloudformation", "DescribeStackDriftDetectionStatus")
def describe_detection(call: Call) -> dict[str, Any]:
    detection = call.regional(Detections).by_id.get(call["StackDriftDetectionId"])
    if detection is None:
        raise validation_error(f"Drift detection {call['StackDriftDetectionId']} does not exist")
    stack = detection.stack
    drifted = [r for r in stack.resources.values() if r.drift in ("MODIFIED", "DELETED")]
    done = {"StackDriftStatus": stack.drift, "DriftedStackResourceCount": len(drifted)}
    return {
        "StackId": stack.arn,
        "StackDriftDetectionId": detection.id,
        "DetectionStatus": "DETECTION_COMPLETE"
        if detection.is_finished
        else "DETECTION_IN_PROGRESS",
        "Timestamp": detection.started,
        **(done if detection.is_finished else {}),
    }


@operation("cloudformation", "DescribeStackResourceDrifts")
def describe_resource_drifts(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"])
    wanted = call.get("StackResourceDriftStatusFilters")
    chosen = [
        resource
        for resource in stack.resources.values()
        if resource.drift != "NOT_CHECKED" and (not wanted or resource.drift in wanted)
    ]
    return page(call, chosen, "StackResourceDrifts", lambda r: drift_view(call.world, stack, r))


def drift_view(world: World, stack: Stack, resource: StackResource) -> dict[str, Any]:
    actual = actual_properties(world, stack, resource)
    found = differences(resource.properties, actual) if actual is not None else []
    return {
        "StackId": stack.arn,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ExpectedProperties": json.dumps(resource.properties),
        "ActualProperties": json.dumps(actual) if actual is not None else None,
        "PropertyDifferences": found,
        "StackResourceDriftStatus": resource.drift,
        "Timestamp": stack.drift_checked,
    }
