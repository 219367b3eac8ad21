"""One sandbox per test process, empty at the start of each test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox import Sandbox
from tests.sandbox.helpers import (
    JUMP,
    PROD,
    REGION,
    STAGING,
    Control,
    add_administration_role,
    add_execution_role,
    document,
)


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def control(running_sandbox: Sandbox) -> Control:
    """The ``/_sandbox/`` endpoints of an empty sandbox."""
    running_sandbox.reset()
    return Control(running_sandbox.url)


@pytest.fixture
def aws(control: Control) -> Callable[..., Any]:
    """Clients: ``aws("iam")`` in the Jump account, ``aws("iam", "2" * 12)`` in another."""
    made: dict[Any, Any] = {}

    def client(
        service: str,
        account: str = JUMP,
        *,
        region: str = REGION,
        credentials: dict[str, Any] | None = None,
        retries: int = 0,
    ) -> Any:
        key = (service, account, region, json.dumps(credentials, default=str), retries)
        if key not in made:
            given = credentials or {"AccessKeyId": account, "SecretAccessKey": "any"}
            made[key] = boto3.client(
                service,
                endpoint_url=control.url,
                region_name=region,
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given.get("SessionToken"),
                config=Config(retries={"max_attempts": retries, "mode": "standard"}),
            )
        return made[key]

    return client


@pytest.fixture
def stacksets(aws: Callable[..., Any]) -> Any:
    """CloudFormation of the Jump account, with the roles that StackSets needs."""
    add_administration_role(aws)
    for account in (PROD, STAGING):
        add_execution_role(aws, account)
    return aws("cloudformation")


@pytest.fixture
def refused() -> Callable[..., str]:
    """Call something that AWS refuses with this code; gives AWS's message."""

    def call(code: str, function: Callable[..., Any], **params: Any) -> str:
        with pytest.raises(ClientError) as caught:
            function(**params)
        error = caught.value.response["Error"]
        assert error["Code"] == code, error
        return str(error["Message"])

    return call


@pytest.fixture
def key(aws):
    """The access key of ana, who has no rights."""
    aws("iam").create_user(UserName="ana")
    return aws("iam").create_access_key(UserName="ana")["AccessKey"]


@pytest.fixture
def give(aws, key):
    """Give ana an inline policy of these statements."""
    assert key["UserName"] == "ana"

    def put(*statements) -> None:
        aws("iam").put_user_policy(
            UserName="ana", PolicyName="p", PolicyDocument=document(*statements)
        )

    return put


@pytest.fixture
def own(aws, key):
    """CloudFormation with ana's key."""
    return aws("cloudformation", credentials=key)


@pytest.fixture
def failures(aws):
    """Why resources of the stack failed last, by logical id."""

    def read() -> dict[str, str]:
        (stack, *_) = aws("cloudformation").describe_stacks()["Stacks"]
        events = aws("cloudformation").describe_stack_events(StackName=stack["StackId"])
        return {
            event["LogicalResourceId"]: event["ResourceStatusReason"]
            for event in events["StackEvents"][::-1]
            if event["ResourceStatus"].endswith("_FAILED")
            and not event["ResourceType"].endswith("::Stack")
        }

    return read
