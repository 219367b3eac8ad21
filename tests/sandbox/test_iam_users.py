"""IAM users and groups: names, limits, paths, memberships, deletion."""

from __future__ import annotations

import pytest

from sandbox.person import Person
from tests.sandbox.helpers import JUMP, PROD, REGION, allow, document

BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"


@pytest.fixture
def iam(aws):
    return aws("iam")


@pytest.mark.parametrize("name", ["a:b", "a b", "a/b", "ä", "x" * 65])
def test_user_names_have_64_characters_of_a_fixed_set(iam, refused, name) -> None:
    refused("ValidationError", iam.create_user, UserName=name)


@pytest.mark.parametrize("name", ["a+b=c,d.e@f-g_h", "x" * 64, "yamada.taro@example.com"])
def test_user_names_may_have_seven_special_characters(iam, name) -> None:
    assert iam.create_user(UserName=name)["User"]["UserName"] == name


def test_user_names_are_unique_regardless_of_case(iam, refused) -> None:
    iam.create_user(UserName="Ana")
    message = refused("EntityAlreadyExists", iam.create_user, UserName="ana")
    assert message == "User with name ana already exists."


def test_group_and_role_names_are_unique_regardless_of_case(iam, refused) -> None:
    iam.create_group(GroupName="Ops")
    refused("EntityAlreadyExists", iam.create_group, GroupName="OPS")


def test_group_names_have_up_to_128_characters(iam, refused) -> None:
    iam.create_group(GroupName="g" * 128)
    refused("ValidationError", iam.create_group, GroupName="g" * 129)


def test_accounts_do_not_see_each_others_users(aws) -> None:
    aws("iam").create_user(UserName="ana")
    assert aws("iam", PROD).list_users()["Users"] == []


def test_user_keeps_path_tags_and_boundary(iam) -> None:
    tags = [{"Key": "company", "Value": "partner-x"}]
    iam.create_user(UserName="ana", Path="/jump/", Tags=tags, PermissionsBoundary=BOUNDARY)
    user = iam.get_user(UserName="ana")["User"]
    assert user["Arn"] == f"arn:aws:iam::{JUMP}:user/jump/ana"
    assert user["Tags"] == tags
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY


def test_listings_leave_out_tags_and_boundaries(iam) -> None:
    iam.create_user(UserName="ana", Tags=[{"Key": "a", "Value": "b"}], PermissionsBoundary=BOUNDARY)
    (listed,) = iam.list_users()["Users"]
    assert "Tags" not in listed
    assert "PermissionsBoundary" not in listed


def test_boundary_must_be_a_policy_that_exists(iam, refused) -> None:
    missing = f"arn:aws:iam::{JUMP}:policy/none"
    refused("NoSuchEntity", iam.create_user, UserName="ana", PermissionsBoundary=missing)
    iam.create_user(UserName="ana")
    iam.put_user_permissions_boundary(UserName="ana", PermissionsBoundary=BOUNDARY)
    assert "PermissionsBoundary" in iam.get_user(UserName="ana")["User"]
    iam.delete_user_permissions_boundary(UserName="ana")
    assert "PermissionsBoundary" not in iam.get_user(UserName="ana")["User"]


def test_update_moves_a_user_to_another_path(iam) -> None:
    iam.create_user(UserName="ana")
    iam.update_user(UserName="ana", NewPath="/jump/")
    assert iam.get_user(UserName="ana")["User"]["Path"] == "/jump/"
    assert iam.list_users(PathPrefix="/other/")["Users"] == []


def test_renamed_user_keeps_id_and_groups(iam) -> None:
    user_id = iam.create_user(UserName="ana")["User"]["UserId"]
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(UserName="ana", GroupName="ops")
    iam.update_user(UserName="ana", NewUserName="Ana")
    assert iam.get_user(UserName="Ana")["User"]["UserId"] == user_id
    assert iam.list_groups_for_user(UserName="Ana")["Groups"][0]["GroupName"] == "ops"


