"""What users and role sessions may do in IAM, STS, SSM and CloudFormation."""

from __future__ import annotations

import pytest

from tests.sandbox.helpers import JUMP, PROD, REGION, allow, document, trust_account

USER = f"arn:aws:iam::{JUMP}:user/people/ana"
OWN = [
    f"arn:aws:iam::{JUMP}:user/${{aws:username}}",
    f"arn:aws:iam::{JUMP}:user/*/${{aws:username}}",
]


@pytest.fixture
def key(aws):
    """The access key of a user with a path."""
    iam = aws("iam")
    iam.create_user(UserName="ana", Path="/people/")
    iam.create_user(UserName="bo")
    return iam.create_access_key(UserName="ana")["AccessKey"]


def test_without_a_policy_nothing_is_allowed_but_to_ask_who_one_is(aws, key, refused) -> None:
    assert aws("sts", credentials=key).get_caller_identity()["Arn"] == USER
    assert aws("sts", credentials=key).get_session_token()["Credentials"]
    message = refused("AccessDenied", aws("iam", credentials=key).get_user, UserName="ana")
    assert message == (
        f"User: {USER} is not authorized to perform: iam:GetUser on resource: {USER} "
        "because no identity-based policy allows the iam:GetUser action"
    )
    refused("AccessDeniedException", aws("ssm", credentials=key).describe_parameters)
    refused("AccessDenied", aws("cloudformation", credentials=key).list_stack_sets)


def test_own_user_only(aws, key, give, refused) -> None:
    give({"Effect": "Allow", "Action": "iam:*", "Resource": OWN})
    iam = aws("iam", credentials=key)
    assert iam.get_user()["User"]["UserName"] == "ana"
    assert iam.list_access_keys()["AccessKeyMetadata"]
    assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["UserName"] == "ana"
    refused("AccessDenied", iam.get_user, UserName="bo")
    refused("AccessDenied", iam.create_access_key, UserName="bo")
    refused("AccessDenied", iam.list_users)


def test_a_name_that_ends_like_another_is_another(aws, key, give, refused) -> None:
    aws("iam").create_user(UserName="na")
    give(allow("iam:GetUser", OWN[0]), allow("iam:GetUser", OWN[1]))
    refused("AccessDenied", aws("iam", credentials=key).get_user, UserName="na")


def test_an_explicit_denial_is_told(aws, key, give, refused) -> None:
    deny = {"Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*"}
    give(allow("iam:*"), deny)
    message = refused("AccessDenied", aws("iam", credentials=key).list_users)
    assert message.endswith(
        f"on resource: arn:aws:iam::{JUMP}:user/ with an explicit deny in an identity-based policy"
    )


def test_a_boundary_is_told(aws, key, give, refused) -> None:
    give(allow("*"))
    arn = aws("iam").create_policy(PolicyName="b", PolicyDocument=document(allow("ssm:*")))
    aws("iam").put_user_permissions_boundary(
        UserName="ana", PermissionsBoundary=arn["Policy"]["Arn"]
    )
    assert aws("ssm", credentials=key).describe_parameters()["Parameters"] == []
    message = refused("AccessDenied", aws("iam", credentials=key).list_users)
    assert message.endswith("because no permissions boundary allows the iam:ListUsers action")


@pytest.mark.parametrize(
    ("service", "call", "params", "resource"),
    [
        ("iam", "create_user", {"UserName": "x", "Path": "/y/"}, "iam::{j}:user/y/x"),
        ("iam", "add_user_to_group", {"UserName": "bo", "GroupName": "g"}, "iam::{j}:group/g"),
        (
            "iam",
            "attach_user_policy",
            {"UserName": "bo", "PolicyArn": "a" * 20},
            "iam::{j}:user/bo",
        ),
        ("iam", "create_policy", {"PolicyName": "q", "PolicyDocument": "{}"}, "iam::{j}:policy/q"),
        ("iam", "create_virtual_mfa_device", {"VirtualMFADeviceName": "d"}, "iam::{j}:mfa/d"),
        (
            "iam",
            "delete_virtual_mfa_device",
            {"SerialNumber": f"arn:aws:iam::{JUMP}:mfa/d"},
            "iam::{j}:mfa/d",
        ),
        (
            "iam",
            "add_role_to_instance_profile",
            {"InstanceProfileName": "i", "RoleName": "r"},
            "iam::{j}:instance-profile/i",
        ),
        ("iam", "get_role", {"RoleName": "r"}, "iam::{j}:role/r"),
        ("iam", "list_roles", {"PathPrefix": "/x/"}, "iam::{j}:role/x/"),
        ("ssm", "get_parameter", {"Name": "/a/b"}, "ssm:{r}:{j}:parameter/a/b"),
        ("ssm", "get_parameters", {"Names": ["/c"]}, "ssm:{r}:{j}:parameter/c"),
        ("ssm", "get_parameters_by_path", {"Path": "/a"}, "ssm:{r}:{j}:parameter/a"),
        (
            "cloudformation",
            "create_stack_set",
            {"StackSetName": "s", "TemplateBody": "{}"},
            "cloudformation:{r}:{j}:stackset/s:*",
        ),
        (
            "cloudformation",
            "create_stack",
            {"StackName": "s", "TemplateBody": "{}"},
            "cloudformation:{r}:{j}:stack/s/*",
        ),
    ],
)
def test_the_resource_of_a_call(aws, key, service, call, params, resource, refused) -> None:
    code = "AccessDeniedException" if service == "ssm" else "AccessDenied"
    message = refused(code, getattr(aws(service, credentials=key), call), **params)
    arn = "arn:aws:" + resource.format(j=JUMP, r=REGION)
    assert f" on resource: {arn} because " in message


