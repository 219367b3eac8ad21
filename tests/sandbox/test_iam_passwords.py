"""Passwords: policy, login profiles, sign-in, credential report."""

from __future__ import annotations

import csv
import io
import time
import urllib.error

import pytest

from tests.sandbox.helpers import JUMP

STRICT = {
    "MinimumPasswordLength": 14,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "PasswordReusePrevention": 3,
    "MaxPasswordAge": 90,
    "AllowUsersToChangePassword": True,
}
GOOD = "Abcdefghij-123"


@pytest.fixture
def iam(aws):
    aws("iam").create_user(UserName="ana")
    return aws("iam")


def test_password_policy_is_missing_at_first_and_replaced_as_a_whole(iam, refused) -> None:
    message = refused("NoSuchEntity", iam.get_account_password_policy)
    assert message == f"The Password Policy with domain name {JUMP} cannot be found."
    iam.update_account_password_policy(**STRICT)
    assert iam.get_account_password_policy()["PasswordPolicy"] == {
        **STRICT,
        "ExpirePasswords": True,
    }
    iam.update_account_password_policy(RequireNumbers=True)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert policy["MinimumPasswordLength"] == 6
    assert not policy["AllowUsersToChangePassword"]
    assert not policy["RequireSymbols"]
    assert not policy["ExpirePasswords"]
    iam.delete_account_password_policy()
    refused("NoSuchEntity", iam.delete_account_password_policy)


@pytest.mark.parametrize(
    "password",
    [
        "Abcdefgh-123",
        "Abcdefghij1234",
        "Abcdefghij-abc",
        "abcdefghij-123",
        "ABCDEFGHIJ-123",
    ],
)
def test_password_policy_is_enforced(iam, refused, password) -> None:
    iam.update_account_password_policy(**STRICT)
    new = {"UserName": "ana", "Password": password}
    refused("PasswordPolicyViolation", iam.create_login_profile, **new)
    iam.create_login_profile(UserName="ana", Password=GOOD)
    refused("PasswordPolicyViolation", iam.update_login_profile, **new)


def test_account_without_policy_has_the_default_one_of_aws(iam, refused) -> None:
    create = iam.create_login_profile
    refused("PasswordPolicyViolation", create, UserName="ana", Password="Short-1")
    refused("PasswordPolicyViolation", create, UserName="ana", Password="onlysmallletters")
    create(UserName="ana", Password="Abcdefg-1")


def test_login_profile_keeps_the_demand_for_a_new_password(iam, refused) -> None:
    iam.create_login_profile(UserName="ana", Password=GOOD, PasswordResetRequired=True)
    assert iam.get_login_profile(UserName="ana")["LoginProfile"]["PasswordResetRequired"]
    message = refused(
        "EntityAlreadyExists", iam.create_login_profile, UserName="ana", Password=GOOD
    )
    assert message == "Login Profile for user ana already exists."


def test_update_without_password_keeps_the_password(iam, control) -> None:
    iam.create_login_profile(UserName="ana", Password=GOOD)
    iam.update_login_profile(UserName="ana", PasswordResetRequired=True)
    assert iam.get_login_profile(UserName="ana")["LoginProfile"]["PasswordResetRequired"]
    iam.update_login_profile(UserName="ana", PasswordResetRequired=False)
    control.post("sign_in", account_id=JUMP, user_name="ana", password=GOOD)


def test_missing_login_profile_is_no_such_entity(iam, refused) -> None:
    for call in (iam.get_login_profile, iam.delete_login_profile, iam.update_login_profile):
        message = refused("NoSuchEntity", call, UserName="ana")
        assert message == "Login Profile for User ana cannot be found."


def test_sign_in_demands_and_checks_a_new_password(iam, control) -> None:
    iam.update_account_password_policy(**STRICT)
    iam.create_login_profile(UserName="ana", Password=GOOD, PasswordResetRequired=True)
    form = {"account_id": JUMP, "user_name": "ana", "password": GOOD}
    for wrong in ({}, {"new_password": "short"}, {"new_password": GOOD}, {"password": "wrong"}):
        with pytest.raises(urllib.error.HTTPError):
            control.post("sign_in", **{**form, **wrong})
    assert "PasswordLastUsed" not in iam.get_user(UserName="ana")["User"]
    control.post("sign_in", **form, new_password="Another-Good-1")
    assert "PasswordLastUsed" in iam.get_user(UserName="ana")["User"]
    assert not iam.get_login_profile(UserName="ana")["LoginProfile"]["PasswordResetRequired"]
    control.post("sign_in", account_id=JUMP, user_name="ana", password="Another-Good-1")


def test_user_changes_its_own_password_but_not_to_a_former_one(iam, aws, refused) -> None:
    iam.update_account_password_policy(**STRICT)
    iam.create_login_profile(UserName="ana", Password=GOOD)
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    own = aws("iam", credentials=key)
    change = {"OldPassword": GOOD, "NewPassword": "Another-Good-1"}
    refused("AccessDenied", own.change_password, **{**change, "OldPassword": "wrong"})
    own.change_password(**change)
    back = {"OldPassword": "Another-Good-1", "NewPassword": GOOD}
    refused("PasswordPolicyViolation", own.change_password, **back)
    refused("InvalidUserType", iam.change_password, **back)


def _report(iam) -> dict[str, dict[str, str]]:
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    text = iam.get_credential_report()["Content"].decode()
    return {row["user"]: row for row in csv.DictReader(io.StringIO(text))}


def test_credential_report_must_be_generated_and_takes_time(iam, refused) -> None:
    refused("ReportNotPresent", iam.get_credential_report)
    assert iam.generate_credential_report()["State"] == "STARTED"
    refused("ReportInProgress", iam.get_credential_report)
    deadline = time.monotonic() + 10
    while iam.generate_credential_report()["State"] == "INPROGRESS":
        assert time.monotonic() < deadline
    assert iam.get_credential_report()["ReportFormat"] == "text/csv"


def test_credential_report_is_reused_for_four_hours(iam, control, refused) -> None:
    assert set(_report(iam)) == {"<root_account>", "ana"}
    iam.create_user(UserName="bo")
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert "bo" not in _report(iam)
    control.post("clock", advance_seconds=4 * 3600 + 1)
    refused("ReportExpired", iam.get_credential_report)
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert "bo" in _report(iam)


def test_credential_report_tells_the_state_of_passwords(iam, control) -> None:
    iam.create_user(UserName="new")
    iam.create_login_profile(UserName="new", Password=GOOD)
    iam.create_user(UserName="old")
    iam.create_login_profile(UserName="old", Password=GOOD)
    control.post("sign_in", account_id=JUMP, user_name="old", password=GOOD)
    rows = _report(iam)
    none, new, old = rows["ana"], rows["new"], rows["old"]
    fields = ("password_enabled", "password_last_used", "password_last_changed")
    assert [none[field] for field in fields] == ["false", "N/A", "N/A"]
    assert new["password_enabled"] == "true"
    assert new["password_last_used"] == "no_information"
    assert old["password_last_used"].startswith("20")
    assert new["password_last_changed"].startswith("20")
    assert none["mfa_active"] == "false"
    assert rows["<root_account>"]["password_enabled"] == "not_supported"
    assert len(none) == 22
