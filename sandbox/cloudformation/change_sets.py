"""Change sets: what an update would do, as a plan that can be executed or thrown away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.call import Call
from sandbox.cloudformation import parameters
from sandbox.cloudformation.acting import take_over
from sandbox.cloudformation.deployment import scope_of, wanted_resources
from sandbox.cloudformation.lifecycle import start_create, start_update
from sandbox.cloudformation.model import Spec, Stack, Stacks
from sandbox.cloudformation.pages import page
from sandbox.cloudformation.requests import spec_of, stack_of, template_of
from sandbox.cloudformation.resources import PROVIDERS
from sandbox.cloudformation.stacks import (
    check_name,
    is_same,
    refuse_existing,
    refuse_not_updatable,
    start,
)
from sandbox.errors import AwsError, validation_error
from sandbox.registry import operation
from sandbox.world import World

_NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)


@dataclass
class ChangeSet:
    name: str
    stack: Stack
    spec: Spec
    kind: str
    created: datetime
    description: str | None
    changes: list[dict[str, Any]]
    status: str = "CREATE_IN_PROGRESS"
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def arn(self) -> str:
        return self.stack.arn.split(":stack/")[0] + f":changeSet/{self.name}/{self.id}"

    def finish(self) -> bool:
        self.status = "CREATE_COMPLETE" if self.changes else "FAILED"
        return True


class ChangeSets:
    def __init__(self, world: World, account_id: str, region: str) -> None:
        del world, account_id, region
        self.all: list[ChangeSet] = []


@operation("cloudformation", "CreateChangeSet")
def create_change_set(call: Call) -> dict[str, Any]:
    kind = call.get("ChangeSetType", "UPDATE")
    stack = _new_stack(call) if kind == "CREATE" else stack_of(call, call["StackName"])
    if kind == "UPDATE":
        refuse_not_updatable(stack)
    name = call["ChangeSetName"]
    sets = call.regional(ChangeSets).all
    if any(each.stack is stack and each.name == name for each in sets):
        raise AwsError("AlreadyExistsException", f"ChangeSet {name} already exists")
    previous = stack.spec if kind == "UPDATE" else None
    spec = spec_of(call, template_of(call, previous.template if previous else None), previous)
    changes = _changes(stack, spec, kind)
    now = call.world.clock.now()
    made = ChangeSet(name, stack, spec, kind, now, call.get("Description"), changes)
    sets.append(made)
    start(call, made.finish)
    return {"Id": made.arn, "StackId": stack.arn}


def _new_stack(call: Call) -> Stack:
    stacks = call.regional(Stacks)
    name = call["StackName"]
    check_name(name)
    existing = stacks.find(name)
    if existing and existing.status == "REVIEW_IN_PROGRESS":
        return existing
    refuse_existing(stacks, name)
    spec = spec_of(call, template_of(call))
    stack = Stack(stacks.account_id, stacks.region, name, spec, call.world.clock.now())
    stack.note(call.world.clock.now(), "REVIEW_IN_PROGRESS", "User Initiated")
    stacks.all.append(stack)
    return stack


def _changes(stack: Stack, spec: Spec, kind: str) -> list[dict[str, Any]]:
    if kind == "UPDATE" and is_same(stack, spec):
        return []
    scope = scope_of(stack, spec)
    scope.physical_ids = {name: name for name in spec.template.resources}
    wanted = wanted_resources(scope, spec)
    removed = [
        _change("Remove", name, resource.type, resource.physical_id)
        for name, resource in stack.resources.items()
        if name not in wanted
    ]
    return removed + [
        change
        for name, declaration in wanted.items()
        if (change := _change_of(stack, spec, name, declaration))
    ]


def _change_of(
    stack: Stack, spec: Spec, name: str, declaration: dict[str, Any]
) -> dict[str, Any] | None:
    existing = stack.resources.get(name)
    if existing is None:
        return _change("Add", name, declaration["Type"])
    before = stack.spec.template.resources.get(name)
    is_unchanged = before == declaration and stack.spec.parameters == spec.parameters
    if is_unchanged and stack.spec.tags == spec.tags:
        return None
    old, new = (before or {}).get("Properties", {}), declaration.get("Properties", {})
    replaced = any(old.get(n) != new.get(n) for n in PROVIDERS[existing.type].replaced_by)
    change = _change("Modify", name, existing.type, existing.physical_id)
    change["ResourceChange"]["Replacement"] = str(replaced)
    return change


def _change(
    action: str, name: str, resource_type: str, physical_id: str | None = None
) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "Action": action,
        "LogicalResourceId": name,
        "PhysicalResourceId": physical_id,
        "ResourceType": resource_type,
        "Scope": [],
        "Details": [],
    }
    return {"Type": "Resource", "ResourceChange": resource}


def _found(call: Call) -> ChangeSet:
    name, stack_name = call["ChangeSetName"], call.get("StackName")
    for each in call.regional(ChangeSets).all:
        of_stack = stack_name in (None, each.stack.name, each.stack.arn)
        if name == each.arn or (of_stack and name == each.name):
            return each
    raise AwsError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")


@operation("cloudformation", "DescribeChangeSet")
def describe_change_set(call: Call) -> dict[str, Any]:
    found = _found(call)
    is_ready = found.status == "CREATE_COMPLETE"
    return {
        **_summary(found),
        "Parameters": parameters.shown(
            found.spec.template.section("Parameters"), found.spec.parameters
        ),
        "Capabilities": found.spec.capabilities,
        "Tags": [{"Key": key, "Value": value} for key, value in found.spec.tags.items()],
        **page(call, found.changes if is_ready else [], "Changes", lambda change: change),
    }


@operation("cloudformation", "ListChangeSets")
def list_change_sets(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"])
    sets = [each for each in call.regional(ChangeSets).all if each.stack is stack]
    return page(call, sets, "Summaries", _summary)


def _summary(found: ChangeSet) -> dict[str, Any]:
    is_ready = found.status == "CREATE_COMPLETE"
    return {
        "ChangeSetId": found.arn,
        "ChangeSetName": found.name,
        "StackId": found.stack.arn,
        "StackName": found.stack.name,
        "Description": found.description,
        "CreationTime": found.created,
        "Status": found.status,
        "StatusReason": _NO_CHANGES if found.status == "FAILED" else None,
        "ExecutionStatus": "AVAILABLE" if is_ready else "UNAVAILABLE",
    }


@operation("cloudformation", "ExecuteChangeSet")
def execute_change_set(call: Call) -> None:
    found = _found(call)
    if found.status != "CREATE_COMPLETE":
        raise AwsError(
            "InvalidChangeSetStatus",
            f"ChangeSet [{found.arn}] cannot be executed in its current status of [{found.status}]",
        )
    if found.kind == "UPDATE":
        refuse_not_updatable(found.stack)
    take_over(call, found.stack, found.spec.role_arn)
    call.regional(ChangeSets).all.remove(found)
    found.spec.token = call.get("ClientRequestToken")
    if found.kind == "CREATE":
        found.stack.spec = found.spec
        start(call, start_create(call.world, found.stack))
    else:
        start(call, start_update(call.world, found.stack, found.spec))


@operation("cloudformation", "DeleteChangeSet")
def delete_change_set(call: Call) -> None:
    try:
        found = _found(call)
    except AwsError:
        if call["ChangeSetName"].startswith("arn:"):
            return  # deleting one that is gone succeeds
        raise
    if found.status == "CREATE_IN_PROGRESS":
        raise validation_error(f"ChangeSet [{found.name}] is being created.")
    call.regional(ChangeSets).all.remove(found)
