# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.calls import doing_to
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.queue import (
    Deadline,
    OperationQueue,
)
from botocore.stub import ANY

NAMED = {"StackSetName": "roles"}


def described(status, operation_id="id-1", **more):
    return {
        "StackSetOperation": {
            "OperationId": operation_id,
            "Action": "CREATE",
            "Status": status,
            **more,
        }
    }


def expect_looks(stubber, statuses, operation_id="id-1"):
    for status in statuses:
        stubber.add_response(
            "describe_stack_set_operation",
            described(status, operation_id),
            {**NAMED, "OperationId": operation_id},
        )


def expect_list(stubber, *operations):
    rows = [{"OperationId": i, "Action": "UPDATE", "Status": s} for i, s in operations]
    stubber.add_response(
        "list_stack_set_operations", {"Summaries": rows}, {**NAMED, "MaxResults": 20}
    )


def test_a_deadline_never_sleeps_past_its_end(clock):
    deadline = Deadline(10, clock.now, clock.sleep)
    for _ in range(3):
        deadline.pause(6)
    assert clock.slept == [6, 4, 0]
    assert deadline.has_passed


def test_an_operation_is_awaited_through_every_state_that_is_not_the_end(stubber, queue, clock):
    expect_looks(stubber, ["QUEUED", "RUNNING", "STOPPING", "SOMETHING_NEW", "STOPPED"])
    assert queue.wait_for("id-1").status == "STOPPED"
    assert clock.slept == pytest.approx([0.2, 0.3, 0.45, 0.675])


def test_an_operation_that_aws_does_not_know_yet_is_awaited(stubber, queue):
    stubber.add_client_error("describe_stack_set_operation", "OperationNotFoundException", "no")
    expect_looks(stubber, ["SUCCEEDED"])
    assert queue.wait_for("id-1").status == "SUCCEEDED"


def test_every_look_is_told(stubber, address, clock):
    told = []
    queue = OperationQueue(
        address, Deadline(60, clock.now, clock.sleep), lambda o: told.append(o.status)
    )
    expect_looks(stubber, ["RUNNING", "SUCCEEDED"])
    queue.wait_for("id-1")
    assert told == ["RUNNING", "SUCCEEDED"]


def test_the_end_of_the_time_names_the_operation_and_how_to_go_on(stubber, address, clock):
    queue = OperationQueue(address, Deadline(1, clock.now, clock.sleep))
    expect_looks(stubber, ["RUNNING"] * 5)
    with pytest.raises(AwsError) as caught:
        queue.wait_for("id-1")
    assert str(caught.value) == (
        "Could not wait longer than 1 second (wait_timeout) for operation id-1 (CREATE) of "
        "stack set roles in account 111111111111: AWS answered RUNNING: it has not ended. It "
        "continues in AWS. Run again to wait for it and do the rest, or stop it with: aws "
        "cloudformation stop-stack-set-operation --stack-set-name roles --operation-id id-1"
    )
    assert clock.seconds == 1


def test_the_end_of_the_time_tells_the_age_of_the_operation(stubber, address, clock):
    queue = OperationQueue(address, Deadline(0, clock.now, clock.sleep))
    stubber.add_response(
        "describe_stack_set_operation",
        described("QUEUED", CreationTimestamp=datetime(2026, 4, 1, 9, tzinfo=UTC)),
    )
    with pytest.raises(AwsError, match=r"AWS answered QUEUED: it has not ended after \d+ minutes"):
        queue.wait_for("id-1")


def test_an_operation_that_never_shows_is_told(stubber, address, clock):
    queue = OperationQueue(address, Deadline(0, clock.now, clock.sleep))
    stubber.add_client_error("describe_stack_set_operation", "OperationNotFoundException", "no")
    with pytest.raises(AwsError, match="AWS answered NOT_FOUND"):
        queue.wait_for("id-1")


def test_nothing_is_awaited_when_nothing_runs(stubber, queue, clock):
    expect_list(stubber, ("id-2", "SUCCEEDED"), ("id-1", "FAILED"))
    assert queue.wait_until_idle() is False
    assert clock.slept == []


def test_without_a_stack_set_nothing_runs(stubber, queue):
    stubber.add_client_error("list_stack_set_operations", "StackSetNotFoundException", "no")
    assert queue.wait_until_idle() is False


