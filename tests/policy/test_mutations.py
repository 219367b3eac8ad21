# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The proof notices when a policy gets weaker: 98 of 100 single changes at the least."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.policy.case import Case
from tests.policy.estate import Estate
from tests.policy.survival import Verdict, run_mutants
from tests.policy.survivors import reason_for, unused_reasons

REPORT = Path(__file__).resolve().parents[2] / ".cache" / "policy-mutants.txt"
BAR = 0.98


@pytest.fixture(scope="module")
def verdicts(estate: Estate, cases: list[Case]) -> dict[str, list[Verdict]]:
    """Every change, with what happened to it in each account that has the document."""
    changes: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in run_mutants(estate, cases):
        changes[f"{verdict.kind}: {verdict.mutant.name}"].append(verdict)
    _write_report(changes)
    return changes


def _survivors(changes: Mapping[str, list[Verdict]]) -> list[str]:
    """Return the changes that at least one account's copy of the document survived."""
    return sorted(
        name
        for name, copies in changes.items()
        if not all(verdict.noticed_by for verdict in copies)
    )


def _share(changes: Mapping[str, list[Verdict]]) -> float:
    return 1 - len(_survivors(changes)) / len(changes)


def _write_report(changes: Mapping[str, list[Verdict]]) -> None:
    survivors = _survivors(changes)
    tried = sum(len(copies) for copies in changes.values())
    lines = [
        f"{len(changes)} changes, tried {tried} times (each copy of a document by itself)",
        f"noticed: {len(changes) - len(survivors)}, which is {_share(changes):.1%}",
        f"survived: {len(survivors)}",
        *(f"- {name}\n    {reason_for(name) or 'NO REASON KNOWN'}" for name in survivors),
    ]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_enough_changes_are_noticed(verdicts: dict[str, list[Verdict]]) -> None:
    assert _share(verdicts) >= BAR, REPORT.read_text(encoding="utf-8")


def test_every_survivor_has_a_reason(verdicts: dict[str, list[Verdict]]) -> None:
    assert [name for name in _survivors(verdicts) if not reason_for(name)] == []


def test_no_reason_is_out_of_date(verdicts: dict[str, list[Verdict]]) -> None:
    assert unused_reasons(_survivors(verdicts)) == []
