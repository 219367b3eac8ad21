# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show what a run did, and fail when a part of it was refused; runs on the controller."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.summary import (
    build_report,
    build_summary,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.step import Run, Step, parse_run

_ARGUMENTS = {
    "desired": {"type": "dict", "required": True},
    "results": {"type": "dict", "required": True},
    "settled": {"type": "dict", "default": {}},
    "notices": {"type": "list", "elements": "str", "default": []},
    "last_step": {"type": "str", "default": Step.INITIAL_PASSWORDS.value},
    "defer_failures": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    """Action of the task jumpaccount.aws.run_summary."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Print the summary and return what it tells."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validation, args = self.validate_argument_spec(argument_spec=_ARGUMENTS)
        run = self._read_run(args)
        lines = build_summary(run)
        Display().display("\n" + "\n".join(lines))
        result = {**result, "changed": False, "summary": lines, **build_report(run)}
        if result["verdict"] and not args["defer_failures"]:
            # What was printed is not printed again as a part of the result.
            return {"failed": True, "msg": result["verdict"], "failures": result["failures"]}
        return result

    def _read_run(self, args: dict[str, Any]) -> Run:
        try:
            return parse_run(
                args["desired"],
                args["results"],
                args["last_step"],
                is_check=self._task.check_mode,
                settled=args["settled"],
                notices=args["notices"],
            )
        except InputError as error:
            raise AnsibleActionFail(str(error)) from None
