# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading levels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.levels import parse_levels
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Level
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import ANYTHING, either, problems_of, record

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
}


def parse(given: Any) -> tuple[Any, list[str]]:
    return problems_of(lambda problems: parse_levels(problems, given))


@given(
    either(
        st.dictionaries(
            st.text("ab-", min_size=1) | ANYTHING.filter(lambda v: isinstance(v, int | None)),
            either(
                record(
                    managed_policies=st.lists(either(st.just("ReadOnlyAccess")), max_size=12),
                    inline_policies=st.dictionaries(st.text("ab= "), either(st.just(DOCUMENT))),
                    max_session_duration=st.integers(3500, 43300),
                )
            ),
            max_size=3,
        )
    )
)
def test_nothing_breaks_the_parser(given: Any) -> None:
    levels, problems = parse(given)
    assert problems or len(levels) == len(given) > 0
    assert [level.name for level in levels] == sorted(level.name for level in levels)
    assert all(3600 <= level.max_session_duration <= 43200 for level in levels)


@given(st.permutations(["admin", "developer", "operator"]))
def test_the_order_of_levels_does_not_matter(names: list[str]) -> None:
    levels, problems = parse({name: {"managed_policies": ["A"]} for name in names})
    assert ([level.name for level in levels], problems) == (sorted(names), [])


def test_all_that_a_level_can_say() -> None:
    said = {
        "managed_policies": ["B", "A", "B"],
        "inline_policies": {"z": DOCUMENT, "y": DOCUMENT},
        "max_session_duration": 43200,
        "permissions_boundary": {"customer": "limit"},
        "fenced": False,
        "global_group": False,
        "stages": {
            "staging": {"managed_policies": [{"customer": "team/x"}], "max_session_duration": 7200}
        },
    }
    usual = Level(
        name="audit",
        managed_policies=("A", "B"),
        inline_policies=(("y", DOCUMENT), ("z", DOCUMENT)),
        max_session_duration=43200,
        permissions_boundary="arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/limit",
        is_fenced=False,
        has_global_group=False,
    )
    staging = replace(
        usual,
        managed_policies=("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/team/x",),
        max_session_duration=7200,
    )
    (level,), problems = parse({"audit": said})
    assert (level, problems) == (replace(usual, stages=(("staging", staging),)), [])
    assert level.at("staging") == staging
    assert level.at("prod") == level.at(None) == level


@pytest.mark.parametrize(
    ("policies", "is_fenced"),
    [
        (["AdministratorAccess"], False),
        (["arn:aws-cn:iam::aws:policy/AdministratorAccess", "ReadOnlyAccess"], False),
        (["AdministratorAccess-Amplify"], True),
        ([{"customer": "AdministratorAccess"}], True),
        (["PowerUserAccess"], True),
    ],
)
def test_levels_are_fenced_unless_they_hold_administrator_access(policies, is_fenced) -> None:
    (level,), problems = parse({"x": {"managed_policies": policies}})
    assert (level.is_fenced, problems) == (is_fenced, [])


def test_a_stage_does_not_take_the_fence_away() -> None:
    staging = {"managed_policies": ["AdministratorAccess"]}
    (level,), _none = parse({"x": {"managed_policies": ["A"], "stages": {"staging": staging}}})
    assert level.is_fenced
    assert level.at("staging").is_fenced


def test_inline_policies_are_checked_with_their_place() -> None:
    statement = {**DOCUMENT["Statement"], "Condition": {"Bool": {"aws:SecureTransprt": "true"}}}
    document = {**DOCUMENT, "Statement": [statement]}
    (_level,), problems = parse({"dev": {"inline_policies": {"x": document}}})
    assert problems == [
        "levels.dev.inline_policies.x.Statement[0].Condition.Bool.aws:SecureTransprt: unknown "
        "condition key (did you mean 'aws:SecureTransport'?)"
    ]


def test_inline_policies_that_a_role_cannot_hold() -> None:
    large = {**DOCUMENT, "Statement": {**DOCUMENT["Statement"], "Resource": f"arn:{'x' * 5200}"}}
    large["Statement"]["Resource"] = "arn:aws:s3:::" + "b" * 5200
    (_level,), problems = parse({"x": {"inline_policies": {"a": large, "b": large}}})
    assert problems == [
        "levels.x.inline_policies: have 10596 characters without whitespace, but IAM allows only "
        "10240 per role; use managed policies"
    ]


