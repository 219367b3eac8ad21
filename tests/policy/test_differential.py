# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox decides as the independent evaluator does, and guesses about nothing."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from sandbox.policy_conditions import UnknownPolicyElementError, holds
from sandbox.policy_decision import is_allowed
from sandbox.policy_evaluation import decide_trust
from tests.policy.evaluator import Evaluator
from tests.policy.random_cases import Drawn, draw

CASES = 6000
SEED = 20260301


def _text(drawn: Drawn, evaluator: str, sandbox: bool) -> str:
    answer = f"evaluator: {evaluator}, sandbox: {'Allowed' if sandbox else 'Denied'}"
    return f"{answer}\n{json.dumps(vars(drawn.request), indent=1)}"


def test_the_sandbox_never_disagrees(evaluator: Evaluator) -> None:
    random = Random(SEED)
    drawn = [draw(random) for _n in range(CASES)]
    theirs = evaluator.decide([each.request for each in drawn])
    ours = [is_allowed(each.asked, each.policies) for each in drawn]
    allowed = sum(ours)
    assert CASES * 0.1 < allowed < CASES * 0.9, "cases of one answer only would show nothing"
    disagreements = [
        _text(each, answer, own)
        for each, answer, own in zip(drawn, theirs, ours, strict=True)
        if (answer == "Allowed") != own
    ]
    shortest = min(disagreements, key=len, default="")
    assert not disagreements, f"{len(disagreements)} of {CASES} disagree:\n{shortest}"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringMatches": {"aws:username": "alice"}},
        {"stringequals": {"aws:username": "alice"}},
        {"ForSomeValues:StringEquals": {"aws:username": "alice"}},
        {"StringEquals": {"aws:UserNam": "alice"}},
        {"StringEquals": {"ec2:Region": "eu-west-1"}},
        {"StringLike": {"aws:username": "${*}lice"}},
        {"StringEquals": {"aws:username": "${aws:PrincipalTag/name, 'alice'}"}},
    ],
)
def test_the_sandbox_raises_on_what_it_does_not_know(condition: Any) -> None:
    with pytest.raises(UnknownPolicyElementError):
        holds(condition, {"aws:username": "alice"})


def test_the_sandbox_raises_on_elements_it_does_not_know() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    caller = draw(Random(1)).asked.caller
    with pytest.raises(KeyError, match="Principal"):
        decide_trust(json.dumps({"Statement": [statement]}), "sts:AssumeRole", caller, {})
