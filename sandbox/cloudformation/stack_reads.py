"""What reads say about stacks: states, events, resources, templates."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.cloudformation.model import Stack, StackResource, Stacks
from sandbox.cloudformation.pages import page
from sandbox.cloudformation.requests import stack_of, template_of
from sandbox.cloudformation.template import Template
from sandbox.cloudformation.views import (
    declared_parameters,
    event_view,
    resource_base,
    resource_summary,
    resource_view,
    stack_summary,
    stack_view,
)
from sandbox.errors import validation_error
from sandbox.registry import operation

_MISSING = "Stack with id {} does not exist"


@operation("cloudformation", "DescribeStacks")
def describe_stacks(call: Call) -> dict[str, Any]:
    if "StackName" in call.params:
        return {"Stacks": [stack_view(stack_of(call, call["StackName"], _MISSING))]}
    live = [s for s in call.regional(Stacks).all if s.status != "DELETE_COMPLETE"]
    return page(call, live[::-1], "Stacks", stack_view)


@operation("cloudformation", "ListStacks")
def list_stacks(call: Call) -> dict[str, Any]:
    wanted = call.get("StackStatusFilter")
    stacks = call.regional(Stacks).all[::-1]
    chosen = [stack for stack in stacks if not wanted or stack.status in wanted]
    return page(call, chosen, "StackSummaries", stack_summary)


@operation("cloudformation", "DescribeStackEvents")
def describe_stack_events(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"])
    newest_first = stack.events[::-1]
    return page(call, newest_first, "StackEvents", lambda event: event_view(stack, event))


@operation("cloudformation", "ListStackResources")
def list_stack_resources(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"], _MISSING)
    resources = list(stack.resources.values())
    return page(call, resources, "StackResourceSummaries", resource_summary)


@operation("cloudformation", "DescribeStackResources")
def describe_stack_resources(call: Call) -> dict[str, Any]:
    if "StackName" in call.params:
        found = stack_of(call, call["StackName"], _MISSING)
    else:
        found = _stack_with(call, call.get("PhysicalResourceId"))
    wanted = call.get("LogicalResourceId")
    chosen = [r for r in found.resources.values() if wanted in (None, r.logical_id)]
    return {"StackResources": [resource_view(found, resource) for resource in chosen]}


def _stack_with(call: Call, physical_id: str | None) -> Stack:
    for stack in call.regional(Stacks).all:
        if any(r.physical_id == physical_id for r in stack.resources.values()):
            return stack
    raise validation_error(f"Stack for {physical_id} does not exist")


@operation("cloudformation", "DescribeStackResource")
def describe_stack_resource(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"])
    resource = _resource(stack, call["LogicalResourceId"])
    detail = {
        "StackName": stack.name,
        "StackId": stack.arn,
        **resource_base(resource),
        "LastUpdatedTimestamp": resource.updated,
    }
    return {"StackResourceDetail": detail}


def _resource(stack: Stack, logical_id: str) -> StackResource:
    if logical_id not in stack.resources:
        raise validation_error(f"Resource {logical_id} does not exist for stack {stack.name}")
    return stack.resources[logical_id]


@operation("cloudformation", "GetTemplate")
def get_template(call: Call) -> dict[str, Any]:
    stack = stack_of(call, call["StackName"], _MISSING)
    return {"TemplateBody": stack.spec.template.text, "StagesAvailable": ["Original", "Processed"]}


@operation("cloudformation", "GetStackPolicy")
def get_stack_policy(call: Call) -> dict[str, Any]:
    stack_of(call, call["StackName"], _MISSING)
    return {}


@operation("cloudformation", "ValidateTemplate")
def validate_template(call: Call) -> dict[str, Any]:
    found = template_of(call)
    return {
        "Parameters": declared_parameters(found),
        "Description": found.description,
        **_capabilities(found),
    }


@operation("cloudformation", "GetTemplateSummary")
def get_template_summary(call: Call) -> dict[str, Any]:
    found = _summarised(call)
    return {
        "Parameters": [
            {**each, "ParameterType": found.section("Parameters")[each["ParameterKey"]]["Type"]}
            for each in declared_parameters(found)
        ],
        "Description": found.description,
        **_capabilities(found),
        "ResourceTypes": sorted({r["Type"] for r in found.resources.values()}),
        "Version": found.content.get("AWSTemplateFormatVersion"),
    }


def _summarised(call: Call) -> Template:
    if "StackName" in call.params:
        return stack_of(call, call["StackName"], _MISSING).spec.template
    if "StackSetName" in call.params:
        raise validation_error("The sandbox summarises templates and stacks only.")
    return template_of(call)


def _capabilities(found: Template) -> dict[str, Any]:
    required = found.required_capability()
    if required is None:
        return {"Capabilities": []}
    named = ", ".join(sorted({r["Type"] for r in found.resources.values() if "IAM" in r["Type"]}))
    return {
        "Capabilities": [required],
        "CapabilitiesReason": f"The following resource(s) require capabilities: [{named}]",
    }
