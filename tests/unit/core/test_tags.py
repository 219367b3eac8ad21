# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags that IAM takes."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.tags import (
    check_keys,
    check_tag_value,
    is_tag_character,
    parse_tags,
)
from hypothesis import given

from tests.unit.inputs import ANYTHING, problems_of


def value_problems(value: Any) -> list[str]:
    return problems_of(lambda problems: check_tag_value(problems, "t", value))[1]


@given(ANYTHING)
def test_what_is_kept_is_what_iam_takes(value: Any) -> None:
    tags, problems = problems_of(lambda p: parse_tags(p, "t", value))
    assert problems or dict(tags) == value
    for key, text in tags:
        assert all(map(is_tag_character, key + text))


@pytest.mark.parametrize("value", ["", "Müller GmbH", "氏名", "a.b:c/d=e+f-g_h@i", "x" * 256])
def test_values_that_iam_takes(value: str) -> None:
    assert value_problems(value) == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (1, "t: expected a string, found the number 1; write it in quotes"),
        ("x" * 257, "t: has 257 characters; IAM allows at most 256"),
        (
            "a\tb,  c!",
            "t: 'a\\tb,  c!' contains '\\t' '!' ',', which IAM does not allow in tags; for "
            "example, write 'a b c'",
        ),
        (
            "u\u0308",
            "t: 'u\u0308' contains '\u0308', which IAM does not allow in tags; for example, write "
            "'ü'",
        ),
        ("!", "t: '!' contains '!', which IAM does not allow in tags"),
    ],
)
def test_values_that_it_does_not_take(value: Any, problem: str) -> None:
    assert value_problems(value) == [problem]


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("Aws:x", "t.Aws:x: keys that start with 'aws:' or 'jumpaccount:' are reserved"),
        ("", "t.: the key is empty"),
        (3, "t.3 (the key): expected a string, found the number 3; write it in quotes"),
        ("x" * 129, f"t.{'x' * 129} (the key): has 129 characters; IAM allows at most 128"),
    ],
)
def test_keys_that_it_does_not_take(key: Any, problem: str) -> None:
    assert problems_of(lambda p: parse_tags(p, "t", {key: "a"})) == ((), [problem])


def test_keys_of_one_object() -> None:
    keys = [*(f"k{n}" for n in range(45)), "Team", "team"]
    assert problems_of(lambda p: check_keys(p, "t", keys[:-1])) == (None, [])
    assert problems_of(lambda p: check_keys(p, "t", keys))[1] == [
        "t: the key 'team' is used more than once; IAM ignores case in tag keys"
    ]
    assert problems_of(lambda p: check_keys(p, "t", [*keys[:-1], "x", "y"]))[1] == [
        "t: 48 tags plus up to 3 added by this collection exceed the IAM limit of 50"
    ]
