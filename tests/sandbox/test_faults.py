"""Faults: throttling, 5xx, dropped connections, latency, bad accounts, late visibility."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.sandbox.helpers import JUMP, PROD, allow, document, trust_account

ROLE = f"arn:aws:iam::{PROD}:role/sandbox-bootstrap"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("iam", "list_users", "Throttling"),
        ("sts", "get_caller_identity", "Throttling"),
        ("cloudformation", "list_stacks", "Throttling"),
        ("ssm", "describe_parameters", "ThrottlingException"),
        ("s3", "list_buckets", "SlowDown"),
    ],
)
def test_throttled_calls_have_the_code_of_their_service(
    aws, control, refused, service, operation, code
) -> None:
    control.post("faults", throttle=1)
    refused(code, getattr(aws(service), operation))


def test_throttled_calls_do_nothing_and_are_counted(aws, control, refused) -> None:
    control.post("faults", throttle=1)
    refused("Throttling", aws("iam").create_user, UserName="ana")
    control.post("faults")
    assert aws("iam").list_users()["Users"] == []
    assert control.get("calls")["by_action"]["iam:CreateUser"] == 1


def test_server_errors_are_503(aws, control) -> None:
    control.post("faults", server_error=1)
    with pytest.raises(ClientError) as caught:
        aws("iam").list_users()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert caught.value.response["Error"]["Code"] == "ServiceUnavailable"


def test_clients_that_retry_get_through(aws, control) -> None:
    control.post("faults", throttle=0.3, server_error=0.2, seed=7)
    iam = aws("iam", retries=10)
    for number in range(10):
        iam.create_user(UserName=f"user-{number}")
    control.post("faults")
    assert len(iam.list_users()["Users"]) == 10


def test_connections_drop_before_and_after_the_server_acted(aws, control) -> None:
    control.post("faults", drop_connection=1, seed=1)
    names = [f"user-{number}" for number in range(20)]
    for name in names:
        with pytest.raises(ConnectionClosedError):
            aws("iam").create_user(UserName=name)
    control.post("faults")
    made = len(aws("iam").list_users()["Users"])
    assert 0 < made < 20
    errors = [entry["error"] for entry in control.get("log")[:20]]
    assert errors == ["ConnectionDropped"] * 20


def test_faults_are_repeatable_by_seed_whatever_threads_do(aws, control) -> None:
    def outcomes(seed: int) -> list[bool]:
        control.post("reset")
        control.post("faults", throttle=0.5, seed=seed)
        iam = aws("iam")

        def is_made(number: int) -> bool:
            try:
                iam.create_user(UserName=f"user-{number}")
            except ClientError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(is_made, range(30)))

    first = outcomes(1)
    assert outcomes(1) == first
    assert outcomes(2) != first


def test_rate_and_burst_limit_each_service_by_itself(aws, control) -> None:
    control.post("faults", rate=0.001, burst=3)
    for _ in range(3):
        aws("iam").list_users()
    with pytest.raises(ClientError):
        aws("iam").list_users()
    assert aws("sts").get_caller_identity()


def test_latency_delays_each_call_but_not_one_after_the_other(aws, control) -> None:
    sts = aws("sts")
    control.post("faults", latency_ms=200)
    started = time.perf_counter()
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: sts.get_caller_identity(), range(20)))
    assert 0.2 <= time.perf_counter() - started < 20 * 0.2


def test_new_user_is_invisible_for_some_reads(aws, control, refused) -> None:
    control.post("faults", invisible_reads=2)
    iam = aws("iam")
    iam.create_user(UserName="ana")
    refused("NoSuchEntity", iam.get_user, UserName="ana")
    refused("NoSuchEntity", iam.create_login_profile, UserName="ana", Password="Abcdefg-1")
    assert iam.get_user(UserName="ana")


def test_listings_leave_out_what_is_not_visible_yet(aws, control) -> None:
    control.post("faults", invisible_reads=2)
    iam = aws("iam")
    iam.create_user(UserName="ana")
    assert iam.list_users()["Users"] == []
    assert iam.get_account_authorization_details(Filter=["User"])["UserDetailList"] == []
    assert len(iam.list_users()["Users"]) == 1


def test_creating_again_collides_even_while_invisible(aws, control, refused) -> None:
    control.post("faults", invisible_reads=2)
    aws("iam").create_user(UserName="ana")
    refused("EntityAlreadyExists", aws("iam").create_user, UserName="ana")


def test_roles_groups_policies_and_parameters_are_invisible_too(aws, control, refused) -> None:
    control.post("faults", invisible_reads=1)
    iam, ssm = aws("iam"), aws("ssm")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust_account())
    refused("NoSuchEntity", iam.get_role, RoleName="r")
    iam.create_group(GroupName="g")
    assert iam.list_groups()["Groups"] == []
    new = {"PolicyName": "p", "PolicyDocument": document(allow("s3:*"))}
    arn = iam.create_policy(**new)["Policy"]["Arn"]
    refused("NoSuchEntity", iam.attach_group_policy, GroupName="g", PolicyArn=arn)
    iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    ssm.put_parameter(Name="/x", Value="v", Type="String")
    refused("ParameterNotFound", ssm.get_parameter, Name="/x")
    assert ssm.get_parameter(Name="/x")


def test_failing_account_denies_writes_but_not_reads(aws, control, refused) -> None:
    control.post("faults", failing_accounts=[PROD])
    message = refused("AccessDenied", aws("iam", PROD).create_user, UserName="ana")
    assert message.endswith("with an explicit deny in a service control policy")
    assert aws("iam", PROD).list_users()["Users"] == []
    aws("iam").create_user(UserName="ana")


def test_denied_operations_are_denied_to_every_caller(aws, control, refused) -> None:
    control.post("faults", denied_operations=["iam:CreateUser", "s3:HeadBucket"])
    message = refused("AccessDenied", aws("iam").create_user, UserName="ana")
    assert "perform: iam:CreateUser with an explicit deny in an identity-based policy" in message
    refused("403", aws("s3").head_bucket, Bucket="templates")
    assert aws("iam").list_users()["Users"] == []


def test_suspended_account_denies_everything(aws, control, refused) -> None:
    control.post("faults", suspended_accounts=[PROD])
    refused("AccessDenied", aws("iam", PROD).list_users)
    refused("AccessDenied", aws("sts").assume_role, RoleArn=ROLE, RoleSessionName="run")


def test_empty_settings_clear_all_faults(aws, control) -> None:
    control.post("faults", throttle=1, failing_accounts=[JUMP])
    control.post("faults")
    aws("iam").create_user(UserName="ana")
