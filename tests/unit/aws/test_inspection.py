# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of our roles and the fence."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.inspection import (
    read_roles_and_fence,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_group import GroupSettings

SETTINGS = GroupSettings("111111111111", "aws", "/jumpaccount/", "policy-enforce-mfa")
DOCUMENT = {"Version": "2012-10-17", "Statement": []}
TEXT = json.dumps(DOCUMENT)
VERSIONS = [
    {"VersionId": "v2", "IsDefaultVersion": False, "Document": "{}"},
    {"VersionId": "v1", "IsDefaultVersion": True, "Document": TEXT},
]
ROLE = {
    "RoleName": "role-operator",
    "Path": "/",
    "AssumeRolePolicyDocument": TEXT,
    "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": TEXT}],
    "AttachedManagedPolicies": [{"PolicyName": "p", "PolicyArn": "arn:aws:iam::aws:policy/p"}],
    "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/b"},
}


def answer(path: str = "/jumpaccount/") -> dict[str, Any]:
    """Return an account with one of our roles, one of others, and a fence under a path."""
    fence = {"PolicyName": "fence", "Path": path, "PolicyVersionList": VERSIONS}
    # botocore decodes the texts of policies in place.
    roles = [deepcopy(ROLE), {**deepcopy(ROLE), "RoleName": "theirs"}]
    return {"RoleDetailList": roles, "Policies": [deepcopy(fence)]}


@pytest.mark.parametrize(("path", "text"), [("/jumpaccount/", DOCUMENT), ("/", None)])
def test_our_roles_and_the_fence(scripted, path, text):
    scripted.answer(
        "iam",
        "get_account_authorization_details",
        answer(path),
        Filter=["Group", "LocalManagedPolicy", "Role", "User"],
        MaxItems=1000,
    )
    roles = ["role-admin", "role-operator"]
    assert read_roles_and_fence(scripted.aws, roles, "fence", SETTINGS) == {
        "fence": text,
        "roles": {
            "role-operator": {
                "trust_policy": DOCUMENT,
                "managed_policies": ["arn:aws:iam::aws:policy/p"],
                "inline_policies": {"own": DOCUMENT},
                "permissions_boundary": "arn:aws:iam::aws:policy/b",
            }
        },
    }
