# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks of our roles, run in this process: what a playbook does, without its processes.

Tasks, variables and conditions are those of the roles, templated by Ansible; modules run as in the
other tests of this folder. So hundreds of whole runs take the time of a few playbooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.jumpaccount.aws.plugins.action import desired_state, run_summary
from ansible_collections.jumpaccount.aws.plugins.filter.links import FilterModule

from tests.unit.modules.conftest import run

ROLES = Path(__file__).resolve().parents[3] / "roles"
PRODUCT = "jumpaccount.aws."
ACTIONS = {"desired_state": desired_state, "run_summary": run_summary}
BUILT_IN = {"ansible.builtin.fail"}
NO_CONNECTION = {*ACTIONS, *BUILT_IN}
KEYWORDS = {"name", "register", "when", "run_once", "block", "module_defaults"}
BOOTSTRAP = (
    ("jump", "main"),
    ("jump_account", "main"),
    ("member_account", "main"),
    ("jump_users", "main"),
)

COMPARED = {"changed", "changes", "failures", "waiting", "msg", "failed", "problems", "stacks"}
VERDICT = "Summary | End with an error if anything failed"
OMIT = "what a task leaves out"

Result = dict[str, Any]


@dataclass
class Rehearsal:
    """One run: the inventory's variables, and what each task returned, in order."""

    variables: dict[str, Any]
    check: bool
    results: list[tuple[str, Result]] = field(default_factory=list)
    does_all: bool = False
    """Whether to run also the steps that the run leaves out because they have nothing to do."""
    left_out: dict[str, Result] = field(default_factory=dict)
    """What these returned, by the name of their variable."""

    def play(self, roles: tuple[tuple[str, str], ...] = BOOTSTRAP) -> Rehearsal:
        """Run the tasks of the roles until one fails, and then the summary."""
        # A role sees the variables of the role that depends on it.
        for role, _entry in roles:
            self._load_variables(role)
        try:
            for role, entry in roles:
                self._role(role, entry)
        except _FailedError:
            pass
        self.variables["jump_summary_last_step"] = "initial_passwords"
        self._role("jump", "summary", is_last=True)
        return self

    @property
    def has_failed(self) -> bool:
        """Return whether the playbook would end with an error."""
        return any(result.get("failed") for _name, result in self.results)

    def told(self) -> list[tuple[str, Result]]:
        """Return what people are told of each task: what it changes, refuses, or waits for."""
        return [
            (name, {key: result[key] for key in sorted(COMPARED & result.keys())})
            for name, result in self.results
            # The last sentence of a run says what is done, or would be.
            if name != VERDICT
        ]

    def _load_variables(self, role: str) -> None:
        for part in ("defaults", "vars"):
            path = ROLES / role / part / "main.yml"
            if path.exists():
                self.variables = {**load(path), **self.variables}

    def _role(self, role: str, entry: str, *, is_last: bool = False) -> None:
        folder = ROLES / role
        try:
            self._tasks(load(folder / "tasks" / f"{entry}.yml"), folder, {})
        except _FailedError:
            if not is_last:
                raise

    def _tasks(self, tasks: list[Any], folder: Path, defaults: Mapping[str, Any]) -> None:
        for task in tasks:
            if not self._is_wanted(task):
                self._leave_out(task, defaults)
                continue
            if "block" in task:
                shared = task.get("module_defaults", {}).get(f"group/{PRODUCT}aws", defaults)
                self._tasks(task["block"], folder, shared)
                continue
            included = task.get("ansible.builtin.include_tasks")
            if included:
                self._tasks(load(folder / "tasks" / included), folder, defaults)
            else:
                self._task(task, defaults)

    def _leave_out(self, task: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        name = task.get("register")
        if not name:
            return
        self.variables[name] = {"changed": False, "skipped": True}
        if self.does_all and "jump_settled" in str(task["when"]):
            self.left_out[name] = self._result_of(task, defaults)

    def _is_wanted(self, task: Mapping[str, Any]) -> bool:
        return "when" not in task or bool(self._templar().evaluate_conditional(task["when"]))

    def _task(self, task: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        result = self._result_of(task, defaults)
        self.results.append((task["name"], result))
        if "register" in task:
            self.variables[task["register"]] = result
        if result.get("failed"):
            raise _FailedError

    def _result_of(self, task: Mapping[str, Any], defaults: Mapping[str, Any]) -> Result:
        (key,) = task.keys() - KEYWORDS
        action = key.removeprefix(PRODUCT)
        given = task[key] if action in NO_CONNECTION else {**defaults, **task[key]}
        arguments = self._templar().template(given)
        arguments = {k: v for k, v in arguments.items() if v != OMIT}
        if action in BUILT_IN:
            return {"failed": True, **arguments}
        if action in ACTIONS:
            return self._act(action, arguments)
        module = import_module(f"ansible_collections.{PRODUCT}plugins.modules.{action}")
        return run(module, check=self.check, **arguments)

    def _act(self, action: str, arguments: Mapping[str, Any]) -> Result:
        task = SimpleNamespace(
            args=dict(arguments), check_mode=self.check, async_val=0, diff=True, action=action
        )
        connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir="unused"), transport="local")
        plugin = ACTIONS[action].ActionModule(task, connection, None, LOADER, None, None)
        try:
            return plugin.run(task_vars=self.variables)
        except AnsibleError as error:
            return {"failed": True, "msg": str(error)}

    def _templar(self) -> Templar:
        templar = Templar(loader=LOADER, variables={**self.variables, "omit": OMIT})
        for name, function in FilterModule().filters().items():
            templar._engine.environment.filters[f"{PRODUCT}{name}"] = function
        return templar


class _FailedError(Exception):
    """A task failed, so the play ends."""


LOADER = DataLoader()
LOADED: dict[Path, Any] = {}


def load(path: Path) -> Any:
    """Return a file of YAML; its texts are templates, as Ansible loads them."""
    if path not in LOADED:
        LOADED[path] = LOADER.load_from_file(str(path), trusted_as_template=True)
    return LOADED[path]
