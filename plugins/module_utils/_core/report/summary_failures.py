# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What failed in a run: each cause in one sentence, however many objects it struck."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..change import Json, kind_of
from ..step import Run, Step
from ..words import IN_JSON, counted, listed, plural
from .inspection import inspection_alarms
from .summary_changes import applied_changes

SHOWN_CAUSES = 15
SHOWN_NAMES = 3
_OPERATION_ID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_COULD_NOT = re.compile(
    r"Could not (?P<verb>create|update|delete) (?P<kind>[a-z ]+) \{0\}(?P<why>[^{]*)", re.S
)
_NOUNS = {
    Step.STACK_SET: "account",
    Step.GROUPS: "group",
    Step.EXECUTION_ROLES: "account",
    Step.STACK_INSTANCES: "account",
    Step.USERS: "person",
    Step.INITIAL_PASSWORDS: "person",
}


@dataclass(frozen=True)
class Problem:
    """Something that was refused or is wrong; noun says what the subject is."""

    subject: str
    target: str
    message: str
    noun: str = "object"


def all_problems(run: Run) -> list[Problem]:
    """Return everything that was refused or is wrong, each once, alarms of the Jump account first.

    What one step failed to do in an account and a later one tried again counts by its end.
    """
    found: dict[str, Problem] = {}
    for step, result in run.results.items():
        for change in applied_changes(result):
            found.pop(change["target"], None)
        for failure in result.get("failures", []):
            key = failure["target"] if "account_id" in failure else failure["message"]
            found[key] = _problem(failure, _NOUNS.get(step, "object"))
    alarms = (
        Problem(name, name, text, "role")
        for name, text in inspection_alarms(run)
        if text not in found
    )
    return [*alarms, *found.values()]


def _problem(failure: Mapping[str, Json], noun: str) -> Problem:
    return Problem(failure["subject"], failure["target"], failure["message"], noun)


def problem_texts(problems: Iterable[Problem]) -> list[str]:
    """Return a text for each cause, with some of the names that it struck."""
    causes: dict[str, list[Problem]] = {}
    for problem in problems:
        causes.setdefault(_cause(problem), []).append(problem)
    texts = [_text(cause, struck) for cause, struck in causes.items()]
    if len(texts) > SHOWN_CAUSES + 1:
        rest = counted(len(texts) - SHOWN_CAUSES, "more problem")
        texts = [*texts[:SHOWN_CAUSES], f"{rest}; {IN_JSON}"]
    return texts


def _cause(problem: Problem) -> str:
    """Return the message with placeholders for what differs from object to object."""
    text = problem.message
    for number, name in enumerate(_names(problem)):
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", f"{{{number}}}", text)
    return _OPERATION_ID.sub("{operation}", text)


def _names(problem: Problem) -> list[str]:
    """Return the names that a target holds, the subject first: a user and its group, an account."""
    kind = kind_of(problem.target)
    named = problem.target.removeprefix(f"{kind} ").split("/", 1) if kind else []
    return [problem.subject, *(name for name in named if name != problem.subject)]


def _text(cause: str, struck: Sequence[Problem]) -> str:
    first = struck[0]
    names = list(dict.fromkeys(problem.subject for problem in struck))
    if len(struck) == 1:
        return first.message
    if len(names) == 1:
        others = counted(len(struck) - 1, "more change")
        return f"{first.message} The same applies to {others} of {names[0]}; {IN_JSON}."
    match = _COULD_NOT.fullmatch(cause)
    if match:
        what = f"{len(names)} {plural(match['kind'])} could not be {match['verb']}d"
        return f"{what}{match['why']} Affected: {_listed(names)}"
    others = counted(len(names) - 1, f"more {first.noun}")
    return f"{first.message} The same applies to {others}: {_listed(names[1:])}"


def _listed(names: Sequence[str]) -> str:
    is_cut = len(names) > SHOWN_NAMES + 1
    return f"{listed(names, SHOWN_NAMES)}{f'; {IN_JSON}' if is_cut else ''}."
