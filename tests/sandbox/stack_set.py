"""Driving one stack set through boto3."""

from __future__ import annotations

from tests.sandbox.helpers import JUMP, PARALLEL, PROD, REGION, STAGING, role_template

NAMED = ["CAPABILITY_NAMED_IAM"]
SET = {"StackSetName": "iam-roles"}
BOTH = [PROD, STAGING]
ROLE_ARN = f"arn:aws:iam::{JUMP}:role/role-stackset-administration"


def create_set(cfn, template: str = "", **params):
    return cfn.create_stack_set(
        **SET,
        TemplateBody=template or role_template(),
        Capabilities=NAMED,
        AdministrationRoleARN=ROLE_ARN,
        **params,
    )["StackSetId"]


def create_instances(cfn, accounts=BOTH, **params) -> str:
    given = {"Regions": [REGION], "OperationPreferences": PARALLEL, **params}
    return str(cfn.create_stack_instances(**SET, Accounts=accounts, **given)["OperationId"])


def update_set(cfn, template: str, **params) -> str:
    given = {
        "TemplateBody": template,
        "Capabilities": NAMED,
        "AdministrationRoleARN": ROLE_ARN,
        "OperationPreferences": PARALLEL,
        **params,
    }
    return str(cfn.update_stack_set(**SET, **given)["OperationId"])


def finish(cfn, operation: str) -> str:
    while True:
        found = cfn.describe_stack_set_operation(**SET, OperationId=operation)
        if found["StackSetOperation"]["Status"] not in ("RUNNING", "QUEUED", "STOPPING"):
            return str(found["StackSetOperation"]["Status"])


def instances(cfn) -> dict[str, tuple[str, str]]:
    listed = cfn.list_stack_instances(**SET)["Summaries"]
    return {
        each["Account"]: (each["Status"], each["StackInstanceStatus"]["DetailedStatus"])
        for each in listed
    }


def results(cfn, operation: str) -> dict[str, str]:
    listed = cfn.list_stack_set_operation_results(**SET, OperationId=operation)["Summaries"]
    return {each["Account"]: each["Status"] for each in listed}
