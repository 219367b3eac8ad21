# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people read at the end of a run."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.summary import (
    build_report,
    build_summary,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.step import Step, parse_run

from tests.unit.runs import change, failure, make_run

WAITING = {"waiting": [{"account_id": "2" * 12, "url": "https://x", "reason": "No."}]}


def text(results: dict[str, Any], **more: Any) -> str:
    """Return the summary as one text."""
    return "\n".join(build_summary(make_run(results, **more)))


def verdict(results: dict[str, Any], **more: Any) -> str:
    """Return why the run has to fail."""
    return build_report(make_run(results, **more))["verdict"]


def test_nothing_to_change():
    assert text({"groups": {"changes": []}, "users": {}}) == (
        "Jump account 111111111111 in eu-west-1\n"
        "  accounts  3 in the inventory\n"
        "  groups    1\n"
        "  people    2 in the roster\n"
        "\n"
        "Nothing to change: AWS matches the inventory and the roster.\n"
        "Not checked: stack set iam-roles, and manual changes to the roles in 2 member "
        "accounts. Drift detection shows them:\n"
        "  aws cloudformation detect-stack-set-drift --stack-set-name iam-roles --region "
        "eu-west-1\n"
    )


def test_a_settled_run_says_what_it_did_not_look_at():
    accounts = [{"account_id": "1" * 12, "host": "jump"}, {"account_id": "2" * 12, "host": "a"}]
    results = {"stack_instances": {"changes": []}, "groups": {"changes": []}}
    assert ("\nNot checked: manual changes to the roles in 1 member account. ") in text(
        results, accounts=accounts
    )
    assert "Not checked" not in text(results, accounts=accounts[:1])


def test_a_partial_run_says_what_it_leaves_out():
    lines = text({}, partial=["--limit: 1 of 3 accounts", "user_name: ana"])
    assert "\nA partial run:\n  --limit: 1 of 3 accounts\n  user_name: ana\n\n" in lines


@pytest.mark.parametrize(
    "results",
    [{"users": {"failures": [failure("a", "No.")]}}, {"stack_instances": WAITING}],
    ids=["a problem", "an account that waits"],
)
def test_it_is_not_said_that_all_is_well_when_it_is_not(results):
    assert "Nothing was changed.\n" in text(results)
    assert "Nothing would be changed.\n" in text(results, is_check=True)
    assert "Nothing to change" not in text(results)


def test_changes_have_a_heading():
    users = {"changes": [change("user ana")]}
    assert "\nChanged:\n  people           1 created: ana\n" in text({"users": users})
    assert "\nThis run would change:\n  people " in text({"users": users}, is_check=True)


def test_the_overview_says_where_input_came_from_and_what_differs_from_iam():
    users = {"changes": [change("user ana")], "unlisted": ["old"]}
    shown = text({"users": users}, sources={"levels": "levels.yml", "roster": "-e (extra)"})
    assert "  levels    from levels.yml\n" in shown
    assert "  people    2 in the roster; compared with IAM: 1 new, 1 left\n" in shown
    assert "  roster    from -e (extra)\n" in shown


def test_accounts_that_are_not_ready_are_counted():
    instances = {**WAITING, "absent_accounts": ["2" * 12, "3" * 12]}
    shown = text({"stack_instances": instances})
    assert "3 in the inventory, 1 waiting for the owner, 1 without switch roles\n" in shown
    assert "\n1 account waits for its owner." in shown


def test_accounts_that_wait_are_no_failure():
    report = build_report(make_run({"stack_instances": WAITING}))
    assert report["verdict"] == ""
    assert report["waiting"] == WAITING["waiting"]


def test_what_was_noticed_has_a_heading_of_its_own():
    shown = text({}, empty_groups=["project_z"])
    assert "Noticed, but not changed:\n  inventory group project_z has no hosts" in shown


