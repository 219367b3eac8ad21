"""MFA devices with real codes, and the console sessions and sessions by key that they make."""

from __future__ import annotations

from datetime import datetime

import pytest
from botocore.exceptions import ClientError
from pyotp import TOTP

from sandbox.person import Person
from tests.sandbox.helpers import JUMP, allow, document

PASSWORD = "Abcdefghij-123"
NEW = "Another-Good-1"
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
SELF_SERVICE = document(
    allow("iam:ChangePassword", "arn:aws:iam::*:user/ana"),
    allow("iam:*MFADevice*"),
    allow("iam:ListUsers", Condition=WITH_MFA),
)


@pytest.fixture
def iam(aws):
    """The administrator's client; there is a user who must change the password first."""
    iam = aws("iam")
    iam.create_user(UserName="ana")
    iam.create_login_profile(UserName="ana", Password=PASSWORD, PasswordResetRequired=True)
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=SELF_SERVICE)
    return iam


@pytest.fixture
def ana(iam) -> Person:
    return Person(iam.meta.endpoint_url, JUMP, "ana")


def _refusal(function, *arguments, **params) -> str:
    with pytest.raises(ClientError) as caught:
        function(*arguments, **params)
    return str(caught.value.response["Error"]["Code"])


def test_a_first_day(ana) -> None:
    assert _refusal(ana.sign_in, PASSWORD) == "PasswordResetRequired"
    assert ana.sign_in(PASSWORD, new_password=NEW)["has_mfa"] is False
    assert _refusal(ana.client("iam").list_users) == "AccessDenied"
    serial = ana.enroll()
    assert serial == f"arn:aws:iam::{JUMP}:mfa/ana"
    assert _refusal(ana.client("iam").list_users) == "AccessDenied"
    assert ana.sign_in(NEW)["has_mfa"] is True
    assert ana.client("iam").list_users()["Users"]


def test_who_may_not_change_the_password_cannot_sign_in_for_the_first_time(ana, iam) -> None:
    iam.delete_user_policy(UserName="ana", PolicyName="p")
    assert _refusal(ana.sign_in, PASSWORD, new_password=NEW) == "AccessDenied"
    assert iam.get_login_profile(UserName="ana")["LoginProfile"]["PasswordResetRequired"]
    iam.update_account_password_policy(AllowUsersToChangePassword=True)
    assert ana.sign_in(PASSWORD, new_password=NEW)["arn"].endswith("user/ana")


def test_a_device_is_asked_for_at_sign_in_and_each_code_counts_once(ana) -> None:
    ana.sign_in(PASSWORD, new_password=NEW)
    ana.enroll()
    seed, ana.seed = ana.seed, ""
    assert _refusal(ana.sign_in, NEW) == "MultiFactorAuthenticationRequired"
    assert _refusal(ana.sign_in, NEW, mfa_code="000000") == "AuthenticationFailed"
    ana.seed = seed
    code = ana.code()
    assert ana.sign_in(NEW, mfa_code=code)["has_mfa"]
    assert _refusal(ana.sign_in, NEW, mfa_code=code) == "AuthenticationFailed"


def test_enrolling_needs_two_codes_of_the_device_that_follow_each_other(ana, control) -> None:
    ana.sign_in(PASSWORD, new_password=NEW)
    iam = ana.client("iam")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    now = datetime.fromisoformat(control.post("clock")["now"])
    totp = TOTP(device["Base32StringSeed"].decode())
    codes = [totp.at(now, counter_offset=step) for step in (0, 1, 2)]
    for first, second in ((codes[0], codes[0]), (codes[0], codes[2]), (codes[1], codes[0])):
        given = {"AuthenticationCode1": first, "AuthenticationCode2": second}
        serial = {"UserName": "ana", "SerialNumber": device["SerialNumber"]}
        assert _refusal(iam.enable_mfa_device, **serial, **given) == "InvalidAuthenticationCode"
    given = {"AuthenticationCode1": codes[0], "AuthenticationCode2": codes[1]}
    iam.enable_mfa_device(**serial, **given)
    assert _refusal(iam.enable_mfa_device, **serial, **given) == "EntityAlreadyExists"


def test_a_device_that_is_out_of_step_is_synchronised_again(ana, iam, control) -> None:
    ana.sign_in(PASSWORD, new_password=NEW)
    serial = ana.enroll()
    now = datetime.fromisoformat(control.post("clock")["now"])
    late = [TOTP(ana.seed).at(now, counter_offset=step) for step in (40, 41, 42)]
    assert _refusal(ana.sign_in, NEW, mfa_code=late[2]) == "AuthenticationFailed"
    iam.resync_mfa_device(
        UserName="ana",
        SerialNumber=serial,
        AuthenticationCode1=late[0],
        AuthenticationCode2=late[1],
    )
    control.post("clock", advance_seconds=42 * 30)
    assert ana.sign_in(NEW, mfa_code=late[2])["has_mfa"]


def test_the_picture_is_one_and_an_unknown_device_is_none(iam, refused) -> None:
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="d")["VirtualMFADevice"]
    assert device["QRCodePNG"].startswith(b"\x89PNG\r\n")
    assert len(device["QRCodePNG"]) > 300
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
    refused(
        "NoSuchEntity", iam.enable_mfa_device, UserName="ana", SerialNumber="GAHT12345678", **codes
    )


def test_a_key_gets_a_session_with_mfa_by_a_code(ana, iam, aws, refused) -> None:
    ana.sign_in(PASSWORD, new_password=NEW)
    serial = ana.enroll()
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    sts = aws("sts", credentials=key)
    wrong = {"SerialNumber": serial, "TokenCode": "000000"}
    refused("AccessDenied", sts.get_session_token, **wrong)
    stolen = {"SerialNumber": f"arn:aws:iam::{JUMP}:mfa/other", "TokenCode": ana.code()}
    refused("AccessDenied", sts.get_session_token, **stolen)
    bare = sts.get_session_token()["Credentials"]
    refused("InvalidClientTokenId", aws("iam", credentials=bare).list_users)
    refused("AccessDenied", aws("sts", credentials=bare).get_session_token)
    session = sts.get_session_token(SerialNumber=serial, TokenCode=ana.code())["Credentials"]
    assert aws("iam", credentials=session).list_users()["Users"]
    refused("AccessDenied", aws("iam", credentials=key).list_users)


def test_the_age_of_mfa_counts_from_the_code(ana, iam, control) -> None:
    ana.sign_in(PASSWORD, new_password=NEW)
    ana.enroll()
    fresh = {**WITH_MFA, "NumericLessThan": {"aws:MultiFactorAuthAge": "900"}}
    policy = document(allow("iam:ListUsers", Condition=fresh))
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=policy)
    ana.sign_in(NEW)
    assert ana.client("iam").list_users()["Users"]
    control.post("clock", advance_seconds=900)
    assert _refusal(ana.client("iam").list_users) == "AccessDenied"


def test_get_session_token_needs_no_policy_but_can_be_denied(iam, aws, refused) -> None:
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    iam.delete_user_policy(UserName="ana", PolicyName="p")
    sts = aws("sts", credentials=key)
    assert sts.get_session_token()["Credentials"]
    deny = {"Effect": "Deny", "Action": "sts:GetSessionToken", "Resource": "*"}
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=document(deny))
    refused("AccessDenied", sts.get_session_token)
