"""The drift numbers of a stack set and of the operation that found them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.stacksets.model import Operation, StackSet


def open_drift(stack_set: StackSet, operation: Operation) -> None:
    operation.drift = _details(stack_set, operation, "IN_PROGRESS", None)
    stack_set.drift = operation.drift


def close_drift(stack_set: StackSet, operation: Operation) -> None:
    status = {"SUCCEEDED": "COMPLETED", "STOPPED": "STOPPED"}.get(operation.status, "FAILED")
    if status == "COMPLETED" and operation.count("FAILED"):
        status = "PARTIAL_SUCCESS"
    operation.drift = _details(stack_set, operation, status, operation.ended)
    stack_set.drift = operation.drift


def _details(
    stack_set: StackSet, operation: Operation, status: str, when: datetime | None
) -> dict[str, Any]:
    done = [t for t, result in operation.results.items() if result.status == "SUCCEEDED"]
    drifted = sum(stack_set.instances[target].drift == "DRIFTED" for target in done)
    running = operation.count("RUNNING") + operation.count("PENDING")
    overall = "DRIFTED" if drifted else "IN_SYNC"
    return {
        "DriftStatus": overall if status in ("COMPLETED", "PARTIAL_SUCCESS") else "NOT_CHECKED",
        "DriftDetectionStatus": status,
        "LastDriftCheckTimestamp": when,
        "TotalStackInstancesCount": len(operation.results),
        "DriftedStackInstancesCount": drifted,
        "InSyncStackInstancesCount": len(done) - drifted,
        "InProgressStackInstancesCount": running,
        "FailedStackInstancesCount": operation.count("FAILED"),
    }
