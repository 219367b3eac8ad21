# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations that AWS denies to a run, and what may become of it then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.unit.modules.conftest import LocalAws
from tests.unit.modules.rehearsal import Rehearsal

PEOPLE = [
    *("iam:GetAccountAuthorizationDetails", "iam:GetAccountSummary", "iam:GetLoginProfile"),
    *("iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListUsers"),
    "iam:ListRoles",
    *("ssm:DescribeParameters", "ssm:PutParameter", "ssm:GetParameter", "ssm:DeleteParameter"),
    *("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy"),
    *("iam:CreateGroup", "iam:DeleteGroup", "iam:UpdateGroup", "iam:PutGroupPolicy"),
    *("iam:AttachGroupPolicy", "iam:DetachGroupPolicy", "iam:DeleteGroupPolicy"),
    *("iam:CreateUser", "iam:TagUser", "iam:AddUserToGroup", "iam:RemoveUserFromGroup"),
    "iam:CreateLoginProfile",
]
EVERYTHING = [
    *PEOPLE,
    *("s3:GetBucketTagging", "s3:GetBucketPolicy", "s3:HeadObject", "s3:GetObject", "s3:PutObject"),
    *("s3:PutBucketPolicy", "iam:GetAccountPasswordPolicy", "sts:AssumeRole"),
    *("cloudformation:DescribeStacks", "cloudformation:GetTemplate", "cloudformation:CreateStack"),
    *("cloudformation:DescribeStackSet", "cloudformation:UpdateStackSet"),
    *("cloudformation:ListStackInstances", "cloudformation:ListStackSetOperations"),
    *("cloudformation:CreateStackInstances", "cloudformation:UpdateStackInstances"),
]


def exposed(aws: LocalAws) -> set[str]:
    """Return who has a password and is in a group of ours that has no MFA policy."""
    iam = aws.client("iam")
    details = iam.get_account_authorization_details(Filter=["User", "Group"])
    bare = {
        group["GroupName"]
        for group in details["GroupDetailList"]
        if group["Path"] == "/jumpaccount/"
        and not any("enforce-mfa" in p["PolicyName"] for p in group["AttachedManagedPolicies"])
    }
    return {
        f"{user['UserName']} in {group}"
        for user in details["UserDetailList"]
        for group in bare & set(user["GroupList"])
        if _has_password(iam, user["UserName"])
    }


def _has_password(iam: Any, name: str) -> bool:
    try:
        iam.get_login_profile(UserName=name)
    except iam.exceptions.NoSuchEntityException:
        return False
    return True


def broken_promises(
    checked: Rehearsal, done: Rehearsal, again: Rehearsal, denied: str
) -> Iterator[str]:
    """Yield what is wrong with a run that was denied something of which check mode cannot know.

    again is check mode after it, when nothing is denied any more.
    """
    foretold, made, left = _targets(checked), _targets(done, "applied"), _targets(again)
    if not done.has_failed:
        yield "it did not fail"
    said = [result["msg"] for _name, result in done.results if result.get("failed")]
    said += next(result["failures"] for _name, result in done.results if "summary" in result)
    if not any(denied in text for text in said):
        yield f"nobody told that {denied} was denied: {said}"
    yield from (f"not foretold: {target}" for target in sorted(made - foretold))
    yield from (f"forgotten: {target}" for target in sorted(foretold - made - left))


def _targets(played: Rehearsal, made: str = "changes") -> set[str]:
    return {
        change["target"]
        for _name, result in played.results
        for change in result.get(made, result.get("changes", []))
    }