def test_problems_have_a_number_and_fail_the_run():
    one = {"users": {"failures": [failure("a", "Not a.")]}}
    two = {"users": {"failures": [failure("a", "Not a."), failure("b", "Not b, so.")]}}
    assert "\n1 problem:\n  - Not a.\n" in text(one)
    assert "\n2 problems:\n  - Not a.\n  - Not b, so.\n" in text(two)
    assert verdict(one) == (
        "1 problem, listed in the summary above. Everything else was applied. Fix the cause "
        "and run again; finished work is not repeated."
    )
    assert verdict(two, is_check=True).startswith(
        "2 problems, listed in the summary above. Everything else would be applied. Fix the causes"
    )
    assert build_report(make_run(two))["failures"] == ["Not a.", "Not b, so."]


def test_a_run_that_a_step_ended_says_where_and_why():
    results = {"template_bucket": {"failed": True, "msg": "Could not read bucket b."}}
    shown = text(results, is_finished=False)
    assert "Nothing was changed.\n" in shown
    assert shown.endswith(
        "This run ended at the step 'template bucket'; later steps did not run:\n"
        "  Could not read bucket b.\n"
    )
    assert verdict(results, is_finished=False) == ""


def test_what_a_step_refused_is_said_once():
    step = {"failed": True, "msg": "Not b.", "failures": [failure("b", "Not b.")]}
    shown = text({"template_bucket": step}, is_finished=False)
    assert shown.count("Not b.") == 1
    assert shown.endswith(
        "This run ended at the step 'template bucket'; later steps did not run.\n"
    )


def failed_run(accounts: int, people: int) -> dict[str, Any]:
    """Return the results of a first run in which every account refuses, with long names."""
    ids = [f"{n:012}" for n in range(accounts)]
    names = [f"person.with-a-long-name.{n:03}" for n in range(people)]
    said = "with an explicit deny in a service control policy. Fix the cause and run again."
    made = [change(f"stack instance {i}/ap-northeast-1") for i in ids]
    refused = [
        {
            **failure(
                i, f"Could not create stack instance {i}/ap-northeast-1: {said}", c["target"]
            ),
            "account_id": i,
        }
        for i, c in zip(ids, made, strict=True)
    ]
    waiting = [{"account_id": i, "url": "https://x/" + "u" * 400, "reason": said} for i in ids]
    instances = {
        **{"applied": [], "pending": made, "failures": refused, "waiting": waiting},
        "absent_accounts": ids,
    }
    return {
        "users": {
            "changes": [change(f"user {name}") for name in names],
            "unlisted": [f"left.{name}" for name in names[:3]],
        },
        "stack_instances": instances,
        "initial_passwords": {
            "changes": [change(f"login profile {name}") for name in names],
            "issued": [
                {"name": n, "parameter": f"/jumpaccount/initial-password/{n}"} for n in names
            ],
        },
    }


def test_a_failed_run_of_40_accounts_and_100_people_can_be_read():
    results = failed_run(40, 100)
    names = [entry["name"] for entry in results["initial_passwords"]["issued"]]
    first = [{"account_id": f"{n:012}", "host": f"host-{n}", "role": "role-x"} for n in range(3)]
    reach = {"count": 40, "first": first}
    shown = text(results, reach=dict.fromkeys(names, reach))
    assert len(shown.encode()) < 8_000
    assert "40 problems:" in shown
    report = build_report(make_run(results, reach={}))
    assert (len(report["failures"]), len(report["waiting"]), len(report["people"])) == (40, 40, 100)


def test_a_long_cause_is_cut():
    results = {"groups": {"failed": True, "msg": "x" * 5000}}
    assert text(results).endswith(f"  {'x' * 600} ...\n")


@pytest.mark.parametrize(
    ("results", "where"),
    [({}, "before its first step"), ({"groups": {"changes": []}}, "after the step 'groups'")],
)
def test_a_run_that_something_else_ended(results, where):
    shown = text(results, is_finished=False)
    assert f"This run ended {where}; see the message above." in shown


def test_wrong_input_has_a_summary_too():
    nothing = {step.value: {} for step in Step}
    run = parse_run({"failed": True}, nothing, "users", is_check=False)
    (line, _empty) = build_summary(run)
    assert line.startswith("This run ended before it made any AWS call: ")
    assert build_report(run) == {"verdict": "", "failures": [], "waiting": [], "people": []}
