# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refuse what a run must not begin with: tags that do nothing, expressions in data."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.run_options import (
    tags_problem,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._expressions import find_expressions


class ActionModule(ActionBase):
    """Action of the task jumpaccount.aws.run_options."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Fail when tags would leave out everything, or nothing, and when data is code."""
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
        refuse_expressions(variables)
        return {**result, "changed": False}


def refuse_expressions(variables: dict[str, Any]) -> None:
    """Fail, before anything evaluates them, when roster, levels or accounts hold expressions."""
    problems = Problems()
    for place, text in find_expressions(variables):
        problems.add(place, text)
    try:
        problems.raise_if_any("nothing was evaluated")
    except InputError as error:
        raise AnsibleActionFail(str(error)) from None