def test_all_that_run_or_are_queued_are_awaited_the_oldest_first(stubber, queue):
    expect_list(stubber, ("id-3", "QUEUED"), ("id-2", "RUNNING"), ("id-1", "SUCCEEDED"))
    expect_looks(stubber, ["RUNNING", "SUCCEEDED"], "id-2")
    expect_list(stubber, ("id-3", "RUNNING"), ("id-2", "SUCCEEDED"))
    expect_looks(stubber, ["SUCCEEDED"], "id-3")
    expect_list(stubber, ("id-3", "SUCCEEDED"))
    assert queue.wait_until_idle() is True


@pytest.fixture
def begin(address):
    """Return a call that begins an operation and remembers the ids it was given."""

    def call(operation_id):
        call.ids.append(operation_id)
        with doing_to(address, "update instances of"):
            address.call(
                "update_stack_instances", Regions=["r"], Accounts=["1"], OperationId=operation_id
            )

    call.ids = []
    return call


def test_an_operation_begins_with_an_id_of_ours(stubber, queue, begin):
    stubber.add_response("update_stack_instances", {"OperationId": "id"})
    assert [queue.start("what", begin)] == begin.ids


def test_an_operation_that_came_and_went_since_the_plan_comes_first(stubber, queue, begin):
    expect_list(stubber, ("id-1", "SUCCEEDED"))
    queue.wait_until_idle()
    expect_list(stubber, ("id-2", "SUCCEEDED"), ("id-1", "SUCCEEDED"))
    assert queue.start("what", begin) is None
    assert begin.ids == []


def test_operations_of_ours_are_no_news(stubber, queue, begin):
    expect_list(stubber, ("id-1", "SUCCEEDED"))
    queue.wait_until_idle()
    expect_list(stubber, ("id-1", "SUCCEEDED"))
    stubber.add_response("update_stack_instances", {"OperationId": "id"})
    first = queue.start("what", begin)
    expect_list(stubber, (first, "SUCCEEDED"), ("id-1", "SUCCEEDED"))
    stubber.add_response("update_stack_instances", {"OperationId": "id"})
    assert queue.start("other", begin) is not None


def test_the_same_operation_keeps_its_id_and_another_has_another(stubber, queue, begin):
    for _ in range(3):
        stubber.add_response("update_stack_instances", {"OperationId": "id"})
    queue.start("what", begin)
    queue.start("what", begin)
    queue.start("other", begin)
    assert begin.ids[0] == begin.ids[1] != begin.ids[2]


def test_a_repeated_id_is_running_already(stubber, queue, begin):
    stubber.add_client_error("update_stack_instances", "OperationIdAlreadyExistsException", "yes")
    assert [queue.start("what", begin)] == begin.ids


@pytest.mark.parametrize("code", ["OperationInProgressException", "StaleRequestException"])
def test_another_operation_comes_first(stubber, queue, begin, code):
    stubber.add_client_error("update_stack_instances", code, "busy")
    stubber.add_client_error("describe_stack_set_operation", "OperationNotFoundException", "no")
    assert queue.start("what", begin) is None


def test_the_operation_in_progress_may_be_ours_whose_answer_was_lost(stubber, queue, begin):
    stubber.add_client_error("update_stack_instances", "OperationInProgressException", "busy")
    answer = described("RUNNING")
    stubber.add_response("describe_stack_set_operation", answer, {**NAMED, "OperationId": ANY})
    assert [queue.start("what", begin)] == begin.ids


def test_a_busy_stack_set_is_an_error_when_time_is_up(stubber, address, clock, begin):
    queue = OperationQueue(address, Deadline(0, clock.now, clock.sleep))
    stubber.add_client_error("update_stack_instances", "OperationInProgressException", "busy")
    with pytest.raises(AwsError, match="Run again when the other operation has ended"):
        queue.start("what", begin)


def test_other_errors_are_told(stubber, queue, begin):
    stubber.add_client_error("update_stack_instances", "InvalidOperationException", "no")
    with pytest.raises(AwsError, match="Could not update instances of stack set roles"):
        queue.start("what", begin)


def test_stepping_aside_pauses_even_when_nothing_runs_any_more(stubber, queue, clock):
    expect_list(stubber, ("id-1", "SUCCEEDED"))
    queue.step_aside()
    assert clock.slept == [0.2]
