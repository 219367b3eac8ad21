# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of the modules of stack sets have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

JUMP = "111111111111"
REGION = "ap-northeast-1"
NAME = "iam-roles"
ADMINISTRATION_ROLE = "role-stackset-administration"
EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole"


def template(description: str = "one", parameter: str = "p") -> str:
    """Return a template with one role."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "role-admin",
            "Description": description,
            "AssumeRolePolicyDocument": trust,
        },
    }
    parameters = {"Stage": {"Type": "String", "Default": parameter}}
    return json.dumps({"Parameters": parameters, "Resources": {"RoleAdmin": role}})


def stack_set(**more: Any) -> dict[str, Any]:
    """Return the options of the module stackset."""
    body = {} if "template_url" in more else {"template_body": template()}
    return {
        "name": NAME,
        **body,
        "capabilities": ["CAPABILITY_NAMED_IAM"],
        "administration_role_arn": f"arn:aws:iam::{JUMP}:role/{ADMINISTRATION_ROLE}",
        "execution_role_name": EXECUTION_ROLE,
        **more,
    }


def instances(accounts: Iterable[str], **more: Any) -> dict[str, Any]:
    """Return the options of the module stackset_instance."""
    listed = [{"account_id": account} for account in accounts]
    return {"stack_set_name": NAME, "accounts": listed, "regions": [REGION], **more}


def trust_of(principal: dict[str, str]) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
        }
    )


def prepare(aws: Any, accounts: Iterable[str]) -> None:
    """Make the administration role, and the execution role in each account."""
    iam = aws.client("iam")
    iam.create_role(
        RoleName=ADMINISTRATION_ROLE,
        AssumeRolePolicyDocument=trust_of({"Service": "cloudformation.amazonaws.com"}),
    )
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    iam.put_role_policy(
        RoleName=ADMINISTRATION_ROLE,
        PolicyName="assume",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    for account in accounts:
        add_execution_role(aws, account)


def add_execution_role(aws: Any, account: str) -> None:
    iam = aws.client("iam", account)
    iam.create_role(
        RoleName=EXECUTION_ROLE,
        AssumeRolePolicyDocument=trust_of({"AWS": f"arn:aws:iam::{JUMP}:root"}),
    )
<<<<<<< HEAD
    iam.put_role_policy(
        RoleName=EXECUTION_ROLE, PolicyName="everything", PolicyDocument=allowing("*")
    )


def allowing(action: str) -> str:
    allow = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})
=======
    iam.attach_role_policy(
        RoleName=EXECUTION_ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
>>>>>>> stackset


def statuses(aws: Any) -> dict[str, str]:
    """Return the status of the instance in each account."""
    pages = aws.client("cloudformation").get_paginator("list_stack_instances")
    rows = (row for page in pages.paginate(StackSetName=NAME) for row in page["Summaries"])
    return {row["Account"]: row["Status"] for row in rows}


def operations(aws: Any) -> list[dict[str, Any]]:
    """Return the operations of the stack set, the newest first."""
    pages = aws.client("cloudformation").get_paginator("list_stack_set_operations")
    return [row for page in pages.paginate(StackSetName=NAME) for row in page["Summaries"]]
