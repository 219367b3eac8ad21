# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run tells of watching."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.watch_notices import (
    left_stack_notices,
    runner_notices,
    watch_lines,
)

from tests.unit.runs import change, make_run

START = "arn:aws:iam::111111111111:"
WATCH = {
    "is_wanted": True,
    "stack": "jumpaccount-watch",
    "regions": ["eu-west-1", "us-east-1"],
    "emails": ["a@b.cd", "e@f.gh"],
    "runners": [f"{START}role/ci/runner", f"{START}user/ops/run"],
}
OFF = {**WATCH, "is_wanted": False}
MADE = {"changes": [change("stack 111111111111/jumpaccount-watch")]}


def lines(results, *, is_check=False, **watch):
    run = make_run(results, is_check=is_check, watch={**WATCH, **watch})
    return watch_lines(replace(run, notices=("told",)))


def test_new_addresses_have_to_confirm():
    both = {"watching": MADE, "watching_of_iam": MADE}
    first, last = lines(both)
    assert first == (
        "  AWS asks new addresses (a@b.cd, e@f.gh) by email to confirm, once for each of 2 "
        "regions; until then they are not notified"
    )
    assert last == "  told"
    assert "1 region;" in lines({"watching": MADE})[0]


def test_without_addresses_nobody_is_told():
    assert "nobody is notified yet" in lines({"watching": MADE}, emails=[])[0]


@pytest.mark.parametrize("results", [{}, {"watching": {"changes": []}}])
def test_nothing_new(results):
    assert lines(results) == lines({"watching": MADE}, is_check=True) == ["  told"]


def test_a_stack_that_is_not_wanted_any_more():
    found = left_stack_notices(OFF, {"jumpaccount-watch"})
    assert found[0].startswith("stack jumpaccount-watch still watches this account, though ")
    assert [line.split()[2] for line in found[1:]] == [
        *("update-termination-protection", "delete-stack") * 2
    ]
    assert found[-1].endswith("--region us-east-1")
    assert left_stack_notices(OFF, {"other"}) == []
    assert left_stack_notices(WATCH, {"jumpaccount-watch"}) == []


@pytest.mark.parametrize(
    ("caller", "is_one"),
    [
        ("arn:aws:sts::111111111111:assumed-role/runner/session", True),
        ("arn:aws:sts::111111111111:assumed-role/run/session", False),
        (f"{START}user/ops/run", True),
        (f"{START}user/run", False),
        (f"{START}root", False),
    ],
)
def test_a_run_that_is_told_like_a_change_by_hand(caller, is_one):
    assert (runner_notices(WATCH, caller) == []) is is_one
    assert runner_notices(OFF, caller) == runner_notices({**WATCH, "runners": []}, caller) == []
