"""Who calls, and which roles can be assumed."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from sandbox.person import Person
from tests.sandbox.helpers import JUMP, PROD, allow, document, trust, trust_account

ROLE = f"arn:aws:iam::{PROD}:role/role-admin"


@pytest.fixture
def role(aws):
    """A role in another account that trusts the Jump account."""
    aws("iam", PROD).create_role(RoleName="role-admin", AssumeRolePolicyDocument=trust_account())


@pytest.fixture
def user(aws):
    """Credentials of an IAM user of the Jump account that may assume the role."""
    iam = aws("iam")
    iam.create_user(UserName="ana")
    iam.put_user_policy(
        UserName="ana", PolicyName="p", PolicyDocument=document(allow("sts:AssumeRole", ROLE))
    )
    return iam.create_access_key(UserName="ana")["AccessKey"]


def test_account_id_as_key_is_the_administrator_of_that_account(aws) -> None:
    identity = aws("sts", PROD).get_caller_identity()
    assert identity["Account"] == PROD
    assert identity["Arn"] == f"arn:aws:iam::{PROD}:root"


def test_unknown_access_key_is_refused(aws, refused) -> None:
    stranger = {"AccessKeyId": "AKIAUNKNOWN", "SecretAccessKey": "x"}
    sts = aws("sts", credentials=stranger)
    refused("InvalidClientTokenId", sts.get_caller_identity)


def test_bootstrap_role_exists_in_every_account(aws) -> None:
    session = aws("sts").assume_role(
        RoleArn=f"arn:aws:iam::{PROD}:role/sandbox-bootstrap", RoleSessionName="run"
    )
    aws("iam", credentials=session["Credentials"]).create_user(UserName="ana")
    assert aws("iam", PROD).get_user(UserName="ana")["User"]["UserName"] == "ana"
    identity = aws("sts", credentials=session["Credentials"]).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{PROD}:assumed-role/sandbox-bootstrap/run"
    assert identity["UserId"].endswith(":run")


def test_bootstrap_role_is_closed_to_users_without_permission(aws, user, refused) -> None:
    message = refused(
        "AccessDenied",
        aws("sts", credentials=user).assume_role,
        RoleArn=f"arn:aws:iam::{PROD}:role/sandbox-bootstrap",
        RoleSessionName="run",
    )
    assert message == (
        f"User: arn:aws:iam::{JUMP}:user/ana is not authorized to perform: sts:AssumeRole "
        f"on resource: arn:aws:iam::{PROD}:role/sandbox-bootstrap"
    )


def test_user_key_acts_in_its_account(aws, user) -> None:
    identity = aws("sts", credentials=user).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{JUMP}:user/ana"
    assert identity["UserId"].startswith("AIDA")


def test_inactive_key_is_refused(aws, user, refused) -> None:
    aws("iam").update_access_key(UserName="ana", AccessKeyId=user["AccessKeyId"], Status="Inactive")
    refused("InvalidClientTokenId", aws("sts", credentials=user).get_caller_identity)


@pytest.mark.usefixtures("role")
def test_user_with_permission_and_trust_may_assume(aws, user) -> None:
    answer = aws("sts", credentials=user).assume_role(RoleArn=ROLE, RoleSessionName="ana")
    assert answer["AssumedRoleUser"]["Arn"].endswith("assumed-role/role-admin/ana")


def test_missing_role_is_answered_like_a_role_without_trust(aws, refused) -> None:
    refused("AccessDenied", aws("sts").assume_role, RoleArn=ROLE, RoleSessionName="run")


def test_trust_of_another_account_does_not_let_in(aws, refused) -> None:
    aws("iam", PROD).create_role(
        RoleName="role-admin", AssumeRolePolicyDocument=trust_account("9" * 12)
    )
    refused("AccessDenied", aws("sts").assume_role, RoleArn=ROLE, RoleSessionName="run")


@pytest.mark.usefixtures("role")
def test_explicit_deny_wins_over_allow(aws, user, refused) -> None:
    deny = {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}
    aws("iam").put_user_policy(UserName="ana", PolicyName="d", PolicyDocument=document(deny))
    sts = aws("sts", credentials=user)
    refused("AccessDenied", sts.assume_role, RoleArn=ROLE, RoleSessionName="ana")


@pytest.mark.usefixtures("role")
def test_group_policies_count_for_members(aws, user) -> None:
    iam = aws("iam")
    iam.delete_user_policy(UserName="ana", PolicyName="p")
    iam.create_group(GroupName="group-admin")
    iam.put_group_policy(
        GroupName="group-admin",
        PolicyName="p",
        PolicyDocument=document(allow("sts:AssumeRole", ROLE)),
    )
    sts = aws("sts", credentials=user)
    with pytest.raises(ClientError):
        sts.assume_role(RoleArn=ROLE, RoleSessionName="ana")
    iam.add_user_to_group(GroupName="group-admin", UserName="ana")
    assert sts.assume_role(RoleArn=ROLE, RoleSessionName="ana")["Credentials"]


@pytest.mark.usefixtures("role")
def test_a_boundary_limits_what_policies_allow(aws, user, refused) -> None:
    iam = aws("iam")
    limit = document(allow("s3:*"))
    arn = iam.create_policy(PolicyName="limit", PolicyDocument=limit)["Policy"]["Arn"]
    asked = {"RoleArn": ROLE, "RoleSessionName": "ana"}
    iam.put_user_permissions_boundary(UserName="ana", PermissionsBoundary=arn)
    refused("AccessDenied", aws("sts", credentials=user).assume_role, **asked)
    iam.delete_user_permissions_boundary(UserName="ana")
    assert aws("sts", credentials=user).assume_role(**asked)["Credentials"]


def test_trust_that_demands_mfa_refuses_without_and_accepts_with(
    aws, user, control, refused
) -> None:
    conditions = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    principal = {"AWS": f"arn:aws:iam::{JUMP}:root"}
    aws("iam", PROD).create_role(
        RoleName="role-admin", AssumeRolePolicyDocument=trust(principal, Condition=conditions)
    )
    sts = aws("sts", credentials=user)
    refused("AccessDenied", sts.assume_role, RoleArn=ROLE, RoleSessionName="ana")
    person = Person(control.url, JUMP, "ana")
    serial = person.enroll(aws("iam"))
    asked = {"RoleArn": ROLE, "RoleSessionName": "ana", "SerialNumber": serial}
    refused("AccessDenied", sts.assume_role, **asked, TokenCode="000000")
    assert sts.assume_role(**asked, TokenCode=person.code())["Credentials"]
    session = sts.get_session_token(SerialNumber=serial, TokenCode=person.code())["Credentials"]
    assert aws("sts", credentials=session).assume_role(RoleArn=ROLE, RoleSessionName="ana")


def test_trust_may_bind_the_session_name_to_the_user_name(aws, user, refused) -> None:
    conditions = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
    principal = {"AWS": f"arn:aws:iam::{JUMP}:root"}
    aws("iam", PROD).create_role(
        RoleName="role-admin", AssumeRolePolicyDocument=trust(principal, Condition=conditions)
    )
    sts = aws("sts", credentials=user)
    refused("AccessDenied", sts.assume_role, RoleArn=ROLE, RoleSessionName="eve")
    assert sts.assume_role(RoleArn=ROLE, RoleSessionName="ana")


@pytest.mark.usefixtures("role")
def test_session_name_is_checked(aws, refused) -> None:
    refused("ValidationError", aws("sts").assume_role, RoleArn=ROLE, RoleSessionName="a b")


@pytest.mark.usefixtures("role")
def test_duration_is_limited_by_the_role(aws, refused) -> None:
    message = refused(
        "ValidationError",
        aws("sts").assume_role,
        RoleArn=ROLE,
        RoleSessionName="run",
        DurationSeconds=7200,
    )
    assert "MaxSessionDuration set for this role" in message


def test_chained_sessions_last_one_hour_at_most(aws, refused) -> None:
    session = aws("sts").assume_role(
        RoleArn=f"arn:aws:iam::{PROD}:role/sandbox-bootstrap", RoleSessionName="run"
    )["Credentials"]
    message = refused(
        "ValidationError",
        aws("sts", credentials=session).assume_role,
        RoleArn=f"arn:aws:iam::{JUMP}:role/sandbox-bootstrap",
        RoleSessionName="run",
        DurationSeconds=7200,
    )
    assert "role chaining" in message


@pytest.mark.usefixtures("role")
def test_sessions_expire(aws, control, refused) -> None:
    session = aws("sts").assume_role(RoleArn=ROLE, RoleSessionName="run")["Credentials"]
    control.post("clock", advance_seconds=3601)
    refused("ExpiredToken", aws("sts", credentials=session).get_caller_identity)


@pytest.mark.usefixtures("role")
def test_session_needs_its_token(aws, refused) -> None:
    session = aws("sts").assume_role(RoleArn=ROLE, RoleSessionName="run")["Credentials"]
    forged = {**session, "SessionToken": "other"}
    refused("InvalidClientTokenId", aws("sts", credentials=forged).get_caller_identity)
