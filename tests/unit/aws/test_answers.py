# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that lack something."""

from __future__ import annotations

import copy
import json
from typing import Any

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.answers import (
    Fields,
    IncompleteAnswerError,
    strict,
)
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber

BEGIN = (
    "Could not use the answer to {} in account 111111111111: AWS answered IncompleteAnswer: {}. "
)


def client_answering(service: str, operation: str, *answers: dict[str, Any]) -> Any:
    """Return a client of AwsAccount whose calls are scripted."""
    client = boto3.client(service, "eu-west-1", aws_access_key_id="a", aws_secret_access_key="s")
    stubber = Stubber(client)
    for answer in answers:
        stubber.add_response(operation, answer)
    stubber.activate()
    return AwsAccount("111111111111", lambda _service: client).client(service)


STACK = {"StackName": "s", "StackStatus": "CREATE_COMPLETE", "CreationTime": 0}


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        (lambda answer: answer["NextToken"], "it has no NextToken"),
        (lambda answer: answer["Stacks"][0]["StackId"], "it has no Stacks[].StackId"),
        (lambda answer: answer["Stacks"][0]["Tags"][0]["Key"], "Stacks[].Tags is empty"),
        (lambda answer: answer["Stacks"][1], "Stacks is empty"),
        (
            lambda answer: answer["Stacks"][0]["RollbackConfiguration"]["MonitoringTimeInMinutes"],
            "it has no Stacks[].RollbackConfiguration.MonitoringTimeInMinutes",
        ),
    ],
)
def test_what_lacks_is_named_with_its_call(read: Any, problem: str) -> None:
    stack = {**STACK, "Tags": [], "RollbackConfiguration": {}}
    client = client_answering("cloudformation", "describe_stacks", {"Stacks": [stack]})
    answer = client.describe_stacks()
    with pytest.raises(IncompleteAnswerError) as caught:
        read(answer)
    expected = BEGIN.format("cloudformation:DescribeStacks", problem)
    assert str(caught.value).startswith(expected)
    assert caught.value.code == "IncompleteAnswer"


def test_maps_name_their_keys() -> None:
    answer = {"SummaryMap": {"Users": 1}}
    client = client_answering("iam", "get_account_summary", answer)
    with pytest.raises(IncompleteAnswerError, match=r"it has no SummaryMap\.Groups"):
        client.get_account_summary()["SummaryMap"]["Groups"]


def test_pages_are_strict_too() -> None:
    pages = ({"Stacks": [STACK], "NextToken": "n"}, {"Stacks": [STACK]})
    client = client_answering("cloudformation", "describe_stacks", *pages)
    found = list(client.get_paginator("describe_stacks").paginate())
    assert [type(page["Stacks"][0]) for page in found] == [Fields, Fields]


def test_answers_stay_what_they_were() -> None:
    client = client_answering("cloudformation", "describe_stacks", {"Stacks": [STACK]})
    answer = client.describe_stacks()
    assert answer["Stacks"] == [STACK]
    assert answer.get("NextToken") is None
    assert "NextToken" not in answer
    assert json.loads(json.dumps(answer["Stacks"][0])) == STACK
    assert copy.deepcopy(answer) == answer == {**answer}
    assert answer["Stacks"][0:1] == [STACK]


def test_policies_are_documents_and_no_answers() -> None:
    role = {
        **{"Path": "/", "RoleName": "r", "RoleId": "A" * 16, "Arn": "a" * 20, "CreateDate": 0},
        "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%7D",
    }
    client = client_answering("iam", "get_role", {"Role": role})
    document = client.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]
    assert type(document) is not Fields


def test_calls_without_an_answer() -> None:
    client = client_answering("iam", "delete_user", {})
    assert "User" not in client.delete_user(UserName="ana")


def test_a_client_is_made_strict_once() -> None:
    client = client_answering("iam", "delete_user")
    call = client._make_api_call
    assert strict(client, "another account")._make_api_call is call


def respond(status: int, body: bytes) -> Any:
    """Return a handler that answers in the place of AWS."""

    def handler(**_rest: object) -> AWSResponse:
        answer = AWSResponse("https://iam.amazonaws.com", status, {}, None)
        answer._content = body
        return answer

    return handler


def test_what_cannot_be_read_is_a_sentence() -> None:
    client = client_answering("iam", "get_user")
    body = (
        b"<GetUserResponse><GetUserResult><User><CreateDate>yesterday</CreateDate></User>"
        b"</GetUserResult></GetUserResponse>"
    )
    bare = boto3.client("iam", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="s")
    client = AwsAccount("111111111111", lambda _service: bare).client("iam")
    client.meta.events.register("before-send.iam.GetUser", respond(200, body))
    with pytest.raises(IncompleteAnswerError) as caught:
        client.get_user()
    problem = "it cannot be read (ValueError: "
    assert str(caught.value).startswith(BEGIN.format("iam:GetUser", problem)[:-2])


def test_refusals_pass() -> None:
    bare = boto3.client("iam", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="s")
    client = AwsAccount("111111111111", lambda _service: bare).client("iam")
    body = b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
    client.meta.events.register("before-send.iam.GetUser", respond(403, body))
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.get_user()
