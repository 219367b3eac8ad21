"""Two clocks: wall time, which can be moved forward, and the ticks of running operations.

An asynchronous operation (a stack being created, a StackSets operation) registers a task;
each tick moves every task one step. Who ticks is the mode:

poll    each poll of an operation by a client is one tick, after the poll was answered
manual  only ``advance``
time    one tick each ``seconds_per_tick`` of real time, counted when a request comes in
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

Task = Callable[[], bool]  # one step; True when finished

POLLS = frozenset(
    {
        "DescribeStacks",
        "DescribeStackSetOperation",
        "ListStackSetOperations",
        "DescribeStackDriftDetectionStatus",
        "DescribeChangeSet",
    }
)
MODES = ("poll", "manual", "time")


class Clock:
    def __init__(self) -> None:
        self._tasks: list[Task] = []
        self._moved = timedelta()
        self._mode = "poll"
        self._seconds_per_tick = 0.05
        self._last_tick = time.monotonic()
        self.stack_ticks = 1
        self.instance_ticks = 1

    def now(self) -> datetime:
        return (datetime.now(UTC) + self._moved).replace(microsecond=0)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Go on from a snapshot, at the same distance to wall time, in which clients live."""
        self.__dict__.update(state)
        self._last_tick = time.monotonic()

    def run(self, task: Task) -> None:
        """Step this task on every tick until it says that it has finished."""
        self._tasks.append(task)

    def advance(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            # Tasks added during a tick take their first step with the next one.
            finished = [task for task in list(self._tasks) if task()]
            self._tasks = [task for task in self._tasks if task not in finished]

    def before_request(self) -> None:
        if self._mode != "time":
            return
        due = int((time.monotonic() - self._last_tick) / self._seconds_per_tick)
        self._last_tick += due * self._seconds_per_tick
        self.advance(min(due, 100_000 if self._tasks else 0))

    def after_request(self, operation: str) -> None:
        if self._mode == "poll" and operation in POLLS:
            self.advance()

    def configure(self, settings: dict[str, Any]) -> dict[str, Any]:
        mode = settings.get("mode", self._mode)
        if mode not in MODES:
            raise ValueError(f"unknown clock mode {mode!r}; known: {', '.join(MODES)}")
        self._mode = mode
        self._seconds_per_tick = float(settings.get("seconds_per_tick", self._seconds_per_tick))
        self._last_tick = time.monotonic()
        self.stack_ticks = int(settings.get("stack_ticks", self.stack_ticks))
        self.instance_ticks = int(settings.get("instance_ticks", self.instance_ticks))
        self._moved += timedelta(seconds=float(settings.get("advance_seconds", 0)))
        self.advance(int(settings.get("advance", 0)))
        return {"mode": self._mode, "running": len(self._tasks), "now": self.now().isoformat()}
