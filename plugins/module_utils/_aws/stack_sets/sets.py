# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading and writing stack sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._core.change import Json, State
from ..._core.stacks.canonical import MASK, canonical_template, masked_parameters
from ..._core.stacks.stack_set import stack_set_id
from ..cfn_yaml import parse_template
from ..errors import AwsError
from ..transformations import Answer, tags_from, tags_to
from ..writing import create_once
from .calls import NOT_FOUND, StackSetAddress, doing_to


@dataclass(frozen=True)
class TemplateSource:
    """What AWS gets: the template's own text or its address, and unmasked parameters."""

    body: str = ""
    url: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    def arguments(self) -> dict[str, str]:
        """Return the template as arguments of a call."""
        return {"TemplateURL": self.url} if self.url else {"TemplateBody": self.body}


def read_stack_set(address: StackSetAddress) -> Answer | None:
    """Return AWS's answer about a stack set; None when there is none."""
    question = f"{address.aws.label}: stack set {address.name} as {address.call_as}"
    return address.aws.reads.answer(question, lambda: _read_stack_set(address))


def _read_stack_set(address: StackSetAddress) -> Answer | None:
    try:
        with doing_to(address, "read"):
            found: Answer = address.call("describe_stack_set")["StackSet"]
    except AwsError as error:
        if error.code == NOT_FOUND:
            return None
        raise
    return None if found.get("Status") == "DELETED" else found


def read_stack_set_state(address: StackSetAddress) -> State:
    """Return the stack set as it is there, or nothing."""
    found = read_stack_set(address)
    return {} if found is None else {stack_set_id(address.name): stack_set_from(found)}


def stack_set_from(answer: Answer) -> dict[str, Json]:
    """Return the attributes of a stack set in canonical form."""
    template = parse_template(answer["TemplateBody"], "the template of the stack set")
    parameters = {p["ParameterKey"]: p["ParameterValue"] for p in answer.get("Parameters", [])}
    deployment = answer.get("AutoDeployment")
    return {
        "template": canonical_template(template),
        "description": answer.get("Description", ""),
        "parameters": masked_parameters(template, parameters),
        "capabilities": sorted(answer.get("Capabilities", [])),
        "tags": dict(sorted(tags_from(answer.get("Tags", [])).items())),
        "administration_role_arn": answer.get("AdministrationRoleARN"),
        "execution_role_name": answer.get("ExecutionRoleName"),
        "permission_model": answer.get("PermissionModel", "SELF_MANAGED"),
        "managed_execution": bool(answer.get("ManagedExecution", {}).get("Active", False)),
        "auto_deployment": _auto_deployment_from(deployment),
    }


def _auto_deployment_from(answer: Answer | None) -> dict[str, bool] | None:
    if answer is None:
        return None
    return {
        "enabled": bool(answer.get("Enabled", False)),
        "retain_stacks": bool(answer.get("RetainStacksOnAccountRemoval", False)),
    }


def _auto_deployment_to(deployment: Mapping[str, bool]) -> dict[str, bool]:
    arguments = {"Enabled": deployment["enabled"]}
    if deployment["enabled"]:
        arguments["RetainStacksOnAccountRemoval"] = deployment["retain_stacks"]
    return arguments


def create_stack_set(address: StackSetAddress, after: Json, source: TemplateSource) -> None:
    """Create a stack set without instances."""
    with doing_to(address, "create"):
        create_once(
            lambda: address.call(
                "create_stack_set",
                **_settings(after),
                **source.arguments(),
                Parameters=_parameters_to(after["parameters"], source, previous=False),
            ),
            lambda: _is_as_wanted(address, after),
        )


def _is_as_wanted(address: StackSetAddress, after: Json) -> bool:
    found = read_stack_set(address)
    return found is not None and stack_set_from(found)["template"] == after["template"]


def start_update(
    address: StackSetAddress,
    after: Json,
    source: TemplateSource,
    operation_id: str,
    targets: Mapping[str, Any],
) -> None:
    """Start the operation that updates a stack set and its instances.

    Everything is sent, because a custom administration role must be repeated and AWS resets
    some of what is left out.
    """
    with doing_to(address, "update"):
        address.call(
            "update_stack_set",
            **_settings(after),
            **source.arguments(),
            Parameters=_parameters_to(after["parameters"], source, previous=True),
            OperationId=operation_id,
            **targets,
        )


def _settings(after: Mapping[str, Json]) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "Capabilities": after["capabilities"],
        "Tags": tags_to(after["tags"]),
        "PermissionModel": after["permission_model"],
        "ManagedExecution": {"Active": after["managed_execution"]},
    }
    optional = {
        "Description": after["description"] or None,
        "AdministrationRoleARN": after["administration_role_arn"],
        "ExecutionRoleName": after["execution_role_name"],
    }
    arguments.update({key: value for key, value in optional.items() if value is not None})
    if after["auto_deployment"] is not None:
        arguments["AutoDeployment"] = _auto_deployment_to(after["auto_deployment"])
    return arguments


def _parameters_to(
    values: Mapping[str, str], source: TemplateSource, *, previous: bool
) -> list[dict[str, Any]]:
    """Return parameters as arguments; a secret that was not given keeps its value."""
    listed: list[dict[str, Any]] = []
    for key, shown in sorted(values.items()):
        value = source.parameters.get(key, shown)
        if value != MASK or key in source.parameters:
            listed.append({"ParameterKey": key, "ParameterValue": value})
        elif previous:
            listed.append({"ParameterKey": key, "UsePreviousValue": True})
    return listed


def delete_stack_set(address: StackSetAddress) -> None:
    """Delete an empty stack set; one that is gone already is well."""
    try:
        with doing_to(address, "delete"):
            address.call("delete_stack_set")
    except AwsError as error:
        if error.code != NOT_FOUND:
            raise


def preferences_to(preferences: Mapping[str, Json]) -> dict[str, Any]:
    """Return operation preferences as AWS names them."""
    return {_PREFERENCES[key]: value for key, value in preferences.items() if value is not None}


_PREFERENCES = {
    "failure_tolerance_count": "FailureToleranceCount",
    "failure_tolerance_percentage": "FailureTolerancePercentage",
    "max_concurrent_count": "MaxConcurrentCount",
    "max_concurrent_percentage": "MaxConcurrentPercentage",
    "concurrency_mode": "ConcurrencyMode",
    "region_concurrency_type": "RegionConcurrencyType",
    "region_order": "RegionOrder",
}
"""Ours to AWS's."""
