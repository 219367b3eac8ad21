"""Driving one stack through boto3, and templates to drive it with."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.helpers import allow, trust_account

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NAMED = ["CAPABILITY_NAMED_IAM"]


def create(cfn, template: str, name: str = "s", **params):
    new = {"StackName": name, "TemplateBody": template, "Capabilities": NAMED, **params}
    return cfn.create_stack(**new)["StackId"]


def finish(cfn, name: str = "s") -> str:
    """Poll until the stack stands still."""
    while True:
        status = cfn.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            return str(status)


def template(**resources: tuple[str, dict[str, Any]]) -> str:
    """A template of resources by logical id, each a type and its properties."""
    declared = {
        name: {"Type": f"AWS::{kind}", "Properties": properties}
        for name, (kind, properties) in resources.items()
    }
    return json.dumps({"Resources": declared})


def role(**properties: Any) -> tuple[str, dict[str, Any]]:
    trusted = json.loads(trust_account())
    return (
        "IAM::Role",
        {"RoleName": "role-x", "AssumeRolePolicyDocument": trusted, **properties},
    )


def parameter(name: str, value: str = "v") -> tuple[str, dict[str, Any]]:
    return "SSM::Parameter", {"Name": name, "Type": "String", "Value": value}


BUCKET = ("S3::Bucket", {"BucketName": "own-bucket"})


def deny(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}
