# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What failed, each cause once."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.summary_failures import (
    Problem,
    all_problems,
    problem_texts,
)

from tests.unit.runs import change, failure, make_run

QUOTA = "AWS answered LimitExceeded: Cannot exceed quota for GroupsPerAccount: 300. Ask for less."


def messages(results: Any, **more: Any) -> list[str]:
    """Return the sentences of all problems."""
    return [problem.message for problem in all_problems(make_run(results, **more))]


def texts(*problems: Problem) -> list[str]:
    """Return what is shown of these problems."""
    return problem_texts(problems)


def groups(count: int) -> list[Problem]:
    """Return as many groups that a quota refused."""
    return [
        Problem(
            f"group-{n}",
            f"group group-{n}",
            f"Could not create group group-{n} in account 1: {QUOTA}",
        )
        for n in range(count)
    ]


def test_each_failure_is_said_once():
    results = {
        "groups": {"failures": [failure("a", "Same."), failure("b", "Other.")]},
        "users": {"failures": [failure("a", "Same.")]},
    }
    assert messages(results) == ["Same.", "Other."]


def of_account(number: int, message: str) -> dict[str, str]:
    """Return a failure in one account, as the modules of stack sets have it."""
    account_id = str(number) * 12
    target = f"stack instance {account_id}/eu-west-1"
    return {**failure(account_id, message, target), "account_id": account_id}


def test_what_is_tried_twice_in_an_account_counts_once_by_its_end():
    done = change("stack instance 222222222222/eu-west-1", "update")
    results = {
        "stack_set": {"failures": [of_account(n, f"First {n}.") for n in (1, 2, 3)]},
        "stack_instances": {"failures": [of_account(1, "Then 1.")], "applied": [done]},
    }
    assert messages(results) == ["Then 1.", "First 3."]


def test_a_fence_that_is_down_is_the_first_problem():
    fence = {"policy": "policy/j/fence", "document": {}, "roles": ["role-x"]}
    step = {
        "failures": [failure("g", "Not g.")],
        "inspection": {"fence": {}, "roles": {"role-x": {"managed_policies": []}}},
    }
    alarm, other = messages({"groups": step}, fence=fence)
    assert alarm.startswith("Switch role role-x in the Jump account")
    assert other == "Not g."


def test_one_cause_is_one_sentence():
    assert texts(*groups(1)) == [f"Could not create group group-0 in account 1: {QUOTA}"]
    assert texts(*groups(3)) == [
        f"3 groups could not be created in account 1: {QUOTA} Affected: group-0, group-1, group-2."
    ]
    assert texts(*groups(78)) == [
        f"78 groups could not be created in account 1: {QUOTA} "
        "Affected: group-0, group-1, group-2 and 75 more; all in the JSON result."
    ]


def test_a_name_within_another_name_is_no_name():
    one, two = (
        Problem(n, f"group {n}", f"Could not delete group {n}: no x-a.") for n in ("a", "b")
    )
    assert texts(one, two) == ["2 groups could not be deleted: no x-a. Affected: a, b."]


def test_other_sentences_are_said_for_the_first_with_the_names_of_the_others():
    text = "User {0} already exists; rename {0}."
    found = [Problem(n, n, text.format(n), "person") for n in ("ana", "bo", "cy")]
    assert texts(*found[:2]) == [
        "User ana already exists; rename ana. The same applies to 1 more person: bo."
    ]
    assert texts(*found) == [
        "User ana already exists; rename ana. The same applies to 2 more people: bo, cy."
    ]


def test_ids_of_operations_and_second_names_make_no_difference():
    ids = ("0f7f7c5c-0000-4000-8000-00000000000", "1f7f7c5c-0000-4000-8000-00000000000")
    found = [
        Problem(
            str(n) * 12,
            f"stack instance {str(n) * 12}/eu-{n}",
            f"Could not update stack instance {str(n) * 12}/eu-{n}: operation {ids[n]}{n} failed.",
            "account",
        )
        for n in range(2)
    ]
    (text,) = texts(*found)
    assert text.endswith("The same applies to 1 more account: 111111111111.")


def test_more_than_one_change_of_the_same_person():
    found = [
        Problem("ana", f"membership ana/g{n}", f"Could not add member ana to group g{n}.", "person")
        for n in range(3)
    ]
    assert texts(*found) == [
        "Could not add member ana to group g0. The same applies to 2 more changes of ana; all "
        "in the JSON result."
    ]


@pytest.mark.parametrize(("count", "last"), [(16, "No 15."), (17, "2 more problems; all in the ")])
def test_many_causes_are_cut(count, last):
    found = texts(*(Problem("x", "x", f"No {n}.") for n in range(count)))
    assert len(found) == 16
    assert found[-1].startswith(last)


def test_a_subject_says_what_it_is():
    results = {
        "users": {"failures": [failure("ana", "No.")]},
        "template_bucket": {"failures": [failure("b", "Not b.")]},
    }
    assert [p.noun for p in all_problems(make_run(results))] == ["object", "person"]
