# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What people read at the end of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..change import Json
from ..shown import inert
from ..step import Run, Step
from ..words import counted
from .notices import noticed
from .summary_accounts import (
    accounts_with_old_roles,
    accounts_without_roles,
    waiting_accounts,
    waiting_lines,
)
from .summary_changes import change_lines, roster_changes
from .summary_failures import Problem, all_problems, problem_texts
from .summary_people import new_people, people_lines

CAUSE_LONGEST = 600
_NOTHING_WANTED = (
    "This run ended before it made any AWS call: the input or the settings of the run must be "
    "fixed first; see the message above."
)


def build_summary(run: Run) -> list[str]:
    """Return the lines of the summary."""
    if "jump" not in run.desired:
        return [_NOTHING_WANTED, ""]
    problems = all_problems(run)
    sections = [
        _overview(run),
        _headed("A partial run:", [f"  {limit}" for limit in run.desired.get("partial", [])]),
        _changes(run, problems),
        people_lines(run),
        waiting_lines(run),
        _headed("Noticed, but not changed:", noticed(run)),
        _failures(problems),
        _interruption(run),
    ]
    return [inert(line) for section in sections if section for line in (*section, "")]


def build_report(run: Run) -> dict[str, Json]:
    """Return what the summary tells, in full, for programs; verdict says why the run has to fail.

    It is empty when all is well, and when the run has failed already, by a step or by its input.
    """
    if "jump" not in run.desired:
        return {"verdict": "", "failures": [], "waiting": [], "people": []}
    problems = all_problems(run)
    return {
        "verdict": _verdict(run, len(problems)) if run.is_finished and problems else "",
        "failures": [inert(problem.message) for problem in problems],
        "waiting": [dict(entry) for entry in waiting_accounts(run)],
        "people": new_people(run),
    }


def _verdict(run: Run, count: int) -> str:
    done = "Everything else would be applied" if run.is_check else "Everything else was applied"
    return (
        f"{counted(count, 'problem')}, listed in the summary above. {done}. Fix "
        f"{'the cause' if count == 1 else 'the causes'} and run again; finished work is not "
        "repeated."
    )


def _headed(head: str, lines: list[str]) -> list[str]:
    return [head, *lines] if lines else []


def _overview(run: Run) -> list[str]:
    desired, sources = run.desired, run.desired.get("sources", {})
    waiting = len(waiting_accounts(run))
    counts = (
        (waiting, "waiting for the owner"),
        (len(accounts_without_roles(run)) - waiting, "without switch roles"),
        (len(accounts_with_old_roles(run)), "with outdated switch roles"),
    )
    accounts = [
        f"{len(desired['accounts'])} in the inventory",
        *(f"{count} {words}" for count, words in counts if count),
    ]
    people = f"{len(desired['roster'])} in the roster"
    if differences := roster_changes(run):
        people += f"; compared with IAM: {', '.join(differences)}"
    rows = [
        ("accounts", ", ".join(accounts)),
        ("levels", _levels(desired)),
        ("groups", str(len(desired["groups"]))),
        ("people", people),
        ("roster", _source(sources, "roster")),
    ]
    return [
        f"Jump account {desired['jump']['account_id']} in {desired['region']}",
        *(f"  {label:<10}{text}" for label, text in rows if text),
    ]


def _levels(desired: Mapping[str, Json]) -> str:
    """Return where the levels are from, and which of them the Jump account has, if not all."""
    elsewhere = desired.get("roles_not_in_jump", [])
    here = [level for role, level in desired["role_levels"].items() if role not in elsewhere]
    only = f"in the Jump account only {', '.join(sorted(here))}" if elsewhere else ""
    return "; ".join(filter(None, [_source(desired.get("sources", {}), "levels"), only]))


def _source(sources: Mapping[str, Json], name: str) -> str:
    return f"from {sources[name]}" if sources.get(name) else ""


def _changes(run: Run, problems: Sequence[Problem]) -> list[str]:
    lines = change_lines(run)
    if lines:
        return ["This run would change:" if run.is_check else "Changed:", *lines]
    if problems or not run.is_finished or waiting_accounts(run):
        return ["Nothing would be changed." if run.is_check else "Nothing was changed."]
    return [
        "Nothing to change: AWS matches the inventory and the roster.",
        *_not_looked_at(run),
    ]


def _not_looked_at(run: Run) -> list[str]:
    """Return what this run cannot vouch for: roles are read in the Jump account only."""
    jump, stack_set = run.desired["jump"]["account_id"], run.desired["stack_set"]
    members = sum(account["account_id"] != jump for account in run.desired["accounts"])
    if not members:
        return []
    skipped = "" if run.results[Step.STACK_INSTANCES] else f"stack set {stack_set}, and "
    return [
        f"Not checked: {skipped}manual changes to the roles in "
        f"{counted(members, 'member account')}. Drift detection shows them:",
        f"  aws cloudformation detect-stack-set-drift --stack-set-name {stack_set} "
        f"--region {run.desired['region']}",
    ]


def _failures(problems: Sequence[Problem]) -> list[str]:
    texts = [f"  - {text}" for text in problem_texts(problems)]
    return _headed(f"{counted(len(problems), 'problem')}:", texts)


def _interruption(run: Run) -> list[str]:
    """Return that the run did not come to its end, and why, as far as a step told."""
    if run.is_finished:
        return []
    step = run.stopped_at
    ran = [s for s in Step if run.results[s]]
    if step is None:
        where = f"after the step '{ran[-1].label}'" if ran else "before its first step"
        return [f"This run ended {where}; see the message above. Fix the cause and run again."]
    if run.results[step].get("failures"):
        return [f"This run ended at the step '{step.label}'; later steps did not run."]
    said = str(run.results[step].get("msg", "")).strip()
    cause = said if len(said) <= CAUSE_LONGEST else f"{said[:CAUSE_LONGEST]} ..."
    return [
        f"This run ended at the step '{step.label}'; later steps did not run:",
        *(f"  {line}" for line in cause.split("\n")),
    ]
