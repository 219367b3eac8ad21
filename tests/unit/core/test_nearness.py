# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which words are probably meant to be others."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.nearness import (
    ALIKE,
    LONG,
    edits,
    near_stage,
    near_word,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import one_edit

WORDS = st.text("abc", max_size=5)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("stage", "stage", 0),
        ("stag", "stage", 1),
        ("stagee", "stage", 1),
        ("stake", "stage", 1),
        ("stgae", "stage", 1),
        ("tsage", "stage", 1),
        ("storage", "stage", 2),
        ("prod", "staging", 7),
    ],
)
def test_edits(one: str, other: str, count: int) -> None:
    assert edits(one, other) == count


@given(WORDS, WORDS, WORDS)
def test_edits_are_a_distance(a: str, b: str, c: str) -> None:
    assert (edits(a, b) == 0) is (a == b)
    assert edits(a, b) == edits(b, a)
    assert abs(len(a) - len(b)) <= edits(a, b) <= max(len(a), len(b))
    assert edits(a + c, b + c) <= edits(a, b)


@given(st.data(), st.sampled_from(["stage", "project", "account_id", "jump_mfa_max_age"]))
def test_one_edit_away_is_near(data: st.DataObject, word: str) -> None:
    assert near_word(data.draw(one_edit(word)), [word]) == word


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("Stage", ["stage"], "stage"),
        ("accountId", ["account_id"], "account_id"),
        ("aws-profile", ["aws_profile"], "aws_profile"),
        ("awsprofiels", ["aws_profile"], "aws_profile"),
        ("bootstrap_role", ["bootstrap_role_arn"], "bootstrap_role_arn"),
        ("state", ["stages", "stage"], "stage"),
        ("staging", ["stage"], None),
        ("storage", ["stage"], None),
        ("stage_color", ["stage"], None),
        ("", ["stage"], None),
        ("stage", [], None),
    ],
)
def test_near_words(word: str, known: list[str], near: str | None) -> None:
    assert near_word(word, known) == near


@pytest.mark.parametrize(
    ("stage", "known", "near"),
    [
        ("prd", ["prod"], "prod"),
        ("production", ["prod"], "prod"),
        ("Production", ["prod", "staging"], "prod"),
        ("prod", ["production"], "production"),
        ("stg", ["staging"], "staging"),
        ("prodd", ["prod", "prodded"], "prod"),
        ("test", ["prod", "staging"], None),
        ("p", ["prod"], None),
        ("rod", ["prod"], "prod"),
        ("ring", ["staging"], None),
        ("preview", ["prod"], None),
    ],
)
def test_near_stages(stage: str, known: list[str], near: str | None) -> None:
    assert near_stage(stage, known) == near


@given(st.text("abcd", max_size=14), st.text("abcd", max_size=14))
def test_what_differs_at_sight_is_not_near(one: str, other: str) -> None:
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    is_near = edits(one, other) <= (1 if len(other) < LONG else 2)
    is_near = is_near or (len(other) >= LONG and ratio >= ALIKE)
    assert (near_word(one, [other]) is not None) is is_near
