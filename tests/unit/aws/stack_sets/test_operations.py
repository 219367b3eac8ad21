# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.operations import (
    read_operation,
    read_operations,
    read_results,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.operation import (
    InstanceResult,
    Operation,
)

NAMED = {"StackSetName": "roles"}
ASKED = {**NAMED, "OperationId": "id-1"}
ANSWER = {
    "OperationId": "id-1",
    "Action": "CREATE",
    "Status": "SUCCEEDED",
    "CreationTimestamp": datetime(2026, 4, 1, 9, tzinfo=UTC),
    "EndTimestamp": datetime(2026, 4, 1, 9, 1, 12, tzinfo=UTC),
    "StatusReason": "why\x1b[2J",
    "StatusDetails": {"FailedStackInstancesCount": 2},
}
OPERATION = Operation(
    "id-1",
    "CREATE",
    "SUCCEEDED",
    "2026-04-01T09:00:00+00:00",
    "2026-04-01T09:01:12+00:00",
    "why\\x1b[2J",
    2,
)


def test_an_operation_is_read(stubber, address):
    stubber.add_response("describe_stack_set_operation", {"StackSetOperation": ANSWER}, ASKED)
    assert read_operation(address, "id-1") == OPERATION


def test_aws_may_not_know_an_operation_yet(stubber, address):
    stubber.add_client_error("describe_stack_set_operation", "OperationNotFoundException", "no")
    assert read_operation(address, "id-1") is None


def test_other_errors_are_not_taken_for_its_absence(stubber, address):
    stubber.add_client_error("describe_stack_set_operation", "AccessDenied", "no")
    with pytest.raises(AwsError, match="Could not read operation id-1 of stack set roles"):
        read_operation(address, "id-1")


def test_the_newest_operations_are_read_in_one_call(stubber, address):
    running = {"OperationId": "id-2", "Status": "RUNNING"}
    answer = {"Summaries": [running, ANSWER], "NextToken": "more"}
    stubber.add_response("list_stack_set_operations", answer, {**NAMED, "MaxResults": 20})
    assert read_operations(address) == [Operation("id-2", "", "RUNNING"), OPERATION]


def test_without_a_stack_set_there_are_no_operations(stubber, address):
    stubber.add_client_error("list_stack_set_operations", "StackSetNotFoundException", "no")
    assert read_operations(address) is None


def test_other_errors_of_the_list_are_told(stubber, address):
    stubber.add_client_error("list_stack_set_operations", "AccessDenied", "no")
    with pytest.raises(AwsError, match="Could not list the operations of stack set roles"):
        read_operations(address)


def test_all_pages_of_results_are_read_with_the_reason_of_the_gate(stubber, address):
    first = {**ASKED, "MaxResults": 100}
    gate = {"Status": "FAILED", "StatusReason": "the gate says\nno"}
    pages = [
        [{"Account": "2", "Region": "r", "Status": "FAILED", "StatusReason": "why"}],
        [
            {"Account": "1", "Region": "r", "Status": "SUCCEEDED"},
            {"Account": "3", "Region": "r", "Status": "FAILED", "AccountGateResult": gate},
        ],
    ]
    stubber.add_response(
        "list_stack_set_operation_results", {"Summaries": pages[0], "NextToken": "n"}, first
    )
    stubber.add_response(
        "list_stack_set_operation_results", {"Summaries": pages[1]}, {**first, "NextToken": "n"}
    )
    assert read_results(address, "id-1") == (
        InstanceResult("1", "r", "SUCCEEDED"),
        InstanceResult("2", "r", "FAILED", "why"),
        InstanceResult("3", "r", "FAILED", "the gate says\\nno"),
    )
