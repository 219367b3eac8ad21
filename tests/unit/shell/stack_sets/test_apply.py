# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.instance_failure import (
    Advice,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.stack_instances import (
    StackInstance,
    build_instance_state,
    instance_id,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.waves import Wave
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.apply import (
    InstanceApply,
    InstanceSettings,
)
from botocore.stub import ANY

NAMED = {"StackSetName": "roles"}
PREFERENCES = {"MaxConcurrentCount": 5}


def state(*accounts):
    return build_instance_state(StackInstance(account, "r") for account in accounts)


def behind(account, status="OUTDATED"):
    return {instance_id(account, "r"): {"status": status, "detail": "FAILED", "reason": "why"}}


def expect_operation(stubber, method, accounts, results=None, status="SUCCEEDED", **more):
    """Script one operation: its start, one look and its results."""
    expected = {
        **NAMED,
        "Accounts": accounts,
        "Regions": ["r"],
        "OperationPreferences": PREFERENCES,
        "OperationId": ANY,
        **more,
    }
    stubber.add_response(method, {"OperationId": "id"}, expected)
    found = results or dict.fromkeys(accounts, "SUCCEEDED")
    failed = sum(value != "SUCCEEDED" for value in found.values())
    answer = {
        "OperationId": "id",
        "Action": method.split("_")[0].upper(),
        "Status": status,
        "StatusDetails": {"FailedStackInstancesCount": failed},
    }
    asked = {**NAMED, "OperationId": ANY}
    stubber.add_response("describe_stack_set_operation", {"StackSetOperation": answer}, asked)
    rows = [
        {"Account": a, "Region": "r", "Status": s, "StatusReason": f"{s} in {a}"}
        for a, s in found.items()
    ]
    stubber.add_response(
        "list_stack_set_operation_results", {"Summaries": rows}, {**asked, "MaxResults": 100}
    )


def expect_busy(stubber, method, code="OperationInProgressException", is_tried_again=True):
    """Script that another operation runs, and then has ended and no other has come."""
    stubber.add_client_error(method, code, "busy")
    stubber.add_client_error("describe_stack_set_operation", "OperationNotFoundException", "no")
    for _look in range(2 if is_tried_again else 1):
        stubber.add_response("list_stack_set_operations", {"Summaries": []})


@pytest.fixture
def apply(queue):
    """Return what carries out a plan; plans is what planning again gives, in turn."""

    def carry_out(plan, *plans, **settings):
        again = iter(plans)
        chosen = InstanceSettings(PREFERENCES, Advice("roles"), **settings)
        return InstanceApply(queue, chosen, lambda: next(again))(plan)

    return carry_out


def accounts(plan):
    return [change.subject for change in plan]


def test_all_missing_instances_are_created_in_one_operation(stubber, apply):
    expect_operation(stubber, "create_stack_instances", ["1", "2", "3"])
    plan = plan_changes(state("1", "2", "3"), {})
    report = apply(plan)
    assert (report.outcome.applied, report.outcome.pending) == (plan, ())
    assert report.outcome.failures == ()
    assert [o.action for o in report.operations] == ["CREATE"]


def test_one_account_that_fails_does_not_stop_the_others(stubber, apply):
    expect_operation(
        stubber, "create_stack_instances", ["1", "2"], {"1": "FAILED", "2": "SUCCEEDED"}
    )
    expect_operation(stubber, "update_stack_instances", ["3"])
    outcome = apply(plan_changes(state("1", "2", "3"), behind("3"))).outcome
    assert accounts(outcome.applied) == ["2", "3"]
    assert accounts(outcome.pending) == ["1"]
    (failure,) = outcome.failures
    assert failure.subject == "1"
    assert "AWS answered FAILED: FAILED in 1. Fix the cause in account 1" in failure.message


def test_surplus_goes_first_and_may_leave_its_stacks(stubber, apply):
    expect_operation(stubber, "delete_stack_instances", ["9"], RetainStacks=True)
    expect_operation(stubber, "create_stack_instances", ["1"])
    plan = plan_changes(state("1"), state("9"))
    assert accounts(apply(plan, retain_stacks=True).outcome.applied) == ["9", "1"]


def test_an_inoperable_instance_is_replaced(stubber, apply):
    expect_operation(stubber, "delete_stack_instances", ["1"], RetainStacks=True)
    expect_operation(stubber, "create_stack_instances", ["1"])
    plan = plan_changes(state("1"), behind("1", "INOPERABLE"))
    report = apply(plan)
    assert accounts(report.outcome.applied) == ["1"]
    assert len(report.operations) == 2


def test_an_inoperable_instance_that_stays_is_not_created_again(stubber, apply):
    expect_operation(
        stubber, "delete_stack_instances", ["1"], {"1": "FAILED"}, "FAILED", RetainStacks=True
    )
    outcome = apply(plan_changes(state("1"), behind("1", "INOPERABLE"))).outcome
    assert accounts(outcome.pending) == ["1"]
    assert "Could not remove inoperable stack instance 1/r" in outcome.failures[0].message


def test_a_surplus_inoperable_instance_only_goes(stubber, apply):
    expect_operation(stubber, "delete_stack_instances", ["1"], RetainStacks=True)
    outcome = apply(plan_changes({}, behind("1", "INOPERABLE"))).outcome
    assert [c.action for c in outcome.applied] == [Action.DELETE]


@pytest.mark.parametrize("code", ["OperationInProgressException", "StaleRequestException"])
def test_what_another_run_did_meanwhile_is_no_change_of_ours(stubber, apply, code):
    expect_busy(stubber, "create_stack_instances", code)
    expect_operation(stubber, "create_stack_instances", ["2"])
    plan = plan_changes(state("1", "2"), {})
    outcome = apply(plan, plan_changes(state("1", "2"), state("1"))).outcome
    assert (accounts(outcome.applied), outcome.pending) == (["2"], ())


def test_nothing_is_left_when_another_run_did_everything(stubber, apply):
    expect_busy(stubber, "create_stack_instances", is_tried_again=False)
    outcome = apply(plan_changes(state("1"), {}), ()).outcome
    assert (outcome.applied, outcome.pending, outcome.failures) == ((), (), ())


def test_what_failed_is_not_tried_twice_in_a_run(stubber, apply):
    expect_operation(stubber, "create_stack_instances", ["1"], {"1": "FAILED"}, "FAILED")
    expect_busy(stubber, "update_stack_instances")
    expect_operation(stubber, "update_stack_instances", ["2"])
    desired = state("1", "2")
    plan = plan_changes(desired, behind("2"))
    outcome = apply(plan, plan_changes(desired, {**behind("1"), **behind("2")})).outcome
    assert (accounts(outcome.applied), accounts(outcome.pending)) == (["2"], ["1"])


def test_a_refused_call_leaves_the_rest_for_the_next_run(stubber, apply):
    stubber.add_client_error("create_stack_instances", "StackSetNotFoundException", "none")
    plan = plan_changes(state("1", "2"), behind("2"))
    outcome = apply(plan).outcome
    assert (outcome.applied, outcome.pending) == ((), plan)
    (failure,) = outcome.failures
    assert failure.target == "stack set roles"
    assert "Create it first" in failure.message


WAVES = (Wave("staging", frozenset(["2"])),)


def test_waves_follow_each_other(stubber, apply):
    expect_operation(stubber, "create_stack_instances", ["2"])
    expect_operation(stubber, "create_stack_instances", ["1", "3"])
    outcome = apply(plan_changes(state("1", "2", "3"), {}), waves=WAVES).outcome
    assert (len(outcome.applied), outcome.failures) == (3, ())


def test_a_wave_that_fails_is_the_last_but_is_completed(stubber, apply):
    expect_operation(stubber, "create_stack_instances", ["2"], {"2": "FAILED"}, "FAILED")
    expect_operation(stubber, "update_stack_instances", ["4"])
    waves = (Wave("staging", frozenset(["2", "4"])),)
    plan = plan_changes(state("1", "2", "3", "4"), behind("4"))
    outcome = apply(plan, waves=waves).outcome
    assert accounts(outcome.applied) == ["4"]
    assert accounts(outcome.pending) == ["1", "2", "3"]
    assert [f.target for f in outcome.failures] == ["stack instance 2/r", "stack set roles"]
    assert "Stopped after staging, which failed: 2 stack instances" in outcome.failures[1].message
