# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and their memberships over the wire."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.users import (
    read_users,
    user_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import GroupSettings

SETTINGS = GroupSettings("111111111111", "aws", "/jumpaccount/", "mfa")
MFA_ARN = SETTINGS.mfa_policy_arn
BOUNDARY = "arn:aws:iam::111111111111:policy/boundary"
OWNED = {"Key": "jumpaccount:owned", "Value": "true"}
USER = {
    "Path": "/",
    "UserName": "ana",
    "UserId": "AIDA1234567890123456",
    "Arn": "arn:aws:iam::111111111111:user/ana",
    "CreateDate": "2024-01-01T00:00:00Z",
}
AFTER = {"path": "/", "tags": {"jumpaccount:owned": "true"}, "permissions_boundary": None}
CREATED = {"UserName": "ana", "Path": "/", "Tags": [OWNED]}


def write(scripted, action: Action, before: Any, after: Any) -> None:
    change = Change(ObjectId(Kind.USER, ("ana",)), action, before, after)
    user_writers(scripted.aws)[(Kind.USER, action)](change)


def change_membership(scripted, action: Action) -> None:
    change = Change(ObjectId(Kind.MEMBERSHIP, ("ana", "g")), action)
    user_writers(scripted.aws)[(Kind.MEMBERSHIP, action)](change)


def test_users_and_jump_groups_come_from_one_bulk_read(scripted) -> None:
    scripted.answer(
        "iam",
        "get_account_authorization_details",
        {
            "UserDetailList": [
                {
                    "UserName": "ana",
                    "Path": "/p/",
                    "GroupList": ["group-admin", "foreign"],
                    "Tags": [OWNED, {"Key": "team", "Value": "blue"}],
                    "PermissionsBoundary": {
                        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
                        "PermissionsBoundaryArn": BOUNDARY,
                    },
                },
                {
                    "UserName": "ben",
                    "Path": "/",
                    "UserPolicyList": [{"PolicyName": "own"}],
                    "AttachedManagedPolicies": [{"PolicyName": "p", "PolicyArn": BOUNDARY}],
                },
            ],
            "GroupDetailList": [
                {
                    "GroupName": "group-admin",
                    "Path": "/jumpaccount/",
                    "AttachedManagedPolicies": [{"PolicyName": "mfa", "PolicyArn": MFA_ARN}],
                },
                {"GroupName": "foreign", "Path": "/"},
                {"GroupName": "joined", "Path": "/"},
            ],
            "Policies": [
                {
                    "PolicyName": "mfa",
                    "Path": "/jumpaccount/",
                    "PolicyVersionList": [
                        {"VersionId": "v1", "IsDefaultVersion": True, "Document": "{}"}
                    ],
                },
            ],
        },
        Filter=["User", "Group", "LocalManagedPolicy"],
        MaxItems=1000,
    )
    found = read_users(scripted.aws, {"joined"}, SETTINGS)
    assert found.jump_groups == {"group-admin"}
    assert found.groups == {"group-admin", "foreign", "joined"}
    assert found.group_state == {
        ObjectId(Kind.GROUP, ("group-admin",)): {"path": "/jumpaccount/"},
        ObjectId(Kind.GROUP_MFA, ("group-admin", MFA_ARN)): {},
        ObjectId(Kind.GROUP, ("joined",)): {"path": "/"},
        ObjectId(Kind.POLICY, ("mfa",)): {"document": {"Version": "2008-10-17", "Statement": []}},
    }
    assert found.policies == {"ana": (), "ben": ("own", BOUNDARY)}
    assert found.state == {
        ObjectId(Kind.USER, ("ana",)): {
            "path": "/p/",
            "tags": {"jumpaccount:owned": "true", "team": "blue"},
            "permissions_boundary": BOUNDARY,
        },
        ObjectId(Kind.MEMBERSHIP, ("ana", "group-admin")): {},
        ObjectId(Kind.MEMBERSHIP, ("ana", "foreign")): {},
        ObjectId(Kind.USER, ("ben",)): {"path": "/", "tags": {}, "permissions_boundary": None},
    }


