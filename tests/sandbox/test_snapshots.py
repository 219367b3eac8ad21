"""A snapshot is everything, unchanged by what comes later, for any sandbox of the same folder."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.person import Person
from tests.sandbox.helpers import (
    JUMP,
    PROD,
    REGION,
    STAGING,
    Control,
    allow,
    document,
    parameter_template,
    role_template,
    trust_account,
)
from tests.sandbox.stack import create, finish
from tests.sandbox.stack_set import SET, create_instances, create_set, results, update_set

ROOT = Path(__file__).parents[2]
PASSWORD = "Abcdefghij-123"
ACCOUNTS = (JUMP, PROD, STAGING)
BUCKET = f"bucket-{JUMP}"
NAMES = ("ana", "ben", "cyd")

Client = Callable[..., Any]
Write = Callable[[Client, str, str], object]


def snapshot(control: Control) -> str:
    return str(control.post("snapshot")["id"])


def without_requests(answer: Any) -> Any:
    """What was answered, without what belongs to the request."""
    text = json.dumps({**answer, "ResponseMetadata": None}, default=str, sort_keys=True)
    return json.loads(text)


def read(call: Callable[..., Any], **params: Any) -> Any:
    """An answer, or the code of the refusal, as a value to compare."""
    try:
        return without_requests(call(**params))
    except ClientError as error:
        return error.response["Error"]["Code"]


def read_account(aws: Client, account: str) -> dict[str, Any]:
    """What an account shows of itself through the API."""
    iam, cfn, ssm, s3 = (aws(s, account) for s in ("iam", "cloudformation", "ssm", "s3"))
    return {
        "details": read(iam.get_account_authorization_details),
        "summary": read(iam.get_account_summary),
        "devices": read(iam.list_virtual_mfa_devices),
        "profiles": [read(iam.get_login_profile, UserName=name) for name in NAMES],
        "stacks": read(cfn.describe_stacks),
        "sets": read(cfn.list_stack_sets),
        "set": read(cfn.describe_stack_set, **SET),
        "instances": read(cfn.list_stack_instances, **SET),
        "operations": read(cfn.list_stack_set_operations, **SET),
        "parameters": [
            read(ssm.get_parameter_history, Name=f"/{name}", WithDecryption=True) for name in NAMES
        ],
        "buckets": read(s3.list_buckets),
        "objects": read(s3.list_object_versions, Bucket=BUCKET),
        "policy": read(s3.get_bucket_policy, Bucket=BUCKET),
        "text": read_text(s3),
    }


def read_text(s3: Any) -> str:
    with suppress(ClientError):
        return str(s3.get_object(Bucket=BUCKET, Key="key")["Body"].read())
    return ""


def read_world(control: Control, aws: Client) -> dict[str, Any]:
    """All that can be seen from outside; looking lets no operation go on."""
    control.post("clock", mode="manual")
    seen = {account: read_account(aws, account) for account in ACCOUNTS}
    control.post("clock", mode="poll")
    return seen


def add_user(aws: Client, account: str, name: str) -> None:
    iam = aws("iam", account)
    iam.create_user(UserName=name, Tags=[{"Key": "k", "Value": "v"}])
    iam.create_login_profile(UserName=name, Password=PASSWORD)


def add_group(aws: Client, account: str, name: str) -> None:
    iam = aws("iam", account)
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=document(allow("s3:*")))


def add_bucket(aws: Client, _account: str, name: str) -> None:
    s3 = aws("s3")
    with suppress(ClientError):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=BUCKET, Key="key", Body=name.encode())
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})


def add_stack_set(aws: Client, account: str, _name: str) -> None:
    cfn = aws("cloudformation")
    with suppress(ClientError):
        create_set(cfn)
    create_instances(cfn, [account])


WRITES: tuple[Write, ...] = (
    add_user,
    add_group,
    add_bucket,
    add_stack_set,
    lambda aws, account, name: aws("iam", account).delete_login_profile(UserName=name),
    lambda aws, account, name: aws("iam", account).delete_user(UserName=name),
    lambda aws, account, name: aws("iam", account).add_user_to_group(UserName=name, GroupName=name),
    lambda aws, account, name: aws("iam", account).create_role(
        RoleName=name, AssumeRolePolicyDocument=trust_account()
    ),
    lambda aws, account, name: aws("iam", account).create_policy(
        PolicyName=name, PolicyDocument=document(allow("s3:*"))
    ),
    lambda aws, account, name: aws("iam", account).create_virtual_mfa_device(
        VirtualMFADeviceName=name
    ),
    lambda aws, account, name: aws("ssm", account).put_parameter(
        Name=f"/{name}", Value=account, Type="SecureString", Overwrite=True
    ),
    lambda aws, _account, _name: aws("s3").delete_object(Bucket=BUCKET, Key="key"),
    lambda aws, account, name: create(
        aws("cloudformation", account), role_template(f"role-{name}"), name
    ),
    lambda aws, account, name: create(aws("cloudformation", account), parameter_template(), name),
    lambda aws, account, name: aws("cloudformation", account).delete_stack(StackName=name),
    lambda aws, account, _name: aws("cloudformation", account).describe_stacks(),
    lambda aws, _account, name: update_set(aws("cloudformation"), role_template(f"role-{name}")),
    lambda aws, account, _name: aws("cloudformation").delete_stack_instances(
        **SET, Accounts=[account], Regions=[REGION], RetainStacks=False
    ),
)
DEEDS = st.lists(
    st.tuples(st.sampled_from(WRITES), st.sampled_from(ACCOUNTS), st.sampled_from(NAMES)),
    max_size=12,
)


def do(aws: Client, deeds: list[tuple[Write, str, str]]) -> None:
    for write, account, name in deeds:
        with suppress(ClientError):
            write(aws, account, name)


@pytest.mark.usefixtures("stacksets")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=DEEDS, after=DEEDS, more=DEEDS)
def test_restoring_finds_exactly_the_first_state(control, aws, before, after, more):
    start = snapshot(control)
    do(aws, before)
    first, kept = read_world(control, aws), snapshot(control)
    counted = control.get("calls")
    for later in (after, more):
        do(aws, later)
        control.post("restore", id=kept)
        assert control.get("calls") == counted
        assert read_world(control, aws) == first
    control.post("restore", id=start)


def test_what_is_done_after_a_restore_leaves_the_snapshot_alone(control, aws):
    add_user(aws, JUMP, "ana")
    first, kept = read_world(control, aws), snapshot(control)
    for _ in range(2):
        control.post("restore", id=kept)
        aws("iam").delete_login_profile(UserName="ana")
        aws("iam").delete_user(UserName="ana")
        assert read_world(control, aws) != first
    control.post("reset")
    control.post("restore", id=kept)
    assert read_world(control, aws) == first


def test_an_operation_goes_on_where_it_was(control, stacksets):
    control.post("clock", instance_ticks=2)
    create_set(stacksets)
    first = create_instances(stacksets, [PROD])
    control.post("clock", mode="manual", advance=2)
    kept = snapshot(control)
    assert results(stacksets, first) == {PROD: "RUNNING"}
    for _ in range(2):
        control.post("restore", id=kept)
        assert results(stacksets, first) == {PROD: "RUNNING"}
        control.tick(2)
        assert results(stacksets, first) == {PROD: "SUCCEEDED"}


def test_a_queued_operation_begins_after_a_restore(control, stacksets):
    create_set(stacksets, ManagedExecution={"Active": True})
    create_instances(stacksets, [PROD])
    queued = update_set(stacksets, role_template("role-new"))
    kept = snapshot(control)
    control.post("restore", id=kept)
    control.tick(8)
    found = stacksets.describe_stack_set_operation(**SET, OperationId=queued)
    assert found["StackSetOperation"]["Status"] == "SUCCEEDED"
    assert "role-new" in stacksets.describe_stack_set(**SET)["StackSet"]["TemplateBody"]


def test_a_rollback_on_its_way_ends_after_a_restore(control, aws):
    cfn = aws("cloudformation")
    aws("iam").create_role(RoleName="role-admin", AssumeRolePolicyDocument=trust_account())
    create(cfn, role_template())
    control.tick()
    kept = snapshot(control)
    assert cfn.describe_stacks()["Stacks"][0]["StackStatus"] == "ROLLBACK_IN_PROGRESS"
    control.post("restore", id=kept)
    assert finish(cfn) == "ROLLBACK_COMPLETE"


def test_credentials_and_used_codes_are_those_of_the_snapshot(control, aws):
    iam = aws("iam")
    add_user(aws, JUMP, "ana")
    iam.attach_user_policy(UserName="ana", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    ana = Person(control.url, JUMP, "ana")
    ana.sign_in(PASSWORD)
    ana.enroll()
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    code = ana.code()
    kept = snapshot(control)
    ana.sign_in(PASSWORD, mfa_code=code)
    later = ana.credentials
    with pytest.raises(ClientError, match="AuthenticationFailed"):
        ana.sign_in(PASSWORD, mfa_code=code)
    control.post("restore", id=kept)
    assert aws("sts", credentials=key).get_caller_identity()["Arn"].endswith("user/ana")
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        aws("sts", credentials=later).get_caller_identity()
    ana.sign_in(PASSWORD, mfa_code=code)
    assert ana.client("sts").get_caller_identity()["Arn"].endswith("user/ana")


def test_clock_and_faults_are_those_of_the_snapshot(control, aws):
    control.post("faults", failing_accounts=[JUMP])
    control.post("clock", advance_seconds=7200)
    kept, then = snapshot(control), control.post("clock")["now"]
    control.post("faults")
    control.post("clock", advance_seconds=86400, mode="manual")
    control.post("restore", id=kept)
    now = control.post("clock")
    assert now["now"][:13] == then[:13]
    assert now["mode"] == "poll"
    assert read(aws("iam").create_user, UserName="ana") == "AccessDenied"


@contextmanager
def sandbox_of(folder: Path, *options: str) -> Iterator[Control]:
    """A sandbox process with a folder of snapshots."""
    command = [sys.executable, "-m", "sandbox", "--snapshots", str(folder), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Control(process.stdout.readline().removeprefix("sandbox ready: ").strip())
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_another_process_goes_on_from_a_snapshot(tmp_path, aws_of):
    with sandbox_of(tmp_path, "--partition", "aws-us-gov") as one:
        iam = aws_of(one, "us-gov-west-1")("iam")
        made = iam.create_user(UserName="ana")["User"]
        aws_of(one, "us-gov-west-1")("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-gov-west-1"}
        )
        one.post("snapshot", id="company")
    with sandbox_of(tmp_path) as other:
        other.post("restore", id="company")
        aws = aws_of(other, "us-gov-west-1")
        assert aws("iam").get_user(UserName="ana")["User"] == made
        assert [b["Name"] for b in aws("s3").list_buckets()["Buckets"]] == [BUCKET]


@pytest.fixture
def aws_of():
    return lambda control, region: (
        lambda service: boto3.client(
            service,
            endpoint_url=control.url,
            region_name=region,
            aws_access_key_id=JUMP,
            aws_secret_access_key="any",
        )
    )


@pytest.mark.parametrize("name", ["../escape", "", "a/b", ".hidden"])
def test_an_id_is_no_path(control, name):
    with pytest.raises(urllib.error.HTTPError, match="400"):
        control.post("restore", id=name)


def test_a_dropped_snapshot_is_gone(control):
    kept = snapshot(control)
    control.post("drop_snapshot", id=kept)
    for endpoint in ("restore", "drop_snapshot"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            control.post(endpoint, id=kept)


def test_a_snapshot_of_another_version_is_refused_and_changes_nothing(
    control, aws, running_sandbox
):
    add_user(aws, JUMP, "ana")
    kept = snapshot(control)
    path = running_sandbox.world.snapshots / f"{kept}.snapshot"
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(urllib.error.HTTPError, match="400"):
        control.post("restore", id=kept)
    assert aws("iam").get_user(UserName="ana")
