# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading levels."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.levels import parse_levels
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
    }
    assert parse({"audit": said}) == (
        (Level("audit", ("A", "B"), (("y", DOCUMENT), ("z", DOCUMENT)), 43200),),
        [],
    )


@pytest.mark.parametrize(
    ("level", "problem"),
    [
        (None, ": expected a mapping, found nothing"),
        ({}, ": permits nothing: give managed_policies or inline_policies"),
        (
            {"managed_policies": ["A"], "polices": []},
            ": unknown key 'polices' (did you mean 'inline_policies'?); known: fenced, "
            "inline_policies, managed_policies, max_session_duration, permissions_boundary, stages",
        ),
        (
            {"managed_policies": [f"P{n}" for n in range(11)]},
            ".managed_policies: has 11 policies; AWS attaches 10",
        ),
        (
            {"managed_policies": ["A", "b c"]},
            ".managed_policies[1]: 'b c' has characters that AWS or we do not allow: ' '",
        ),
        (
            {"managed_policies": "A", "inline_policies": {"p": DOCUMENT}},
            ".managed_policies: expected a list, found the string 'A'",
        ),
        (
            {"managed_policies": ["A"], "inline_policies": [DOCUMENT]},
            ".inline_policies: expected a mapping of name to policy, found a list",
        ),
        (
            {"managed_policies": ["A"], "inline_policies": {"p": {}}},
            ".inline_policies.p: is no policy document: it has no Statement",
        ),
        (
            {"managed_policies": ["A"], "inline_policies": {"p q": DOCUMENT}},
            ".inline_policies.p q (the name): 'p q' has characters that AWS or we do not allow: "
            "' '",
        ),
        (
            {"managed_policies": ["A"], "max_session_duration": 3599},
            ".max_session_duration: must be seconds from 3600 to 43200, found the number 3599",
        ),
        (
            {"managed_policies": ["A"], "max_session_duration": True},
            ".max_session_duration: must be seconds from 3600 to 43200, found the boolean True",
        ),
    ],
)
def test_what_is_wrong_with_a_level(level: Any, problem: str) -> None:
    assert parse({"x": level})[1] == [f"levels.x{problem}"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "levels: expected a mapping of levels, found a mapping"),
        (["admin"], "levels: expected a mapping of levels, found a list"),
        (
            {"a=b": {"managed_policies": ["A"]}},
            "levels.a=b (the name): 'a=b' has characters that AWS or we do not allow: '='",
        ),
    ],
)
def test_what_is_wrong_with_all(given: Any, problem: str) -> None:
    assert parse(given)[1] == [problem]
