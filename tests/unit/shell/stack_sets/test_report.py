# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.instance_failure import (
    Advice,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.operation import (
    InstanceResult,
    Operation,
    judge,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.apply import Failure
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.report import (
    HandOver,
    build_address,
    build_preferences,
    build_queue,
    failure_of_set,
    failures_of,
    has_failed,
    read_verdict,
)

ADVICE = Advice("roles")


def operation(status="SUCCEEDED", failed=0, reason=""):
    return Operation("id-1", "CREATE", status, reason=reason, failed_instances=failed)


@pytest.mark.parametrize(
    ("call_as", "expected"), [("SELF", None), ("DELEGATED_ADMIN", "DELEGATED_ADMIN")]
)
def test_the_caller_is_named_only_when_it_is_a_delegate(address, call_as, expected):
    found = build_address(address.aws, "roles", {"call_as": call_as})
    assert (found.name, found.call_as) == ("roles", expected)


def test_preferences_are_filled_and_named_as_aws_does():
    params = {"operation_preferences": {"max_concurrent_count": 3, "region_order": None}}
    assert build_preferences(params) == {
        "MaxConcurrentCount": 3,
        "FailureTolerancePercentage": 100,
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
        "RegionConcurrencyType": "PARALLEL",
    }
    assert build_preferences({"operation_preferences": None})["MaxConcurrentPercentage"] == 100


@pytest.mark.parametrize("path", [None, "progress"])
def test_a_queue_waits_as_long_as_it_may(address, path):
    queue = build_queue(address, {"wait_timeout": 5, "progress_file": path})
    assert (queue.address, queue.deadline.seconds) == (address, 5)


def test_a_verdict_needs_the_end_and_the_results(stubber, queue):
    answer = {"OperationId": "id-1", "Action": "CREATE", "Status": "FAILED"}
    stubber.add_response("describe_stack_set_operation", {"StackSetOperation": answer})
    rows = [{"Account": "1", "Region": "r", "Status": "FAILED", "StatusReason": "why"}]
    stubber.add_response("list_stack_set_operation_results", {"Summaries": rows})
    ended, verdict = read_verdict(queue, "id-1", [("1", "r"), ("2", "r")])
    assert ended.status == "FAILED"
    assert verdict.refused == (InstanceResult("1", "r", "FAILED", "why"),)
    assert verdict.unreached == {("2", "r")}


def failures(ended, results, *wanted):
    return failures_of("create", ended, judge(ended, results, wanted), ADVICE)


def test_a_clean_operation_has_no_failures():
    assert failures(operation(), [InstanceResult("1", "r", "SUCCEEDED")], ("1", "r")) == ()


def test_every_refused_account_is_a_failure_of_its_own():
    results = [
        InstanceResult("1", "r", "FAILED", "one"),
        InstanceResult("2", "r", "FAILED", "two"),
        InstanceResult("3", "r", "CANCELLED"),
    ]
    found = failures(operation("FAILED", 2), results, ("1", "r"), ("2", "r"), ("3", "r"))
    assert [failure.as_dict()["account_id"] for failure in found] == ["1", "2"]
    assert found[0].as_dict() == {
        "account_id": "1",
        "subject": "1",
        "target": "stack instance 1/r",
        "message": "Could not create stack instance 1/r of stack set roles: AWS answered FAILED: "
        "one. "
        "Fix the cause in account 1 and run again; finished work is not repeated.",
    }


NO_ROLE = "Account 222222222222 should have 'x' role with trust relationship to Role 'y'."


def test_what_waits_for_an_owner_hides_no_failure():
    results = [InstanceResult("1", "r", "FAILED", NO_ROLE), InstanceResult("2", "r", "CANCELLED")]
    ended = operation("STOPPED", 1)
    verdict = judge(ended, results, [("1", "r"), ("2", "r")])
    advice = Advice("roles", unprepared=frozenset({"1"}))
    handed_over, of_the_set = failures_of("create", ended, verdict, advice)
    assert isinstance(handed_over, HandOver)
    assert of_the_set.target == "stack set roles"
    assert has_failed([handed_over]) is False
    assert has_failed([handed_over, of_the_set]) is True


@pytest.mark.parametrize(
    ("reason", "said"), [("", "ended STOPPED,"), ("by ana.", "ended STOPPED: by ana,")]
)
def test_an_operation_that_was_stopped_is_one_failure(reason, said):
    (found,) = failures(operation("STOPPED", 0, reason), [], ("1", "r"), ("2", "r"))
    assert found.as_dict() == {
        "subject": "roles",
        "target": "stack set roles",
        "message": f"Could not create 2 stack instances of stack set roles: operation id-1 {said} "
        "before they were reached. Run again; finished work is not repeated.",
    }


def test_hidden_failures_without_results_are_told():
    (found,) = failures(operation("SUCCEEDED", 1), [], ("1", "r"))
    assert found.target == "stack set roles"


def test_a_failure_of_the_set():
    assert failure_of_set(ADVICE, "text") == Failure("roles", "stack set roles", "text")