@pytest.mark.parametrize("boundary", [None, BOUNDARY])
def test_a_user_is_ours_from_its_first_moment(scripted, boundary: str | None) -> None:
    limit = {"PermissionsBoundary": boundary} if boundary else {}
    scripted.answer("iam", "create_user", {"User": USER}, **CREATED, **limit)
    write(scripted, Action.CREATE, None, {**AFTER, "permissions_boundary": boundary})


@pytest.mark.parametrize("tags", [[OWNED], [{**OWNED, "Value": "false"}], []])
def test_create_user_after_a_lost_answer(scripted, tags: list[dict[str, str]]) -> None:
    scripted.refuse("iam", "create_user", "EntityAlreadyExists", "ana exists", **CREATED)
    scripted.answer("iam", "get_user", {"User": {**USER, "Tags": tags}}, UserName="ana")
    if tags == [OWNED]:
        write(scripted, Action.CREATE, None, AFTER)
    else:
        with pytest.raises(AwsError, match=r"^Could not create user ana .* ana exists\."):
            write(scripted, Action.CREATE, None, AFTER)


@pytest.mark.parametrize(
    ("before", "after", "calls"),
    [
        ({}, {"path": "/p/"}, [("update_user", {"NewPath": "/p/"})]),
        (
            {"tags": {"a": "1", "b": "1", "c": "1", "d": "1"}},
            {"tags": {"a": "1", "b": "2", "e": "3"}},
            [
                ("tag_user", {"Tags": [{"Key": "b", "Value": "2"}, {"Key": "e", "Value": "3"}]}),
                ("untag_user", {"TagKeys": ["c", "d"]}),
            ],
        ),
        (
            {},
            {"permissions_boundary": BOUNDARY},
            [("put_user_permissions_boundary", {"PermissionsBoundary": BOUNDARY})],
        ),
        (
            {"permissions_boundary": BOUNDARY},
            {"permissions_boundary": None},
            [("delete_user_permissions_boundary", {})],
        ),
        ({}, {}, []),
    ],
    ids=["path", "tags", "new boundary", "no boundary", "nothing"],
)
def test_only_what_differs_is_written(
    scripted, before: dict[str, Any], after: dict[str, Any], calls: list[tuple[str, Any]]
) -> None:
    for method, params in calls:
        scripted.answer("iam", method, {}, UserName="ana", **params)
    write(scripted, Action.UPDATE, {**AFTER, **before}, {**AFTER, **after})


def test_an_update_that_is_refused(scripted) -> None:
    scripted.refuse("iam", "update_user", "AccessDenied", "no", UserName="ana", NewPath="/p/")
    with pytest.raises(AwsError, match=r"^Could not update user ana in account 1{12}: .* no\."):
        write(scripted, Action.UPDATE, AFTER, {**AFTER, "path": "/p/"})


def test_a_member_joins_and_leaves(scripted) -> None:
    asked = {"GroupName": "g", "UserName": "ana"}
    scripted.answer("iam", "add_user_to_group", {}, **asked)
    change_membership(scripted, Action.CREATE)
    scripted.answer("iam", "remove_user_from_group", {}, **asked)
    change_membership(scripted, Action.DELETE)


def test_a_member_waits_for_its_user(scripted, pauses: list[float]) -> None:
    asked = {"GroupName": "g", "UserName": "ana"}
    scripted.refuse("iam", "add_user_to_group", "NoSuchEntity", "ana", **asked)
    scripted.answer("iam", "add_user_to_group", {}, **asked)
    change_membership(scripted, Action.CREATE)
    assert len(pauses) == 1


def test_a_group_that_never_comes(scripted, pauses: list[float]) -> None:
    for _attempt in range(6):
        scripted.refuse(
            "iam", "add_user_to_group", "NoSuchEntity", "no g", GroupName="g", UserName="ana"
        )
    with pytest.raises(AwsError) as caught:
        change_membership(scripted, Action.CREATE)
    assert str(caught.value) == (
        "Could not add member ana to group g in account 111111111111: AWS answered "
        "NoSuchEntity: no g. Check that group g exists; the bootstrap playbook creates it."
    )
    assert len(pauses) == 5


def test_a_member_that_may_not_leave(scripted) -> None:
    scripted.refuse(
        "iam", "remove_user_from_group", "AccessDenied", "no", GroupName="g", UserName="ana"
    )
    with pytest.raises(AwsError, match=r"^Could not remove member ana from group g in account"):
        change_membership(scripted, Action.DELETE)
