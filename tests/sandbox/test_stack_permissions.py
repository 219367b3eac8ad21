"""Stacks are made, changed and deleted with the permissions of who calls."""

from __future__ import annotations

import json
import re

import pytest

from tests.sandbox.helpers import JUMP, REGION, allow, document
from tests.sandbox.stack import (
    BUCKET,
    NAMED,
    READ_ONLY,
    create,
    deny,
    finish,
    parameter,
    role,
    template,
)

ANA = f"arn:aws:iam::{JUMP}:user/ana"
ROLE = f"arn:aws:iam::{JUMP}:role/role-x"


def test_what_the_caller_may_not_make_fails_in_aws_s_words(aws, own, give, failures) -> None:
    give(allow("cloudformation:*"), allow("s3:*"))
    create(own, template(Bucket=BUCKET, Role=role()))
    assert finish(own) == "ROLLBACK_COMPLETE"
    words = (
        rf'Resource handler returned message: "User: {ANA} is not authorized to perform: '
        rf"iam:CreateRole on resource: {ROLE} because no identity-based policy allows the "
        r"iam:CreateRole action \(Service: Iam, Status Code: 403, Request ID: [-\w]+\)\" "
        r"\(RequestToken: [-\w]+, HandlerErrorCode: AccessDenied\)"
    )
    assert re.fullmatch(words, failures()["Role"])
    assert [each["RoleName"] for each in aws("iam").list_roles()["Roles"]] == []
    assert aws("s3").list_buckets()["Buckets"] == []


def test_own_work_is_made_and_deleted(aws, own, give) -> None:
    give(allow("cloudformation:*"), allow("s3:*"), allow("ssm:*"))
    create(own, template(Bucket=BUCKET, Parameter=parameter("/own")))
    assert finish(own) == "CREATE_COMPLETE"
    assert [each["Name"] for each in aws("s3").list_buckets()["Buckets"]] == ["own-bucket"]
    stored = aws("ssm").describe_parameters()["Parameters"]
    assert [(each["Name"], each["LastModifiedUser"]) for each in stored] == [("/own", ANA)]
    own.delete_stack(StackName="s")
    own.describe_stacks()
    assert aws("s3").list_buckets()["Buckets"] == []


def test_a_denial_by_name_holds_in_a_stack(aws, own, give, failures) -> None:
    ours = f"arn:aws:ssm:{REGION}:{JUMP}:parameter/ours/*"
    give(allow("*"), deny("ssm:*", ours))
    create(own, template(Parameter=parameter("/ours/x")))
    assert finish(own) == "ROLLBACK_COMPLETE"
    assert "ssm:PutParameter" in failures()["Parameter"]
    assert "(Service: Ssm, Status Code: 403, " in failures()["Parameter"]
    assert aws("ssm").describe_parameters()["Parameters"] == []


RULE = {"Name": "r", "EventPattern": {"source": ["x"]}, "Targets": []}
TEMPLATES = {
    "iam:CreateRole": role(),
    "iam:GetRole": role(),
    "iam:AttachRolePolicy": role(ManagedPolicyArns=[READ_ONLY]),
    "iam:PutRolePolicy": role(
        Policies=[{"PolicyName": "p", "PolicyDocument": json.loads(document(allow("s3:*")))}]
    ),
    "iam:TagRole": role(Tags=[{"Key": "a", "Value": "b"}]),
    "iam:CreateUser": ("IAM::User", {"UserName": "u"}),
    "iam:TagUser": ("IAM::User", {"UserName": "u", "Tags": [{"Key": "a", "Value": "b"}]}),
    "iam:AttachUserPolicy": ("IAM::User", {"UserName": "u", "ManagedPolicyArns": [READ_ONLY]}),
    "iam:AddUserToGroup": ("IAM::User", {"UserName": "u", "Groups": ["g"]}),
    "iam:CreateGroup": ("IAM::Group", {"GroupName": "h"}),
    "iam:AttachGroupPolicy": ("IAM::Group", {"GroupName": "h", "ManagedPolicyArns": [READ_ONLY]}),
    "iam:CreatePolicy": (
        "IAM::ManagedPolicy",
        {"ManagedPolicyName": "m", "PolicyDocument": json.loads(document(allow("s3:*")))},
    ),
    "iam:PutGroupPolicy": (
        "IAM::Policy",
        {
            "PolicyName": "i",
            "Groups": ["g"],
            "PolicyDocument": json.loads(document(allow("s3:*"))),
        },
    ),
    "ssm:PutParameter": parameter("/p"),
    "s3:CreateBucket": BUCKET,
    "kms:CreateKey": ("KMS::Key", {"Description": "k"}),
    "sns:CreateTopic": ("SNS::Topic", {"TopicName": "t"}),
    "events:PutRule": ("Events::Rule", RULE),
    "events:PutTargets": ("Events::Rule", RULE),
}


