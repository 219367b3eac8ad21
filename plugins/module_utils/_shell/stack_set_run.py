# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Carrying out plans that AWS carries out itself, many changes in one operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._aws.account import AwsAccount
from .._aws.stack_set_calls import StackSetAddress
from .._aws.stack_set_operations import read_results
from .._aws.stack_sets import preferences_to
from .._core.change import Json, Plan
from .._core.instance_failure import Advice, explain
from .._core.operation import Operation, Verdict, fill_preferences, judge
from .._core.ordering import sort_key
from .._core.plan_stack_instance import instance_id
from .._core.rectangles import Pair
from .apply import Failure, Outcome
from .module import require_account
from .progress import ProgressFile
from .run import finish
from .waiting import Deadline, OperationQueue


@dataclass(frozen=True)
class AccountFailure(Failure):
    """Something that was refused in one account, which is its subject."""

    def as_dict(self) -> dict[str, str]:
        """Return the form in which results carry it."""
        return {**super().as_dict(), "account_id": self.subject}


@dataclass(frozen=True)
class Report:
    """What became of a plan, and the operations that AWS ran for it."""

    outcome: Outcome
    operations: tuple[Operation, ...] = ()


Apply = Callable[[Plan], Report]

_PREFERENCE_SPEC: Mapping[str, Mapping[str, Any]] = {
    "failure_tolerance_count": {"type": "int"},
    "failure_tolerance_percentage": {"type": "int"},
    "max_concurrent_count": {"type": "int"},
    "max_concurrent_percentage": {"type": "int"},
    "concurrency_mode": {
        "type": "str",
        "choices": ["STRICT_FAILURE_TOLERANCE", "SOFT_FAILURE_TOLERANCE"],
    },
    "region_concurrency_type": {"type": "str", "choices": ["SEQUENTIAL", "PARALLEL"]},
    "region_order": {"type": "list", "elements": "str"},
}

CALLER_SPEC: Mapping[str, Mapping[str, Any]] = {
    "call_as": {"type": "str", "default": "SELF", "choices": ["SELF", "DELEGATED_ADMIN"]},
}

OPERATION_SPEC: Mapping[str, Mapping[str, Any]] = {
    **CALLER_SPEC,
    "operation_preferences": {
        "type": "dict",
        "options": _PREFERENCE_SPEC,
        "mutually_exclusive": [
            ("failure_tolerance_count", "failure_tolerance_percentage"),
            ("max_concurrent_count", "max_concurrent_percentage"),
        ],
    },
    "execution_role_quick_create_url": {"type": "str"},
    "wait_timeout": {"type": "int", "default": 3600},
    "progress_file": {"type": "path"},
}


def build_address(aws: AwsAccount, name: str, params: Mapping[str, Json]) -> StackSetAddress:
    """Return the stack set that a module's parameters name."""
    return StackSetAddress(aws, name, None if params["call_as"] == "SELF" else params["call_as"])


def build_queue(address: StackSetAddress, params: Mapping[str, Json]) -> OperationQueue:
    """Return the operations of the stack set."""
    path = params["progress_file"]
    watcher = ProgressFile(path, address) if path else None
    return OperationQueue(address, Deadline(params["wait_timeout"]), watcher)


def build_preferences(params: Mapping[str, Json]) -> dict[str, Any]:
    """Return the operation preferences as AWS takes them."""
    return preferences_to(fill_preferences(params["operation_preferences"] or {}))


def build_advice(name: str, params: Mapping[str, Json]) -> Advice:
    """Return what messages about failed accounts can offer."""
    return Advice(name, params["execution_role_quick_create_url"])


def run_operations(
    module: AnsibleAWSModule,
    aws: AwsAccount,
    plan: Plan,
    make_apply: Callable[[], Apply],
    *,
    refused: Sequence[Failure] = (),
    **facts: Json,
) -> NoReturn:
    """Carry out a plan, or only report it in check mode, and end the module.

    In check mode nothing that writes is made. Changes that another run made meanwhile are not
    reported: what is reported is what this run did, failed to do or left.
    """
    if plan:
        require_account(aws)
    is_real = bool(plan) and not module.check_mode
    report = make_apply()(plan) if is_real else Report(Outcome(applied=plan))
    outcome = report.outcome
    finish(
        module,
        tuple(sorted(outcome.applied + outcome.pending, key=sort_key)),
        outcome,
        [*refused, *outcome.failures],
        operations=[operation.as_dict() for operation in report.operations],
        **facts,
    )


def read_verdict(
    queue: OperationQueue, operation_id: str, wanted: Sequence[Pair]
) -> tuple[Operation, Verdict]:
    """Wait for an operation and return it with what became of the wanted instances."""
    operation = queue.wait_for(operation_id)
    return operation, judge(operation, read_results(queue.address, operation_id), wanted)


def failures_of(
    verb: str, operation: Operation, verdict: Verdict, advice: Advice
) -> tuple[Failure, ...]:
    """Return a failure for each refused instance, or one for the operation as a whole."""
    refused: tuple[Failure, ...] = tuple(
        AccountFailure(r.account_id, str(instance_id(*r.pair)), explain(verb, r, advice))
        for r in verdict.refused
    )
    if refused or not verdict.unreached:
        return refused
    said = f": {operation.reason.rstrip('.')}" if operation.reason else ""
    text = (
        f"Could not {verb} {len(verdict.unreached)} stack instances of stack set "
        f"{advice.stack_set_name}: operation {operation.operation_id} ended {operation.status}"
        f"{said}, before their turn. Run again; the run continues."
    )
    return (failure_of_set(advice, text),)


def failure_of_set(advice: Advice, text: str) -> Failure:
    """Return a failure that is not one account's."""
    return Failure(advice.stack_set_name, f"stack set {advice.stack_set_name}", text)
