# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudFormation templates as values; cfn-lint's opinion of them is in test_templates.py."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.stacksets import (
    build_administration_template,
    build_execution_template,
)

JUMP = "111111111111"


def properties_of(template, number=0):
    resources = list(template["Resources"].values())
    assert all(resource["Type"] == "AWS::IAM::Role" for resource in resources)
    return resources[number]["Properties"]


def test_only_the_administration_role_may_assume_the_execution_role():
    names = Names(administration_role="adm", execution_role="exe")
    template = build_execution_template(names, JUMP)
    properties = properties_of(template)
    (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
    account = "arn:${AWS::Partition}:iam::${AdminAccountId}"
    assert properties["RoleName"] == "exe"
    assert statement["Principal"] == {"AWS": [{"Fn::Sub": f"{account}:root"}]}
    assert statement["Action"] == ["sts:AssumeRole"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": [{"Fn::Sub": f"{account}:role/adm"}]}
    }
    parameter = template["Parameters"]["AdminAccountId"]
    assert (parameter["Default"], parameter["AllowedPattern"]) == (JUMP, "[0-9]{12}")


def test_only_our_stack_set_may_use_the_administration_role():
    names = Names(administration_role="adm", execution_role="exe", stack_set="set")
    properties = properties_of(build_administration_template(names, "eu-west-1"))
    (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
    stack_set = "cloudformation:eu-west-1:${AWS::AccountId}:stackset/set:*"
    assert properties["RoleName"] == "adm"
    assert statement["Principal"] == {"Service": ["cloudformation.amazonaws.com"]}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": [{"Ref": "AWS::AccountId"}]},
        "ArnLike": {"aws:SourceArn": [{"Fn::Sub": f"arn:${{AWS::Partition}}:{stack_set}"}]},
    }


def test_the_administration_role_may_only_assume_execution_roles():
    names = Names(execution_role="exe")
    properties = properties_of(build_administration_template(names, "eu-west-1"))
    assert "ManagedPolicyArns" not in properties
    (policy,) = properties["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["sts:AssumeRole"]
    assert statement["Resource"] == [{"Fn::Sub": "arn:${AWS::Partition}:iam::*:role/exe"}]
