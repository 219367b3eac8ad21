# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Telling how far an operation is while it runs."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ..._aws.stack_sets.calls import StackSetAddress
from ..._aws.stack_sets.operations import read_results
from ..._core.stacks.operation import Operation

_SECONDS_BETWEEN = 5.0
"""Counting reads a page for each hundred accounts, so it is done less often than looking."""


class ProgressFile:
    """Appends a line of JSON for every step of an operation, for whoever watches the file."""

    def __init__(
        self, path: str, address: StackSetAddress, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = Path(path)
        self._address = address
        self._now = now
        self._next = now()

    def __call__(self, operation: Operation) -> None:
        """Write how far an operation is, unless that was done just now."""
        if operation.is_finished or self._now() < self._next:
            return
        counts = Counter(r.status for r in read_results(self._address, operation.operation_id))
        self._next = self._now() + _SECONDS_BETWEEN
        waiting = counts["PENDING"] + counts["RUNNING"]
        line = {
            "stack_set_name": self._address.name,
            "operation_id": operation.operation_id,
            "action": operation.action,
            "status": operation.status,
            "created": operation.created,
            "done": counts.total() - waiting,
            "failed": counts["FAILED"],
            "total": counts.total(),
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
