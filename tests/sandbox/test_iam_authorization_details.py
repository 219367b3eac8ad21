"""GetAccountAuthorizationDetails: complete, filtered, in pages, fast."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.helpers import allow, document, trust_account

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def iam(aws):
    return aws("iam")


def test_user_detail_is_complete(iam) -> None:
    iam.create_user(
        UserName="ana",
        Path="/jump/",
        Tags=[{"Key": "company", "Value": "x"}],
        PermissionsBoundary=READ_ONLY,
    )
    iam.create_group(GroupName="ops")
    iam.add_user_to_group(UserName="ana", GroupName="ops")
    iam.put_user_policy(UserName="ana", PolicyName="own", PolicyDocument=document(allow("s3:*")))
    iam.attach_user_policy(UserName="ana", PolicyArn=READ_ONLY)
    (user,) = iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
    assert user["GroupList"] == ["ops"]
    assert user["Tags"] == [{"Key": "company", "Value": "x"}]
    assert user["UserPolicyList"] == [
        {"PolicyName": "own", "PolicyDocument": json.loads(document(allow("s3:*")))}
    ]
    assert user["AttachedManagedPolicies"] == [
        {"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}
    ]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY


def test_group_and_role_details_are_complete(iam) -> None:
    iam.create_group(GroupName="ops")
    policy = document(allow("s3:*"))
    iam.put_group_policy(GroupName="ops", PolicyName="own", PolicyDocument=policy)
    iam.attach_group_policy(GroupName="ops", PolicyArn=READ_ONLY)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust_account())
    iam.put_role_policy(RoleName="r", PolicyName="own", PolicyDocument=policy)
    details = iam.get_account_authorization_details(Filter=["Group", "Role"])
    (group,) = details["GroupDetailList"]
    assert group["GroupPolicyList"][0]["PolicyName"] == "own"
    assert group["AttachedManagedPolicies"][0]["PolicyArn"] == READ_ONLY
    role = details["RoleDetailList"][0]
    assert role["AssumeRolePolicyDocument"] == json.loads(trust_account())
    assert role["RolePolicyList"][0]["PolicyName"] == "own"
    assert "MaxSessionDuration" not in role


def test_local_policies_come_with_all_versions(iam) -> None:
    policy = document(allow("s3:*"))
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy)["Policy"]["Arn"]
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=document(allow("ec2:*")), SetAsDefault=True
    )
    (found,) = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])["Policies"]
    assert found["DefaultVersionId"] == "v2"
    versions = {version["VersionId"]: version for version in found["PolicyVersionList"]}
    assert versions["v2"]["IsDefaultVersion"]
    assert versions["v1"]["Document"] == json.loads(policy)


def test_filter_leaves_the_other_kinds_out(iam) -> None:
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="ops")
    details = iam.get_account_authorization_details(Filter=["Group"])
    assert details["UserDetailList"] == []
    assert details["RoleDetailList"] == []
    assert len(details["GroupDetailList"]) == 1


def test_details_come_in_pages_over_all_kinds(iam) -> None:
    for number in range(5):
        iam.create_user(UserName=f"user-{number}")
        iam.create_group(GroupName=f"group-{number}")
    pages = list(
        iam.get_paginator("get_account_authorization_details").paginate(
            Filter=["User", "Group"], PaginationConfig={"PageSize": 3}
        )
    )
    assert [page["IsTruncated"] for page in pages] == [True, True, True, False]
    names = [user["UserName"] for page in pages for user in page["UserDetailList"]]
    names += [group["GroupName"] for page in pages for group in page["GroupDetailList"]]
    assert names == [f"user-{n}" for n in range(5)] + [f"group-{n}" for n in range(5)]


def test_a_page_of_1000_entities_takes_well_under_a_second(iam) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: iam.create_user(UserName=f"user-{n}"), range(1001)))
    durations = []
    for _ in range(3):
        started = time.perf_counter()
        details = iam.get_account_authorization_details(MaxItems=1000)
        durations.append(time.perf_counter() - started)
    assert min(durations) < 1
    assert len(details["UserDetailList"]) == 1000
    assert details["IsTruncated"]
