"""Driving one stack through boto3."""

from __future__ import annotations

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
