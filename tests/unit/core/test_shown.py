# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a terminal would obey or hide is spelled out in messages."""

from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
    check_text,
    type_name,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import GuardError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.summary import (
    build_report,
    build_summary,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.shown import (
    inert,
    quoted,
    shown,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runs import failure, make_run

HOSTILE = "a\x1b[2Jb\u202ec\nd\u2028e\x9bf\u200b"
TAME = "a\\x1b[2Jb\\u202ec\\nd\\u2028e\\x9bf\\u200b"


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("", ""),
        ("plain, 金民俊 and Müller's", "plain, 金民俊 and Müller's"),
        (HOSTILE, TAME),
        ("\t\r\x7f\ufeff\U000e0041", "\\t\\r\\x7f\\ufeff\\U000e0041"),
    ],
)
def test_what_is_active_is_spelled_out(text, there):
    assert inert(text) == there


@given(st.text())
def test_nothing_active_is_left(text):
    left = {unicodedata.category(c) for c in inert(text)}
    assert left.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    assert {unicodedata.bidirectional(c) for c in inert(text)}.isdisjoint(
        {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    )
    assert len(inert(text).splitlines()) <= 1
    assert inert(inert(text)) == inert(text)


def test_long_values_are_cut_where_they_are_shown():
    assert shown("x" * 80) == "x" * 80
    assert shown("x" * 81) == "x" * 80 + "..."
    assert quoted(["\n"]) == "'['\\n']'"
    assert type_name("x" * 5000) == f"the string '{'x' * 80}...'"


def test_findings_of_the_input_are_inert_and_short():
    problems = Problems()
    check_text(problems, f"roster[0].{HOSTILE}", HOSTILE, "a-z", 9)
    check_text(problems, "long", "a" * 900, "a-z", 9)
    with pytest.raises(InputError) as caught:
        problems.raise_if_any()
    first, second = str(caught.value).split("\n")[1:]
    assert first.startswith(f"  roster[0].{TAME}: '{TAME}' contains characters that ")
    assert second == f"  long: '{'a' * 80}...' has 900 characters; at most 9 are allowed"


def test_refusals_are_inert():
    assert str(GuardError(HOSTILE)) == f"{TAME} Nothing was changed in this step."


def test_the_summary_is_inert():
    accounts = [{"account_id": "1" * 12, "host": HOSTILE}]
    sources = {"roster": HOSTILE}
    results = {"users": {"failures": [failure("a", HOSTILE)]}, "groups": {"unlisted": [HOSTILE]}}
    run = make_run(results, accounts=accounts, sources=sources)
    lines = build_summary(run)
    assert [line for line in lines if inert(line) != line] == []
    assert f"  roster    from {TAME}" in lines
    assert f"  - {TAME}" in lines
    assert build_report(run)["failures"] == [TAME]


def test_what_ended_the_run_keeps_its_lines():
    run = make_run({"groups": {"failed": True, "msg": "one:\n  two\x1b"}}, is_finished=False)
    assert build_summary(run)[-3:-1] == ["  one:", "    two\\x1b"]
