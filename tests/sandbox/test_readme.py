"""The README's lists of what the sandbox checks and what it does not, held against the sandbox."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.arns import PARTITIONS
from sandbox.authorisation import asked_services
from sandbox.cloudformation.resources import PROVIDERS
from sandbox.policy_conditions import KNOWN_KEYS
from sandbox.sts import UNDECIDED
from tests.sandbox.helpers import JUMP, REGION, allow, trust_account

README = (Path(__file__).parents[2] / "sandbox" / "README.md").read_text()
TEXT = " ".join(README.split())
ASKED = {
    "cloudformation": "list_stacks",
    "cloudtrail": "list_trails",
    "events": "list_rules",
    "iam": "list_users",
    "kms": "list_aliases",
    "s3": "list_buckets",
    "sns": "list_topics",
    "ssm": "describe_parameters",
    "sts": "assume_role",
}
PARAMS = {"sts": {"RoleArn": f"arn:aws:iam::{JUMP}:role/x", "RoleSessionName": "ana"}}
NOT_ASKED = {
    "autoscaling": "describe_auto_scaling_groups",
    "dynamodb": "list_tables",
    "ec2": "describe_instances",
    "lambda": "list_functions",
    "sqs": "list_queues",
}
"""One service of each protocol."""


def listed(before: str, after: str) -> list[str]:
    """What the README puts between backticks in a passage."""
    passage = TEXT.partition(before)[2].partition(after)[0]
    return re.findall(r"`([^`]+)`", passage)


def test_services_that_are_asked_are_listed() -> None:
    assert set(listed("Asked are", ". Users")) == asked_services() == ASKED.keys()


@pytest.mark.parametrize("service", ASKED)
def test_a_user_without_policies_is_refused_by_each(aws, key, refused, service) -> None:
    client = aws(service, credentials=key)
    speaks_json = service in ("cloudtrail", "events", "kms", "ssm")
    code = "AccessDeniedException" if speaks_json else "AccessDenied"
    refused(code, getattr(client, ASKED[service]), **PARAMS.get(service, {}))


@pytest.mark.parametrize("service", NOT_ASKED)
def test_nobody_but_an_administrator_calls_another(aws, key, give, refused, service) -> None:
    give(allow("*"))
    call = NOT_ASKED[service]
    message = refused("NotImplemented", getattr(aws(service, credentials=key), call))
    assert message == f"The sandbox does not know who may call {service}."
    assert getattr(aws(service), call)()


def test_what_is_not_named_of_a_service_is_refused(aws, key, give, refused) -> None:
    give(allow("*"))
    for service, call in (("events", "list_event_buses"), ("sns", "list_platform_applications")):
        refused("NotImplemented", getattr(aws(service, credentials=key), call))


def test_sessions_that_would_be_less_than_their_role_are_refused(aws, refused) -> None:
    arn = aws("iam").create_role(RoleName="x", AssumeRolePolicyDocument=trust_account())
    session = {"RoleArn": arn["Role"]["Arn"], "RoleSessionName": "ana"}
    assert set(listed("AssumeRole with", "is refused")) == UNDECIDED
    for given in ({"Policy": "{}"}, {"Tags": [{"Key": "a", "Value": "b"}]}):
        message = refused("NotImplemented", aws("sts").assume_role, **session, **given)
        assert message == f"The sandbox does not implement AssumeRole with {next(iter(given))}."
    assert aws("sts").assume_role(**session)


def test_keys_of_tags_and_organizations_end_in_no_guess(aws, key, give, refused) -> None:
    keys = listed("Conditions on tags", "and every other key")
    assert len(keys) == 5
    assert not {name.lower() for name in keys} & KNOWN_KEYS
    for name in keys:
        give(allow("iam:ListUsers", Condition={"StringEquals": {name: "x"}}))
        assert name in refused("InternalFailure", aws("iam", credentials=key).list_users)


def test_resource_types_are_listed() -> None:
    types, namespace = [], ""
    for name in listed("CloudFormation deploys", "; other types"):
        namespace = name.rpartition("::")[0] or namespace
        types.append(f"{namespace}::{name.rpartition('::')[2]}")
    assert set(types) == PROVIDERS.keys()


def test_partitions_are_listed() -> None:
    assert tuple(listed("A sandbox is one partition:", ", which")) == PARTITIONS


def test_secrets_are_not_compared(aws, key, give) -> None:
    give(allow("iam:ListUsers"))
    wrong = {**key, "SecretAccessKey": "another"}
    assert aws("iam", credentials=wrong).list_users()["Users"]


def test_every_region_answers(aws) -> None:
    aws("s3").create_bucket(
        Bucket="somewhere", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    assert aws("s3", region="eu-west-1").get_bucket_location(Bucket="somewhere")
    assert aws("iam", region="eu-west-1").list_users()["Users"] == []