@pytest.mark.parametrize("action", TEMPLATES)
def test_one_action_that_is_denied_fails_the_resource_and_leaves_nothing(
    aws, own, give, failures, action
) -> None:
    aws("iam").create_group(GroupName="g")
    before = aws("iam").get_account_authorization_details(Filter=["User", "Role", "Group"])
    give(allow("*"), deny(action))
    create(own, template(It=TEMPLATES[action]))
    assert finish(own) == "ROLLBACK_COMPLETE"
    assert f"is not authorized to perform: {action} on resource" in failures()["It"]
    after = aws("iam").get_account_authorization_details(Filter=["Role", "Group"])
    for kind in ("RoleDetailList", "GroupDetailList"):
        assert after[kind] == before[kind]
    assert [user["UserName"] for user in aws("iam").list_users()["Users"]] == ["ana"]
    assert aws("iam").list_policies(Scope="Local")["Policies"] == []


def test_what_cannot_be_rolled_back_stays(aws, own, give) -> None:
    give(allow("*"), deny("iam:AttachRolePolicy"), deny("iam:DeleteRole"))
    create(own, template(Role=role(ManagedPolicyArns=[READ_ONLY])))
    assert finish(own) == "ROLLBACK_FAILED"
    assert aws("iam").get_role(RoleName="role-x")
    aws("cloudformation").delete_stack(StackName="s")
    aws("cloudformation").describe_stacks()
    assert aws("iam").list_roles()["Roles"] == []


def test_a_replacement_that_is_half_made_is_undone(aws, own, give) -> None:
    create(aws("cloudformation"), template(Role=role()))
    assert finish(aws("cloudformation")) == "CREATE_COMPLETE"
    give(allow("*"), deny("iam:AttachRolePolicy"))
    new = template(Role=role(RoleName="role-y", ManagedPolicyArns=[READ_ONLY]))
    own.update_stack(StackName="s", TemplateBody=new, Capabilities=NAMED)
    assert finish(own) == "UPDATE_ROLLBACK_COMPLETE"
    assert [each["RoleName"] for each in aws("iam").list_roles()["Roles"]] == ["role-x"]


def test_each_operation_has_the_permissions_of_who_calls_it(aws, own, give, failures) -> None:
    admin = aws("cloudformation")
    create(admin, template(Parameter=parameter("/p")))
    assert finish(admin) == "CREATE_COMPLETE"
    give(allow("cloudformation:*"))
    new = template(Parameter=parameter("/p", "new"), Another=parameter("/q"))
    own.update_stack(StackName="s", TemplateBody=new)
    assert finish(own) == "UPDATE_ROLLBACK_FAILED"
    assert "ssm:PutParameter" in failures()["Parameter"]
    own.delete_stack(StackName="s")
    assert finish(own) == "DELETE_FAILED"
    assert "ssm:DeleteParameter" in failures()["Parameter"]
    assert aws("ssm").get_parameter(Name="/p")["Parameter"]["Value"] == "v"
    admin.delete_stack(StackName="s")
    admin.describe_stacks()
    assert aws("ssm").describe_parameters()["Parameters"] == []


def test_a_change_set_is_executed_with_the_permissions_of_who_executes_it(aws, own, give) -> None:
    admin = aws("cloudformation")
    names = {"StackName": "s", "ChangeSetName": "c"}
    body = template(Parameter=parameter("/p"))
    admin.create_change_set(**names, TemplateBody=body, ChangeSetType="CREATE")
    admin.describe_stacks()
    give(allow("cloudformation:*"))
    own.execute_change_set(**names)
    assert finish(own) == "ROLLBACK_COMPLETE"
