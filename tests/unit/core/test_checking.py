# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collecting problems with their places."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
    check_list,
    check_mapping,
    check_text,
    known_list,
    suggest,
    type_name,
)


def found(problems: Problems) -> list[str]:
    try:
        problems.raise_if_any()
    except InputError as error:
        return list(error.problems)
    return []


def test_all_problems_are_told_at_once() -> None:
    problems = Problems()
    problems.raise_if_any()
    problems.add("roster[0].name", "must not be empty")
    problems.add("levels", "unknown")
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    assert str(caught.value) == (
        "The input has 2 problems:\n  roster[0].name: must not be empty\n  levels: unknown"
    )


def test_one_problem_is_singular() -> None:
    assert str(InputError(["a: b"])) == "The input has 1 problem:\n  a: b"


def test_what_else_is_true_is_told_when_it_is_known() -> None:
    problems = Problems()
    problems.add("a", "b")
    with pytest.raises(InputError, match=r"^The input has 1 problem; all is well:\n  a: b$"):
        problems.raise_if_any("all is well")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "the boolean True"),
        (7, "the number 7"),
        (1.5, "the number 1.5"),
        ("x", "the string 'x'"),
        ({}, "an empty mapping"),
        ({1: 2}, "a mapping"),
        ([], "an empty list"),
        ([None], "a list"),
        ((), "an empty list"),
        (None, "nothing"),
        (b"", "bytes"),
    ],
)
def test_types_as_yaml_authors_know_them(value: Any, name: str) -> None:
    assert type_name(value) == name


def test_known_words_are_sorted() -> None:
    assert known_list(["b", "a"]) == "known: a, b"
    assert known_list([]) == "known: none"


def test_a_near_word_is_suggested() -> None:
    assert suggest("develper", ["operator", "developer"]) == " (did you mean 'developer'?)"
    assert suggest("xyz", ["operator"]) == ""


@pytest.mark.parametrize(
    ("value", "is_readable", "problems"),
    [
        ({"name": "x"}, True, []),
        ({"name": "x", "extra": 1}, True, []),
        ("x", False, ["p: expected a mapping, found the string 'x'"]),
        ({}, True, ["p: 'name' is missing"]),
        (
            {"name": 1, "nmae": 2},
            True,
            ["p: unknown key 'nmae' (did you mean 'name'?); known: extra, name"],
        ),
        ({"name": 1, 5: 2}, True, ["p: unknown key '5'; known: extra, name"]),
    ],
)
def test_mappings(value: Any, is_readable: bool, problems: list[str]) -> None:
    collected = Problems()
    assert check_mapping(collected, "p", value, {"name", "extra"}, {"name"}) is is_readable
    assert found(collected) == problems


@pytest.mark.parametrize(
    ("value", "problems"),
    [([], []), ((1,), []), ("ab", ["p: expected a list, found the string 'ab'"])],
)
def test_lists(value: Any, problems: list[str]) -> None:
    collected = Problems()
    assert check_list(collected, "p", value) is (not problems)
    assert found(collected) == problems


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("ana.b", None),
        ("abcdef", None),
        (12, "expected a string, found the number 12; write it in quotes"),
        (None, "expected a string, found nothing; write it in quotes"),
        ("", "must not be empty"),
        ("a=b c", "'a=b c' contains characters that are not allowed: ' ' '='"),
        ("a\n", "'a\\n' contains characters that are not allowed: '\\n'"),
        ("é", "'é' contains characters that are not allowed: 'é'"),
        ("abcdefg", "'abcdefg' has 7 characters; at most 6 are allowed"),
    ],
)
def test_texts(value: Any, problem: str | None) -> None:
    collected = Problems()
    assert check_text(collected, "p", value, r"\w.", 6) is (problem is None)
    assert found(collected) == ([] if problem is None else [f"p: {problem}"])
