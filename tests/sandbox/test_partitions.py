"""One sandbox is one partition: its ARNs, its regions, its addresses, and nothing of another's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
from pathlib import Path

import boto3
import pytest

from sandbox.arns import PARTITIONS
from tests.sandbox.helpers import JUMP, PROD, Control, allow, document, role_template, trust
from tests.sandbox.stack import NAMED, create, finish

ROOT = Path(__file__).parents[2]
REGIONS = {
    "aws": "ap-northeast-1",
    "aws-cn": "cn-north-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-us-gov": "us-gov-west-1",
}
SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-us-gov": "amazonaws.com",
}
SHOWN = {"Ref": "AWS::Partition"}, {"Ref": "AWS::URLSuffix"}


@pytest.fixture(params=PARTITIONS)
def partition(request, control) -> str:
    control.post("reset", partition=request.param)
    return str(request.param)


@pytest.fixture
def region(partition) -> str:
    return REGIONS[partition]


@pytest.fixture
def here(aws, region):
    """Clients in a region of the partition."""
    return lambda service, account=JUMP, **more: aws(service, account, region=region, **more)


def elsewhere(arn: str) -> str:
    """The same ARN in a partition that is another."""
    head, partition, rest = arn.split(":", 2)
    return f"{head}:{'aws' if partition != 'aws' else 'aws-cn'}:{rest}"


def arns_in(*answers) -> set[str]:
    return set(re.findall(r'arn:[^"\s\\]+', json.dumps(answers, default=str)))


def of(partition: str, arns: set[str]) -> set[str]:
    return {arn for arn in arns if arn.startswith(f"arn:{partition}:")}


def test_everything_in_iam_is_of_the_partition(here, partition) -> None:
    iam = here("iam")
    policy = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:*")))["Policy"]
    iam.create_user(UserName="ana", PermissionsBoundary=policy["Arn"])
    iam.create_group(GroupName="ops")
    trusted = trust({"AWS": f"arn:{partition}:iam::{JUMP}:root"})
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trusted)
    administrator = f"arn:{partition}:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="r", PolicyArn=administrator)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="ana")["VirtualMFADevice"]
    profile = iam.create_instance_profile(InstanceProfileName="i")
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    report = iam.get_credential_report()["Content"].decode()
    found = arns_in(
        iam.get_account_authorization_details(), device["SerialNumber"], profile, report.split(",")
    )
    assert len(found) >= 8
    assert found == of(partition, found)


def test_policies_of_aws_speak_of_the_partition(here, partition) -> None:
    policies = here("iam").get_paginator("list_policies").paginate(Scope="AWS").build_full_result()
    found = {policy["Arn"] for policy in policies["Policies"]}
    assert f"arn:{partition}:iam::aws:policy/AdministratorAccess" in found
    assert found == of(partition, found)
    arn = f"arn:{partition}:iam::aws:policy/IAMUserChangePassword"
    default = here("iam").get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    version = here("iam").get_policy_version(PolicyArn=arn, VersionId=default)
    resources = arns_in(version["PolicyVersion"]["Document"])
    assert resources
    assert resources == of(partition, resources)


def test_sessions_stacks_stack_sets_and_parameters_are_of_the_partition(here, partition) -> None:
    session = here("sts").assume_role(
        RoleArn=f"arn:{partition}:iam::{PROD}:role/sandbox-bootstrap", RoleSessionName="run"
    )
    identity = here("sts", credentials=session["Credentials"]).get_caller_identity()
    cloudformation, ssm = here("cloudformation"), here("ssm")
    template = json.dumps({"Resources": {"G": {"Type": "AWS::IAM::Group"}}})
    create(cloudformation, template)
    cloudformation.create_stack_set(StackSetName="roles", TemplateBody=template, Capabilities=NAMED)
    ssm.put_parameter(Name="/x/y", Value="v", Type="String")
    found = arns_in(
        here("sts").get_caller_identity()["Arn"],
        session["AssumedRoleUser"],
        identity["Arn"],
        cloudformation.describe_stacks(StackName="s")["Stacks"],
        cloudformation.describe_stack_set(StackSetName="roles")["StackSet"],
        ssm.get_parameter(Name="/x/y")["Parameter"],
    )
    assert len(found) == 6
    assert found == of(partition, found)


def test_templates_see_the_partition(here, partition) -> None:
    shown = {"Type": "String", "Name": "/shown", "Value": {"Fn::Join": [" ", SHOWN]}}
    body = {"Resources": {"Shown": {"Type": "AWS::SSM::Parameter", "Properties": shown}}}
    create(here("cloudformation"), json.dumps(body))
    assert finish(here("cloudformation")) == "CREATE_COMPLETE"
    value = here("ssm").get_parameter(Name="/shown")["Parameter"]["Value"]
    assert value == f"{partition} {SUFFIXES[partition]}"


def test_nothing_is_found_by_an_arn_of_another_partition(here, partition, refused) -> None:
    iam, ssm = here("iam"), here("ssm")
    iam.create_user(UserName="ana")
    own = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    for arn in (own, f"arn:{partition}:iam::aws:policy/AdministratorAccess"):
        iam.get_policy(PolicyArn=arn)
        refused("NoSuchEntity", iam.get_policy, PolicyArn=elsewhere(arn))
        attach = iam.attach_user_policy
        refused("NoSuchEntity", attach, UserName="ana", PolicyArn=elsewhere(arn))
    role = f"arn:{partition}:iam::{PROD}:role/sandbox-bootstrap"
    session = {"RoleSessionName": "run"}
    refused("AccessDenied", here("sts").assume_role, RoleArn=elsewhere(role), **session)
    ssm.put_parameter(Name="/x/y", Value="v", Type="String")
    parameter = ssm.get_parameter(Name="/x/y")["Parameter"]["ARN"]
    ssm.get_parameter(Name=parameter)
    refused("ParameterNotFound", ssm.get_parameter, Name=elsewhere(parameter))
    stack = create(here("cloudformation"), role_template("r", ManagedPolicyArns=[own]))
    missing = {"StackName": elsewhere(stack)}
    refused("ValidationError", here("cloudformation").describe_stacks, **missing)


def test_policies_cannot_name_another_partition(here, partition, refused) -> None:
    bucket, root = f"arn:{partition}:s3:::box", f"arn:{partition}:iam::{PROD}:root"
    message = refused(
        "MalformedPolicyDocument",
        here("iam").create_policy,
        PolicyName="p",
        PolicyDocument=document(allow("s3:*", elsewhere(bucket))),
    )
    foreign = elsewhere(bucket).split(":")[1]
    assert message == f'Partition "{foreign}" is not valid for resource "{elsewhere(bucket)}".'
    trusted = {"RoleName": "r", "AssumeRolePolicyDocument": trust({"AWS": elsewhere(root)})}
    refused("MalformedPolicyDocument", here("iam").create_role, **trusted)
    s3 = here("s3")
    s3.create_bucket(
        Bucket="box", CreateBucketConfiguration={"LocationConstraint": REGIONS[partition]}
    )
    for resource, principal in ((elsewhere(bucket), root), (bucket, elsewhere(root))):
        text = document(allow("s3:*", resource, Principal={"AWS": principal}))
        refused("MalformedPolicy", s3.put_bucket_policy, Bucket="box", Policy=text)
    text = document(allow("s3:*", bucket, Principal={"AWS": root}))
    s3.put_bucket_policy(Bucket="box", Policy=text)


def test_a_template_has_the_address_of_the_partition(here, region, partition, refused) -> None:
    s3, cloudformation = here("s3"), here("cloudformation")
    s3.create_bucket(Bucket="box", CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_object(
        Bucket="box", Key="t.json", Body=b'{"Resources":{"G":{"Type":"AWS::IAM::Group"}}}'
    )
    good = SUFFIXES[partition]
    bad = "amazonaws.com.cn" if partition != "aws-cn" else "amazonaws.com"
    new = {"StackName": "s", "Capabilities": NAMED}
    url = f"https://box.s3.{region}"
    refused(
        "ValidationError", cloudformation.create_stack, **new, TemplateURL=f"{url}.{bad}/t.json"
    )
    cloudformation.create_stack(**new, TemplateURL=f"{url}.{good}/t.json")
    assert finish(cloudformation) == "CREATE_COMPLETE"


def test_credentials_are_unknown_in_other_partitions(aws, partition, refused) -> None:
    for name, region in REGIONS.items():
        sts = aws("sts", region=region)
        if name == partition:
            sts.get_caller_identity()
        else:
            refused("InvalidClientTokenId", sts.get_caller_identity)


def test_reset_goes_back_to_the_partition_of_the_start(aws, control) -> None:
    control.post("reset", partition="aws-cn")
    control.post("reset")
    assert aws("sts").get_caller_identity()["Arn"].startswith("arn:aws:")


def test_unknown_partitions_are_refused_and_nothing_is_lost(aws, control) -> None:
    aws("iam").create_user(UserName="ana")
    with pytest.raises(urllib.error.HTTPError) as caught:
        control.post("reset", partition="aws-mars")
    assert "aws-cn" in json.load(caught.value)["error"]
    aws("iam").get_user(UserName="ana")


def test_the_command_takes_a_partition() -> None:
    command = [sys.executable, "-m", "sandbox", "--partition", "aws-cn"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().removeprefix("sandbox ready: ").strip()
        Control(url).post("reset")
        key = {"aws_access_key_id": JUMP, "aws_secret_access_key": "any"}
        sts = boto3.client("sts", endpoint_url=url, region_name="cn-north-1", **key)
        assert sts.get_caller_identity()["Arn"] == f"arn:aws-cn:iam::{JUMP}:root"
        process.terminate()
