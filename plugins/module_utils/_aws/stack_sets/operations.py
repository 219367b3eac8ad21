# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading the operations of a stack set."""

from __future__ import annotations

from datetime import datetime

from ..._core.shown import inert
from ..._core.stacks.operation import InstanceResult, Operation
from ..errors import AwsError
from ..transformations import Answer
from .calls import NOT_FOUND, OPERATION_NOT_FOUND, StackSetAddress, doing_to

_NEWEST = 20
"""Enough to hold every unfinished operation; AWS lists the newest first."""


def read_operations(address: StackSetAddress, newest: int = _NEWEST) -> list[Operation] | None:
    """Return the newest operations; None when there is no stack set."""
    try:
        with doing_to(address, "list the operations of"):
            answer = address.call("list_stack_set_operations", MaxResults=newest)
    except AwsError as error:
        if error.code == NOT_FOUND:
            return None
        raise
    return [operation_from(row) for row in answer["Summaries"]]


def read_operation(address: StackSetAddress, operation_id: str) -> Operation | None:
    """Return one operation; None when AWS does not know it (yet)."""
    try:
        with doing_to(address, f"read operation {operation_id} of"):
            answer = address.call("describe_stack_set_operation", OperationId=operation_id)
    except AwsError as error:
        if error.code == OPERATION_NOT_FOUND:
            return None
        raise
    return operation_from(answer["StackSetOperation"])


def operation_from(answer: Answer) -> Operation:
    """Return an operation of either answer that tells of it."""
    return Operation(
        operation_id=answer["OperationId"],
        action=answer.get("Action", ""),
        status=answer["Status"],
        created=_time_from(answer.get("CreationTimestamp")),
        ended=_time_from(answer.get("EndTimestamp")),
        reason=inert(answer.get("StatusReason", "")),
        failed_instances=answer.get("StatusDetails", {}).get("FailedStackInstancesCount"),
    )


def _time_from(value: datetime | None) -> str:
    return "" if value is None else value.isoformat(timespec="seconds")


def read_results(address: StackSetAddress, operation_id: str) -> tuple[InstanceResult, ...]:
    """Return what an operation did (so far) in each account and region, sorted."""
    found: list[InstanceResult] = []
    with doing_to(address, f"read the results of operation {operation_id} of"):
        for page in address.pages("list_stack_set_operation_results", OperationId=operation_id):
            found.extend(_result_from(row) for row in page["Summaries"])
    return tuple(sorted(found))


def _result_from(answer: Answer) -> InstanceResult:
    gate = answer.get("AccountGateResult", {})
    reason = answer.get("StatusReason") or gate.get("StatusReason", "")
    return InstanceResult(
        account_id=answer["Account"],
        region=answer["Region"],
        status=answer["Status"],
        reason=inert(reason),
    )
