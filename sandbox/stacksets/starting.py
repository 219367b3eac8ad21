"""How an operation comes into being: lookups, refusals, the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import uuid4

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.stacksets.model import (
    Instance,
    Operation,
    OperationResult,
    StackSet,
    StackSets,
    Target,
    nothing,
)
from sandbox.stacksets.preferences import preferences_of
from sandbox.stacksets.runner import Runner


def stack_set_of(call: Call) -> StackSet:
    found = call.regional(StackSets).find(call["StackSetName"])
    if found is None or found.status == "DELETED":
        raise AwsError("StackSetNotFoundException", f"StackSet {call['StackSetName']} not found")
    return found


def instance_of(stack_set: StackSet, target: Target) -> Instance:
    found = stack_set.instances.get(target)
    if found is None:
        raise instance_not_found(stack_set, target)
    return found


def instance_not_found(stack_set: StackSet, target: Target) -> AwsError:
    return AwsError(
        "StackInstanceNotFoundException",
        f"Stack instance for account {target[0]} and region {target[1]} in StackSet "
        f"{stack_set.id} not found",
    )


def operation_of(call: Call, stack_set: StackSet) -> Operation:
    for operation in stack_set.operations:
        if operation.id == call["OperationId"]:
            return operation
    raise AwsError("OperationNotFoundException", f"Operation {call['OperationId']} not found")


def refuse_busy(call: Call, stack_set: StackSet) -> None:
    """Without managed execution, one operation at a time; with it, others queue."""
    if call.world.faults.takes_stale_request():
        raise AwsError(
            "StaleRequestException",
            "Another operation has been performed on this StackSet since the specified "
            "operation was performed.",
        )
    # AWS looks for a running operation first, even for a repeated operation id.
    if stack_set.active_operations() and not stack_set.is_managed_execution:
        raise operation_in_progress(stack_set)
    operation_id = call.get("OperationId")
    if operation_id and any(each.id == operation_id for each in stack_set.operations):
        raise AwsError(
            "OperationIdAlreadyExistsException",
            f"Operation with id {operation_id} already exists",
        )


def operation_in_progress(stack_set: StackSet) -> AwsError:
    return AwsError(
        "OperationInProgressException",
        f"Another Operation on StackSet {stack_set.arn} is in progress",
    )


def start_operation(
    call: Call,
    stack_set: StackSet,
    action: str,
    targets: Iterable[Target],
    begin: Callable[[], None] = nothing,
) -> Operation:
    """Put an operation on its way; ``begin`` is done at once unless it must queue."""
    operation = _operation(call, stack_set, action, targets)
    operation.begin = begin
    is_queued = bool(stack_set.active_operations())
    stack_set.operations.append(operation)
    if is_queued:
        operation.status = "QUEUED"
        return operation
    operation.has_begun = True
    begin()
    if not stack_set.has_runner:
        stack_set.has_runner = True
        call.world.clock.run(Runner(call.world, stack_set).step)
    return operation


def _operation(
    call: Call, stack_set: StackSet, action: str, targets: Iterable[Target]
) -> Operation:
    units = {t: instance.organizational_unit for t, instance in stack_set.instances.items()}
    results = {
        target: OperationResult(*target, organizational_unit=units.get(target))
        for target in sorted(set(targets))
    }
    return Operation(
        call.get("OperationId") or str(uuid4()),
        action,
        preferences_of(call.get("OperationPreferences")),
        results,
        call.world.clock.now(),
        stack_set.administration_role_arn,
        stack_set.execution_role_name,
        retains_stacks=call.get("RetainStacks", False),
        requested=call.get("DeploymentTargets", {}),
    )
