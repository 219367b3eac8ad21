# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures as sentences."""

from __future__ import annotations

import botocore.exceptions
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import (
    AwsError,
    doing,
    error_code,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.remedies import remedy_for
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    LoginRefreshRequired,
    LoginTokenLoadError,
    NoCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
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
            "Could not create user ana in account 111111111111: AWS answered AccessDenied: "
            "User x is not authorized. Use credentials with permission to do this, or extend "
            "their policy.",
        ),
        (
            refusal("Strange", "It is strange"),
            "Could not create user ana in account 111111111111: AWS answered Strange: It is "
            "strange. Fix the cause and run again; finished work is not repeated.",
        ),
        (
            refusal("Strange", ""),
            "Could not create user ana in account 111111111111: AWS answered Strange: An error "
            "occurred (Strange) when calling the CreateUser operation. Fix the cause and run "
            "again; finished work is not repeated.",
        ),
        (
            NoCredentialsError(),
            "Could not create user ana in account 111111111111: NoCredentialsError: "
            "Unable to locate credentials. Set AWS_PROFILE or AWS_ACCESS_KEY_ID, or aws_profile "
            "in the inventory.",
        ),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
            "Could not create user ana in account 111111111111: EndpointConnectionError: Could not "
            'connect to the endpoint URL: "http://127.0.0.1:1". Check the network, aws_region and '
            "AWS_ENDPOINT_URL.",
        ),
        (
            ResponseParserError("no XML"),
            "Could not create user ana in account 111111111111: AWS answered "
            "ResponseParserError: no XML. The answer is not from AWS: check AWS_ENDPOINT_URL "
            "and the proxy.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_people_read(error: Exception, sentence: str) -> None:
    assert str(failed(error)) == sentence


@pytest.mark.parametrize(
    ("error", "ends_with"),
    [
        (
            SSOTokenLoadError(error_msg="Token for https://x does not exist"),
            "Run 'aws sso login --profile p' and start it again.",
        ),
        (UnauthorizedSSOTokenError(), "Run 'aws sso login --profile p' and start it again."),
        (
            TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
            "Run 'aws sso login --profile p' and start it again.",
        ),
        (LoginRefreshRequired(), "Run 'aws login --profile p' and start it again."),
        (LoginTokenLoadError(error_msg="x"), "Run 'aws login --profile p' and start it again."),
        (
            refusal("ExpiredToken", "It has expired"),
            "AWS answered ExpiredToken: It has expired. Renew the credentials of profile p and "
            "start it again.",
        ),
        (
            CredentialRetrievalError(provider="custom-process", error_msg="no"),
            "Find out why the credentials of profile p cannot be loaded: run 'aws sts "
            "get-caller-identity --profile p'.",
        ),
        (
            FileNotFoundError(2, "No such file", "get-keys"),
            "FileNotFoundError: [Errno 2] No such file: 'get-keys'. Find out why the "
            "credentials of profile p cannot be loaded: run 'aws sts get-caller-identity "
            "--profile p'.",
        ),
        (
            EOFError("EOF when reading a line"),
            "EOFError: an MFA code is needed, and there is no terminal to ask for it. Get a "
            "session first, with 'eval \"$(aws configure export-credentials --profile p --format "
            "env)\"', and start again.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_credentials_that_are_not_to_be_had(error: Exception, ends_with: str) -> None:
    aws = AwsAccount("111111111111", object, profile="p")
    with pytest.raises(AwsError) as caught, doing(aws, "read users"):
        raise error
    assert str(caught.value).endswith(ends_with)


def test_no_profile_is_named_where_none_is_used() -> None:
    assert remedy_for("SSOTokenLoadError") == "Run 'aws sso login' and start it again."
    assert remedy_for("ExpiredToken") == "Renew the credentials of this run and start it again."


def test_every_exception_about_credentials_has_a_remedy() -> None:
    never_here = {"NoAuthTokenError", "SSOError", "UnknownCredentialError"}
    never_here |= {"UnknownTokenProviderError"}
    words = ("Credential", "SSO", "Token", "Login", "Profile", "MFA")
    named = {name for name in vars(botocore.exceptions) if any(word in name for word in words)}
    lacking = {name for name in named if remedy_for(name) == remedy_for("Strange")}
    assert lacking == never_here


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ProfileNotFound(profile="p"),
            "ProfileNotFound: The config profile (p) could not be found",
        ),
        (ValueError("Invalid endpoint: x"), "ValueError: Invalid endpoint: x"),
        (KeyError("a"), "KeyError: 'a'"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_clients_that_cannot_be_made(error: Exception, said: str) -> None:
    def make(_service: str) -> None:
        raise error

    with pytest.raises(AwsError) as caught:
        AwsAccount("111111111111", make).client("iam")
    assert str(caught.value).startswith(
        f"Could not prepare calls of iam for account 111111111111: {said}"
    )


def test_a_client_is_refused_with_the_sentence_of_an_inner_failure() -> None:
    inner = AwsError("assume role r", "AccessDenied", "no")

    def make(_service: str) -> None:
        raise inner

    with pytest.raises(AwsError) as caught:
        AwsAccount("111111111111", make).client("iam")
    assert caught.value is inner


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


def test_what_aws_says_is_inert() -> None:
    aws = AwsAccount("111111111111", object)
    said = "Resource \x1b]0;x\x07\u202e\nFixed: none"
    with pytest.raises(AwsError) as caught, doing(aws, "read users"):
        raise refusal("Strange", said)
    assert "Resource \\x1b]0;x\\x07\\u202e\\nFixed: none" in str(caught.value)
    assert str(caught.value).isprintable()
