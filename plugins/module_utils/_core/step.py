# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The steps of a run and their results, as the summary and the safety checks read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from .change import Json
from .checking import Problems, check_mapping
from .shown import quoted


class Step(StrEnum):
    """A module that the roles run, in order; the value is the key of its result."""

    PASSWORD_POLICY = "password_policy"
    TEMPLATE_BUCKET = "template_bucket"
    ADMINISTRATION_ROLE = "administration_role"
    OWN_EXECUTION_ROLE = "own_execution_role"
    PASSWORDS_KEY = "passwords_key"
    STACK_SET = "stack_set"
    GROUPS = "groups"
    WATCHING = "watching"
    WATCHING_OF_IAM = "watching_of_iam"
    EXECUTION_ROLES = "execution_roles"
    STACK_INSTANCES = "stack_instances"
    USERS = "users"
    INITIAL_PASSWORDS = "initial_passwords"

    @property
    def label(self) -> str:
        """Return the words that people read."""
        return self.value.replace("_", " ")


Results = Mapping[Step, Mapping[str, Json]]
"""The result of every step; empty for a step that did not run."""

_NONE: Mapping[str, Mapping[str, Json]] = MappingProxyType({})


@dataclass(frozen=True)
class Run:
    """What a playbook wanted and did, for its summary; last_step is the one that it ends with.

    notices are what preflight had to tell besides.
    """

    desired: Mapping[str, Json]
    results: Results
    last_step: Step
    is_check: bool = False
    notices: tuple[str, ...] = ()

    @property
    def inspector(self) -> Step:
        """Return the step that looks at the principals of the Jump account."""
        return Step.GROUPS if self.results[Step.GROUPS] else Step.USERS

    @property
    def stopped_at(self) -> Step | None:
        """Return the step whose failure ended the run."""
        return next((s for s, result in self.results.items() if result.get("failed")), None)

    @property
    def is_finished(self) -> bool:
        """Return whether the run came to its end, whatever was refused on the way."""
        return bool(self.results[self.last_step]) and self.stopped_at is None


def parse_run(
    desired: Mapping[str, Json],
    results: Mapping[str, Json],
    last_step: str,
    *,
    is_check: bool,
    settled: Mapping[str, Mapping[str, Json]] = _NONE,
    notices: Sequence[str] = (),
) -> Run:
    """Return the run; raise InputError unless there is a result for every step and nothing else.

    A step that was left out has the result that settled has for it.

    The safety checks read results by the name of the step, so a name that is missing or misspelt
    would silence them.
    """
    problems = Problems()
    known = [step.value for step in Step]
    is_mapping = check_mapping(problems, "results", results, known, known)
    for name, result in results.items() if is_mapping else ():
        if not isinstance(result, Mapping):
            problems.add(f"results.{name}", "expected the result of a module")
    if last_step not in known:
        problems.add("last_step", f"{quoted(last_step)} is not a step")
    problems.raise_if_any()
    every = {
        s: settled.get(s, results[s]) if _is_left_out(results[s]) else results[s] for s in Step
    }
    return Run(desired, every, Step(last_step), is_check, tuple(notices))


def _is_left_out(result: Mapping[str, Json]) -> bool:
    return bool(result.get("skipped"))
