# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""CloudFormation templates as values: switch roles, execution role, administration role."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .change import Json
from .model import Level
from .naming import Names
from .policy_document import VERSION, TrustOptions, build_switch_trust

CAPABILITY = "CAPABILITY_NAMED_IAM"
ACCOUNT_PARAMETER = "AdminAccountId"
_FORMAT = "2010-09-09"


@dataclass(frozen=True)
class SwitchRole:
    """One switch role as it stands in an account; durations in seconds."""

    name: str
    trust_policy: Json
    managed_policy_arns: tuple[str, ...] = ()
    inline_policies: tuple[tuple[str, Json], ...] = ()
    max_session_duration: int = 3600
    description: str = ""
    permissions_boundary: str | None = None
    path: str = "/"
    tags: tuple[tuple[str, str], ...] = ()


def managed_policy_arn(name: str, partition: str) -> str:
    """Return the ARN of an AWS managed policy given by name; an ARN stays as it is."""
    return name if name.startswith("arn:") else f"arn:{partition}:iam::aws:policy/{name}"


def build_switch_roles(
    levels: Iterable[Level], names: Names, trust: TrustOptions
) -> tuple[SwitchRole, ...]:
    """Return the switch roles of the levels, sorted by name."""
    roles = (
        SwitchRole(
            name=names.role(level.name),
            trust_policy=build_switch_trust(trust),
            managed_policy_arns=tuple(
                sorted(managed_policy_arn(p, trust.partition) for p in level.managed_policies)
            ),
            inline_policies=level.inline_policies,
            max_session_duration=level.max_session_duration,
            description=f"Level {level.name}: people switch here from {trust.jump_account_id}",
        )
        for level in levels
    )
    return tuple(sorted(roles, key=lambda role: role.name))


def build_switch_template(roles: Iterable[SwitchRole]) -> dict[str, Json]:
    """Return the template of the stack set: one role for each level."""
    return {
        "AWSTemplateFormatVersion": _FORMAT,
        "Description": "Switch roles for the people of the Jump account",
        "Resources": {_logical_id(role.name): _role_resource(role) for role in roles},
    }


def _logical_id(name: str) -> str:
    """Return an alphanumeric id; hexadecimal digits keep different names different."""
    plain = re.sub(r"[^A-Za-z0-9]", "", name.title())
    return plain if re.fullmatch(r"[a-z]+(-[a-z]+)*", name) else plain + name.encode().hex()


def _role_resource(role: SwitchRole) -> dict[str, Json]:
    properties: dict[str, Json] = {
        "RoleName": role.name,
        "Path": role.path,
        "Description": role.description,
        "MaxSessionDuration": role.max_session_duration,
        "AssumeRolePolicyDocument": role.trust_policy,
        "ManagedPolicyArns": list(role.managed_policy_arns),
    }
    if role.inline_policies:
        properties["Policies"] = [
            {"PolicyName": name, "PolicyDocument": document}
            for name, document in role.inline_policies
        ]
    if role.permissions_boundary:
        properties["PermissionsBoundary"] = role.permissions_boundary
    if role.tags:
        properties["Tags"] = [{"Key": key, "Value": value} for key, value in role.tags]
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def build_execution_template(names: Names, jump_account_id: str) -> dict[str, Json]:
    """Return the template of the execution role: only the administration role may assume it."""
    return {
        "AWSTemplateFormatVersion": _FORMAT,
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
                    "AssumeRolePolicyDocument": _document(_execution_trust(names)),
                    "ManagedPolicyArns": [
                        {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}
                    ],
                },
            }
        },
    }


def _document(statement: Json) -> dict[str, Json]:
    return {"Version": VERSION, "Statement": [statement]}


def _execution_trust(names: Names) -> dict[str, Json]:
    principal = f"arn:${{AWS::Partition}}:iam::${{{ACCOUNT_PARAMETER}}}"
    administration_role = f"{principal}:role/{names.administration_role}"
    return {
        "Sid": "AdministrationRoleOnly",
        "Effect": "Allow",
        "Principal": {"AWS": [{"Fn::Sub": f"{principal}:root"}]},
        "Action": ["sts:AssumeRole"],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": [{"Fn::Sub": administration_role}]}},
    }


def build_administration_template(names: Names, region: str) -> dict[str, Json]:
    """Return the template of the administration role, which only our stack set can use."""
    execution_roles = f"arn:${{AWS::Partition}}:iam::*:role/{names.execution_role}"
    assume_execution_roles = {
        "Sid": "ExecutionRoles",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": [{"Fn::Sub": execution_roles}],
    }
    return {
        "AWSTemplateFormatVersion": _FORMAT,
        "Description": "Lets CloudFormation StackSets of this account reach the execution roles",
        "Resources": {
            "AdministrationRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": names.administration_role,
                    "Description": "CloudFormation uses it for the stack set of switch roles",
                    "AssumeRolePolicyDocument": _document(_administration_trust(names, region)),
                    "Policies": [
                        {
                            "PolicyName": "assume-execution-roles",
                            "PolicyDocument": _document(assume_execution_roles),
                        }
                    ],
                },
            }
        },
    }


def _administration_trust(names: Names, region: str) -> dict[str, Json]:
    stack_sets = (
        f"arn:${{AWS::Partition}}:cloudformation:{region}:${{AWS::AccountId}}"
        f":stackset/{names.stack_set}:*"
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
