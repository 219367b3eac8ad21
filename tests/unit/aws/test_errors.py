# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures as sentences."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import (
    AwsError,
    doing,
    error_code,
)
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from botocore.parsers import ResponseParserError

AWS = AwsAccount("111111111111", object)


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateUser")


def failed(error: Exception, remedies: dict[str, str] | None = None) -> AwsError:
    with pytest.raises(AwsError) as caught, doing(AWS, "create user ana", remedies):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            refusal("AccessDenied", "User x is not authorized."),
            "Could not create user ana in account 111111111111: AWS answered AccessDenied: User x "
            "is not authorized. Run with credentials that may do this, or extend their policy.",
        ),
        (
            refusal("Strange", "It is strange"),
            "Could not create user ana in account 111111111111: AWS answered Strange: It is "
            "strange. Mend the cause and run again; the run continues.",
        ),
        (
            refusal("Strange", ""),
            "Could not create user ana in account 111111111111: AWS answered Strange: An error "
            "occurred (Strange) when calling the CreateUser operation: . Mend the cause and run "
            "again; the run continues.",
        ),
        (
            NoCredentialsError(),
            "Could not create user ana in account 111111111111: AWS answered NoCredentialsError: "
            "Unable to locate credentials. Set AWS_PROFILE or AWS_ACCESS_KEY_ID, or aws_profile "
            "in the inventory.",
        ),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
            "Could not create user ana in account 111111111111: AWS answered "
            'EndpointConnectionError: Could not connect to the endpoint URL: "http://127.0.0.1:1". '
            "Check the network, aws_region and AWS_ENDPOINT_URL.",
        ),
        (
            ResponseParserError("no XML"),
            "Could not create user ana in account 111111111111: AWS answered ResponseParserError: "
            "no XML. That was not AWS: check AWS_ENDPOINT_URL and the proxy.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_people_read(error: Exception, sentence: str) -> None:
    assert str(failed(error)) == sentence


def test_a_call_can_know_a_better_remedy() -> None:
    error = failed(refusal("NoSuchEntity", "gone"), {"NoSuchEntity": "Make it first."})
    assert str(error).endswith("AWS answered NoSuchEntity: gone. Make it first.")
    assert error.code == "NoSuchEntity"


def test_errors_of_our_own_pass() -> None:
    with pytest.raises(KeyError), doing(AWS, "create user ana"):
        raise KeyError("a defect")


def test_success_passes() -> None:
    with doing(AWS, "create user ana"):
        done = True
    assert done


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refusal("Throttling", ""), "Throttling"),
        (ClientError({}, "X"), "Unknown"),
        (NoCredentialsError(), "NoCredentialsError"),
    ],
)
def test_codes(error: Exception, code: str) -> None:
    assert error_code(error) == code
