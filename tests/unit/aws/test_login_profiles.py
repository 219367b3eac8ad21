# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Console passwords and initial passwords over the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws import (
    initial_passwords,
    login_profiles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.initial_password import (
    Identity,
    StoredPassword,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.login_profiles import (
    LoginProfile,
)
from botocore.stub import ANY, Stubber

NAME = "/jumpaccount/initial-password/ana"
NOW = datetime(2024, 6, 11, tzinfo=UTC)
SECRET = "Str0ng-and-long-enough!"
PROFILE = {"parameter": NAME, "password_reset_required": True}
CREATE_PROFILE = Change(ObjectId(Kind.LOGIN_PROFILE, ("ana",)), Action.CREATE, None, PROFILE)
STORE = Change(ObjectId(Kind.INITIAL_PASSWORD, ("ana",)), Action.CREATE, None, {"parameter": NAME})
DELETE = Change(ObjectId(Kind.INITIAL_PASSWORD, ("ana",)), Action.DELETE, {"parameter": NAME}, None)
RENEW = Change(STORE.id, Action.UPDATE, {"parameter": NAME}, {"parameter": NAME})
MINE = initial_passwords.Issued(SECRET, "run 1", is_replacement=False)
ANA = Identity("AIDA1234567890123456", NOW, {"jumpaccount:made": "true"})
RECORD = Change(
    ObjectId(Kind.ISSUE_RECORD, ("/p/_issued",)), Action.UPDATE, {}, {"is_complete": True}
)
READ = {"Name": NAME, "WithDecryption": True}
COPY = "/jumpaccount/initial-password/_move.ana"
MOVED = f"run 1 [moved, first stored {NOW.isoformat()}]"
SET = {"UserName": "ana", "Password": SECRET, "PasswordResetRequired": True}
PUT = {
    "Name": NAME,
    "Description": "run 1",
    "Value": SECRET,
    "Type": "SecureString",
    "Overwrite": False,
}


def described(description: str, name: str = NAME, **more: Any) -> dict[str, Any]:
    """Return the answer to DescribeParameters about one that is there."""
    parameter = {"LastModifiedDate": NOW, "Description": description, "Version": 1, **more}
    return {"Parameters": [{"Name": name, **parameter}]}


def named(*names: str) -> dict[str, Any]:
    """Return how DescribeParameters is asked for some."""
    return {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": list(names)}]}


@pytest.fixture
def wire(monkeypatch):
    """An account whose IAM and SSM answers are scripted."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    clients: dict[str, Any] = {
        service: boto3.client(
            service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y"
        )
        for service in ("iam", "ssm")
    }
    with Stubber(clients["iam"]) as iam, Stubber(clients["ssm"]) as ssm:
        yield AwsAccount("111111111111", clients.__getitem__), iam, ssm
        iam.assert_no_pending_responses()
        ssm.assert_no_pending_responses()


def test_who_has_a_profile_and_must_change_it(wire):
    aws, iam, _ssm = wire
    iam.add_client_error("get_login_profile", "NoSuchEntity", expected_params={"UserName": "ana"})
    assert login_profiles.read_profiles(aws, ["ana"]) == {}
    profile = {"UserName": "bo", "CreateDate": NOW}
    for more, must_change in (({}, False), ({"PasswordResetRequired": True}, True)):
        answer = {"LoginProfile": {**profile, **more}}
        iam.add_response("get_login_profile", answer, {"UserName": "bo"})
        found = login_profiles.read_profiles(aws, ["bo"])
        assert found == {"bo": LoginProfile(NOW, must_change=must_change)}


def test_a_refused_read_is_no_missing_profile(wire):
    aws, iam, _ssm = wire
    iam.add_client_error("get_login_profile", "AccessDenied", "no")
    with pytest.raises(AwsError, match="Could not read the login profile of ana"):
        login_profiles.read_profiles(aws, ["ana"])


def test_when_people_signed_in_comes_from_one_list(wire):
    aws, iam, _ssm = wire
    user = {"Path": "/", "UserId": "AIDA1234567890123456", "Arn": "arn:x" * 5, "CreateDate": NOW}
    users = [{**user, "UserName": "ana", "PasswordLastUsed": NOW}, {**user, "UserName": "bo"}]
    iam.add_response("list_users", {"Users": users}, {"MaxItems": 1000})
    assert login_profiles.read_last_used(aws) == {"ana": NOW}


def test_parameters_of_all_pages(wire):
    aws, _iam, ssm = wire
    filters = [{"Key": "Path", "Option": "OneLevel", "Values": ["/p"]}]
    first = {
        **described("run 1", "/p/a", KeyId="alias/mine", Version=2),
        "NextToken": "t",
    }
    second = described("run 1", "/p/b")
    ssm.add_response("describe_parameters", first, {"ParameterFilters": filters, "MaxResults": 50})
    ssm.add_response(
        "describe_parameters",
        second,
        {"ParameterFilters": filters, "MaxResults": 50, "NextToken": "t"},
    )
    assert initial_passwords.read_parameters(aws, "/p") == {
        "/p/a": StoredPassword(NOW, "run 1", "alias/mine", 2),
        "/p/b": StoredPassword(NOW, "run 1", "none", 1),
    }


def test_minimum_length_with_and_without_policy(wire):
    aws, iam, _ssm = wire
    policy = {"MinimumPasswordLength": 32, "ExpirePasswords": False}
    iam.add_response("get_account_password_policy", {"PasswordPolicy": policy}, {})
    assert login_profiles.read_minimum_length(aws) == 32
    iam.add_client_error("get_account_password_policy", "NoSuchEntity")
    assert login_profiles.read_minimum_length(aws) == 0
    iam.add_client_error("get_account_password_policy", "AccessDenied", "no")
    with pytest.raises(AwsError, match="password policy"):
        login_profiles.read_minimum_length(aws)


def test_a_password_is_stored_encrypted(wire):
    aws, _iam, ssm = wire
    ssm.add_response("put_parameter", {"Version": 1}, PUT)
    assert initial_passwords.store_password(aws, STORE, MINE, None)
    ssm.add_response("put_parameter", {"Version": 1}, {**PUT, "KeyId": "alias/mine"})
    assert initial_passwords.store_password(aws, STORE, MINE, "alias/mine")


def test_what_lies_there_is_replaced_only_where_the_plan_says_so(wire):
    aws, _iam, ssm = wire
    ssm.add_response("put_parameter", {"Version": 2}, {**PUT, "Overwrite": True})
    assert initial_passwords.store_password(aws, RENEW, replace(MINE, is_replacement=True), None)
    for description, is_own in (("run 1", True), ("another", False)):
        ssm.add_client_error("put_parameter", "ParameterAlreadyExists")
        ssm.add_response("describe_parameters", described(description), named(NAME))
        assert initial_passwords.store_password(aws, STORE, MINE, None) is is_own


def test_an_issued_password_shows_no_secret():
    assert SECRET not in repr(MINE)


def test_a_refused_store_says_where_but_not_what(wire):
    aws, _iam, ssm = wire
    ssm.add_client_error("put_parameter", "AccessDeniedException", "no")
    with pytest.raises(AwsError, match=f"store the initial password of ana as {NAME}") as caught:
        initial_passwords.store_password(aws, STORE, MINE, None)
    assert SECRET not in str(caught.value)


def test_a_used_password_is_deleted_also_when_it_is_gone_already(wire):
    aws, _iam, ssm = wire
    ssm.add_response("delete_parameter", {}, {"Name": NAME})
    initial_passwords.delete_password(aws, DELETE)
    ssm.add_client_error("delete_parameter", "ParameterNotFound")
    initial_passwords.delete_password(aws, DELETE)
    ssm.add_client_error("delete_parameter", "AccessDeniedException", "no")
    with pytest.raises(AwsError, match="delete the initial password of ana"):
        initial_passwords.delete_password(aws, DELETE)


def test_what_is_set_is_what_this_run_chose(wire):
    aws, iam, _ssm = wire
    created = {"LoginProfile": {"UserName": "ana", "CreateDate": NOW}}
    iam.add_response("create_login_profile", created, SET)
    assert login_profiles.create_login_profile(aws, CREATE_PROFILE, MINE)


def test_where_another_run_stored_first_its_profile_is_awaited(wire):
    aws, iam, _ssm = wire
    iam.add_client_error("get_login_profile", "NoSuchEntity")
    profile = {"LoginProfile": {"UserName": "ana", "CreateDate": NOW}}
    iam.add_response("get_login_profile", profile, {"UserName": "ana"})
    assert not login_profiles.create_login_profile(aws, CREATE_PROFILE, None)


def test_a_profile_that_never_comes_says_to_run_again(wire):
    aws, iam, _ssm = wire
    for _try in range(6):
        iam.add_client_error("get_login_profile", "NoSuchEntity", "none")
    with pytest.raises(AwsError, match=f"Another run stored {NAME} during this run. Run"):
        login_profiles.create_login_profile(aws, CREATE_PROFILE, None)


@pytest.mark.parametrize(
    ("description", "repeats", "is_replacement", "end"),
    [
        ("another", 0, False, False),
        ("another", 1, True, False),
        ("run 1", 1, False, True),
        ("run 1", 1, True, None),
        ("run 1", 0, False, None),
        ("run 1", 0, True, None),
    ],
)
def test_a_profile_that_exists_by_now_is_left_alone(
    wire, description, repeats, is_replacement, end
):
    aws, iam, ssm = wire
    mine = replace(MINE, is_replacement=is_replacement)
    iam.add_client_error(
        "create_login_profile",
        "EntityAlreadyExists",
        expected_params=SET,
        response_meta={"RetryAttempts": repeats},
    )
    ssm.add_response("describe_parameters", described(description), named(NAME))
    if end is None:
        # Its own password is not that of the profile: it must not stay.
        ssm.add_response("delete_parameter", {}, {"Name": NAME})
        with pytest.raises(AwsError, match="new_user with -e reset_password=ana") as error:
            login_profiles.create_login_profile(aws, CREATE_PROFILE, mine)
        assert SECRET not in str(error.value)
    else:
        assert login_profiles.create_login_profile(aws, CREATE_PROFILE, mine) is end


def test_a_password_that_the_policy_refuses_is_not_shown(wire):
    aws, iam, _ssm = wire
    iam.add_client_error("create_login_profile", "PasswordPolicyViolation", "too short")
    with pytest.raises(AwsError, match="too short") as caught:
        login_profiles.create_login_profile(aws, CREATE_PROFILE, MINE)
    assert SECRET not in str(caught.value)


def test_writers_generate_a_password_for_the_policy_and_set_that_one(wire):
    aws, iam, ssm = wire
    policy = {"MinimumPasswordLength": 40, "ExpirePasswords": False}
    iam.add_response("get_account_password_policy", {"PasswordPolicy": policy}, {})
    issuing = login_profiles.Issuing(identities={"ana": ANA})
    writers = login_profiles.login_profile_writers(aws, issuing)
    sent: list[str] = []
    for client, call, key in ((ssm, "PutParameter", "Value"), (iam, "CreateLogin", "Password")):
        service = client.client.meta.service_model.service_name
        operation = "CreateLoginProfile" if call == "CreateLogin" else call
        client.client.meta.events.register(
            f"provide-client-params.{service}.{operation}",
            lambda params, key=key, **_more: sent.append(params[key]),
        )
    created = {"LoginProfile": {"UserName": "ana", "CreateDate": NOW}}
    for store in (STORE, RENEW):
        overwrites = {"Overwrite": store is RENEW}
        ssm.add_response(
            "put_parameter", {"Version": 1}, {**PUT, "Value": ANY, "Description": ANY, **overwrites}
        )
        iam.add_response("create_login_profile", created, {**SET, "Password": ANY})
        for change in (store, CREATE_PROFILE):
            writers[(change.id.kind, change.action)](change)
        assert issuing.issued["ana"].password == sent[-1]
        assert f"of user {ANA.unique_id};" in issuing.issued["ana"].description
    assert issuing.covered == {"ana"}
    assert [len(value) for value in sent] == [40] * 4
    assert sent[0] == sent[1] != sent[2] == sent[3]


def test_a_run_that_did_not_make_the_profile_claims_no_password(wire):
    aws, iam, ssm = wire
    iam.add_client_error("get_account_password_policy", "NoSuchEntity")
    issuing = login_profiles.Issuing(identities={"ana": ANA}, issued={"ana": MINE})
    writers = login_profiles.login_profile_writers(aws, issuing)
    iam.add_client_error("create_login_profile", "EntityAlreadyExists")
    ssm.add_response("describe_parameters", described("another"), named(NAME))
    writers[(Kind.LOGIN_PROFILE, Action.CREATE)](CREATE_PROFILE)
    assert issuing.issued == {}
    ssm.add_client_error("put_parameter", "ParameterAlreadyExists")
    ssm.add_response("describe_parameters", described("another"), named(NAME))
    writers[(Kind.INITIAL_PASSWORD, Action.CREATE)](STORE)
    assert issuing.issued == {}


def test_a_user_that_the_bulk_read_did_not_show_is_asked_for_its_unique_id(wire):
    aws, iam, ssm = wire
    iam.add_client_error("get_account_password_policy", "NoSuchEntity")
    issuing = login_profiles.Issuing()
    writers = login_profiles.login_profile_writers(aws, issuing)
    user = {"Path": "/", "UserName": "ana", "Arn": "arn:x" * 5, "CreateDate": NOW}
    iam.add_client_error("get_user", "NoSuchEntity")
    iam.add_response("get_user", {"User": {**user, "UserId": ANA.unique_id}}, {"UserName": "ana"})
    ssm.add_response("put_parameter", {"Version": 1}, {**PUT, "Value": ANY, "Description": ANY})
    writers[(Kind.INITIAL_PASSWORD, Action.CREATE)](STORE)
    assert f"of user {ANA.unique_id};" in issuing.issued["ana"].description


def test_a_former_password_ends_also_when_it_is_gone_already(wire):
    aws, iam, _ssm = wire
    iam.add_client_error("get_account_password_policy", "NoSuchEntity")
    end = Change(ObjectId(Kind.FORMER_PASSWORD, ("ana",)), Action.DELETE, {}, None)
    writers = login_profiles.login_profile_writers(aws, login_profiles.Issuing())
    iam.add_response("delete_login_profile", {}, {"UserName": "ana"})
    iam.add_client_error("delete_login_profile", "NoSuchEntity")
    for _time in range(2):
        writers[(end.id.kind, end.action)](end)
    iam.add_client_error("delete_login_profile", "AccessDenied", "no")
    with pytest.raises(AwsError, match="Could not delete the login profile of ana"):
        writers[(end.id.kind, end.action)](end)


def test_the_record_is_written_when_somebody_more_is_covered(wire):
    aws, iam, ssm = wire
    for covered, until in ((set(), None), ({"ana"}, NOW), ({"ana"}, None)):
        issuing = login_profiles.Issuing(identities={"ana": ANA}, covered=covered, until=until)
        iam.add_client_error("get_account_password_policy", "NoSuchEntity")
        writers = login_profiles.login_profile_writers(aws, issuing)
        if covered and not until:
            put = {"Name": "/p/_issued", "Type": "String", "Overwrite": True}
            text = {"Value": NOW.isoformat(), "Description": ANY}
            ssm.add_response("put_parameter", {"Version": 1}, {**put, **text})
        writers[(RECORD.id.kind, RECORD.action)](RECORD)


def moving(kind: Kind, action: Action) -> Change:
    """Return a step of the move of ana's password."""
    place = {"parameter": NAME, "key": "x"}
    ends = (None, place) if action is Action.CREATE else (place, None)
    return Change(ObjectId(kind, ("ana",)), action, *ends)


ELSEWHERE = moving(Kind.PASSWORD_ELSEWHERE, Action.DELETE)
UNDER_KEY = moving(Kind.PASSWORD_UNDER_KEY, Action.CREATE)
SECURE = {"Value": SECRET, "Type": "SecureString"}


@pytest.mark.parametrize("key", ["alias/aws/ssm", "none"])
def test_a_password_is_copied_under_its_old_key_before_it_is_deleted(wire, key):
    aws, _iam, ssm = wire
    held = {} if key == "none" else {"KeyId": key}
    ssm.add_response("describe_parameters", described("run 1", **held), named(NAME))
    ssm.add_response("get_parameter", {"Parameter": {"Name": NAME, "Value": SECRET}}, READ)
    copied = {"Name": COPY, "Description": MOVED, **SECURE, "Overwrite": True, **held}
    ssm.add_response("put_parameter", {"Version": 1}, copied)
    ssm.add_client_error("get_parameter", "ParameterNotFound")
    ssm.add_response("get_parameter", {"Parameter": {"Name": COPY}}, {"Name": COPY})
    ssm.add_response("delete_parameter", {}, {"Name": NAME})
    initial_passwords.copy_password(aws, ELSEWHERE, COPY)


def test_what_cannot_be_decrypted_stays_and_what_is_gone_is_not_copied(wire):
    aws, _iam, ssm = wire
    ssm.add_response("describe_parameters", described("run 1"), named(NAME))
    ssm.add_client_error("get_parameter", "AccessDeniedException", "no")
    with pytest.raises(AwsError, match=f"copy the initial password of ana, {NAME}, for its move"):
        initial_passwords.copy_password(aws, ELSEWHERE, COPY)
    ssm.add_response("describe_parameters", {"Parameters": []}, named(NAME))
    initial_passwords.copy_password(aws, ELSEWHERE, COPY)


@pytest.mark.parametrize("is_repeated", [False, True])
def test_a_password_is_stored_under_its_key_before_the_copy_goes(wire, is_repeated):
    aws, _iam, ssm = wire
    ssm.add_response("describe_parameters", described(MOVED, COPY), named(NAME, COPY))
    read = {"Name": COPY, "WithDecryption": True}
    ssm.add_response("get_parameter", {"Parameter": {"Value": SECRET}}, read)
    stored = {"Name": NAME, "Description": MOVED, **SECURE, "KeyId": "arn:key"}
    if is_repeated:
        ssm.add_client_error("put_parameter", "ParameterAlreadyExists", expected_params=stored)
    else:
        ssm.add_response("put_parameter", {"Version": 1}, stored)
    ssm.add_response("delete_parameter", {}, {"Name": COPY})
    initial_passwords.restore_password(aws, UNDER_KEY, COPY, "arn:key")


def test_a_copy_stays_until_the_password_is_stored(wire):
    aws, _iam, ssm = wire
    ssm.add_response("describe_parameters", described(MOVED, COPY), named(NAME, COPY))
    ssm.add_response("get_parameter", {"Parameter": {"Value": SECRET}})
    ssm.add_client_error("put_parameter", "InvalidKeyId", "no")
    with pytest.raises(AwsError, match=f"store the initial password of ana, {NAME}, under another"):
        initial_passwords.restore_password(aws, UNDER_KEY, COPY, None)


def test_where_the_password_lies_already_only_the_copy_goes(wire):
    aws, _iam, ssm = wire
    ssm.add_response("describe_parameters", described(MOVED), named(NAME, COPY))
    ssm.add_response("delete_parameter", {}, {"Name": COPY})
    initial_passwords.restore_password(aws, UNDER_KEY, COPY, None)


def test_a_name_rests_before_it_is_used_again(wire, monkeypatch):
    aws, iam, ssm = wire
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    iam.add_client_error("get_account_password_policy", "NoSuchEntity")
    issuing = login_profiles.Issuing(prefix=NAME.rpartition("/")[0], rest=30)
    writers = login_profiles.login_profile_writers(aws, issuing)
    ssm.add_response("describe_parameters", {"Parameters": []}, named(NAME))
    writers[(ELSEWHERE.id.kind, ELSEWHERE.action)](ELSEWHERE)
    for _time in range(2):
        # Also one that an earlier run deleted.
        ssm.add_response("describe_parameters", {"Parameters": []}, named(NAME, COPY))
        ssm.add_response("delete_parameter", {}, {"Name": COPY})
        writers[(UNDER_KEY.id.kind, UNDER_KEY.action)](UNDER_KEY)
        issuing.resting.clear()
    assert slept == [30.0, 30.0]