@pytest.mark.parametrize(
    ("level", "problem"),
    [
        (None, ": expected a mapping, found nothing"),
        ({}, ": grants no permissions; add managed_policies or inline_policies"),
        (
            {"managed_policies": ["A"], "polices": []},
            ": unknown key 'polices' (did you mean 'inline_policies'?); known: fenced, "
            "global_group, inline_policies, managed_policies, max_session_duration, "
            "permissions_boundary, stages",
        ),
        (
            {"managed_policies": [f"P{n}" for n in range(11)]},
            ".managed_policies: has 11 policies; the AWS limit per role is 10",
        ),
        (
            {"managed_policies": [f"P{n}" for n in range(10)]},
            ".managed_policies: has 10 policies, and the fence (Jump account) or the guard "
            "(member accounts) adds one more; the AWS limit per role is 10",
        ),
        (
            {"managed_policies": ["arn:aws:iam::222222222222:policy/x"]},
            ".managed_policies[0]: 'arn:aws:iam::222222222222:policy/x' exists in one account "
            "only; use {customer: NAME} for a policy that every account has under this name",
        ),
        (
            {"managed_policies": ["A", {"custmer": "x"}]},
            ".managed_policies[1]: unknown key 'custmer' (did you mean 'customer'?); known: "
            "customer",
        ),
        (
            {"managed_policies": ["A"], "fenced": "no"},
            ".fenced: must be true or false, found the string 'no'",
        ),
        (
            {"managed_policies": ["A"], "global_group": None},
            ".global_group: must be true or false, found nothing",
        ),
        (
            {"managed_policies": ["A"], "stages": []},
            ".stages: expected a mapping of stages to settings, found an empty list",
        ),
        (
            {"managed_policies": ["A"], "stages": {"s": {"fenced": True}}},
            ".stages.s: unknown key "
            "'fenced'; known: inline_policies, managed_policies, max_session_duration, "
            "permissions_boundary",
        ),
        (
            {"managed_policies": ["A"], "stages": {"s s": {}}},
            ".stages.s s (the stage): 's s' contains characters that are not allowed: ' '",
        ),
        (
            {"managed_policies": ["A"], "stages": {"none": {}}},
            ".stages.none: is not a stage; accounts without a stage use the settings of the level "
            "itself",
        ),
        (
            {"managed_policies": ["A"], "stages": {"s": {"managed_policies": []}}},
            ": grants no permissions; add managed_policies or inline_policies",
        ),
        (
            {"managed_policies": ["A", "b c"]},
            ".managed_policies[1]: 'b c' contains characters that are not allowed: ' '",
        ),
        (
            {"managed_policies": "A", "inline_policies": {"p": DOCUMENT}},
            ".managed_policies: expected a list, found the string 'A'",
        ),
        (
            {"managed_policies": ["A"], "inline_policies": [DOCUMENT]},
            ".inline_policies: expected a mapping of names to policies, found a list",
        ),
        (
            {"managed_policies": ["A"], "inline_policies": {"p": {}}},
            ".inline_policies.p: is not a policy document; it has no Statement",
        ),
        (
            {"managed_policies": ["A"], "inline_policies": {"p q": DOCUMENT}},
            ".inline_policies.p q (the name): 'p q' contains characters that are not allowed: ' '",
        ),
        (
            {"managed_policies": ["A"], "max_session_duration": 3599},
            ".max_session_duration: must be a number of seconds from 3600 to 43200, found the "
            "number 3599",
        ),
        (
            {"managed_policies": ["A"], "max_session_duration": True},
            ".max_session_duration: must be a number of seconds from 3600 to 43200, found the "
            "boolean True",
        ),
    ],
)
def test_what_is_wrong_with_a_level(level: Any, problem: str) -> None:
    assert f"levels.x{problem}" in parse({"x": level})[1][:1]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "levels: expected a mapping of levels, found an empty mapping"),
        (["admin"], "levels: expected a mapping of levels, found a list"),
        (
            {"a=b": {"managed_policies": ["A"]}},
            "levels.a=b (the name): 'a=b' contains characters that are not allowed: '='",
        ),
    ],
)
def test_what_is_wrong_with_all(given: Any, problem: str) -> None:
    assert parse(given)[1] == [problem]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (f"{'p' * 510}/{'n' * 128}", None),
        (f"{'p' * 511}/n", ".customer (the path): has more than 512 characters"),
        ("n" * 129, ".customer (the name): '" + "n" * 80 + "...' has 129 characters; at most 128"),
        ("p/", None),
        ("/", ".customer (the name): must not be empty"),
    ],
)
def test_path_and_name_of_a_policy_of_every_account(name: str, problem: str | None) -> None:
    problems = parse({"x": {"managed_policies": [{"customer": name}]}})[1]
    found = [text for text in problems if ".managed_policies[0]" in text]
    assert found == [] if problem is None else found[0].split("[0]")[1].startswith(problem)
