# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write every task result as a line of JSON, for the tests to read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record_results
type: notification
short_description: Write every task result as a line of JSON
description: For the tests of this collection only.
requirements: [RECORD_RESULTS_TO in the environment]
"""


class CallbackModule(CallbackBase):
    """Appends to the file that RECORD_RESULTS_TO names."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record_results"

    def _record(self, result: Any, *, is_failed: bool = False) -> None:
        task = result.task if hasattr(result, "task") else result._task
        data = result.result if hasattr(result, "result") else result._result
        line = json.dumps({"task": task.get_name(), "is_failed": is_failed, **data}, default=str)
        with Path(os.environ["RECORD_RESULTS_TO"]).open("a") as file:
            file.write(f"{line}\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        """Record a success."""
        self._record(result)

    def v2_runner_on_failed(self, result: Any, **_ignored: Any) -> None:
        """Record a failure."""
        self._record(result, is_failed=True)
