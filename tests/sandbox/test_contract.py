"""The sandbox's own contract: start, stop, counters, log, reset."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest

from tests.sandbox.helpers import JUMP, PROD, REGION, Control

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_command_prints_one_line_when_ready_and_ends_cleanly(ending: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "AWS_PROFILE": "nobody"},
    ) as process:
        assert process.stdout
        assert process.stderr
        line = process.stdout.readline()
        assert line.startswith("sandbox ready: http://127.0.0.1:")
        url = line.removeprefix("sandbox ready: ").strip()
        assert Control(url).get("calls") == {"total": 0, "writes": 0, "by_action": {}}
        process.send_signal(ending)
        assert process.wait(timeout=10) == 0
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""


def test_calls_counts_reads_and_writes_by_action(aws, control) -> None:
    aws("sts").get_caller_identity()
    aws("iam").create_user(UserName="ana")
    aws("iam").generate_credential_report()
    aws("ssm").put_parameter(Name="/x", Value="v", Type="String")
    s3 = aws("s3")
    s3.create_bucket(Bucket="box", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="box", Key="k", Body=b"text")
    s3.get_object(Bucket="box", Key="k")
    s3.head_object(Bucket="box", Key="k")
    assert control.get("calls") == {
        "total": 8,
        "writes": 4,
        "by_action": {
            "iam:CreateUser": 1,
            "iam:GenerateCredentialReport": 1,
            "s3:CreateBucket": 1,
            "s3:GetObject": 1,
            "s3:HeadObject": 1,
            "s3:PutObject": 1,
            "ssm:PutParameter": 1,
            "sts:GetCallerIdentity": 1,
        },
    }


def test_refused_calls_are_counted_too(aws, control, refused) -> None:
    refused("NoSuchEntity", aws("iam").get_user, UserName="nobody")
    assert control.get("calls")["by_action"] == {"iam:GetUser": 1}
    assert control.get("log")[0]["status"] == 404
    assert control.get("log")[0]["error"] == "NoSuchEntity"


def test_errors_of_moto_are_in_the_log_by_code(aws, control, refused) -> None:
    refused("NoSuchBucket", aws("s3").list_objects_v2, Bucket="none")
    refused("AWSOrganizationsNotInUseException", aws("organizations").describe_organization)
    codes = [entry["error"] for entry in control.get("log")]
    assert codes == ["NoSuchBucket", "AWSOrganizationsNotInUseException"]


def test_log_has_the_calls_in_order_without_secrets(aws, control) -> None:
    iam = aws("iam", PROD)
    iam.create_user(UserName="ana")
    iam.create_login_profile(UserName="ana", Password="Very-Secret-1")
    aws("ssm").put_parameter(Name="/x", Value="hidden", Type="SecureString")
    log = control.get("log")
    assert [entry["n"] for entry in log] == [1, 2, 3]
    assert [entry["action"] for entry in log] == [
        "CreateUser",
        "CreateLoginProfile",
        "PutParameter",
    ]
    assert [entry["account"] for entry in log] == [PROD, PROD, JUMP]
    assert log[0]["params"] == {"UserName": "ana"}
    assert log[2]["region"] == REGION
    assert "Very-Secret-1" not in str(log)
    assert "hidden" not in str(log)


def test_calls_of_the_sandbox_itself_are_not_counted(aws, control) -> None:
    template = '{"Resources": {"G": {"Type": "AWS::IAM::Group"}}}'
    aws("cloudformation").create_stack(
        StackName="s", TemplateBody=template, Capabilities=["CAPABILITY_IAM"]
    )
    control.tick(2)
    assert len(aws("iam").list_groups()["Groups"]) == 1
    assert control.get("calls")["by_action"] == {
        "cloudformation:CreateStack": 1,
        "iam:ListGroups": 1,
    }


def test_reset_empties_state_counters_faults_and_clock(aws, control) -> None:
    aws("iam").create_user(UserName="ana")
    s3 = aws("s3")
    s3.create_bucket(Bucket="box", CreateBucketConfiguration={"LocationConstraint": REGION})
    control.post("clock", mode="manual")
    control.post("faults", throttle=1)
    control.post("reset")
    assert control.get("calls")["total"] == 0
    assert control.get("log") == []
    assert aws("iam").list_users()["Users"] == []
    assert s3.list_buckets()["Buckets"] == []
    assert control.post("clock")["mode"] == "poll"


def test_unknown_endpoint_fault_and_clock_mode_are_refused(control) -> None:
    for name, content in (("nothing", {}), ("faults", {"x": 1}), ("clock", {"mode": "x"})):
        with pytest.raises(urllib.error.HTTPError):
            control.post(name, **content)


def test_calls_that_the_sandbox_does_not_know_are_refused_not_faked(aws, refused) -> None:
    refused("NotImplemented", aws("cloudformation").list_types)


def test_caller_identity_answers_within_ten_milliseconds(aws) -> None:
    sts = aws("sts")

    def seconds() -> float:
        started = time.perf_counter()
        sts.get_caller_identity()
        return time.perf_counter() - started

    # The best of many: a loaded machine says nothing about the sandbox.
    assert min(seconds() for _ in range(50)) < 0.010


def test_threads_can_write_at_once(aws, control) -> None:
    iam = aws("iam")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: iam.create_user(UserName=f"user-{n}"), range(60)))
    assert len(iam.list_users(MaxItems=1000)["Users"]) == 60
    assert control.get("calls")["writes"] == 60


def test_moto_still_answers_what_has_no_correction(aws) -> None:
    queue = boto3.client(
        "sqs",
        endpoint_url=aws("iam").meta.endpoint_url,
        region_name=REGION,
        aws_access_key_id=PROD,
        aws_secret_access_key="any",
    ).create_queue(QueueName="q")
    assert PROD in queue["QueueUrl"]
