# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Templates of the roles that StackSets work with: execution role and administration role."""

from __future__ import annotations

from ..arns import (
    ADMINISTRATOR,
    THIS_ACCOUNT,
    THIS_PARTITION,
    account_root,
    aws_policy_arn,
    build_arn,
    iam_arn,
)
from ..change import Json
from ..naming import Names
from ..policies.document import build_policy

ACCOUNT_PARAMETER = "AdminAccountId"
EXECUTION_TEMPLATE_KEY = "stackset-execution-role.yaml"
FORMAT = "2010-09-09"


def build_execution_template(names: Names, jump_account_id: str) -> dict[str, Json]:
    """Return the template of the execution role: only the administration role may assume it."""
    return {
        "AWSTemplateFormatVersion": FORMAT,
        "Description": "Lets the StackSets of the Jump account deploy switch roles here",
        "Parameters": {
            ACCOUNT_PARAMETER: {
                "Type": "String",
                "Description": "The Jump account, which holds the stack set",
                "AllowedPattern": "[0-9]{12}",
                "Default": jump_account_id,
            }
        },
        "Resources": {
            "ExecutionRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": names.execution_role,
                    "Description": "CloudFormation StackSets of the Jump account deploy through it",
                    "AssumeRolePolicyDocument": build_policy(_execution_trust(names)),
                    "ManagedPolicyArns": [
                        {"Fn::Sub": aws_policy_arn(THIS_PARTITION, ADMINISTRATOR)}
                    ],
                },
            }
        },
    }


def _execution_trust(names: Names) -> dict[str, Json]:
    account = (THIS_PARTITION, f"${{{ACCOUNT_PARAMETER}}}")
    administration_role = iam_arn(*account, f"role/{names.administration_role}")
    return {
        "Sid": "AdministrationRoleOnly",
        "Effect": "Allow",
        "Principal": {"AWS": [{"Fn::Sub": account_root(*account)}]},
        "Action": ["sts:AssumeRole"],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": [{"Fn::Sub": administration_role}]}},
    }


def build_administration_template(names: Names, region: str) -> dict[str, Json]:
    """Return the template of the administration role, which only our stack set can use."""
    execution_roles = iam_arn(THIS_PARTITION, "*", f"role/{names.execution_role}")
    assume_execution_roles = {
        "Sid": "ExecutionRoles",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": [{"Fn::Sub": execution_roles}],
    }
    return {
        "AWSTemplateFormatVersion": FORMAT,
        "Description": "Lets CloudFormation StackSets of this account reach the execution roles",
        "Resources": {
            "AdministrationRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": names.administration_role,
                    "Description": "CloudFormation uses it for the stack set of switch roles",
                    "AssumeRolePolicyDocument": build_policy(_administration_trust(names, region)),
                    "Policies": [
                        {
                            "PolicyName": "assume-execution-roles",
                            "PolicyDocument": build_policy(assume_execution_roles),
                        }
                    ],
                },
            }
        },
    }


def _administration_trust(names: Names, region: str) -> dict[str, Json]:
    stack_sets = build_arn(
        THIS_PARTITION, "cloudformation", THIS_ACCOUNT, f"stackset/{names.stack_set}:*", region
    )
    return {
        "Sid": "OurStackSetsOnly",
        "Effect": "Allow",
        "Principal": {"Service": ["cloudformation.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
        "Condition": {
            "StringEquals": {"aws:SourceAccount": [{"Ref": "AWS::AccountId"}]},
            "ArnLike": {"aws:SourceArn": [{"Fn::Sub": stack_sets}]},
        },
    }
