"""CreateStackSet, UpdateStackSet, DeleteStackSet and their reads."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from sandbox.arns import arn_of
from sandbox.call import Call
from sandbox.cloudformation import parameters, template
from sandbox.cloudformation.pages import page
from sandbox.cloudformation.requests import template_of
from sandbox.errors import AwsError, validation_error
from sandbox.registry import operation
from sandbox.stacksets import organization
from sandbox.stacksets.model import (
    DEFAULT_ADMINISTRATION_ROLE,
    DEFAULT_EXECUTION_ROLE,
    StackSet,
    StackSets,
    Target,
)
from sandbox.stacksets.starting import (
    instance_not_found,
    operation_in_progress,
    refuse_busy,
    stack_set_of,
    start_operation,
)
from sandbox.stacksets.targets import has_targets, targets_of
from sandbox.stacksets.views import stack_set_summary, stack_set_view

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")


@operation("cloudformation", "CreateStackSet")
def create_stack_set(call: Call) -> dict[str, Any]:
    sets = call.regional(StackSets)
    name = call["StackSetName"]
    if not _NAME.fullmatch(name):
        raise validation_error(
            f"1 validation error detected: Value '{name}' at 'stackSetName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    existing = sets.find(name)
    if existing:
        return {"StackSetId": _repeated(existing, call.get("ClientRequestToken"))}
    made = _new_stack_set(call, sets)
    sets.all.append(made)
    return {"StackSetId": made.id}


def _repeated(existing: StackSet, token: str | None) -> str:
    """A create with the token of the first one is that one; any other is a collision."""
    if token is None or token != existing.token:
        raise AwsError("NameAlreadyExistsException", f"StackSet {existing.name} already exists")
    if existing.is_modified:
        raise AwsError(
            "CreatedButModifiedException",
            f"StackSet {existing.name} was created with this token and modified since",
        )
    return existing.id


def _new_stack_set(call: Call, sets: StackSets) -> StackSet:
    found = template_of(call)
    template.check_capabilities(found, call.get("Capabilities", []))
    declared = found.section("Parameters")
    model = call.get("PermissionModel", "SELF_MANAGED")
    if model == "SERVICE_MANAGED":
        organization.require_administrator(call.account_id)
    is_self_managed = model == "SELF_MANAGED"
    return StackSet(
        sets.account_id,
        sets.region,
        call["StackSetName"],
        found,
        parameters.resolve(declared, call.get("Parameters", []), {}),
        call.get("Capabilities", []),
        _tags(call),
        model,
        _administration_role(call) if is_self_managed else None,
        call.get("ExecutionRoleName", DEFAULT_EXECUTION_ROLE) if is_self_managed else None,
        description=call.get("Description"),
        auto_deployment=call.get("AutoDeployment"),
        is_managed_execution=_managed_execution(call, default=False),
        token=call.get("ClientRequestToken"),
    )


def _tags(call: Call) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in call.get("Tags", [])}


def _administration_role(call: Call) -> str:
    default = arn_of("iam", call.account_id, f"role/{DEFAULT_ADMINISTRATION_ROLE}")
    return str(call.get("AdministrationRoleARN", default))


def _managed_execution(call: Call, *, default: bool) -> bool:
    return bool(call.get("ManagedExecution", {}).get("Active", default))


@operation("cloudformation", "UpdateStackSet")
def update_stack_set(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    wanted = _managed_execution(call, default=stack_set.is_managed_execution)
    if wanted != stack_set.is_managed_execution and stack_set.active_operations():
        raise AwsError(
            "InvalidOperationException",
            "The execution configuration can't be changed while operations run or are queued.",
        )
    refuse_busy(call, stack_set)
    changes = _changes(call, stack_set)
    targets = _scope(call, stack_set)
    begin = partial(_begin_update, call, stack_set, changes, targets)
    started = start_operation(call, stack_set, "UPDATE", targets, begin)
    started.administration_role_arn = changes["administration_role_arn"]
    started.execution_role_name = changes["execution_role_name"]
    return {"OperationId": started.id}


def _changes(call: Call, stack_set: StackSet) -> dict[str, Any]:
    """The new settings, all checked before anything changes."""
    found = template_of(call, stack_set.template)
    template.check_capabilities(found, call.get("Capabilities", []))
    declared, given = found.section("Parameters"), call.get("Parameters", [])
    is_self_managed = call.get("PermissionModel", stack_set.permission_model) == "SELF_MANAGED"
    role = call.get("ExecutionRoleName", stack_set.execution_role_name)
    return {
        "template": found,
        "parameters": parameters.resolve(declared, given, stack_set.parameters),
        "capabilities": call.get("Capabilities", []),
        "tags": _tags(call) if "Tags" in call.params else stack_set.tags,
        "description": call.get("Description", stack_set.description),
        # Not given, it goes back to the default one: a custom role must be repeated.
        "administration_role_arn": _administration_role(call) if is_self_managed else None,
        "execution_role_name": role if is_self_managed else None,
        "auto_deployment": call.get("AutoDeployment", stack_set.auto_deployment),
        "is_managed_execution": _managed_execution(call, default=stack_set.is_managed_execution),
    }


def _scope(call: Call, stack_set: StackSet) -> list[Target]:
    """The instances that an update reaches: those named, or all; never inoperable ones."""
    if has_targets(call):
        targets = list(targets_of(call, stack_set))
        for target in targets:
            if target not in stack_set.instances:
                raise instance_not_found(stack_set, target)
    else:
        targets = list(stack_set.instances)
    return [t for t in targets if stack_set.instances[t].status != "INOPERABLE"]


def _begin_update(
    call: Call, stack_set: StackSet, changes: dict[str, Any], targets: list[Target]
) -> None:
    _apply(call, stack_set, changes)
    for target in targets:
        stack_set.instances[target].detailed = "PENDING"


def _apply(call: Call, stack_set: StackSet, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(stack_set, name, value)
    stack_set.is_modified = True
    if {"TemplateBody", "TemplateURL", "Parameters"} & call.params.keys():
        for instance in stack_set.instances.values():
            if instance.status == "CURRENT":
                instance.status = "OUTDATED"


@operation("cloudformation", "DeleteStackSet")
def delete_stack_set(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    if stack_set.active_operations():
        raise operation_in_progress(stack_set)
    if stack_set.instances:
        raise AwsError("StackSetNotEmptyException", f"StackSet {stack_set.name} is not empty")
    stack_set.status = "DELETED"
    return {}


@operation("cloudformation", "DescribeStackSet")
def describe_stack_set(call: Call) -> dict[str, Any]:
    return {"StackSet": stack_set_view(stack_set_of(call))}


@operation("cloudformation", "ListStackSets")
def list_stack_sets(call: Call) -> dict[str, Any]:
    wanted = call.get("Status", "ACTIVE")
    sets = [each for each in call.regional(StackSets).all if each.status == wanted]
    ordered = sorted(sets, key=lambda each: each.name)
    return page(call, ordered, "Summaries", stack_set_summary)
