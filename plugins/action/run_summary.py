# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show what a run did, and fail when a part of it was refused; runs on the controller."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.summary import (
    all_failures,
    build_summary,
)

_ARGUMENTS = {
    "desired": {"type": "dict", "required": True},
    "results": {"type": "dict", "required": True},
}


class ActionModule(ActionBase):
    """Action of the task jumpaccount.aws.run_summary."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Print the summary and return its lines."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validation, args = self.validate_argument_spec(argument_spec=_ARGUMENTS)
        lines = build_summary(args["desired"], args["results"], self._task.check_mode)
        Display().display("\n" + "\n".join(lines))
        failures = all_failures(args["desired"], args["results"], self._task.check_mode)
        result = {**result, "changed": False, "summary": lines, "failures": failures}
        if failures:
            result["failed"] = True
            result["msg"] = (
                f"{len(failures)} parts of this run were refused or are wrong; everything else is "
                f"done. They are listed above and in failures. Mend their causes and run again."
            )
        return result
