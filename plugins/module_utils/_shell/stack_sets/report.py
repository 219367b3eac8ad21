# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Carrying out plans that AWS carries out itself, many changes in one operation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..._aws.account import AwsAccount
from ..._aws.errors import AwsError
from ..._aws.stack_sets.calls import StackSetAddress
from ..._aws.stack_sets.operations import read_results
from ..._aws.stack_sets.sets import preferences_to
from ..._core.change import Json, Plan
from ..._core.ordering import sort_key
from ..._core.stacks.hand_over import hand_over, no_role_text
from ..._core.stacks.instance_failure import Advice, explain
from ..._core.stacks.operation import InstanceResult, Operation, Verdict, fill_preferences, judge
from ..._core.stacks.rectangles import Pair
from ..._core.stacks.stack_instances import instance_id
from ..._core.words import counted
from ..apply import Failure, Outcome
from ..module import require_account
from ..run import Describe, finish
from .progress import ProgressFile
from .queue import Deadline, OperationQueue


@dataclass(frozen=True)
class AccountFailure(Failure):
    """Something that was refused in one account, which is its subject."""

    def as_dict(self) -> dict[str, str]:
        """Return the form in which results carry it."""
        return {**super().as_dict(), "account_id": self.subject}


@dataclass(frozen=True)
class HandOver(AccountFailure):
    """Something that only the owner of an account can do: the run has not failed there."""


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
    "unprepared_accounts": {"type": "list", "elements": "str", "default": []},
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
    url, unprepared = params["execution_role_quick_create_url"], params["unprepared_accounts"]
    return Advice(name, url, frozenset(unprepared))


def run_operations(
    module: AnsibleAWSModule,
    aws: AwsAccount,
    plan: Plan,
    make_apply: Callable[[], Apply],
    *,
    advice: Advice,
    refused: Sequence[Failure] = (),
    waiting: Collection[str] = (),
    describe: Describe | None = None,
    **facts: Json,
) -> None:
    """Carry out a plan, or only report it in check mode, and end the module.

    In check mode nothing that writes is made. Changes that another run made meanwhile are not
    reported: what is reported is what this run did, failed to do or left. What waits for the owner
    of an account is neither a change nor a failure; waiting are such accounts of before.
    """
    if plan:
        require_account(aws)
    is_real = bool(plan) and not module.check_mode
    report = make_apply()(plan) if is_real else Report(Outcome(applied=plan))
    outcome, handed_over = _without_hand_overs(report.outcome)
    reasons = {i: no_role_text(i) for i in {*waiting, *handed_over}}
    failures = [*refused, *outcome.failures]
    try:
        facts = {**facts, **(describe(outcome) if describe else {})}
    except AwsError as error:
        failures.append(failure_of_set(advice, str(error)))
    finish(
        module,
        tuple(sorted(outcome.applied + outcome.pending, key=sort_key)),
        outcome,
        failures,
        operations=[operation.as_dict() for operation in report.operations],
        waiting=hand_over(reasons, advice.quick_create_url),
        **facts,
    )


def _without_hand_overs(outcome: Outcome) -> tuple[Outcome, set[str]]:
    """Return the outcome without what owners have to do, and their accounts."""
    targets = {f.target: f.subject for f in outcome.failures if isinstance(f, HandOver)}
    rest = replace(
        outcome,
        pending=tuple(c for c in outcome.pending if str(c.id) not in targets),
        failures=tuple(f for f in outcome.failures if not isinstance(f, HandOver)),
    )
    return rest, set(targets.values())


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
    refused: tuple[Failure, ...] = tuple(_failure(verb, r, advice) for r in verdict.refused)
    if has_failed(refused) or not verdict.unreached:
        return refused
    said = f": {operation.reason.rstrip('.')}" if operation.reason else ""
    text = (
        f"Could not {verb} {counted(len(verdict.unreached), 'stack instance')} of stack set "
        f"{advice.stack_set_name}: operation {operation.operation_id} ended "
        f"{operation.status}{said}, before they were reached. Run again; finished work is not "
        "repeated."
    )
    return (*refused, failure_of_set(advice, text))


def _failure(verb: str, result: InstanceResult, advice: Advice) -> AccountFailure:
    is_for_owner = advice.is_for_owner(result.account_id, result.reason)
    kind = HandOver if is_for_owner else AccountFailure
    return kind(result.account_id, str(instance_id(*result.pair)), explain(verb, result, advice))


def has_failed(failures: Iterable[Failure]) -> bool:
    """Return whether anything failed, other than what waits for the owner of an account."""
    return any(not isinstance(failure, HandOver) for failure in failures)


def failure_of_set(advice: Advice, text: str) -> Failure:
    """Return a failure that is not one account's."""
    return Failure(advice.stack_set_name, f"stack set {advice.stack_set_name}", text)
