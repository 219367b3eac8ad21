# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Carrying out a plan of stack instances: few operations, each awaited, many changes in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..._aws.errors import AwsError
from ..._aws.stack_sets.instances import start_instances
from ..._core.change import Action, Change, ObjectId, Plan
from ..._core.stacks.instance_failure import Advice
from ..._core.stacks.operation import Operation
from ..._core.stacks.stack_instances import InstanceOperation, Step, build_operations, instance_id
from ..._core.stacks.waves import Wave, next_wave, stopped_text
from ..apply import Failure, Outcome
from .queue import OperationQueue
from .report import Report, failure_of_set, failures_of, has_failed, read_verdict


@dataclass(frozen=True)
class InstanceSettings:
    """How operations over instances are run; units are organizational units, if any."""

    preferences: Mapping[str, Any]
    advice: Advice
    retain_stacks: bool = False
    units: tuple[str, ...] = ()
    waves: tuple[Wave, ...] = ()


class InstanceApply:
    """Brings instances to their desired state, beside other runs that may do the same."""

    def __init__(
        self, queue: OperationQueue, settings: InstanceSettings, plan_again: Callable[[], Plan]
    ) -> None:
        self._queue = queue
        self._settings = settings
        self._plan_again = plan_again
        self._changes: dict[ObjectId, Change] = {}
        self._applied: set[ObjectId] = set()
        self._tried: set[ObjectId] = set()
        self._failures: list[Failure] = []
        self._operations: list[Operation] = []
        self._failed_wave: int | None = None

    def __call__(self, plan: Plan) -> Report:
        """Carry out the plan; what AWS refuses in one account does not stop the others."""
        self._changes = {change.id: change for change in plan}
        todo = plan
        try:
            while todo and not self._is_stopped(todo):
                number, changes = next_wave(todo, self._settings.waves)
                todo = self._run(build_operations(changes)[0], todo)
                if has_failed(self._failures) and self._failed_wave is None:
                    self._failed_wave = number
        except AwsError as error:
            self._failures.append(failure_of_set(self._settings.advice, str(error)))
        return self._report()

    def _is_stopped(self, todo: Plan) -> bool:
        """Return whether what is left waits for a wave that failed; say so if it does."""
        waves, failed = self._settings.waves, self._failed_wave
        if failed is None or next_wave(todo, waves)[0] == failed:
            return False
        text = stopped_text(failed, todo, waves)
        self._failures.append(failure_of_set(self._settings.advice, text))
        return True

    def _run(self, operation: InstanceOperation, todo: Plan) -> Plan:
        """Run one operation and return what is left to do."""
        operation_id = self._queue.start(operation, lambda i: self._start(operation, i))
        if operation_id is None:
            self._queue.step_aside()
            return self._fresh_plan()
        ended, verdict = read_verdict(
            self._queue, operation_id, sorted(operation.rectangle.pairs())
        )
        self._operations.append(ended)
        verb = operation.step.value
        self._failures.extend(failures_of(verb, ended, verdict, self._settings.advice))
        done = {instance_id(*pair) for pair in verdict.done}
        return tuple(self._settle(todo, operation, done))

    def _start(self, operation: InstanceOperation, operation_id: str) -> None:
        start_instances(
            self._queue.address,
            operation,
            operation_id,
            preferences=self._settings.preferences,
            retain_stacks=self._settings.retain_stacks,
            units=self._settings.units,
        )

    def _settle(
        self, todo: Plan, operation: InstanceOperation, done: set[ObjectId]
    ) -> list[Change]:
        """Record what an operation did; an inoperable instance that is gone is created next."""
        left: list[Change] = []
        for change in todo:
            if change.id not in operation.ids:
                left.append(change)
            elif (
                change.id in done
                and operation.step is Step.REMOVE_INOPERABLE
                and change.action is Action.UPDATE
            ):
                left.append(replace(change, action=Action.CREATE, before=None))
            else:
                self._tried.add(change.id)
                self._applied |= {change.id} & done
        return left

    def _fresh_plan(self) -> Plan:
        """Return what is still to do after another run; what it did is no change of ours."""
        fresh = tuple(c for c in self._plan_again() if c.id not in self._tried)
        settled = {i: c for i, c in self._changes.items() if i in self._tried}
        self._changes = {**settled, **{c.id: c for c in fresh}}
        return fresh

    def _report(self) -> Report:
        changes = self._changes.values()
        applied = tuple(c for c in changes if c.id in self._applied)
        pending = tuple(c for c in changes if c.id not in self._applied)
        outcome = Outcome(applied, pending, tuple(self._failures))
        return Report(outcome, tuple(self._operations))
