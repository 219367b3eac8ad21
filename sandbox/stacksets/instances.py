"""CreateStackInstances, UpdateStackInstances, DeleteStackInstances and their reads."""

from __future__ import annotations

from functools import partial
from typing import Any

from sandbox.call import Call
from sandbox.cloudformation.pages import page
from sandbox.errors import AwsError, validation_error
from sandbox.registry import operation
from sandbox.stacksets.model import Instance, StackSet, Target
from sandbox.stacksets.starting import (
    instance_not_found,
    instance_of,
    refuse_busy,
    stack_set_of,
    start_operation,
)
from sandbox.stacksets.targets import targets_of
from sandbox.stacksets.views import instance_summary, instance_view


@operation("cloudformation", "CreateStackInstances")
def create_stack_instances(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    refuse_busy(call, stack_set)
    targets = targets_of(call, stack_set)
    quota = call.world.faults.settings.stack_instances_quota
    if len(stack_set.instances.keys() | targets.keys()) > quota:
        raise AwsError(
            "LimitExceededException",
            f"StackSet {stack_set.name} can't have more than {quota} stack instances",
        )
    _check_overrides(call, stack_set)
    if not stack_set.is_self_managed:
        stack_set.organizational_units |= {unit for unit in targets.values() if unit}
    begin = partial(_begin_create, call, stack_set, targets)
    started = start_operation(call, stack_set, "CREATE", targets, begin)
    return {"OperationId": started.id}


def _begin_create(call: Call, stack_set: StackSet, targets: dict[Target, str | None]) -> None:
    for target, unit in targets.items():
        instance = stack_set.instances.setdefault(
            target, Instance(*target, organizational_unit=unit)
        )
        instance.detailed = "PENDING"
        _set_overrides(call, instance)


@operation("cloudformation", "UpdateStackInstances")
def update_stack_instances(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    refuse_busy(call, stack_set)
    targets = list(targets_of(call, stack_set))
    for target in targets:
        if target not in stack_set.instances:
            raise instance_not_found(stack_set, target)
    _check_overrides(call, stack_set)
    operable = [t for t in targets if stack_set.instances[t].status != "INOPERABLE"]
    begin = partial(_begin_update, call, stack_set, operable)
    started = start_operation(call, stack_set, "UPDATE", operable, begin)
    return {"OperationId": started.id}


def _begin_update(call: Call, stack_set: StackSet, targets: list[Target]) -> None:
    for target in targets:
        instance = stack_set.instances[target]
        instance.detailed = "PENDING"
        _set_overrides(call, instance)


@operation("cloudformation", "DeleteStackInstances")
def delete_stack_instances(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    refuse_busy(call, stack_set)
    targets = [t for t in targets_of(call, stack_set) if t in stack_set.instances]
    begin = partial(_begin_delete, stack_set, targets)
    started = start_operation(call, stack_set, "DELETE", targets, begin)
    return {"OperationId": started.id}


def _begin_delete(stack_set: StackSet, targets: list[Target]) -> None:
    for target in targets:
        stack_set.instances[target].detailed = "PENDING"


def _check_overrides(call: Call, stack_set: StackSet) -> None:
    declared = stack_set.template.section("Parameters")
    for override in call.get("ParameterOverrides", []):
        key = override["ParameterKey"]
        if key not in declared:
            raise validation_error(f"Parameters: [{key}] do not exist in the template")
        if override.get("UsePreviousValue") and "ParameterValue" in override:
            raise validation_error(
                f"You can't specify both a value and UsePreviousValue for parameter {key}."
            )


def _set_overrides(call: Call, instance: Instance) -> None:
    """A given list replaces the overrides, but for entries that keep their present value."""
    if call.world.faults.settings.merge_overrides:
        _merge_overrides(call, instance)
        return
    if "ParameterOverrides" not in call.params:
        return
    instance.overrides = _given_overrides(call, instance)


def _merge_overrides(call: Call, instance: Instance) -> None:
    """The other reading: a given list is merged by name, without one all are reverted."""
    given = _given_overrides(call, instance)
    instance.overrides = {**instance.overrides, **given} if given else {}


def _given_overrides(call: Call, instance: Instance) -> dict[str, str]:
    overrides = {}
    for given in call.get("ParameterOverrides", []):
        key = given["ParameterKey"]
        if not given.get("UsePreviousValue"):
            overrides[key] = given.get("ParameterValue", "")
        elif key in instance.overrides:
            overrides[key] = instance.overrides[key]
    return overrides


@operation("cloudformation", "DescribeStackInstance")
def describe_stack_instance(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    target: Target = (call["StackInstanceAccount"], call["StackInstanceRegion"])
    return {"StackInstance": instance_view(stack_set, instance_of(stack_set, target))}


@operation("cloudformation", "ListStackInstances")
def list_stack_instances(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    chosen = [
        instance
        for _, instance in sorted(stack_set.instances.items())
        if _is_wanted(call, instance)
    ]
    return page(call, chosen, "Summaries", lambda each: instance_summary(stack_set, each))


def _is_wanted(call: Call, instance: Instance) -> bool:
    actual = {
        "DETAILED_STATUS": instance.detailed,
        "LAST_OPERATION_ID": instance.operation_id,
        "DRIFT_STATUS": instance.drift,
    }
    return (
        call.get("StackInstanceAccount") in (None, instance.account_id)
        and call.get("StackInstanceRegion") in (None, instance.region)
        and all(actual[f["Name"]] == f["Values"] for f in call.get("Filters", []))
    )
