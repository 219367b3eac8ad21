# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Waiting for stack set operations: one's own, and those that came first."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from ..._aws.errors import AwsError
from ..._aws.stack_sets.calls import StackSetAddress, is_busy, is_repeated
from ..._aws.stack_sets.operations import read_operation, read_operations
from ..._core.stacks.operation import Operation
from ..._core.stacks.pacing import pauses
from ..._core.words import counted

LONGEST_PAUSE = 10.0
"""Seconds between two looks at an operation that takes long."""

Watcher = Callable[[Operation], None]
"""Is told of an operation after each look at it."""


class Deadline:
    """How long a run may wait, over all its operations."""

    def __init__(
        self,
        seconds: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds = seconds
        self._now = now
        self._sleep = sleep
        self._end = now() + seconds

    @property
    def has_passed(self) -> bool:
        """Return whether there is no more time."""
        return self._now() >= self._end

    def pause(self, seconds: float) -> None:
        """Sleep, but not past the end."""
        self._sleep(max(0.0, min(seconds, self._end - self._now())))


class OperationQueue:
    """The operations of one stack set, of which AWS runs one at a time."""

    def __init__(
        self, address: StackSetAddress, deadline: Deadline, watcher: Watcher | None = None
    ) -> None:
        self.address = address
        self.deadline = deadline
        self._watcher = watcher
        self._ids: dict[object, str] = {}
        self._known: set[str] | None = None

    def wait_until_idle(self) -> bool:
        """Wait for every operation that runs or is queued; return whether there was one.

        What is read after that is true until an operation comes that is not known yet.
        """
        has_waited = False
        while running := self._unfinished():
            self.address.forget_reads()
            self.wait_for(running[-1].operation_id)
            has_waited = True
        return has_waited

    def _unfinished(self) -> list[Operation]:
        operations = read_operations(self.address) or []
        self._known = {o.operation_id for o in operations}
        return [o for o in operations if not o.is_finished]

    def _has_news(self) -> bool:
        """Return whether another run did something since this one looked."""
        if self._known is None:
            return False
        return any(o.operation_id not in self._known for o in read_operations(self.address) or [])

    def wait_for(self, operation_id: str) -> Operation:
        """Return an operation when it has ended; raise AwsError when time is up."""
        for pause in pauses(LONGEST_PAUSE):
            operation = read_operation(self.address, operation_id)
            if operation is not None:
                if self._watcher:
                    self._watcher(operation)
                if operation.is_finished:
                    return operation
            if self.deadline.has_passed:
                break
            self.deadline.pause(pause)
        raise self._timeout(operation_id, operation)

    def start(self, what: object, begin: Callable[[str], None]) -> str | None:
        """Begin an operation and return its id; None when another one came or comes first.

        The same operation keeps its id however often it is begun, so that it happens once. An
        answer may have got lost: an id that AWS knows already is running.
        """
        if self._has_news():
            return None
        operation_id = self._ids.setdefault(what, str(uuid4()))
        if self._known is not None:
            self._known.add(operation_id)
        try:
            begin(operation_id)
        except AwsError as error:
            if is_repeated(error):
                return operation_id
            if not is_busy(error) or self.deadline.has_passed:
                raise
            if read_operation(self.address, operation_id) is None:
                return None
        return operation_id

    def step_aside(self) -> None:
        """Wait for the operation that came first; what was read before it is out of date."""
        self.address.forget_reads()
        self.deadline.pause(next(pauses(LONGEST_PAUSE)))
        self.wait_until_idle()

    def _timeout(self, operation_id: str, operation: Operation | None) -> AwsError:
        action = operation.action if operation else "operation"
        status = operation.status if operation else "NOT_FOUND"
        name = self.address.name
        return AwsError(
            f"wait longer than {counted(round(self.deadline.seconds), 'second')} (wait_timeout) "
            f"for operation {operation_id} ({action}) of stack set {name} in "
            f"{self.address.aws.label}",
            status,
            f"it has not ended{_age(operation)}",
            "It continues in AWS. Run again to wait for it and do the rest, or stop it with: "
            f"aws cloudformation stop-stack-set-operation --stack-set-name {name} "
            f"--operation-id {operation_id}",
        )


def _age(operation: Operation | None) -> str:
    if operation is None or not operation.created:
        return ""
    age = datetime.now(UTC) - datetime.fromisoformat(operation.created)
    return f" after {counted(max(0, int(age.total_seconds() // 60)), 'minute')}"
