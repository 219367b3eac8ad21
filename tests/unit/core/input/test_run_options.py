# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that make a run a part of what it looks like."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.run_options import (
    check_limit,
    partial_run,
    tags_problem,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Account, Person

from tests.unit.inputs import problems_of

ADVICE = "run without it. To select a playbook by tag, add the tag where you import the playbook"
NO_TAG = "The tasks in the playbooks of this collection have no tags, so"
ACCOUNTS = [Account(str(n) * 12, f"h{n}", is_jump=n == 1) for n in range(1, 7)]
PEOPLE = [Person("ana"), Person("bo")]


@pytest.mark.parametrize(
    ("run_tags", "skip_tags", "own_tags", "problem"),
    [
        (["all"], [], ["always"], None),
        (["untagged"], [], ["always"], None),
        (["users"], [], ["always"], f"{NO_TAG} --tags users would skip everything; {ADVICE}"),
        (["a", "b"], [], ["always"], f"{NO_TAG} --tags a,b would skip everything; {ADVICE}"),
        (["all"], ["molecule-idempotence-notest", "notest"], ["always"], None),
        (["all"], ["x"], ["always"], f"{NO_TAG} --skip-tags x would skip nothing; {ADVICE}"),
        (["users"], ["x"], ["always", "jump"], None),
    ],
)
def test_tags(
    run_tags: list[str], skip_tags: list[str], own_tags: list[str], problem: str | None
) -> None:
    assert tags_problem(run_tags, skip_tags, own_tags) == problem


@pytest.mark.parametrize(
    ("limit", "problems"),
    [
        (None, []),
        ("", []),
        ("all", []),
        ("localhost", []),
        ("a-prod, project_a", []),
        ("a-*,!a-staging,@retry,~a.*,fe80::1,a-prod[0]", []),
        (
            "a-prod,a-prd",
            ["--limit: the inventory has no host or group 'a-prd' (did you mean 'a-prod'?)"],
        ),
        ("x", ["--limit: the inventory has no host or group 'x'"]),
    ],
)
def test_names_in_the_limit(limit: str | None, problems: list[str]) -> None:
    known = {"a-prod", "a-staging", "project_a"}
    assert problems_of(lambda p: check_limit(p, limit, known))[1] == problems


@pytest.mark.parametrize(
    ("scope", "only_user", "start", "said"),
    [
        (None, None, None, []),
        ([a.host for a in ACCOUNTS], None, None, []),
        (
            ["h2", "h3", "h4", "h5", "web"],
            None,
            None,
            [
                "--limit: 4 of 6 accounts (h2, h3, h4 and 1 more); roles in the other accounts "
                "remain unchanged"
            ],
        ),
        (
            ["localhost"],
            None,
            None,
            ["--limit: 0 of 6 accounts; roles in the other accounts remain unchanged"],
        ),
        (
            None,
            "ana",
            "Summary",
            [
                "started at task 'Summary': earlier tasks are skipped",
                "user_name: ana, 1 of 2 people; the others remain unchanged",
            ],
        ),
    ],
)
def test_what_a_partial_run_says(
    scope: list[str] | None, only_user: str | None, start: str | None, said: list[str]
) -> None:
    assert partial_run(ACCOUNTS, scope, PEOPLE, only_user, start) == said
