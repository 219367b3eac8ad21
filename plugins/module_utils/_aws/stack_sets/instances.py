# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading and writing the instances of a stack set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..._core.change import Json, ObjectId, State
from ..._core.shown import inert
from ..._core.stacks.rectangles import Pair
from ..._core.stacks.stack_instances import CURRENT, InstanceOperation, Step, instance_id
from ..errors import AwsError
from ..transformations import Answer
from .calls import NOT_FOUND, StackSetAddress, doing_to

_READERS = 8

_METHODS = {
    Step.CREATE: "create_stack_instances",
    Step.UPDATE: "update_stack_instances",
    Step.DELETE: "delete_stack_instances",
    Step.REMOVE_INOPERABLE: "delete_stack_instances",
}


def read_instances(address: StackSetAddress) -> list[Answer]:
    """Return AWS's rows about all instances; none when there is no stack set."""
    question = f"{address.aws.label}: instances of stack set {address.name} as {address.call_as}"
    return address.aws.reads.answer(question, lambda: _read_instances(address))


def _read_instances(address: StackSetAddress) -> list[Answer]:
    found: list[Answer] = []
    try:
        with doing_to(address, "read the instances of"):
            for page in address.pages("list_stack_instances"):
                found.extend(page["Summaries"])
    except AwsError as error:
        if error.code != NOT_FOUND:
            raise
    return found


def instances_from(answers: Iterable[Answer]) -> dict[ObjectId, Json]:
    """Return the instances; those that are not current with the detail and AWS's reason."""
    return {instance_id(row["Account"], row["Region"]): _attributes_from(row) for row in answers}


def _attributes_from(row: Answer) -> dict[str, Json]:
    if row.get("Status") == CURRENT:
        return {"status": CURRENT}
    return {
        "status": row.get("Status", "OUTDATED"),
        "detail": detailed_status(row),
        "reason": inert(row.get("StatusReason", "")),
    }


def detailed_status(row: Answer) -> str:
    """Return the detailed status of an instance, or nothing when AWS gives none."""
    return str(row.get("StackInstanceStatus", {}).get("DetailedStatus", ""))


def read_overrides(
    address: StackSetAddress, pairs: Iterable[Pair]
) -> dict[ObjectId, dict[str, str]]:
    """Return the parameter overrides of instances; AWS tells them one instance a call."""
    listed = list(pairs)
    with ThreadPoolExecutor(_READERS) as pool:
        found = list(pool.map(lambda pair: _read_overrides(address, *pair), listed))
    return {instance_id(*pair): overrides for pair, overrides in zip(listed, found, strict=True)}


def _read_overrides(address: StackSetAddress, account_id: str, region: str) -> dict[str, str]:
    with doing_to(address, f"read instance {account_id}/{region} of"):
        answer = address.call(
            "describe_stack_instance", StackInstanceAccount=account_id, StackInstanceRegion=region
        )
    parameters = answer["StackInstance"].get("ParameterOverrides", [])
    return {p["ParameterKey"]: p.get("ParameterValue", "") for p in parameters}


def with_overrides(observed: State, overrides: Mapping[ObjectId, Mapping[str, str]]) -> State:
    """Return observed with the parameter overrides that were read."""
    return {
        i: {**v, "parameter_overrides": dict(sorted(overrides[i].items()))} if i in overrides else v
        for i, v in observed.items()
    }


def start_instances(
    address: StackSetAddress,
    operation: InstanceOperation,
    operation_id: str,
    *,
    preferences: Mapping[str, Any],
    retain_stacks: bool,
    units: Iterable[str] = (),
) -> None:
    """Start one operation over instances; units are organizational units, if any."""
    arguments: dict[str, Any] = {
        **targets_to(operation.rectangle.accounts, units),
        "Regions": list(operation.rectangle.regions),
        "OperationPreferences": dict(preferences),
        "OperationId": operation_id,
    }
    if operation.step in (Step.DELETE, Step.REMOVE_INOPERABLE):
        arguments["RetainStacks"] = retain_stacks or operation.step is Step.REMOVE_INOPERABLE
    if operation.parameter_overrides is not None:
        arguments["ParameterOverrides"] = [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in operation.parameter_overrides
        ]
    with doing_to(address, f"{operation.step.value} instances of"):
        address.call(_METHODS[operation.step], **arguments)


def targets_to(accounts: Iterable[str], units: Iterable[str]) -> dict[str, Any]:
    """Return accounts as arguments; with service-managed permissions as part of their units."""
    if not list(units):
        return {"Accounts": list(accounts)}
    return {
        "DeploymentTargets": {
            "OrganizationalUnitIds": sorted(units),
            "Accounts": list(accounts),
            "AccountFilterType": "INTERSECTION",
        }
    }
