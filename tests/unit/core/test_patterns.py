# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns of policies against texts and against one another."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.patterns import (
    covers,
    matches,
    touches,
)

LETTERS = "ab"
TEXTS = ["".join(t) for n in range(4) for t in itertools.product(LETTERS, repeat=n)]
PATTERNS = ["".join(t) for n in range(4) for t in itertools.product("ab*?", repeat=n)]


def texts_of(pattern: str) -> set[str]:
    """Return the short texts that a pattern matches."""
    return {text for text in TEXTS if matches(pattern, text)}


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        ("*", "", True),
        ("ssm:Get*", "ssm:GetParameter", True),
        ("ssm:Get?", "ssm:Get", False),
        ("a.c", "abc", False),
        ("a*c", "a\nc", True),
        ("a?c", "a*c", False),
    ],
)
def test_matching(pattern, text, is_match):
    assert matches(pattern, text) is is_match


def test_what_patterns_have_in_common_is_what_both_match():
    for one, other in itertools.product(PATTERNS, repeat=2):
        # Two of at most three characters that have a text in common have one of at most five.
        common = any(matches(one, t) and matches(other, t) for t in LONGER)
        assert touches(one, other) == common, (one, other)


LONGER = ["".join(t) for n in range(6) for t in itertools.product(LETTERS, repeat=n)]


def test_a_pattern_covers_no_more_than_it_matches():
    for one, other in itertools.product(PATTERNS, repeat=2):
        if "?" not in other and covers(one, other):
            assert texts_of(other) <= texts_of(one), (one, other)


@pytest.mark.parametrize(
    ("pattern", "asked", "is_touched", "is_covered"),
    [
        ("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/role-admin", True, True),
        ("arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/ana", True, False),
        ("arn:*:parameter/x", "arn:aws:ssm:*:1:parameter/x", True, True),
        ("arn:aws:ssm:eu:1:parameter/j/ana", "arn:aws:ssm:eu:1:parameter/j/*", True, False),
        ("arn:aws:ssm:eu:1:parameter/k/*", "arn:aws:ssm:eu:1:parameter/j/*", False, False),
        ("arn:aws:iam::2:*", "arn:aws:iam::1:role/r", False, False),
    ],
)
def test_arns(pattern, asked, is_touched, is_covered):
    assert (touches(pattern, asked), covers(pattern, asked)) == (is_touched, is_covered)
