# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode tells exactly what the same run does: changes, refusals, accounts that wait, its end.

Companies, edits of their files, what people did by hand, quotas and denied operations are random,
and the same in every run of the tests; a number is enough to see a case again. Nothing tells check
mode what AWS will deny of a write: such a run makes no more than was told, says why it failed, and
leaves the rest to the next one.
"""

from __future__ import annotations

import random
from itertools import zip_longest
from typing import Any
from uuid import uuid4

import pytest

from sandbox import snapshots
from sandbox.iam import quotas
from tests.unit.modules.conftest import LocalAws
from tests.unit.modules.estates import Company, first_company, random_company, random_deeds
from tests.unit.modules.refusals import EVERYTHING, PEOPLE, broken_promises, exposed
from tests.unit.modules.rehearsal import Rehearsal

PEOPLE_ONLY = {"jump_account_parts": ["groups"], "jump_preflight_parts": ["groups", "users"]}
PEOPLE_ROLES = (("jump", "main"), ("jump_account", "main"), ("jump_users", "main"))


pytestmark = pytest.mark.usefixtures("quick_runs")


@pytest.fixture(scope="module")
def company_snapshot() -> str:
    """Return the name of the snapshot after the bootstrap of the first company."""
    return uuid4().hex


@pytest.fixture
def bootstrapped(aws: LocalAws, instant: None, company_snapshot: str) -> LocalAws:
    """Return a local AWS that has this snapshot; only the first test makes it."""
    del instant
    if (aws.world.snapshots / f"{company_snapshot}.snapshot").exists():
        return aws
    first = Rehearsal(first_company().variables(), check=False).play()
    assert not first.has_failed, first.told()
    snapshots.take(aws.world, {"id": company_snapshot})
    return aws


def play(company: Company, *, check: bool, everything: bool) -> Rehearsal:
    """Run what a case is about."""
    variables = company.variables()
    if everything:
        return Rehearsal(variables, check).play()
    return Rehearsal({**variables, **PEOPLE_ONLY}, check).play(PEOPLE_ROLES)


def difference(aws: LocalAws, start: str, number: int, patch: Any, *, everything: bool) -> str:
    """Return how check mode and the run itself differ in one case, from the same state."""
    dice = random.Random(number)
    snapshots.restore(aws.world, {"id": start})
    deeds = random_deeds(aws, dice)
    company = random_company(dice, with_accounts=everything)
    if dice.random() < 0.2:
        quota = dice.choice(["GroupsQuota", "UsersQuota", "GroupsPerUserQuota", "PoliciesQuota"])
        patch.setitem(quotas.QUOTAS, quota, dice.randint(1, 8))
    denied = dice.choice(EVERYTHING if everything else PEOPLE) if dice.random() < 0.3 else ""
    before = exposed(aws)
    aws.fault(denied_operations=[denied])
    snapshots.take(aws.world, {"id": "case"})
    writes, asked = aws.writes, aws.calls.get(denied, 0)
    checked = play(company, check=True, everything=everything)
    assert aws.writes == writes, f"case {number} wrote in check mode"
    is_foreseen = aws.calls.get(denied, 0) > asked
    snapshots.restore(aws.world, {"id": "case"})
    done = play(company, check=False, everything=everything)
    found: Any = None
    if is_foreseen or aws.calls.get(denied, 0) == asked:
        pairs = zip_longest(checked.told(), done.told())
        found = next(((p, h) for p, h in pairs if p != h), None)
        is_same = found is None and checked.has_failed is done.has_failed
    else:
        aws.fault()
        again = play(company, check=True, everything=everything)
        found = [*broken_promises(checked, done, again, denied), *sorted(exposed(aws) - before)]
        is_same = not found
    return "" if is_same else f"case {number}, {denied}: {deeds}, {company}\n  check: {found}\n"


def check_cases(aws: LocalAws, start: str, numbers: range, *, everything: bool) -> None:
    """Compare check mode and the run itself in some cases."""
    found = []
    for number in numbers:
        with pytest.MonkeyPatch.context() as patch:
            found.append(difference(aws, start, number, patch, everything=everything))
    assert "".join(found) == ""


@pytest.mark.parametrize("batch", range(11))
def test_groups_and_people(bootstrapped: LocalAws, company_snapshot: str, batch: int) -> None:
    numbers = range(batch * 25, (batch + 1) * 25)
    check_cases(bootstrapped, company_snapshot, numbers, everything=False)


@pytest.mark.parametrize("batch", range(3))
def test_whole_runs(bootstrapped: LocalAws, company_snapshot: str, batch: int) -> None:
    numbers = range(1000 + batch * 9, 1009 + batch * 9)
    check_cases(bootstrapped, company_snapshot, numbers, everything=True)


CHANGE = {"action": "create", "target": "user ana"}
DENIED = "iam:CreateUser"


def played(*results: dict[str, Any], said: tuple[str, ...] = ()) -> Rehearsal:
    """Return a run with these results of its tasks, and a summary with these failures."""
    summary = {"summary": [], "failures": list(said)}
    return Rehearsal({}, check=False, results=[("task", r) for r in (*results, summary)])


@pytest.mark.parametrize(
    ("done", "again", "broken"),
    [
        (played({"failed": True, "msg": DENIED, "applied": []}), played({"changes": [CHANGE]}), []),
        (played({"failed": True, "msg": "no", "applied": [CHANGE]}, said=(DENIED,)), played(), []),
        (played({"changes": [CHANGE]}), played(), ["it did not fail", "nobody told"]),
        (played({"failed": True, "msg": DENIED}), played(), ["forgotten: user ana"]),
        (
            played({"failed": True, "msg": DENIED, "applied": [{"target": "user bo"}]}),
            played({"changes": [CHANGE]}),
            ["not foretold: user bo"],
        ),
    ],
)
def test_what_a_denied_run_must_not_do_is_noticed(done, again, broken):
    checked = played({"changes": [CHANGE]})
    found = list(broken_promises(checked, done, again, DENIED))
    assert [text for text, start in zip(found, broken, strict=True) if text.startswith(start)] == (
        found
    )


STEPS = {
    "jump_account_password_policy_result": "password_policy",
    "jump_account_administration_result": "administration_role",
    "jump_account_execution_result": "own_execution_role",
    "jump_account_groups_result": "groups",
    "jump_account_key_result": "passwords_key",
    "jump_users_users_result": "users",
}


def foreseen_wrongly(case: Rehearsal) -> list[str]:
    """Return the steps whose modules say something else than preflight did."""
    settled = case.variables["jump_preflight_result"].get("settled", {})
    told = {STEPS[name]: result for name, result in case.left_out.items()}
    return [
        step
        for step, result in told.items()
        if result.get("failed") or settled[step] != {key: result[key] for key in settled[step]}
    ]


@pytest.mark.parametrize("batch", range(3))
def test_a_step_is_left_out_only_when_its_module_has_nothing_to_do(
    bootstrapped: LocalAws, company_snapshot: str, batch: int
) -> None:
    wrong = {}
    for number in range(2000 + batch * 7, 2007 + batch * 7):
        dice = random.Random(number)
        snapshots.restore(bootstrapped.world, {"id": company_snapshot})
        random_deeds(bootstrapped, dice)
        company = random_company(dice, with_accounts=True)
        case = Rehearsal(company.variables(), check=True, does_all=True).play()
        wrong[number] = foreseen_wrongly(case)
    assert not {number: steps for number, steps in wrong.items() if steps}


def test_a_run_that_has_nothing_to_do_leaves_out_what_it_can(
    bootstrapped: LocalAws, company_snapshot: str
) -> None:
    snapshots.restore(bootstrapped.world, {"id": company_snapshot})
    again = Rehearsal(first_company().variables(), check=False, does_all=True).play()
    assert again.left_out.keys() == STEPS.keys()
    assert foreseen_wrongly(again) == []
    assert not again.has_failed
    summary = again.variables["jump_summary"]["summary"]
    assert "Nothing to change: AWS matches the inventory and the roster." in summary
