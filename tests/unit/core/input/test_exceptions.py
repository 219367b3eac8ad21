# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading exceptions of single people."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.exceptions import (
    Holder,
    Known,
    in_force,
    is_over,
    lasting_actions,
    parse_exceptions,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import (
    Access,
    PersonalException,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import either, problems_of, record

HOLDER = Holder("ana", (Access("developer"), Access("operator", "p")))
KNOWN = Known({"developer", "operator"}, {"p": {"staging"}, "q": set()})
STATEMENT = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}
GOOD: dict[str, Any] = {
    "level": "developer",
    "project": "p",
    "until": "2027-03-31",
    "actions": ["s3:GetObject"],
}


def parse(given: Any) -> tuple[Any, list[str]]:
    return problems_of(lambda problems: parse_exceptions(problems, "e", given, HOLDER, KNOWN))


def problems_with(**changes: Any) -> list[str]:
    """Return the problems of a good exception with changes; None takes a key away."""
    said = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    return parse([said])[1]


@given(
    either(
        st.lists(
            either(
                record(
                    level=st.sampled_from(["developer", "operator", "x"]),
                    project=st.sampled_from(["p", "q", "r"]),
                    stage=st.just("staging"),
                    until=st.sampled_from(["2027-03-31", "2027-02-30", "tomorrow"]),
                    actions=st.lists(st.just("s3:*")),
                    policy=record(Version=st.just("2012-10-17"), Statement=st.just([STATEMENT])),
                )
            ),
            max_size=3,
        )
    )
)
def test_nothing_breaks_the_parser(said: Any) -> None:
    exceptions, problems = parse(said)
    assert problems or len(exceptions) == len(said)


def test_actions_make_a_statement() -> None:
    expected = PersonalException("ana", "developer", "p", "2027-03-31", (STATEMENT,))
    assert parse([GOOD]) == ((expected,), [])
    (staged,), problems = parse([{**GOOD, "stage": "staging", "resources": ["arn:aws:s3:::b/*"]}])
    assert problems == []
    assert staged.stage == "staging"
    assert staged.statements == ({**STATEMENT, "Resource": ["arn:aws:s3:::b/*"]},)


def test_a_policy_gives_its_statements() -> None:
    said = {k: v for k, v in GOOD.items() if k != "actions"}
    policy = {"Version": "2012-10-17", "Statement": STATEMENT}
    (one,), problems = parse([{**said, "policy": policy}])
    assert (one.statements, problems) == ((STATEMENT,), [])
    (two,), problems = parse([{**said, "policy": {**policy, "Statement": [STATEMENT] * 2}}])
    assert (two.statements, problems) == ((STATEMENT, STATEMENT), [])


@given(st.permutations([("p", "2027-01-01"), ("p", "2027-02-01"), ("q", "2027-01-01")]))
def test_the_order_does_not_matter(order: Any) -> None:
    found, problems = parse([{**GOOD, "project": p, "until": day} for p, day in order])
    assert problems == []
    assert [(e.project, e.until) for e in found] == sorted(order)


def bound(key: str) -> dict[str, Any]:
    condition = (
        {"StringLike": {key: "x"}}
        if key != "aws:CurrentTime"
        else {"DateGreaterThan": {key: "2027-01-01"}}
    )
    return {
        "Version": "2012-10-17",
        "Statement": [{**STATEMENT, "Condition": condition}],
    }


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"until": None}, "e[0]: 'until' is missing"),
        (
            {"level": "develper"},
            "e[0].level: the string 'develper' is unknown (did you mean "
            "'developer'?); known: developer, operator",
        ),
        ({"level": 5}, "e[0].level: the number 5 is unknown; known: developer, operator"),
        (
            {"project": "r"},
            "e[0].project: project 'r' has no accounts in the inventory; known: p, q",
        ),
        ({"stage": "prod"}, "e[0].stage: the string 'prod' is unknown; known: staging"),
        (
            {"level": "operator", "project": "q"},
            "e[0]: ana has no access to level operator in q, so this exception has no effect",
        ),
        (
            {"until": "2027-02-30"},
            "e[0].until: must be a date such as 2027-03-31, found the string '2027-02-30'",
        ),
        ({"until": 2027}, "e[0].until: must be a date such as 2027-03-31, found the number 2027"),
        (
            {"until": "9999-12-31"},
            "e[0].until: must be a date such as 2027-03-31, found the string '9999-12-31'",
        ),
        ({"actions": None}, "e[0]: must have exactly one of policy and actions"),
        ({"policy": {}}, "e[0]: must have exactly one of policy and actions"),
        (
            {"actions": None, "policy": 5},
            "e[0].policy: is not a policy document; it has no Statement",
        ),
        ({"actions": []}, "e[0] (as a policy).Statement[0].Action: is an empty list"),
        (
            {"actions": None, "policy": bound("s3:prefix"), "resources": ["*"]},
            "e[0].resources: is only valid with actions; a policy contains its own resources",
        ),
        (
            {"actions": None, "policy": bound("aws:UserId")},
            "e[0].policy: aws:UserId is set by the exception itself; remove it",
        ),
        (
            {"actions": None, "policy": bound("aws:CurrentTime")},
            "e[0].policy: aws:CurrentTime is set by the exception itself; remove it",
        ),
        (
            {
                "actions": None,
                "policy": {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Effect": "Deny"}]},
            },
            "e[0].policy: an exception can only allow; a Deny would lapse after 'until'",
        ),
    ],
)
def test_what_is_wrong(changes: Any, problem: str) -> None:
    assert problems_with(**changes) == [problem]


def test_conditions_that_are_none_are_told_once() -> None:
    document = {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Condition": []}]}
    assert len(problems_with(actions=None, policy=document)) == 1
    document["Statement"][0]["Condition"] = {"Bool": "x"}
    assert len(problems_with(actions=None, policy=document)) == 1


def test_the_day_itself_counts() -> None:
    (exception,), _none = parse([GOOD])
    assert not is_over(exception, "2027-03-31")
    assert is_over(exception, "2027-04-01")
    assert in_force([exception], "2027-03-31") == (exception,)
    assert in_force([exception], "2027-04-01") == ()


@pytest.mark.parametrize(
    ("statement", "lasting"),
    [
        ({"Action": ["s3:*", "iam:Get*", "iam:DeleteRole"]}, []),
        ({"Action": "iam:PassRole"}, ["iam:PassRole"]),
        ({"Action": ["IAM:createRole", "iam:AttachRolePolicy"]}, ["iam:Attach*", "iam:Create*"]),
        ({"Action": "iam:P*"}, ["iam:PassRole", "iam:Put*"]),
        ({"Action": "*"}, ["iam:Attach*", "iam:Create*", "iam:PassRole", "iam:Put*"]),
        ({"NotAction": "iam:*"}, []),
        ({"NotAction": ["iam:Create*", "iam:p*"]}, ["iam:Attach*"]),
    ],
)
def test_actions_whose_work_stays(statement, lasting):
    statements = ({"Effect": "Allow", "Resource": "*", **statement},)
    exception = PersonalException("ana", "developer", "p", "2027-03-31", statements)
    assert lasting_actions(exception) == lasting
