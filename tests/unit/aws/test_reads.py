# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run has read already."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.details import (
    read_caller,
    read_details,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.reads import Reads
from botocore.stub import Stubber

ANSWER = {"name": "ana", "made": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "list": [1, None, ""]}


class Asked:
    """Answers that are counted."""

    def __init__(self, answer: Any = ANSWER) -> None:
        self.times = 0
        self._answer = answer

    def __call__(self) -> Any:
        self.times += 1
        return self._answer


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "of-a-run")


def test_a_later_module_of_the_run_finds_the_answer_unchanged(folder: str) -> None:
    asked = Asked()
    assert Reads(folder).answer("who", asked) == ANSWER
    assert Reads(folder).answer("who", asked) == ANSWER
    assert asked.times == 1


def test_what_was_kept_says_what_it_lacks(folder: str) -> None:
    for _ in range(2):
        found = Reads(folder).answer("who is there", lambda: {"Users": [{"Path": "/"}], "Ids": []})
    with pytest.raises(AwsError, match=r"answer to who is there: .* it has no Users\[\]\.UserName"):
        found["Users"][0]["UserName"]
    with pytest.raises(AwsError, match=r"answer to who is there: .* Ids is empty"):
        found["Ids"][0]


@pytest.mark.parametrize("answer", [None, [], {}, 0])
def test_an_answer_of_nothing_is_an_answer(folder: str, answer: Any) -> None:
    asked = Asked(answer)
    assert [Reads(folder).answer("who", asked) for _ in range(2)] == [answer, answer]
    assert asked.times == 1


def test_other_questions_are_asked(folder: str) -> None:
    asked = Asked()
    Reads(folder).answer("who", asked)
    Reads(folder).answer("what", asked)
    assert asked.times == 2


def test_without_a_folder_nothing_is_kept() -> None:
    reads, asked = Reads(), Asked()
    assert not reads.are_kept
    assert [reads.answer("who", asked) for _ in range(2)] == [ANSWER, ANSWER]
    reads.forget()
    assert asked.times == 2


def test_what_was_forgotten_is_asked_again(folder: str) -> None:
    asked = Asked()
    Reads(folder).forget()
    Reads(folder).answer("who", asked)
    Reads(folder).forget()
    Reads(folder).answer("who", asked)
    assert asked.times == 2


def test_only_what_an_earlier_module_read_is_renewed(folder: str) -> None:
    asked, reads = Asked(), Reads(folder)
    assert not reads.renew("who")
    reads.answer("who", asked)
    assert not reads.renew("who")
    later = Reads(folder)
    later.answer("who", asked)
    later.answer("what", asked)
    assert (asked.times, later.renew("who"), later.renew("who")) == (2, True, False)
    later.answer("who", asked)
    later.answer("what", asked)
    assert asked.times == 3


def test_a_refused_read_leaves_nothing(folder: str) -> None:
    def refuse() -> None:
        raise PermissionError("no")

    with pytest.raises(PermissionError):
        Reads(folder).answer("who", refuse)
    assert Reads(folder).answer("who", Asked()) == ANSWER


def test_what_cannot_be_kept_whole_is_refused(folder: str) -> None:
    with pytest.raises(TypeError, match="bytes cannot be kept"):
        Reads(folder).answer("who", lambda: {"secret": b"x"})


def test_nobody_else_can_read_it(folder: str) -> None:
    Reads(folder).answer("who", Asked())
    paths = [Path(folder), *Path(folder).iterdir()]
    assert [oct(stat.S_IMODE(path.stat().st_mode)) for path in paths] == ["0o700", "0o600"]


def account(folder: str) -> tuple[AwsAccount, dict[str, Stubber]]:
    clients = {
        name: boto3.client(name, "eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")
        for name in ("iam", "sts", "cloudformation")
    }
    stubbers = {name: Stubber(client) for name, client in clients.items()}
    for stubber in stubbers.values():
        stubber.activate()
    return AwsAccount("111111111111", clients.__getitem__, Reads(folder)), stubbers


CALLER = {"Account": "111111111111", "Arn": "arn:aws:iam::111111111111:user/ana"}
KINDS = ["AWSManagedPolicy", "Group", "LocalManagedPolicy", "Role", "User"]
ASKED = {"Filter": KINDS, "MaxItems": 1000}


@pytest.mark.parametrize(
    ("service", "method", "asked"),
    [
        ("iam", "get_account_summary", 1),
        ("iam", "generate_credential_report", 1),
        ("cloudformation", "list_stack_sets", 1),
        ("iam", "create_user", 2),
        ("cloudformation", "update_stack_set", 2),
    ],
)
def test_a_write_of_any_service_forgets_everything(
    folder: str, service: str, method: str, asked: int
) -> None:
    aws, stubbers = account(folder)
    for _ in range(asked):
        stubbers["sts"].add_response("get_caller_identity", CALLER)
    stubbers[service].add_response(method, {})
    read_caller(aws)
    arguments = {
        "create_user": {"UserName": "ben"},
        "update_stack_set": {"StackSetName": "roles"},
    }.get(method, {})
    getattr(aws.client(service), method)(**arguments)
    read_caller(aws)
    for stubber in stubbers.values():
        stubber.assert_no_pending_responses()


def test_a_run_asks_iam_once_for_all_kinds(folder: str) -> None:
    aws, stubbers = account(folder)
    user = {"UserName": "ana", "CreateDate": datetime(2026, 1, 1, tzinfo=UTC)}
    stubbers["iam"].add_response(
        "get_account_authorization_details",
        {"UserDetailList": [user], "IsTruncated": False},
        ASKED,
    )
    found = read_details(aws, ("User",))
    assert read_details(aws, ("Group", "Role")) == found
    assert found["UserDetailList"] == [user]
