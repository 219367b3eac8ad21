# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Console passwords and initial passwords over the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws import login_profiles
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from botocore.stub import ANY, Stubber

NAME = "/jumpaccount/initial-password/ana"
NOW = datetime(2024, 6, 11, tzinfo=UTC)
SECRET = "Str0ng-and-long-enough!"
PROFILE = {"parameter": NAME, "password_reset_required": True}
CREATE_PROFILE = Change(ObjectId(Kind.LOGIN_PROFILE, ("ana",)), Action.CREATE, None, PROFILE)
STORE = Change(ObjectId(Kind.INITIAL_PASSWORD, ("ana",)), Action.CREATE, None, {"parameter": NAME})
DELETE = Change(ObjectId(Kind.INITIAL_PASSWORD, ("ana",)), Action.DELETE, {"parameter": NAME}, None)
STORED = {"Parameter": {"Name": NAME, "Type": "SecureString", "Value": SECRET}}
SET = {"UserName": "ana", "Password": SECRET, "PasswordResetRequired": True}
PUT = {
    "Name": NAME,
    "Description": ANY,
    "Value": SECRET,
    "Type": "SecureString",
    "Overwrite": False,
}


@pytest.fixture
def wire():
    """An account whose IAM and SSM answers are scripted."""
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


def test_who_has_no_profile(wire):
    aws, iam, _ssm = wire
    iam.add_client_error("get_login_profile", "NoSuchEntity", expected_params={"UserName": "ana"})
    assert login_profiles.read_without_profile(aws, ["ana"]) == {"ana"}
    profile = {"LoginProfile": {"UserName": "bo", "CreateDate": NOW}}
    iam.add_response("get_login_profile", profile, {"UserName": "bo"})
    assert login_profiles.read_without_profile(aws, ["bo"]) == frozenset()


def test_a_refused_read_is_no_missing_profile(wire):
    aws, iam, _ssm = wire
    iam.add_client_error("get_login_profile", "AccessDenied", "no")
    with pytest.raises(AwsError, match="Could not read the login profile of ana"):
        login_profiles.read_without_profile(aws, ["ana"])


def test_parameters_of_all_pages(wire):
    aws, _iam, ssm = wire
    filters = [{"Key": "Path", "Option": "OneLevel", "Values": ["/p"]}]
    first = {"Parameters": [{"Name": "/p/a", "LastModifiedDate": NOW}], "NextToken": "t"}
    second = {"Parameters": [{"Name": "/p/b", "LastModifiedDate": NOW}]}
    ssm.add_response("describe_parameters", first, {"ParameterFilters": filters, "MaxResults": 50})
    ssm.add_response(
        "describe_parameters",
        second,
        {"ParameterFilters": filters, "MaxResults": 50, "NextToken": "t"},
    )
    assert login_profiles.read_parameters(aws, "/p") == {"/p/a": NOW, "/p/b": NOW}


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


def test_a_password_is_stored_encrypted_and_never_overwrites(wire):
    aws, _iam, ssm = wire
    ssm.add_response("put_parameter", {"Version": 1}, PUT)
    login_profiles.store_password(aws, STORE, SECRET, None)
    ssm.add_response("put_parameter", {"Version": 1}, {**PUT, "KeyId": "alias/mine"})
    login_profiles.store_password(aws, STORE, SECRET, "alias/mine")
    ssm.add_client_error("put_parameter", "ParameterAlreadyExists")
    login_profiles.store_password(aws, STORE, SECRET, None)


def test_a_refused_store_says_where_but_not_what(wire):
    aws, _iam, ssm = wire
    ssm.add_client_error("put_parameter", "AccessDeniedException", "no")
    with pytest.raises(AwsError, match=f"store the initial password of ana as {NAME}") as caught:
        login_profiles.store_password(aws, STORE, SECRET, None)
    assert SECRET not in str(caught.value)


def test_a_used_password_is_deleted_also_when_it_is_gone_already(wire):
    aws, _iam, ssm = wire
    ssm.add_response("delete_parameter", {}, {"Name": NAME})
    login_profiles.delete_password(aws, DELETE)
    ssm.add_client_error("delete_parameter", "ParameterNotFound")
    login_profiles.delete_password(aws, DELETE)
    ssm.add_client_error("delete_parameter", "AccessDeniedException", "no")
    with pytest.raises(AwsError, match="delete the initial password of ana"):
        login_profiles.delete_password(aws, DELETE)


def test_what_is_set_is_what_is_stored(wire):
    aws, iam, ssm = wire
    ssm.add_response("get_parameter", STORED, {"Name": NAME, "WithDecryption": True})
    created = {"LoginProfile": {"UserName": "ana", "CreateDate": NOW}}
    iam.add_response("create_login_profile", created, SET)
    login_profiles.create_login_profile(aws, CREATE_PROFILE)


def test_a_profile_that_exists_by_now_is_left_alone(wire):
    aws, iam, ssm = wire
    ssm.add_response("get_parameter", STORED, {"Name": NAME, "WithDecryption": True})
    iam.add_client_error("create_login_profile", "EntityAlreadyExists", expected_params=SET)
    login_profiles.create_login_profile(aws, CREATE_PROFILE)


def test_a_password_that_the_policy_refuses_names_the_way_out(wire):
    aws, iam, ssm = wire
    ssm.add_response("get_parameter", STORED, {"Name": NAME, "WithDecryption": True})
    iam.add_client_error("create_login_profile", "PasswordPolicyViolation", "too short")
    with pytest.raises(AwsError, match="delete that parameter and run again") as caught:
        login_profiles.create_login_profile(aws, CREATE_PROFILE)
    assert SECRET not in str(caught.value)


def test_writers_generate_a_password_for_the_policy(wire):
    aws, iam, ssm = wire
    policy = {"MinimumPasswordLength": 40, "ExpirePasswords": False}
    iam.add_response("get_account_password_policy", {"PasswordPolicy": policy}, {})
    writers = login_profiles.login_profile_writers(aws, None)
    sent: list[str] = []
    ssm.client.meta.events.register(
        "provide-client-params.ssm.PutParameter",
        lambda params, **_more: sent.append(params["Value"]),
    )
    for _ in range(2):
        ssm.add_response("put_parameter", {"Version": 1}, {**PUT, "Value": ANY})
        writers[(Kind.INITIAL_PASSWORD, Action.CREATE)](STORE)
    assert [len(value) for value in sent] == [40, 40]
    assert sent[0] != sent[1]