def test_an_existing_stack_is_named_with_its_id(aws, key, refused) -> None:
    template = '{"Resources": {"W": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}'
    arn = aws("cloudformation").create_stack(StackName="s", TemplateBody=template)["StackId"]
    own = aws("cloudformation", credentials=key)
    for name in ("s", arn):
        assert f" on resource: {arn} " in refused("AccessDenied", own.delete_stack, StackName=name)


def test_a_role_for_stacksets_must_be_passed(aws, key, give, refused) -> None:
    role = f"arn:aws:iam::{JUMP}:role/administration"
    give(allow("cloudformation:*"))
    message = refused(
        "AccessDenied",
        aws("cloudformation", credentials=key).create_stack_set,
        StackSetName="s",
        TemplateBody="{}",
        AdministrationRoleARN=role,
    )
    assert f"perform: iam:PassRole on resource: {role} " in message


def test_role_sessions_have_the_permissions_of_the_role_and_no_mfa(aws, refused) -> None:
    iam = aws("iam", PROD)
    iam.create_role(RoleName="role-x", AssumeRolePolicyDocument=trust_account())
    without_mfa = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": without_mfa}
    iam.put_role_policy(
        RoleName="role-x", PolicyName="p", PolicyDocument=document(allow("iam:List*"))
    )
    session = aws("sts").assume_role(
        RoleArn=f"arn:aws:iam::{PROD}:role/role-x", RoleSessionName="ana"
    )["Credentials"]
    own = aws("iam", credentials=session)
    assert own.list_roles()["Roles"]
    refused("AccessDenied", own.get_role, RoleName="role-x")
    iam.put_role_policy(RoleName="role-x", PolicyName="q", PolicyDocument=document(deny))
    refused("AccessDenied", own.list_roles)


def test_a_session_can_be_stopped_by_when_it_began(aws, refused) -> None:
    iam = aws("iam", PROD)
    iam.create_role(RoleName="role-x", AssumeRolePolicyDocument=trust_account())
    arn = f"arn:aws:iam::{PROD}:role/role-x"
    session = aws("sts").assume_role(RoleArn=arn, RoleSessionName="ana")["Credentials"]
    before = {
        "DateLessThan": {"aws:TokenIssueTime": "2999-01-01T00:00:00Z"},
        "StringLike": {"aws:userid": "*:ana"},
    }
    stop = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": before}
    iam.put_role_policy(
        RoleName="role-x", PolicyName="p", PolicyDocument=document(allow("*"), stop)
    )
    refused("AccessDenied", aws("iam", credentials=session).list_roles)
    other = aws("sts").assume_role(RoleArn=arn, RoleSessionName="bo")["Credentials"]
    assert aws("iam", credentials=other).list_roles()["Roles"]


def test_sessions_end_with_their_user_or_role(aws, key, refused) -> None:
    session = aws("sts", credentials=key).get_session_token()["Credentials"]
    iam = aws("iam")
    iam.delete_access_key(UserName="ana", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="ana")
    iam.create_user(UserName="ana")
    refused("InvalidClientTokenId", aws("sts", credentials=session).get_caller_identity)


def test_source_address_of_a_call(aws, key, give, refused) -> None:
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    give(allow("iam:ListUsers", Condition=office))
    iam = aws("iam", credentials=key)
    refused("AccessDenied", iam.list_users)
    iam.meta.events.register(
        "before-sign.iam",
        lambda request, **_: request.headers.add_header("X-Forwarded-For", "203.0.113.7"),
    )
    assert iam.list_users()["Users"]


def test_an_unknown_condition_key_is_no_answer(aws, key, give, refused) -> None:
    give(allow("iam:ListUsers", Condition={"StringEquals": {"aws:UserNam": "ana"}}))
    message = refused("InternalFailure", aws("iam", credentials=key).list_users)
    assert "aws:UserNam" in message
