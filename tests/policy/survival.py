# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mutation run: which weaker documents are noticed by a row, and which are not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from itertools import islice
from typing import Any

from tests.policy.case import Case, wrong_cases
from tests.policy.estate import ANYTHING, KEY_POLICY, OPEN_RESOURCE, OPEN_TRUST, Estate, whole
from tests.policy.evaluator import Evaluator, running_evaluator
from tests.policy.mutations import Mutant, mutants_of

Json = Any
PROCESSES = 2
_FIRST_BATCH = 12


@dataclass(frozen=True)
class Verdict:
    """One mutant of one document, and the row that noticed it, if any."""

    document: str
    mutant: Mutant
    noticed_by: Case | None

    @property
    def kind(self) -> str:
        """Return the document without what differs between its copies in many accounts."""
        return re.sub(r"::[0-9]{12}:", "::ACCOUNT:", self.document)


def our_documents(estate: Estate) -> list[str]:
    """Return the names of the documents that the product wrote."""
    foreign = (
        estate.company.arn("iam", "aws", ""),
        ANYTHING,
        OPEN_TRUST,
        OPEN_RESOURCE,
        KEY_POLICY,
    )
    return [
        name
        for name in sorted(estate.documents)
        if not name.startswith(foreign)
        and name.rpartition("/")[2] not in estate.company.boundaries
        and name == whole(name)
        and "sandbox-bootstrap" not in name
    ]


def run_mutants(estate: Estate, cases: Sequence[Case]) -> list[Verdict]:
    """Try every mutant of every document of the product."""
    by_document = _by_document(cases)
    todo = [
        (name, mutant)
        for name in our_documents(estate)
        for mutant in mutants_of(estate.documents[name])
    ]
    with ExitStack() as stack:
        evaluators = [stack.enter_context(running_evaluator()) for _n in range(PROCESSES)]
        pool = stack.enter_context(ThreadPoolExecutor(PROCESSES))
        parts = [(evaluators[n], todo[n::PROCESSES]) for n in range(PROCESSES)]
        runs = [pool.submit(_run, part, estate, by_document) for part in parts]
        return [verdict for run in runs for verdict in run.result()]


def _run(
    part: tuple[Evaluator, list[tuple[str, Mutant]]],
    estate: Estate,
    by_document: Mapping[str, list[Case]],
) -> list[Verdict]:
    evaluator, todo = part
    return [
        Verdict(name, mutant, _noticing(evaluator, estate, name, mutant, by_document[name]))
        for name, mutant in todo
    ]


def _noticing(
    evaluator: Evaluator, estate: Estate, name: str, mutant: Mutant, cases: list[Case]
) -> Case | None:
    """Return a case that comes out wrong with the mutant in the place of its document."""
    changed = estate.with_documents({name: mutant.document})
    for batch in _batches(case for case in cases if _is_concerned(mutant, case)):
        wrong = wrong_cases(evaluator, changed, batch)
        if wrong:
            return wrong[0][0]
    return None


def _by_document(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Return the cases that depend on each document, those with the fewest others first."""
    found: dict[str, list[Case]] = defaultdict(list)
    for case in sorted(cases, key=lambda case: (len(case.documents), str(case.row)[::-1])):
        for name in case.documents:
            found[name].append(case)
    return found


def _is_concerned(mutant: Mutant, case: Case) -> bool:
    """Return whether the change can matter: it must reach what the case does, and differently.

    Most cases do not even touch the changed statement; they need not be asked again.
    """
    before, after = (_reach(each, case) for each in (mutant.before, mutant.after))
    is_same_test = mutant.after is not None and _tests(mutant.before) == _tests(mutant.after)
    return before != after if is_same_test else before or after


def _tests(statement: Json) -> Json:
    return [statement.get(key) for key in ("Principal", "Condition")]


def _reach(statement: Json | None, case: Case) -> bool:
    """Return whether a statement names action and resource of a case."""
    if statement is None:
        return False
    names_action = _is_among(statement, "Action", case.row.does.lower(), "")
    return names_action and _is_among(statement, "Resource", case.resource, case.user_name)


def _is_among(statement: Json, element: str, value: str, user_name: str) -> bool:
    is_negated = f"Not{element}" in statement
    patterns = statement.get(f"Not{element}" if is_negated else element, "*")
    listed = patterns if isinstance(patterns, list) else [patterns]
    is_action = element == "Action"
    return any(_fits(each, value, user_name, is_action) for each in listed) != is_negated


@cache
def _fits(pattern: str, value: str, user_name: str, is_action: bool) -> bool:
    plain = pattern.lower() if is_action else pattern.replace("${aws:username}", user_name)
    return fnmatchcase(value, plain)


def _batches(cases: Iterator[Case]) -> Iterator[list[Case]]:
    size = _FIRST_BATCH
    while batch := list(islice(cases, size)):
        yield batch
        size *= 2
