"""Policies: documents, sizes, versions, attachments, boundaries, roles."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.helpers import JUMP, PROD, allow, document, trust, trust_account

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def iam(aws):
    aws("iam").create_group(GroupName="ops")
    return aws("iam")


@pytest.mark.parametrize(
    "name",
    [
        *("AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "IAMUserChangePassword"),
        *("job-function/ViewOnlyAccess", "SecurityAudit", "AmazonSSMManagedInstanceCore"),
        "AmazonDynamoDBReadOnlyAccess",
    ],
)
def test_aws_managed_policies_are_in_every_account(aws, name) -> None:
    policy = aws("iam", PROD).get_policy(PolicyArn=f"arn:aws:iam::aws:policy/{name}")["Policy"]
    assert policy["IsAttachable"]


def test_aws_managed_policies_are_read_only(iam, refused) -> None:
    refused("AccessDenied", iam.delete_policy, PolicyArn=READ_ONLY)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "{}",
        document(),
        document({"Effect": "Permit", "Action": "s3:*", "Resource": "*"}),
        document({"Effect": "Allow", "Action": "s3:*"}),
        document({"Effect": "Allow", "Resource": "*"}),
        document(allow("nothing")),
        document(allow("s3:*", "bucket")),
        document(allow("s3:*", Principal="*")),
        document(allow("s3:*", Condition={"StringIs": {"a": "b"}})),
        document(allow("s3:*", Sid="not-alphanumeric")),
        json.dumps({"Version": "2020-01-01", "Statement": [allow("s3:*")]}),
    ],
)
def test_identity_policies_are_checked(iam, refused, text) -> None:
    params = {"PolicyName": "p", "PolicyDocument": text}
    refused("MalformedPolicyDocument", iam.put_group_policy, GroupName="ops", **params)
    refused("MalformedPolicyDocument", iam.create_policy, **params)


@pytest.mark.parametrize(
    "text",
    [
        document({"Effect": "Allow", "Action": "sts:AssumeRole"}),
        document({"Effect": "Allow", "Action": "s3:*", "Principal": {"AWS": JUMP}}),
        document(allow("sts:AssumeRole", Principal={"AWS": JUMP})),
        trust({"Person": "ana"}),
        trust({"AWS": f"arn:aws:iam::{JUMP}:user/nobody"}),
        trust({"AWS": f"arn:aws:iam::{JUMP}:user/*"}),
    ],
)
def test_trust_policies_need_a_principal_that_exists(iam, refused, text) -> None:
    refused("MalformedPolicyDocument", iam.create_role, RoleName="r", AssumeRolePolicyDocument=text)


def test_inline_policies_of_a_group_have_5120_characters_together(iam, refused) -> None:
    half = document(*(allow("s3:*", f"arn:aws:s3:::{number:030}") for number in range(35)))
    size = len(half.replace(" ", ""))
    assert 5120 / 2 < size < 5120
    iam.put_group_policy(GroupName="ops", PolicyName="one", PolicyDocument=half)
    refused(
        "LimitExceeded",
        iam.put_group_policy,
        GroupName="ops",
        PolicyName="two",
        PolicyDocument=half,
    )
    iam.put_group_policy(GroupName="ops", PolicyName="one", PolicyDocument=half)


def test_white_space_does_not_count_against_sizes(iam) -> None:
    padded = json.dumps(json.loads(document(allow("s3:*"))), indent=2000)
    assert len(padded) > 6144
    iam.put_group_policy(GroupName="ops", PolicyName="p", PolicyDocument=padded)
    iam.create_policy(PolicyName="p", PolicyDocument=padded)


def test_managed_policy_has_at_most_6144_characters(iam, refused) -> None:
    long = document(*(allow("s3:*", f"arn:aws:s3:::{number:030}") for number in range(80)))
    refused("LimitExceeded", iam.create_policy, PolicyName="p", PolicyDocument=long)


def test_trust_policy_has_at_most_2048_characters(iam, refused) -> None:
    long = trust({"AWS": [f"arn:aws:iam::{number:012}:root" for number in range(60)]})
    refused("LimitExceeded", iam.create_role, RoleName="r", AssumeRolePolicyDocument=long)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust_account())
    refused("LimitExceeded", iam.update_assume_role_policy, RoleName="r", PolicyDocument=long)


def test_group_has_at_most_ten_managed_policies(iam, refused) -> None:
    arns = [
        iam.create_policy(PolicyName=f"p{n}", PolicyDocument=document(allow("s3:*")))["Policy"][
            "Arn"
        ]
        for n in range(11)
    ]
    for arn in arns[:10]:
        iam.attach_group_policy(GroupName="ops", PolicyArn=arn)
    iam.attach_group_policy(GroupName="ops", PolicyArn=arns[0])
    refused("LimitExceeded", iam.attach_group_policy, GroupName="ops", PolicyArn=arns[10])


def test_only_policies_that_exist_can_be_attached(iam, refused) -> None:
    missing = f"arn:aws:iam::{JUMP}:policy/none"
    message = refused("NoSuchEntity", iam.attach_group_policy, GroupName="ops", PolicyArn=missing)
    assert message == f"Policy {missing} does not exist or is not attachable."
    refused("NoSuchEntity", iam.detach_group_policy, GroupName="ops", PolicyArn=READ_ONLY)


def test_policy_names_are_unique_regardless_of_case(iam, refused) -> None:
    iam.create_policy(PolicyName="Mfa", PolicyDocument=document(allow("s3:*")))
    refused(
        "EntityAlreadyExists",
        iam.create_policy,
        PolicyName="mfa",
        PolicyDocument=document(allow("s3:*")),
    )


def test_policy_has_at_most_five_versions_and_numbers_are_never_reused(iam, refused) -> None:
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    for number in range(2, 6):
        iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=document(allow(f"s3:Get{number}")), SetAsDefault=True
        )
    new = {"PolicyArn": arn, "PolicyDocument": document(allow("ec2:*"))}
    refused("LimitExceeded", iam.create_policy_version, **new)
    refused("DeleteConflict", iam.delete_policy_version, PolicyArn=arn, VersionId="v5")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    assert iam.create_policy_version(**new)["PolicyVersion"]["VersionId"] == "v6"
    listed = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [version["VersionId"] for version in listed] == ["v6", "v5", "v4", "v3", "v2"]
    default = iam.get_policy_version(PolicyArn=arn, VersionId="v5")["PolicyVersion"]
    assert default["IsDefaultVersion"]
    assert default["Document"]["Statement"][0]["Action"] == "s3:Get5"


def test_policy_in_use_or_with_versions_cannot_be_deleted(iam, refused) -> None:
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="ops", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    iam.detach_group_policy(GroupName="ops", PolicyArn=arn)
    iam.create_user(UserName="ana", PermissionsBoundary=arn)
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    iam.delete_user_permissions_boundary(UserName="ana")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(allow("ec2:*")))
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)


def test_entities_of_a_policy_are_listed_by_kind(iam) -> None:
    iam.attach_group_policy(GroupName="ops", PolicyArn=READ_ONLY)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust_account())
    iam.attach_role_policy(RoleName="r", PolicyArn=READ_ONLY)
    found = iam.list_entities_for_policy(PolicyArn=READ_ONLY)
    assert [group["GroupName"] for group in found["PolicyGroups"]] == ["ops"]
    assert [role["RoleName"] for role in found["PolicyRoles"]] == ["r"]
    only = iam.list_entities_for_policy(PolicyArn=READ_ONLY, EntityFilter="Role")
    assert only["PolicyGroups"] == []


def test_policies_are_listed_by_scope_in_pages(iam) -> None:
    iam.create_policy(PolicyName="own", PolicyDocument=document(allow("s3:*")))
    local = iam.list_policies(Scope="Local")["Policies"]
    assert [policy["PolicyName"] for policy in local] == ["own"]
    first = iam.list_policies(Scope="AWS")
    assert first["IsTruncated"]
    assert len(first["Policies"]) == 100


def test_role_keeps_everything_it_was_given(iam) -> None:
    iam.create_role(
        RoleName="role-admin",
        Path="/jump/",
        AssumeRolePolicyDocument=trust_account(),
        Description="admin",
        MaxSessionDuration=7200,
        PermissionsBoundary=READ_ONLY,
        Tags=[{"Key": "a", "Value": "b"}],
    )
    role = iam.get_role(RoleName="role-admin")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{JUMP}:role/jump/role-admin"
    assert role["AssumeRolePolicyDocument"] == json.loads(trust_account())
    assert (role["Description"], role["MaxSessionDuration"]) == ("admin", 7200)
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    assert role["Tags"] == [{"Key": "a", "Value": "b"}]


def test_session_duration_of_a_role_is_twelve_hours_at_most(iam, refused) -> None:
    new = {"RoleName": "r", "AssumeRolePolicyDocument": trust_account()}
    refused("ValidationError", iam.create_role, **new, MaxSessionDuration=43201)


def test_role_with_policies_or_instance_profile_cannot_be_deleted(iam, refused) -> None:
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust_account())
    iam.attach_role_policy(RoleName="r", PolicyArn=READ_ONLY)
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document(allow("s3:*")))
    iam.create_instance_profile(InstanceProfileName="i")
    iam.add_role_to_instance_profile(InstanceProfileName="i", RoleName="r")
    for cleaning, params in (
        (iam.remove_role_from_instance_profile, {"InstanceProfileName": "i"}),
        (iam.detach_role_policy, {"PolicyArn": READ_ONLY}),
        (iam.delete_role_policy, {"PolicyName": "p"}),
    ):
        refused("DeleteConflict", iam.delete_role, RoleName="r")
        cleaning(RoleName="r", **params)
    iam.delete_role(RoleName="r")
