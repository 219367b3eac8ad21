# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refuse options of ansible-playbook that would do nothing; runs on the controller."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.run_options import tags_problem


class ActionModule(ActionBase):
    """Action of the task jumpaccount.aws.run_options."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Fail when tags would leave out everything, or nothing."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.validate_argument_spec(argument_spec={})
        variables = task_vars or {}
        problem = tags_problem(
            variables.get("ansible_run_tags", ("all",)),
            variables.get("ansible_skip_tags", ()),
            self._task.tags,
        )
        if problem:
            raise AnsibleActionFail(problem)
        return {**result, "changed": False}
