# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Carrying out the plan of one stack set: create, update with all its instances, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..._aws.errors import AwsError
from ..._aws.stack_sets.calls import is_busy
from ..._aws.stack_sets.sets import (
    TemplateSource,
    create_stack_set,
    delete_stack_set,
    read_stack_set,
    start_update,
)
from ..._aws.stack_sets.templates import upload_template
from ..._core.change import Action, Change, Plan
from ..._core.quotas import TEMPLATE_BODY_LONGEST
from ..._core.stacks.instance_failure import Advice
from ..._core.stacks.operation import Operation
from ..._core.stacks.pacing import pauses
from ..._core.stacks.rectangles import Pair
from ..apply import Failure, Outcome
from .queue import LONGEST_PAUSE, OperationQueue
from .report import Report, failure_of_set, failures_of, read_verdict


@dataclass(frozen=True)
class StackSetSettings:
    """How a stack set is written; instances are those that an update reaches."""

    preferences: Mapping[str, Any]
    advice: Advice
    source: TemplateSource = field(default_factory=TemplateSource)
    template_bucket: str | None = None
    instances: tuple[Pair, ...] = ()
    targets: Mapping[str, Any] = field(default_factory=dict)


class StackSetApply:
    """Brings one stack set to its desired state, beside other runs that may do the same."""

    def __init__(
        self, queue: OperationQueue, settings: StackSetSettings, plan_again: Callable[[], Plan]
    ) -> None:
        self._queue = queue
        self._settings = settings
        self._plan_again = plan_again

    def __call__(self, plan: Plan) -> Report:
        """Carry out the plan, which holds one change or none."""
        write = {
            Action.CREATE: self._create,
            Action.UPDATE: self._update,
            Action.DELETE: self._delete,
        }
        while plan:
            (change,) = plan
            try:
                report = write[change.action](change)
            except AwsError as error:
                return Report(
                    Outcome((), plan, (Failure(change.subject, str(change.id), str(error)),))
                )
            if report is not None:
                return report
            self._queue.step_aside()
            plan = self._plan_again()
        return Report(Outcome())

    def _create(self, change: Change) -> Report:
        address = self._queue.address
        create_stack_set(address, change.after, self._source())
        for pause in pauses(LONGEST_PAUSE):
            if read_stack_set(address) is not None or self._queue.deadline.has_passed:
                break
            self._queue.deadline.pause(pause)
        return Report(Outcome(applied=(change,)))

    def _source(self) -> TemplateSource:
        """Return what AWS gets; a template that is too long for the call goes by the bucket."""
        source, bucket = self._settings.source, self._settings.template_bucket
        if source.url or not bucket or len(source.body.encode()) <= TEMPLATE_BODY_LONGEST:
            return source
        address = self._queue.address
        return upload_template(address.aws, bucket, address.name, source)

    def _delete(self, change: Change) -> Report | None:
        try:
            delete_stack_set(self._queue.address)
        except AwsError as error:
            if is_busy(error) and not self._queue.deadline.has_passed:
                return None
            raise
        return Report(Outcome(applied=(change,)))

    def _update(self, change: Change) -> Report | None:
        settings, source = self._settings, self._source()
        operation_id = self._queue.start(
            change.id,
            lambda i: start_update(
                self._queue.address,
                change.after,
                source,
                i,
                {"OperationPreferences": settings.preferences, **settings.targets},
            ),
        )
        if operation_id is None:
            return None
        operation, failures = self._await(operation_id)
        return Report(Outcome((change,), (), failures), (operation,) if operation else ())

    def _await(self, operation_id: str) -> tuple[Operation | None, tuple[Failure, ...]]:
        """Wait for the instances; the stack set itself is updated when its operation starts."""
        settings = self._settings
        try:
            operation, verdict = read_verdict(self._queue, operation_id, settings.instances)
        except AwsError as error:
            return None, (failure_of_set(settings.advice, str(error)),)
        return operation, failures_of("update", operation, verdict, settings.advice)
