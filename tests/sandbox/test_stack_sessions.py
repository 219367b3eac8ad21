"""Service roles of stacks, and what a session of CloudFormation's has of its caller."""

from __future__ import annotations

import pytest

from sandbox.person import Person
from tests.sandbox.helpers import JUMP, REGION, allow, document, trust, trust_account
from tests.sandbox.stack import BUCKET, NAMED, create, deny, finish, parameter, role, template

SERVICE_ROLE = f"arn:aws:iam::{JUMP}:role/deployment"
CLOUDFORMATION = {"Service": "cloudformation.amazonaws.com"}


@pytest.fixture
def service_role(aws):
    """A role that CloudFormation may assume, which may do anything but SSM."""
    iam = aws("iam")
    iam.create_role(RoleName="deployment", AssumeRolePolicyDocument=trust(CLOUDFORMATION))
    iam.put_role_policy(
        RoleName="deployment",
        PolicyName="p",
        PolicyDocument=document(allow("*"), deny("ssm:*")),
    )
    return SERVICE_ROLE


def test_a_service_role_must_be_passed_to_cloudformation(own, give, service_role, refused) -> None:
    new = {"StackName": "s", "TemplateBody": template(Role=role()), "Capabilities": NAMED}
    give(allow("cloudformation:*"))
    message = refused("AccessDenied", own.create_stack, **new, RoleARN=service_role)
    assert f"iam:PassRole on resource: {service_role} because" in message
    for service in ("ec2", "cloudformation"):
        to_service = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
        give(allow("cloudformation:*"), allow("iam:PassRole", service_role, Condition=to_service))
        if service == "ec2":
            refused("AccessDenied", own.create_stack, **new, RoleARN=service_role)
    own.create_stack(**new, RoleARN=service_role)
    assert finish(own) == "CREATE_COMPLETE"


def test_the_service_role_s_permissions_count_from_then_on(
    aws, own, give, service_role, failures
) -> None:
    give(allow("*"))
    create(own, template(Bucket=BUCKET), RoleARN=service_role)
    assert finish(own) == "CREATE_COMPLETE"
    give(allow("cloudformation:*"))
    new = template(Role=role())
    own.update_stack(StackName="s", TemplateBody=new, Capabilities=NAMED)
    assert finish(own) == "UPDATE_COMPLETE"
    more = template(Role=role(), Parameter=parameter("/p"))
    aws("cloudformation").update_stack(StackName="s", TemplateBody=more, Capabilities=NAMED)
    assert finish(own) == "UPDATE_ROLLBACK_COMPLETE"
    session = f"arn:aws:sts::{JUMP}:assumed-role/deployment/AWSCloudFormation"
    assert f"User: {session} is not authorized" in failures()["Parameter"]
    own.delete_stack(StackName="s")
    own.describe_stacks()
    assert [each["RoleName"] for each in aws("iam").list_roles()["Roles"]] == ["deployment"]


@pytest.mark.parametrize("trusted", [None, trust_account()])
def test_a_service_role_that_is_missing_or_trusts_others_is_refused(
    aws, service_role, refused, trusted
) -> None:
    iam, admin = aws("iam"), aws("cloudformation")
    create(admin, template(Role=role()), RoleARN=service_role)
    assert finish(admin) == "CREATE_COMPLETE"
    if trusted:
        iam.update_assume_role_policy(RoleName="deployment", PolicyDocument=trusted)
    else:
        iam.delete_role_policy(RoleName="deployment", PolicyName="p")
        iam.delete_role(RoleName="deployment")
    message = refused("ValidationError", admin.delete_stack, StackName="s")
    assert message == f"Role {service_role} is invalid or cannot be assumed"
    new = {"StackName": "t", "TemplateBody": "{}", "RoleARN": service_role}
    refused("ValidationError", admin.create_stack, **{**new, "TemplateBody": template(B=BUCKET)})