def test_update_renames_and_moves_a_group_with_its_members(iam) -> None:
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(UserName="ana", GroupName="ops")
    iam.update_group(GroupName="ops", NewGroupName="group-ops", NewPath="/jump/")
    group = iam.get_group(GroupName="group-ops")
    assert group["Group"]["Arn"] == f"arn:aws:iam::{JUMP}:group/jump/group-ops"
    assert [user["UserName"] for user in group["Users"]] == ["ana"]


def test_user_is_in_at_most_ten_groups(iam, refused) -> None:
    iam.create_user(UserName="ana")
    for number in range(11):
        iam.create_group(GroupName=f"g{number}")
    for number in range(10):
        iam.add_user_to_group(UserName="ana", GroupName=f"g{number}")
    iam.add_user_to_group(UserName="ana", GroupName="g0")
    message = refused("LimitExceeded", iam.add_user_to_group, UserName="ana", GroupName="g10")
    assert message == "Cannot exceed quota for GroupsPerUser: 10"


def test_removing_somebody_who_is_not_a_member_succeeds(iam) -> None:
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="ops")
    iam.remove_user_from_group(UserName="ana", GroupName="ops")


def test_missing_user_and_group_are_no_such_entity(iam, refused) -> None:
    message = refused("NoSuchEntity", iam.get_user, UserName="nobody")
    assert message == "The user with name nobody cannot be found."
    iam.create_user(UserName="ana")
    refused("NoSuchEntity", iam.add_user_to_group, UserName="ana", GroupName="none")


def test_tags_are_merged_and_removed_regardless_of_case(iam, refused) -> None:
    iam.create_user(UserName="ana", Tags=[{"Key": "Company", "Value": "x"}])
    iam.tag_user(UserName="ana", Tags=[{"Key": "company", "Value": "y"}])
    assert iam.list_user_tags(UserName="ana")["Tags"] == [{"Key": "company", "Value": "y"}]
    iam.untag_user(UserName="ana", TagKeys=["COMPANY"])
    assert iam.list_user_tags(UserName="ana")["Tags"] == []
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    refused("InvalidInput", iam.tag_user, UserName="ana", Tags=twice)


def test_users_come_in_pages(iam) -> None:
    for number in range(7):
        iam.create_user(UserName=f"user-{number}")
    pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["Users"]) for page in pages] == [3, 3, 1]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]


def test_groups_of_a_user_and_members_of_a_group_come_in_pages(iam) -> None:
    for number in range(3):
        iam.create_user(UserName=f"user-{number}")
        iam.create_group(GroupName=f"group-{number}")
        iam.add_user_to_group(UserName=f"user-{number}", GroupName="group-0")
        iam.add_user_to_group(UserName="user-0", GroupName=f"group-{number}")
    assert iam.list_groups_for_user(UserName="user-0", MaxItems=2)["IsTruncated"]
    assert iam.get_group(GroupName="group-0", MaxItems=2)["IsTruncated"]
    assert iam.list_groups(MaxItems=2)["IsTruncated"]


def test_group_with_members_or_policies_cannot_be_deleted(iam, refused) -> None:
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(UserName="ana", GroupName="ops")
    iam.attach_group_policy(GroupName="ops", PolicyArn=BOUNDARY)
    policy = document(allow("s3:*"))
    iam.put_group_policy(GroupName="ops", PolicyName="p", PolicyDocument=policy)
    for cleaning, params in (
        (iam.remove_user_from_group, {"UserName": "ana"}),
        (iam.detach_group_policy, {"PolicyArn": BOUNDARY}),
        (iam.delete_group_policy, {"PolicyName": "p"}),
    ):
        refused("DeleteConflict", iam.delete_group, GroupName="ops")
        cleaning(GroupName="ops", **params)
    iam.delete_group(GroupName="ops")


def test_user_cannot_be_deleted_before_everything_it_has(iam, refused) -> None:
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="ops")
    steps = _things_of_ana(iam)
    for cleaning, params in steps:
        message = refused("DeleteConflict", iam.delete_user, UserName="ana")
        assert message.startswith("Cannot delete entity, must ")
        cleaning(UserName="ana", **params)
    iam.delete_user(UserName="ana")


