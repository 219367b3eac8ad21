# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules share."""

from __future__ import annotations

import boto3
import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import GuardError
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell import module as shell_module
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    COMMON_SPEC,
    WRITING_SPEC,
    build_account,
    build_module,
    given,
    require_account,
    sentences,
)
from botocore.stub import Stubber


def module_with(**arguments):
    with patch_module_args({"region": "eu-west-1", **arguments}):
        return build_module(COMMON_SPEC)


def account_answering(caller: str, account_id: str | None) -> AwsAccount:
    sts = boto3.client(
        "sts", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    stubber = Stubber(sts)
    arn = f"arn:aws:iam::{caller}:user/x"
    stubber.add_response("get_caller_identity", {"Account": caller, "Arn": arn}, {})
    stubber.activate()
    return AwsAccount(account_id, lambda _service: sts)


@pytest.mark.parametrize(
    "error",
    [
        AwsError("read users", "AccessDenied", "no"),
        InputError(["roster: expected a list"]),
        GuardError("This would remove too much."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_foreseeable_failures_end_the_module_with_a_sentence(ended, error: Exception) -> None:
    def body() -> None:
        with sentences(build_module(COMMON_SPEC)):
            raise error

    result = ended(body)
    assert result["failed"] is True
    assert result["msg"] == str(error)
    assert "exception" not in result


REFUSED = "This would remove too much. Nothing was changed in this step."


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_step_that_is_refused_as_a_whole_can_wait_for_the_end_of_the_run(
    ended, check_mode: bool
) -> None:
    def body() -> None:
        with sentences(build_module(WRITING_SPEC), "groups", unlisted=[]):
            raise GuardError("This would remove too much.")

    result = ended(body, defer_failures=True, _ansible_check_mode=check_mode)
    result.pop("invocation", None)
    assert result == {
        "changed": False,
        "changes": [],
        "applied": [],
        "pending": [],
        "failures": [{"subject": "groups", "target": "groups", "message": REFUSED}],
        "unlisted": [],
    }


def test_wrong_input_does_not_wait(ended) -> None:
    def body() -> None:
        with sentences(build_module(WRITING_SPEC)):
            raise InputError(["roster: expected a list"])

    assert ended(body, defer_failures=True)["failed"] is True


@pytest.mark.parametrize("code", ["AccessDenied", "403", "AccessDeniedException"])
@pytest.mark.parametrize("option", ["account_id", "jump_account_id"])
def test_a_refusal_tells_first_that_the_credentials_are_another_accounts(
    ended, monkeypatch, code: str, option: str
) -> None:
    answering = account_answering("222222222222", None)
    spec = {**WRITING_SPEC, "jump_account_id": {"type": "str"}}

    def body() -> None:
        module = build_module(spec)
        monkeypatch.setattr(shell_module, "client_maker", lambda *_: answering.client)
        with sentences(module):
            raise AwsError("read bucket b", code, "no", "It may belong to somebody else.")

    result = ended(body, defer_failures=True, **{option: "111111111111"})
    assert result["failed"] is True
    assert "the credentials of this run are for account 222222222222" in result["msg"]
    assert "somebody else" not in result["msg"]


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling"])
def test_a_refusal_by_the_right_account_stays_what_it_is(ended, monkeypatch, code: str) -> None:
    answering = account_answering("111111111111", None)

    def body() -> None:
        module = build_module(COMMON_SPEC)
        monkeypatch.setattr(shell_module, "client_maker", lambda *_: answering.client)
        with sentences(module):
            raise AwsError("read users", code, "no")

    result = ended(body, account_id="111111111111")
    assert result["msg"].startswith(f"Could not read users: AWS answered {code}: no.")


def test_a_refusal_where_nobody_can_be_asked_stays_what_it_is(ended, monkeypatch) -> None:
    sts = boto3.client(
        "sts", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    stubber = Stubber(sts)
    stubber.add_client_error("get_caller_identity", "ExpiredToken", "too old")
    stubber.activate()

    def body() -> None:
        module = build_module(COMMON_SPEC)
        monkeypatch.setattr(shell_module, "client_maker", lambda *_: lambda _service: sts)
        with sentences(module):
            raise AwsError("read users", "AccessDenied", "no")

    result = ended(body, account_id="111111111111")
    assert result["msg"].startswith("Could not read users: AWS answered AccessDenied: no.")
    stubber.assert_no_pending_responses()


def test_defects_are_not_hidden() -> None:
    with pytest.raises(KeyError), sentences(module_with()):
        raise KeyError("a defect")


def test_modules_support_check_mode() -> None:
    assert module_with(_ansible_check_mode=True).check_mode is True


@pytest.mark.parametrize("account_id", ["111111111111", None])
def test_the_account_of_a_module(account_id: str | None) -> None:
    arguments = {"account_id": account_id} if account_id else {}
    assert build_account(module_with(**arguments)).account_id == account_id


def test_an_account_id_that_is_none() -> None:
    with pytest.raises(InputError, match="account_id: '1234' is not 12 digits"):
        build_account(module_with(account_id="1234"))


def test_clients_are_made_by_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    module = module_with(access_key="x", secret_key="y")
    client = build_account(module).client("iam")
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    assert client.meta.config.retries["total_max_attempts"] == 10


@pytest.mark.parametrize("account_id", ["111111111111", None])
def test_credentials_of_the_right_account(account_id: str | None) -> None:
    assert require_account(account_answering("111111111111", account_id)) == "111111111111"


def test_credentials_of_another_account() -> None:
    with pytest.raises(InputError) as caught:
        require_account(account_answering("222222222222", "111111111111"))
    assert caught.value.problems == (
        "the credentials of this run are for account 222222222222 "
        "(arn:aws:iam::222222222222:user/x), but account_id is 111111111111: set aws_profile for "
        "that account, or run with its credentials",
    )


def test_parameters_that_were_given() -> None:
    assert given({"a": 1, "b": None, "c": False}, "a", "b", "c") == {"a": 1, "c": False}
