"""Stacks, events and resources as answers show them."""

from __future__ import annotations

from typing import Any

from sandbox.cloudformation import parameters
from sandbox.cloudformation.model import Event, Stack, StackResource
from sandbox.cloudformation.template import Template


def stack_view(stack: Stack) -> dict[str, Any]:
    spec = stack.spec
    return {
        "StackId": stack.arn,
        "StackName": stack.name,
        "Description": spec.template.description,
        "Parameters": parameters.shown(spec.template.section("Parameters"), spec.parameters),
        "CreationTime": stack.created,
        "DeletionTime": stack.deleted,
        "LastUpdatedTime": stack.updated,
        "RollbackConfiguration": {},
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
        "DisableRollback": stack.disable_rollback,
        "NotificationARNs": [],
        "Capabilities": spec.capabilities,
        "Outputs": stack.outputs or None,
        "RoleARN": spec.role_arn,
        "Tags": [{"Key": key, "Value": value} for key, value in spec.tags.items()],
        "EnableTerminationProtection": stack.is_protected,
        "DriftInformation": _drift(stack),
    }


def _drift(stack: Stack) -> dict[str, Any]:
    return {"StackDriftStatus": stack.drift, "LastCheckTimestamp": stack.drift_checked}


def stack_summary(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.arn,
        "StackName": stack.name,
        "TemplateDescription": stack.spec.template.description,
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
        "DriftInformation": _drift(stack),
    }


def event_view(stack: Stack, event: Event) -> dict[str, Any]:
    return {
        "StackId": stack.arn,
        "EventId": event.id,
        "StackName": stack.name,
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type,
        "Timestamp": event.when,
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason or None,
        "ClientRequestToken": event.token,
    }


def resource_view(stack: Stack, resource: StackResource) -> dict[str, Any]:
    return {
        "StackName": stack.name,
        "StackId": stack.arn,
        **resource_base(resource),
        "Timestamp": resource.updated,
    }


def resource_summary(resource: StackResource) -> dict[str, Any]:
    return {**resource_base(resource), "LastUpdatedTimestamp": resource.updated}


def resource_base(resource: StackResource) -> dict[str, Any]:
    return {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason or None,
        "DriftInformation": {"StackResourceDriftStatus": resource.drift},
    }


def declared_parameters(template: Template) -> list[dict[str, Any]]:
    return [
        {
            "ParameterKey": name,
            "DefaultValue": str(d["Default"]) if "Default" in d else None,
            "NoEcho": bool(d.get("NoEcho", False)),
            "Description": d.get("Description"),
        }
        for name, d in template.section("Parameters").items()
    ]
