# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module of stack sets and show how far its operations are; on the controller only."""

from __future__ import annotations

import json
import tempfile
import threading
from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._aws_module import (
    ActionModule as AwsModuleAction,
)

_SECONDS_BETWEEN = 0.5


class ActionModule(AwsModuleAction):
    """Action of the tasks jumpaccount.aws.stackset and jumpaccount.aws.stackset_instance."""

    def run_module(self, args: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Return the result of the module."""
        if self._connection.transport != "local" or args.get("progress_file"):
            return super().run_module(args, task_vars)
        with tempfile.TemporaryDirectory(prefix="jumpaccount-") as folder:
            path = Path(folder) / "progress"
            path.touch()
            with ProgressLines(path):
                return super().run_module({**args, "progress_file": str(path)}, task_vars)


class ProgressLines:
    """Shows the lines of a progress file while the block within runs."""

    def __init__(self, path: Path, display: Any = None) -> None:
        self._path = path
        self._display = display or Display()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> ProgressLines:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        begun = ""
        with self._path.open(encoding="utf-8") as file:
            while not self._is_over.wait(_SECONDS_BETWEEN):
                begun = self._show(begun + file.read())
            self._show(begun + file.read())

    def _show(self, text: str) -> str:
        """Show the whole lines of a text and return what is begun of the next one."""
        *lines, begun = text.split("\n")
        for line in lines:
            self._display.display(progress_text(json.loads(line)))
        return begun


def progress_text(progress: dict[str, Any]) -> str:
    """Return one line of progress as people read it."""
    failed = f", {progress['failed']} failed" if progress["failed"] else ""
    return (
        f"stack set {progress['stack_set_name']}: {progress['action']} {progress['status']}, "
        f"{progress['done']} of {progress['total']} instances done{failed} "
        f"(operation {progress['operation_id']}, started {progress['created']})"
    )
