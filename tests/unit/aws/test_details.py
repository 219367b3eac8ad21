# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bulk read of IAM."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.details import (
    read_caller,
    read_details,
    read_quotas,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError

DOCUMENT = {"Version": "2012-10-17", "Statement": []}


def group(name: str) -> dict[str, Any]:
    policy = {"PolicyName": "p", "PolicyDocument": quote(json.dumps(DOCUMENT))}
    return {"GroupName": name, "Path": "/", "GroupPolicyList": [policy]}


def test_all_pages_are_read_and_policies_decoded(scripted) -> None:
    asked = {"Filter": ["Group"], "MaxItems": 1000}
    scripted.answer(
        "iam",
        "get_account_authorization_details",
        {"GroupDetailList": [group("a")], "IsTruncated": True, "Marker": "next"},
        **asked,
    )
    scripted.answer(
        "iam",
        "get_account_authorization_details",
        {"GroupDetailList": [group("b")], "IsTruncated": False},
        **asked,
        Marker="next",
    )
    found = read_details(scripted.aws, ("Group",))
    assert [g["GroupName"] for g in found["GroupDetailList"]] == ["a", "b"]
    assert found["GroupDetailList"][0]["GroupPolicyList"][0]["PolicyDocument"] == DOCUMENT
    assert found["UserDetailList"] == found["RoleDetailList"] == found["Policies"] == []


def test_a_refused_read_says_what_was_read(scripted) -> None:
    scripted.refuse(
        "iam",
        "get_account_authorization_details",
        "AccessDenied",
        "no",
        Filter=["User", "Group"],
        MaxItems=1000,
    )
    with pytest.raises(AwsError, match=r"^Could not read User, Group from IAM in account 1{12}:"):
        read_details(scripted.aws, ("User", "Group"))


def test_quotas(scripted) -> None:
    scripted.answer("iam", "get_account_summary", {"SummaryMap": {"GroupsPerUserQuota": 10}})
    assert read_quotas(scripted.aws) == {"GroupsPerUserQuota": 10}


def test_whose_credentials(scripted) -> None:
    arn = "arn:aws:iam::111111111111:user/admin"
    scripted.answer("sts", "get_caller_identity", {"Account": "111111111111", "Arn": arn})
    assert read_caller(scripted.aws) == {"account_id": "111111111111", "arn": arn}
