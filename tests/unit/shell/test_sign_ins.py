# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has a password and who used it: whom a run asks for, and what it does not ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.initial_passwords import Issued
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.login_profiles import (
    LoginProfile,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.sign_ins import (
    FEW,
    MOST_LOOKED_FOR,
    Asked,
    PasswordKey,
    build_sign_in_states,
    find_overwritten,
    read_sign_ins,
)
from botocore.stub import Stubber

NOW = datetime(2024, 6, 11, tzinfo=UTC)
NONE: frozenset[str] = frozenset()


def report(*rows: str) -> dict[str, Any]:
    """Return the answer with a credential report of these users."""
    head = "user,password_enabled,password_last_used,password_last_changed"
    return {"Content": "\n".join([head, *rows]).encode()}


EMPTY = report()
MADE = [{"Key": "jumpaccount:made", "Value": "true"}]


def detail(name: str) -> dict[str, Any]:
    there = {"UserName": name, "UserId": f"AIDA1234567890{name:_>6}", "CreateDate": NOW}
    return {**there, "Arn": "arn:aws:iam::1:user/x", "Path": "/", "Tags": MADE}


def add_details(iam: Stubber, *names: str) -> None:
    users = [detail(name) for name in names]
    iam.add_response("get_account_authorization_details", {"UserDetailList": users})


def user(name: str, used: datetime | None = None) -> dict[str, Any]:
    there = {"UserName": name, "Path": "/", "UserId": "AIDA1234567890123456", "CreateDate": NOW}
    return {**there, "Arn": "arn:aws:iam::1:user/x", **({"PasswordLastUsed": used} if used else {})}


@pytest.fixture
def wire():
    """An account whose IAM and SSM answers are scripted."""
    clients: dict[str, Any] = {
        name: boto3.client(name, "eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")
        for name in ("iam", "ssm")
    }
    with Stubber(clients["iam"]) as iam, Stubber(clients["ssm"]) as ssm:
        yield AwsAccount("111111111111", clients.__getitem__), iam, ssm
        iam.assert_no_pending_responses()
        ssm.assert_no_pending_responses()


def test_few_people_are_asked_for_so_that_a_reset_is_seen_at_once(wire):
    aws, iam, ssm = wire
    add_details(iam, "ana")
    iam.add_response("get_credential_report", EMPTY)
    iam.add_client_error("get_login_profile", "NoSuchEntity", expected_params={"UserName": "ana"})
    ssm.add_response("describe_parameters", {"Parameters": []})
    found = read_sign_ins(aws, Asked(frozenset({"ana"}), NONE, NONE), "/p")
    assert (found.waiting, found.profiles) == ({"ana"}, {})


@pytest.mark.parametrize(("looks", "is_waiting"), [(1, False), (3, False), (4, True)])
def test_a_stored_password_is_replaced_only_when_the_profile_stays_missing(
    wire, monkeypatch, looks, is_waiting
):
    aws, iam, ssm = wire
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    ana = {"UserName": "ana"}
    add_details(iam, "ana")
    iam.add_response("get_credential_report", EMPTY)
    for _ in range(min(looks, 4)):
        iam.add_client_error("get_login_profile", "NoSuchEntity", expected_params=ana)
    if not is_waiting:
        made = {**ana, "CreateDate": NOW, "PasswordResetRequired": True}
        iam.add_response("get_login_profile", {"LoginProfile": made}, ana)
    stored = [{"Name": "/p/ana", "LastModifiedDate": NOW, "Version": 1}]
    ssm.add_response("describe_parameters", {"Parameters": stored})
    found = read_sign_ins(aws, Asked(frozenset({"ana"}), NONE, NONE), "/p")
    assert found.waiting == ({"ana"} if is_waiting else NONE)
    assert ("ana" in found.profiles) is not is_waiting
    assert pauses == [1.0, 2.0, 4.0][: looks if not is_waiting else 3]


def test_nobody_is_asked_for_who_gets_no_password(wire):
    aws, iam, _ssm = wire
    add_details(iam)
    iam.add_response("get_credential_report", EMPTY)
    everybody = frozenset({"ana"})
    found = read_sign_ins(aws, Asked(everybody, NONE, everybody), "/p")
    assert (found.waiting, found.profiles, found.stored) == (NONE, {}, {})


@pytest.mark.parametrize(
    ("count", "has_somebody_signed_in", "is_listed"),
    [
        (FEW + 1, False, True),
        (MOST_LOOKED_FOR, False, True),
        (MOST_LOOKED_FOR + 1, False, False),
        (MOST_LOOKED_FOR + 1, True, True),
    ],
)
def test_missing_passwords_of_a_crowd_are_looked_for_when_it_costs_nothing_more(
    wire, count, has_somebody_signed_in, is_listed
):
    aws, iam, ssm = wire
    names = [f"u{number}" for number in range(count)]
    made = NOW.isoformat()
    add_details(iam, *names)
    iam.add_response(
        "get_credential_report", report(*(f"{n},true,no_information,{made}" for n in names))
    )
    used = NOW if has_somebody_signed_in else None
    iam.add_response("list_users", {"Users": [user(names[0], used)]})
    if is_listed:
        stored = [{"Name": f"/p/{name}", "LastModifiedDate": NOW, "Version": 1} for name in names]
        ssm.add_response("describe_parameters", {"Parameters": stored})
    found = read_sign_ins(aws, Asked(frozenset(names), NONE, NONE), "/p")
    assert found.waiting == NONE
    assert found.profiles[names[0]] == LoginProfile(NOW, used)
    assert len(found.stored) == (count if is_listed else 0)


def test_a_report_of_this_moment_is_believed_about_sign_ins(wire):
    aws, iam, ssm = wire
    names = [f"u{number}" for number in range(FEW + 1)]
    add_details(iam, *names)
    iam.add_client_error("get_credential_report", "ReportNotPresent")
    iam.add_response("generate_credential_report", {"State": "STARTED"})
    rows = (f"{n},true,no_information,{NOW.isoformat()}" for n in names)
    iam.add_response("get_credential_report", report(*rows))
    stored = [{"Name": f"/p/{name}", "LastModifiedDate": NOW, "Version": 1} for name in names]
    ssm.add_response("describe_parameters", {"Parameters": stored})
    found = read_sign_ins(aws, Asked(frozenset(names), NONE, NONE), "/p")
    assert set(found.profiles) == set(names)


def test_what_a_run_did_is_told_although_its_last_look_failed(wire):
    aws, _iam, ssm = wire
    ssm.add_client_error("describe_parameters", "AccessDeniedException", "no")
    issued = {"ana": Issued("secret", "run 1", is_replacement=False)}
    (text,) = find_overwritten(aws, issued, {}, "/p").values()
    assert text.startswith("Could not list the parameters under /p in account 111111111111")
    assert find_overwritten(aws, {}, {}, "/p") == {}


def test_what_was_issued_to_nobody_yet_is_due_and_else_missing(wire):
    aws, iam, ssm = wire
    add_details(iam, "ana", "bo")
    iam.add_response("get_credential_report", EMPTY)
    for name in ("ana", "bo"):
        none = {"expected_params": {"UserName": name}}
        iam.add_client_error("get_login_profile", "NoSuchEntity", **none)
    record = {
        "Name": "/p/_issued",
        "LastModifiedDate": NOW,
        "Version": 1,
        "Description": f"until {NOW.isoformat()}",
    }
    ssm.add_response("describe_parameters", {"Parameters": [record]})
    asked = Asked(frozenset({"ana", "bo"}), reset=frozenset({"bo"}))
    found = read_sign_ins(aws, asked, "/p")
    states = build_sign_in_states(asked, found, PasswordKey())
    assert [states[name].is_issued for name in ("ana", "bo")] == [False, True]


def test_a_row_of_a_user_that_had_the_name_before_is_not_believed(wire):
    aws, iam, ssm = wire
    add_details(iam, "ana", "bo")
    head = "user,password_enabled,password_last_used,password_last_changed,user_creation_time"
    rows = [f"{n},true,{NOW.isoformat()},{NOW.isoformat()}" for n in ("ana", "bo")]
    text = "\n".join([head, f"{rows[0]},2020-01-01T00:00:00Z", f"{rows[1]},{NOW.isoformat()}"])
    iam.add_response("get_credential_report", {"Content": text.encode()})
    iam.add_client_error("get_login_profile", "NoSuchEntity", expected_params={"UserName": "ana"})
    ssm.add_response("describe_parameters", {"Parameters": []})
    found = read_sign_ins(aws, Asked(frozenset({"ana", "bo"})), "/p")
    assert (found.waiting, set(found.profiles)) == ({"ana"}, {"bo"})
