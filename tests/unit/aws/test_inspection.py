# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of our roles and the fence."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.inspection import read_inspection
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.transformations import (
    documents_from,
    principals_from,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.strong_principals import (
    Holdings,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.reach import Principal

JUMP = "111111111111"
HOLDINGS = Holdings(
    account_id=JUMP,
    partition="aws",
    region="eu-west-1",
    path="/jumpaccount/",
    roles=("role-admin", "role-operator"),
    fence="fence",
    stack_set="iam-roles",
    parameter_prefix="/jumpaccount/initial-password",
)
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
READING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ssm:Get*", "Resource": "*"}],
    }
)
KEY = f"arn:aws:kms:eu-west-1:{JUMP}:key/1"
NOW = datetime(2027, 3, 1, tzinfo=UTC)
DOCUMENT = {"Version": "2012-10-17", "Statement": []}
TEXT = json.dumps(DOCUMENT)
VERSIONS = [
    {"VersionId": "v2", "IsDefaultVersion": False, "Document": "{}"},
    {"VersionId": "v1", "IsDefaultVersion": True, "Document": TEXT},
]
ROLE = {
    "RoleName": "role-operator",
    "Path": "/",
    "Arn": f"arn:aws:iam::{JUMP}:role/role-operator",
    "AssumeRolePolicyDocument": TEXT,
    "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": TEXT}],
    "AttachedManagedPolicies": [{"PolicyName": "p", "PolicyArn": "arn:aws:iam::aws:policy/p"}],
    "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/b"},
}
LISTED = {
    "RoleName": "role-operator",
    "Path": "/",
    "RoleId": "AROAAAAAAAAAAAAAAAAA",
    "Arn": f"arn:aws:iam::{JUMP}:role/role-operator",
    "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
}


def answer(path: str = "/jumpaccount/") -> dict[str, Any]:
    """Return an account with one of our roles, one of others, and a fence under a path."""
    arn = f"arn:aws:iam::{JUMP}:policy{path}fence"
    fence = {"PolicyName": "fence", "Path": path, "Arn": arn, "PolicyVersionList": VERSIONS}
    read = {
        "PolicyName": "ReadOnlyAccess",
        "Path": "/",
        "Arn": READ,
        "PolicyVersionList": [{**VERSIONS[1], "Document": READING}],
    }
    theirs = {
        "RoleName": "theirs",
        "Path": "/x/",
        "Arn": f"arn:aws:iam::{JUMP}:role/x/theirs",
        "AssumeRolePolicyDocument": TEXT,
    }
    user = {"UserName": "ana", "Path": "/", "GroupList": ["readers", "just-deleted"]}
    attached = [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ}]
    group = {"GroupName": "readers", "Path": "/", "AttachedManagedPolicies": attached}
    # botocore decodes the texts of policies in place.
    return deepcopy(
        {
            "RoleDetailList": [ROLE, theirs],
            "Policies": [fence, read],
            "UserDetailList": [user],
            "GroupDetailList": [group],
        }
    )


@pytest.mark.parametrize(("path", "text"), [("/jumpaccount/", DOCUMENT), ("/", None)])
def test_our_roles_the_fence_and_strong_principals(scripted, path, text):
    scripted.answer(
        "iam",
        "get_account_authorization_details",
        answer(path),
        Filter=["AWSManagedPolicy", "Group", "LocalManagedPolicy", "Role", "User"],
        MaxItems=1000,
    )
    roles = [{**LISTED, "MaxSessionDuration": 7200}, {**LISTED, "RoleName": "theirs"}]
    scripted.answer("iam", "list_roles", {"Roles": roles}, MaxItems=1000)
    arn = f"arn:aws:iam::{JUMP}:user/deploy"
    scripted.answer("sts", "get_caller_identity", {"Account": JUMP, "Arn": arn})
    assert read_inspection(scripted.aws, HOLDINGS) == {
        "fence": text,
        "roles": {
            "role-operator": {
                "trust_policy": DOCUMENT,
                "managed_policies": ["arn:aws:iam::aws:policy/p"],
                "inline_policies": {"own": DOCUMENT},
                "permissions_boundary": "arn:aws:iam::aws:policy/b",
                "max_session_duration": 7200,
            }
        },
        "principals": [
            {"principal": "user ana", "path": "/", "reach": ["passwords"], "is_certain": True}
        ],
        "key": None,
        "caller": arn,
    }


@pytest.mark.parametrize("is_there", [True, False])
def test_with_the_stack_of_a_key_its_policy_decides_who_reads(scripted, is_there):
    scripted.answer(
        "iam",
        "get_account_authorization_details",
        answer(),
        Filter=["AWSManagedPolicy", "Group", "LocalManagedPolicy", "Role", "User"],
        MaxItems=1000,
    )
    roles = [{**LISTED, "MaxSessionDuration": 7200}]
    scripted.answer("iam", "list_roles", {"Roles": roles}, MaxItems=1000)
    if is_there:
        outputs = [{"OutputKey": "KeyArn", "OutputValue": KEY}]
        maker = [{"ParameterKey": "Maker", "ParameterValue": "arn:me"}]
        stack = {"StackName": "keys", "StackStatus": "CREATE_COMPLETE", "CreationTime": NOW}
        described = {**stack, "Outputs": outputs, "Parameters": maker}
        scripted.answer(
            "cloudformation", "describe_stacks", {"Stacks": [described]}, StackName="keys"
        )
        scripted.answer("kms", "get_key_policy", {"Policy": TEXT}, KeyId=KEY)
    else:
        scripted.refuse(
            "cloudformation",
            "describe_stacks",
            "ValidationError",
            "Stack with id keys does not exist",
            StackName="keys",
        )
    caller = f"arn:aws:sts::{JUMP}:assumed-role/theirs/run"
    scripted.answer("sts", "get_caller_identity", {"Account": JUMP, "Arn": caller})
    found = read_inspection(scripted.aws, HOLDINGS, "keys")
    key = {"arn": KEY, "maker": "arn:me", "policy": DOCUMENT}
    assert found["key"] == (key if is_there else None)
    assert found["caller"] == f"arn:aws:iam::{JUMP}:role/x/theirs"
    assert bool(found["principals"]) is not is_there


def test_principals_and_the_texts_of_their_policies():
    inline = [{"PolicyName": "own", "PolicyDocument": DOCUMENT}]
    versions = [
        {"IsDefaultVersion": False, "Document": {}},
        {"IsDefaultVersion": True, "Document": DOCUMENT},
    ]
    details = {
        "UserDetailList": [
            {"UserName": "ana", "Path": "/", "UserPolicyList": inline, "GroupList": ["g"]}
        ],
        "GroupDetailList": [{"GroupName": "g", "GroupPolicyList": inline}],
        "RoleDetailList": [{**ROLE, "RolePolicyList": inline}],
        "Policies": [{"Arn": "arn:ours", "PolicyVersionList": versions}],
        "AwsPolicies": [{"Arn": READ, "PolicyVersionList": versions}],
    }
    assert principals_from(details) == [
        Principal("user", "ana", "/", (("User", "ana", "own"), ("Group", "g", "own"))),
        Principal(
            "role",
            "role-operator",
            "/",
            (("Role", "role-operator", "own"), ("arn:aws:iam::aws:policy/p",)),
            ("arn:aws:iam::aws:policy/b",),
        ),
    ]
    assert documents_from(details) == dict.fromkeys(
        [
            ("User", "ana", "own"),
            ("Group", "g", "own"),
            ("Role", "role-operator", "own"),
            ("arn:ours",),
            (READ,),
        ],
        DOCUMENT,
    )
