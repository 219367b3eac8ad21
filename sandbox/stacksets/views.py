"""Stack sets, instances, operations and results as answers show them."""

from __future__ import annotations

from typing import Any

from sandbox.arns import arn_of
from sandbox.cloudformation import parameters
from sandbox.stacksets.model import Instance, Operation, OperationResult, StackSet


def stack_set_view(found: StackSet) -> dict[str, Any]:
    declared = found.template.section("Parameters")
    return {
        "StackSetName": found.name,
        "StackSetId": found.id,
        "StackSetARN": found.arn,
        "Description": found.description,
        "Status": found.status,
        "TemplateBody": found.template.text,
        "Parameters": parameters.shown(declared, found.parameters),
        "Capabilities": found.capabilities,
        "Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()],
        "AdministrationRoleARN": found.administration_role_arn,
        "ExecutionRoleName": found.execution_role_name,
        "PermissionModel": found.permission_model,
        "AutoDeployment": found.auto_deployment,
        "ManagedExecution": {"Active": found.is_managed_execution},
        "StackSetDriftDetectionDetails": found.drift or {"DriftStatus": "NOT_CHECKED"},
        "OrganizationalUnitIds": sorted(found.organizational_units),
        "Regions": sorted({region for _, region in found.instances}),
    }


def stack_set_summary(found: StackSet) -> dict[str, Any]:
    return {
        "StackSetName": found.name,
        "StackSetId": found.id,
        "Description": found.description,
        "Status": found.status,
        "PermissionModel": found.permission_model,
        "AutoDeployment": found.auto_deployment,
        "ManagedExecution": {"Active": found.is_managed_execution},
        "DriftStatus": found.drift.get("DriftStatus", "NOT_CHECKED"),
        "LastDriftCheckTimestamp": found.drift.get("LastDriftCheckTimestamp"),
    }


def instance_summary(stack_set: StackSet, instance: Instance) -> dict[str, Any]:
    return {
        "StackSetId": stack_set.id,
        "Region": instance.region,
        "Account": instance.account_id,
        "StackId": instance.stack.arn if instance.stack else None,
        "Status": instance.status,
        "StatusReason": instance.reason or None,
        "StackInstanceStatus": {"DetailedStatus": instance.detailed},
        "OrganizationalUnitId": instance.organizational_unit,
        "DriftStatus": instance.drift,
        "LastDriftCheckTimestamp": instance.drift_checked,
        "LastOperationId": instance.operation_id,
    }


def instance_view(stack_set: StackSet, instance: Instance) -> dict[str, Any]:
    overrides = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in instance.overrides.items()
    ]
    return {**instance_summary(stack_set, instance), "ParameterOverrides": overrides}


def operation_summary(operation: Operation) -> dict[str, Any]:
    return {
        "OperationId": operation.id,
        "Action": operation.action,
        "Status": operation.status,
        "CreationTimestamp": operation.created,
        "EndTimestamp": operation.ended,
        "StatusReason": operation.reason or None,
        "StatusDetails": {"FailedStackInstancesCount": operation.count("FAILED")},
        "OperationPreferences": operation.preferences.given or None,
    }


def operation_view(stack_set: StackSet, operation: Operation) -> dict[str, Any]:
    return {
        **operation_summary(operation),
        "StackSetId": stack_set.id,
        "RetainStacks": operation.retains_stacks if operation.action == "DELETE" else None,
        "AdministrationRoleARN": operation.administration_role_arn,
        "ExecutionRoleName": operation.execution_role_name,
        "DeploymentTargets": operation.requested or None,
        "StackSetDriftDetectionDetails": operation.drift,
    }


def result_view(result: OperationResult) -> dict[str, Any]:
    return {
        "Account": result.account_id,
        "Region": result.region,
        "Status": result.status,
        "StatusReason": result.reason or None,
        "AccountGateResult": {
            "Status": "SKIPPED",
            "StatusReason": f"Function not found: {_account_gate(result)}",
        },
        "OrganizationalUnitId": result.organizational_unit,
    }


def _account_gate(result: OperationResult) -> str:
    name = "function:AWSCloudFormationStackSetAccountGate"
    return arn_of("lambda", result.account_id, name, result.region)