def _things_of_ana(iam):
    """Give ana one of everything; gives the calls that take it away again."""
    iam.create_login_profile(UserName="ana", Password="Very-Secret-1")
    key = iam.create_access_key(UserName="ana")["AccessKey"]["AccessKeyId"]
    body = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"
    certificate = iam.upload_signing_certificate(UserName="ana", CertificateBody=body)
    ssh = iam.upload_ssh_public_key(UserName="ana", SSHPublicKeyBody="ssh-rsa AAAA ana")
    credential = iam.create_service_specific_credential(
        UserName="ana", ServiceName="codecommit.amazonaws.com"
    )["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    serial = Person(iam.meta.endpoint_url, JUMP, "ana").enroll(iam)
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=document(allow("s3:*")))
    iam.attach_user_policy(UserName="ana", PolicyArn=BOUNDARY)
    iam.add_user_to_group(UserName="ana", GroupName="ops")
    return [
        (iam.delete_login_profile, {}),
        (iam.delete_access_key, {"AccessKeyId": key}),
        (
            iam.delete_signing_certificate,
            {"CertificateId": certificate["Certificate"]["CertificateId"]},
        ),
        (
            iam.delete_ssh_public_key,
            {"SSHPublicKeyId": ssh["SSHPublicKey"]["SSHPublicKeyId"]},
        ),
        (iam.delete_service_specific_credential, {"ServiceSpecificCredentialId": credential}),
        (iam.deactivate_mfa_device, {"SerialNumber": serial}),
        (iam.delete_user_policy, {"PolicyName": "p"}),
        (iam.detach_user_policy, {"PolicyArn": BOUNDARY}),
        (iam.remove_user_from_group, {"GroupName": "ops"}),
    ]


def test_user_has_at_most_two_access_keys(iam, refused) -> None:
    iam.create_user(UserName="ana")
    for _ in range(2):
        iam.create_access_key(UserName="ana")
    refused("LimitExceeded", iam.create_access_key, UserName="ana")


def test_use_of_an_access_key_is_remembered(aws, iam) -> None:
    iam.create_user(UserName="ana")
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert used == {"Region": "N/A", "ServiceName": "N/A"}
    aws("sts", credentials=key).get_caller_identity()
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", REGION)
    assert used["LastUsedDate"]


def test_assigned_mfa_device_cannot_be_deleted_and_orphan_blocks_its_name(iam, refused) -> None:
    iam.create_user(UserName="ana")
    serial = Person(iam.meta.endpoint_url, JUMP, "ana").enroll(iam)
    refused("DeleteConflict", iam.delete_virtual_mfa_device, SerialNumber=serial)
    iam.deactivate_mfa_device(UserName="ana", SerialNumber=serial)
    assert iam.list_mfa_devices(UserName="ana")["MFADevices"] == []
    unassigned = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    assert [device["SerialNumber"] for device in unassigned] == [serial]
    refused("EntityAlreadyExists", iam.create_virtual_mfa_device, VirtualMFADeviceName="ana")
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    iam.create_virtual_mfa_device(VirtualMFADeviceName="ana")


def test_account_alias_is_unique_among_accounts(aws, refused) -> None:
    aws("iam").create_account_alias(AccountAlias="jump")
    refused("EntityAlreadyExists", aws("iam", PROD).create_account_alias, AccountAlias="jump")
    assert aws("iam").list_account_aliases()["AccountAliases"] == ["jump"]


def test_account_summary_has_counts_and_quotas(iam) -> None:
    iam.create_user(UserName="ana")
    summary = iam.get_account_summary()["SummaryMap"]
    expected = {
        "Users": 1,
        "Roles": 0,
        "GroupsPerUserQuota": 10,
        "AttachedPoliciesPerGroupQuota": 10,
        "GroupPolicySizeQuota": 5120,
        "PolicySizeQuota": 6144,
        "AssumeRolePolicySizeQuota": 2048,
        "UsersQuota": 5000,
        "GroupsQuota": 300,
        "RolesQuota": 1000,
        "AttachedPoliciesPerRoleQuota": 10,
        "VersionsPerPolicyQuota": 5,
    }
    assert {name: summary[name] for name in expected} == expected


def test_account_has_at_most_300_groups(iam, refused) -> None:
    for number in range(300):
        iam.create_group(GroupName=f"g{number}")
    refused("LimitExceeded", iam.create_group, GroupName="one-more")
