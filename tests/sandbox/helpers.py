"""Documents, templates and the control endpoints that the sandbox's tests share."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

JUMP = "111111111111"
PROD = "222222222222"
STAGING = "333333333333"
REGION = "ap-northeast-1"
ADMINISTRATION = "role-stackset-administration"
EXECUTION = "AWSCloudFormationStackSetExecutionRole"
PARALLEL = {
    "MaxConcurrentPercentage": 100,
    "FailureTolerancePercentage": 100,
    "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
}


class Control:
    """A client of ``/_sandbox/``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, name: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_sandbox/{name}") as answer:
            return json.load(answer)

    def post(self, name: str, **content: Any) -> Any:
        body = json.dumps(content).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{name}", body)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def tick(self, ticks: int = 1) -> None:
        self.post("clock", advance=ticks)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: dict[str, Any], **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return document(statement)


def trust_account(account: str = JUMP) -> str:
    return trust({"AWS": f"arn:aws:iam::{account}:root"})


def role_template(name: str = "role-admin", **properties: Any) -> str:
    """A template with one switch role."""
    role = {
        "RoleName": name,
        "AssumeRolePolicyDocument": json.loads(trust_account()),
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        **properties,
    }
    return json.dumps({"Resources": {"SwitchRole": {"Type": "AWS::IAM::Role", "Properties": role}}})


def parameter_template(**declared: Any) -> str:
    """A template whose only resource shows its parameters, joined by commas."""
    parameters = declared or {
        "First": {"Type": "String", "Default": "one"},
        "Second": {"Type": "String", "Default": "two"},
    }
    value = {"Fn::Join": [",", [{"Ref": name} for name in parameters]]}
    shown = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}
    shown["Properties"]["Name"] = "/shown"
    return json.dumps({"Parameters": parameters, "Resources": {"Shown": shown}})


def add_administration_role(aws: Any) -> str:
    """The administration role in the Jump account, closed as AWS recommends."""
    conditions = {
        "StringEquals": {"aws:SourceAccount": JUMP},
        "StringLike": {"aws:SourceArn": f"arn:aws:cloudformation:*:{JUMP}:stackset/*"},
    }
    service = {"Service": "cloudformation.amazonaws.com"}
    iam = aws("iam")
    role = iam.create_role(
        RoleName=ADMINISTRATION, AssumeRolePolicyDocument=trust(service, Condition=conditions)
    )
    iam.put_role_policy(
        RoleName=ADMINISTRATION,
        PolicyName="assume",
        PolicyDocument=document(allow("sts:AssumeRole", f"arn:aws:iam::*:role/{EXECUTION}")),
    )
    return str(role["Role"]["Arn"])


def add_execution_role(aws: Any, account: str) -> None:
    arn = f"arn:aws:iam::{JUMP}:role/{ADMINISTRATION}"
    conditions = {"ArnEquals": {"aws:PrincipalArn": arn}}
    iam = aws("iam", account)
    iam.create_role(
        RoleName=EXECUTION,
        AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{JUMP}:root"}, Condition=conditions),
    )
    iam.attach_role_policy(
        RoleName=EXECUTION, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
