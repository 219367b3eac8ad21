# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.calls import (
    StackSetAddress,
    doing_to,
    is_busy,
    is_repeated,
)
from botocore.stub import Stubber


@pytest.fixture
def client():
    return boto3.client(
        "cloudformation", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="s"
    )


@pytest.fixture
def address(client):
    return StackSetAddress(AwsAccount("111111111111", lambda _service: client), "roles")


def failing(client, code):
    stubber = Stubber(client)
    stubber.add_client_error("describe_stack_set", code, "AWS says so.")
    return stubber


@pytest.mark.parametrize(
    ("call_as", "expected"),
    [
        (None, {"StackSetName": "roles"}),
        ("DELEGATED_ADMIN", {"StackSetName": "roles", "CallAs": "DELEGATED_ADMIN"}),
    ],
)
def test_every_call_names_the_stack_set_and_the_caller(client, call_as, expected):
    address = StackSetAddress(AwsAccount("111111111111", lambda _service: client), "roles", call_as)
    with Stubber(client) as stubber:
        stubber.add_response("describe_stack_set", {"StackSet": {}}, expected)
        stubber.add_response(
            "list_stack_instances", {"Summaries": []}, {**expected, "MaxResults": 100}
        )
        assert address.call("describe_stack_set")["StackSet"] == {}
        assert [page["Summaries"] for page in address.pages("list_stack_instances")] == [[]]
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("StackSetNotFoundException", "Create it first with jumpaccount.aws.stackset"),
        ("NameAlreadyExistsException", "Another run created it"),
        ("CreatedButModifiedException", "Another run changed it"),
        ("StackSetNotEmptyException", "Remove its instances first"),
        ("StackInstanceNotFoundException", "Another run removed an instance"),
        ("InsufficientCapabilitiesException", "Add CAPABILITY_NAMED_IAM"),
        ("InvalidOperationException", "does not allow this in the current state"),
        ("LimitExceededException", "Raise the quota"),
        ("OperationNotFoundException", "the operation has expired in AWS"),
        ("OperationInProgressException", "when the other operation has ended"),
        ("StaleRequestException", "Another run changed it"),
        ("SomethingNew", "Fix the cause"),
    ],
)
def test_every_error_is_a_sentence_with_what_to_do(client, address, code, said):
    with failing(client, code), pytest.raises(AwsError) as caught, doing_to(address, "read"):
        address.call("describe_stack_set")
    assert str(caught.value).startswith(
        f"Could not read stack set roles in account 111111111111: AWS answered {code}: AWS says so."
    )
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("code", "busy", "repeated"),
    [
        ("OperationInProgressException", True, False),
        ("StaleRequestException", True, False),
        ("OperationIdAlreadyExistsException", False, True),
        ("LimitExceededException", False, False),
    ],
)
def test_what_an_error_means_for_the_run(client, address, code, busy, repeated):
    with failing(client, code), pytest.raises(AwsError) as caught, doing_to(address, "read"):
        address.call("describe_stack_set")
    assert (is_busy(caught.value), is_repeated(caught.value)) == (busy, repeated)
