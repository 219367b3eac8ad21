"""CreateStack, UpdateStack, DeleteStack and their settings."""

from __future__ import annotations

import re
from typing import Any

from sandbox.call import Call
from sandbox.cloudformation.acting import take_over
from sandbox.cloudformation.deployment import scope_of, wanted_resources
from sandbox.cloudformation.lifecycle import Step, start_create, start_delete, start_update
from sandbox.cloudformation.model import Spec, Stack, Stacks
from sandbox.cloudformation.requests import spec_of, stack_of, template_of
from sandbox.errors import AwsError, validation_error
from sandbox.registry import operation

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
_UPDATABLE = {
    *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"),
    "IMPORT_ROLLBACK_COMPLETE",
}


@operation("cloudformation", "CreateStack")
def create_stack(call: Call) -> dict[str, Any]:
    stacks = call.regional(Stacks)
    name = call["StackName"]
    check_name(name)
    repeated = _repeated(stacks.find(name), call.get("ClientRequestToken"), "CREATE_IN_PROGRESS")
    if repeated:
        return {"StackId": repeated.arn}
    refuse_existing(stacks, name)
    stack = Stack(
        stacks.account_id,
        stacks.region,
        name,
        spec_of(call, template_of(call)),
        call.world.clock.now(),
        is_protected=call.get("EnableTerminationProtection", False),
        disable_rollback=call.get("DisableRollback", call.get("OnFailure") == "DO_NOTHING"),
        deletes_on_failure=call.get("OnFailure") == "DELETE",
    )
    take_over(call, stack, stack.spec.role_arn)
    stacks.all.append(stack)
    start(call, start_create(call.world, stack))
    return {"StackId": stack.arn}


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise validation_error(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )


def _repeated(stack: Stack | None, token: str | None, status: str) -> Stack | None:
    """The stack if this very request was made before: a retry must not be a second one."""
    if stack is None or token is None:
        return None
    made = any(event.token == token and event.status == status for event in stack.events)
    return stack if made else None


def refuse_existing(stacks: Stacks, name: str) -> None:
    existing = stacks.find(name)
    if existing:
        raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")


def start(call: Call, step: Step) -> None:
    if call.world.clock.stack_ticks:
        call.world.clock.run(step)
        return
    while not step():
        pass


@operation("cloudformation", "UpdateStack")
def update_stack(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"])
    if _repeated(stack, call.get("ClientRequestToken"), "UPDATE_IN_PROGRESS"):
        return {"StackId": stack.arn}
    refuse_not_updatable(stack)
    spec = spec_of(call, template_of(call, stack.spec.template), stack.spec)
    if is_same(stack, spec):
        raise validation_error("No updates are to be performed.")
    take_over(call, stack, spec.role_arn)
    start(call, start_update(call.world, stack, spec))
    return {"StackId": stack.arn}


def refuse_not_updatable(stack: Stack) -> None:
    if stack.status not in _UPDATABLE:
        raise validation_error(
            f"Stack:{stack.arn} is in {stack.status} state and can not be updated."
        )


def is_same(stack: Stack, spec: Spec) -> bool:
    """Whether an update would change nothing: resources, tags and role are what counts."""
    if (spec.tags, spec.role_arn) != (stack.spec.tags, stack.spec.role_arn):
        return False
    return bool(_effective(stack, spec) == _effective(stack, stack.spec))


def _effective(stack: Stack, spec: Spec) -> Any:
    scope = scope_of(stack, spec)
    # A reference to a resource only has to be the same on both sides.
    scope.physical_ids = {name: name for name in spec.template.resources}
    scope.attributes = {name: _AnyAttribute(name) for name in spec.template.resources}
    resources = scope.resolve(wanted_resources(scope, spec))
    return resources, spec.template.section("Outputs"), spec.template.content.get("Metadata")


class _AnyAttribute(dict[str, str]):
    """Attributes that are not known before the resource is made; each has its own value."""

    def __init__(self, logical_id: str) -> None:
        super().__init__()
        self._logical_id = logical_id

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"{self._logical_id}.{name}"


@operation("cloudformation", "DeleteStack")
def delete_stack(call: Call) -> None:
    stack = call.regional(Stacks).find(call["StackName"])
    if stack is None or stack.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
        return
    if stack.is_protected:
        raise validation_error(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )
    if stack.is_in_progress:
        raise validation_error(
            f"Stack:{stack.arn} is in {stack.status} state and can not be deleted."
        )
    retain = set(call.get("RetainResources", []))
    if retain and stack.status != "DELETE_FAILED":
        raise validation_error(
            "RetainResources can only be specified for stacks in DELETE_FAILED state."
        )
    take_over(call, stack, call.get("RoleARN", stack.spec.role_arn))
    stack.spec.token = call.get("ClientRequestToken")
    start(call, start_delete(call.world, stack, retain))


@operation("cloudformation", "UpdateTerminationProtection")
def update_termination_protection(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"])
    stack.is_protected = call["EnableTerminationProtection"]
    return {"StackId": stack.arn}