CALLED_VIA = {"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}
FIRST_AND_LAST = {
    "StringEquals": {
        "aws:CalledViaFirst": "cloudformation.amazonaws.com",
        "aws:CalledViaLast": "cloudformation.amazonaws.com",
    }
}


@pytest.mark.parametrize(
    "condition", [CALLED_VIA, FIRST_AND_LAST, {"Bool": {"aws:ViaAWSService": "true"}}]
)
def test_what_is_allowed_only_through_cloudformation(
    aws, own, key, give, refused, condition
) -> None:
    give(allow("cloudformation:*"), allow("ssm:*", Condition=condition))
    put = aws("ssm", credentials=key).put_parameter
    refused("AccessDeniedException", put, Name="/p", Value="v", Type="String")
    create(own, template(Parameter=parameter("/p")))
    assert finish(own) == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    "condition",
    [
        CALLED_VIA,
        {"Bool": {"aws:ViaAWSService": "true"}},
        {"NotIpAddress": {"aws:SourceIp": "127.0.0.1"}},
    ],
)
def test_what_is_denied_only_through_cloudformation(aws, own, key, give, condition) -> None:
    give(allow("*"), deny("ssm:*", Condition=condition))
    aws("ssm", credentials=key).put_parameter(Name="/q", Value="v", Type="String")
    create(own, template(Parameter=parameter("/p")))
    assert finish(own) == "ROLLBACK_COMPLETE"


def test_a_service_role_is_no_forwarded_session(aws, service_role) -> None:
    aws("iam").put_role_policy(
        RoleName="deployment",
        PolicyName="q",
        PolicyDocument=document(deny("*", Condition=CALLED_VIA)),
    )
    create(aws("cloudformation"), template(Role=role()), RoleARN=service_role)
    assert finish(aws("cloudformation")) == "CREATE_COMPLETE"


def test_the_boundary_counts(aws, own, give, failures) -> None:
    give(allow("*"))
    bounds = document(allow("cloudformation:*"), allow("s3:*"))
    arn = aws("iam").create_policy(PolicyName="b", PolicyDocument=bounds)["Policy"]["Arn"]
    aws("iam").put_user_permissions_boundary(UserName="ana", PermissionsBoundary=arn)
    create(own, template(Bucket=BUCKET, Parameter=parameter("/p")))
    assert finish(own) == "ROLLBACK_COMPLETE"
    assert (
        "because no permissions boundary allows the ssm:PutParameter action"
        in (failures()["Parameter"])
    )


def test_the_mfa_of_the_caller_s_session_counts(aws, give, control) -> None:
    iam = aws("iam")
    fresh = {"NumericLessThan": {"aws:MultiFactorAuthAge": "900"}}
    give(allow("cloudformation:*"), allow("iam:*MFA*"), allow("ssm:*", Condition=fresh))
    iam.create_login_profile(UserName="ana", Password="Abcdefghij-123")
    ana = Person(control.url, JUMP, "ana", REGION)
    ana.sign_in("Abcdefghij-123")
    ana.enroll()
    ana.sign_in("Abcdefghij-123")
    own = ana.client("cloudformation")
    create(own, template(Parameter=parameter("/p")))
    assert finish(own) == "CREATE_COMPLETE"
    control.post("clock", advance_seconds=1000)
    create(own, template(Parameter=parameter("/q")), name="t")
    assert finish(own, "t") == "ROLLBACK_COMPLETE"


def test_a_session_token_without_mfa_makes_no_iam_resources(aws, key, give, failures) -> None:
    give(allow("*"))
    session = aws("sts", credentials=key).get_session_token()["Credentials"]
    own = aws("cloudformation", credentials=session)
    create(own, template(Role=role()))
    assert finish(own) == "ROLLBACK_COMPLETE"
    assert "The security token included in the request is invalid" in failures()["Role"]
    create(own, template(Parameter=parameter("/p")), name="t")
    assert finish(own, "t") == "CREATE_COMPLETE"


def test_a_caller_who_is_gone_makes_and_deletes_nothing(aws, own, key, give, control) -> None:
    give(allow("*"))
    control.post("clock", mode="manual")
    create(own, template(Parameter=parameter("/p")))
    control.tick(2)
    own.delete_stack(StackName="s")
    iam = aws("iam")
    iam.delete_access_key(UserName="ana", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="ana", PolicyName="p")
    iam.delete_user(UserName="ana")
    control.tick(2)
    admin = aws("cloudformation")
    assert finish(admin) == "DELETE_FAILED"
    assert aws("ssm").get_parameter(Name="/p")


def test_a_template_in_a_bucket_is_read_with_the_caller_s_permissions(
    aws, own, give, refused
) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="templates", Key="t.json", Body=template(P=parameter("/p")).encode())
    url = f"https://templates.s3.{REGION}.amazonaws.com/t.json"
    give(allow("cloudformation:*"), allow("ssm:*"))
    refused("ValidationError", own.create_stack, StackName="s", TemplateURL=url)
    give(allow("cloudformation:*"), allow("ssm:*"), allow("s3:GetObject"))
    own.create_stack(StackName="s", TemplateURL=url)
    assert finish(own) == "CREATE_COMPLETE"
