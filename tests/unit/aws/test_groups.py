# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups and their policies over the wire."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.groups import (
    group_writers,
    read_groups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import GroupSettings

SETTINGS = GroupSettings("111111111111", "aws", "/jumpaccount/", "policy-enforce-mfa")
DOCUMENT = {"Version": "2012-10-17", "Statement": []}
TEXT = json.dumps(DOCUMENT)
POLICY_ARN = "arn:aws:iam::111111111111:policy/jumpaccount/p"
MFA_ARN = "arn:aws:iam::111111111111:policy/jumpaccount/policy-enforce-mfa"
SWITCH = "g-switch-roles-1"
SWITCH_ARN = f"arn:aws:iam::111111111111:policy/jumpaccount/{SWITCH}"
GROUP = {
    "Path": "/jumpaccount/",
    "GroupName": "g",
    "GroupId": "AGPA1234567890123456",
    "Arn": "arn:aws:iam::111111111111:group/jumpaccount/g",
    "CreateDate": "2024-01-01T00:00:00Z",
}


def write(scripted, kind: Kind, action: Action, key: tuple[str, ...], after: Any = None) -> None:
    change = Change(ObjectId(kind, key), action, None, after)
    group_writers(scripted.aws, SETTINGS)[(kind, action)](change)


def version(number: int, *, is_default: bool = False) -> dict[str, Any]:
    return {"VersionId": f"v{number}", "IsDefaultVersion": is_default}


def member(name: str) -> dict[str, Any]:
    return {
        "UserName": name,
        "Path": "/",
        "UserId": f"AIDA12345678901234{name:>2}".replace(" ", "0"),
        "Arn": f"arn:aws:iam::111111111111:user/{name}",
        "CreateDate": "2024-01-01T00:00:00Z",
    }


def test_groups_and_policies_come_from_one_bulk_read(scripted) -> None:
    document = quote(TEXT)
    scripted.answer(
        "iam",
        "get_account_authorization_details",
        {
            "GroupDetailList": [
                {
                    "GroupName": "g",
                    "Path": "/jumpaccount/",
                    "GroupPolicyList": [{"PolicyName": "switch-roles", "PolicyDocument": document}],
                    "AttachedManagedPolicies": [
                        {"PolicyName": "p", "PolicyArn": POLICY_ARN},
                        {"PolicyName": SWITCH, "PolicyArn": SWITCH_ARN},
                        {"PolicyName": "policy-enforce-mfa", "PolicyArn": MFA_ARN},
                    ],
                },
                {"GroupName": "other", "Path": "/"},
                {"GroupName": "listed", "Path": "/"},
            ],
            "Policies": [
                {
                    "PolicyName": "p",
                    "Path": "/jumpaccount/",
                    "AttachmentCount": 2,
                    "PermissionsBoundaryUsageCount": 1,
                    "PolicyVersionList": [
                        {"VersionId": "v1", "IsDefaultVersion": False, "Document": quote("{}")},
                        {"VersionId": "v2", "IsDefaultVersion": True, "Document": document},
                    ],
                },
                {"PolicyName": "q", "Path": "/", "PolicyVersionList": []},
            ],
            "UserDetailList": [
                {"UserName": "bo", "Path": "/", "GroupList": ["g", "other"]},
                {"UserName": "ana", "Path": "/", "GroupList": ["g"]},
                {"UserName": "cy", "Path": "/"},
            ],
        },
        Filter=["User", "Group", "LocalManagedPolicy"],
        MaxItems=1000,
    )
    listed = {"listed"}
    found = read_groups(scripted.aws, listed, SETTINGS)
    assert found.names == {"g", "other", "listed"}
    assert found.times_attached == {"p": 3}
    assert found.members == {"g": ("ana", "bo"), "other": ("bo",)}
    assert found.state == {
        ObjectId(Kind.GROUP, ("g",)): {"path": "/jumpaccount/"},
        ObjectId(Kind.GROUP_POLICY, ("g", "switch-roles")): DOCUMENT,
        ObjectId(Kind.GROUP_MFA, ("g", POLICY_ARN)): {},
        ObjectId(Kind.GROUP_ATTACHMENT, ("g", SWITCH_ARN)): {},
        ObjectId(Kind.GROUP_MFA, ("g", MFA_ARN)): {},
        ObjectId(Kind.GROUP, ("listed",)): {"path": "/"},
        ObjectId(Kind.POLICY, ("p",)): {"document": DOCUMENT},
    }


def test_create_policy(scripted) -> None:
    asked = {"PolicyName": "p", "Path": "/jumpaccount/", "PolicyDocument": TEXT}
    scripted.answer("iam", "create_policy", {}, **asked)
    write(scripted, Kind.POLICY, Action.CREATE, ("p",), {"document": DOCUMENT})


def test_create_policy_after_a_lost_answer(scripted) -> None:
    asked = {"PolicyName": "p", "Path": "/jumpaccount/", "PolicyDocument": TEXT}
    scripted.refuse("iam", "create_policy", "EntityAlreadyExists", "p exists", **asked)
    scripted.answer("iam", "get_policy", {"Policy": {"PolicyName": "p"}}, PolicyArn=POLICY_ARN)
    write(scripted, Kind.POLICY, Action.CREATE, ("p",), {"document": DOCUMENT})


def test_create_policy_whose_name_is_taken_elsewhere(scripted) -> None:
    asked = {"PolicyName": "p", "Path": "/jumpaccount/", "PolicyDocument": TEXT}
    scripted.refuse("iam", "create_policy", "EntityAlreadyExists", "p exists", **asked)
    scripted.refuse("iam", "get_policy", "NoSuchEntity", "not here", PolicyArn=POLICY_ARN)
    with pytest.raises(AwsError, match=r"^Could not create policy p .* p exists\."):
        write(scripted, Kind.POLICY, Action.CREATE, ("p",), {"document": DOCUMENT})


def test_update_policy(scripted) -> None:
    versions = [version(1, is_default=True)]
    scripted.answer("iam", "list_policy_versions", {"Versions": versions}, PolicyArn=POLICY_ARN)
    scripted.answer(
        "iam",
        "create_policy_version",
        {},
        PolicyArn=POLICY_ARN,
        PolicyDocument=TEXT,
        SetAsDefault=True,
    )
    write(scripted, Kind.POLICY, Action.UPDATE, ("p",), {"document": DOCUMENT})


def test_update_policy_drops_the_oldest_of_five_versions_by_number(scripted) -> None:
    versions = [version(12), version(9, is_default=True), version(11), version(10), version(8)]
    scripted.answer("iam", "list_policy_versions", {"Versions": versions}, PolicyArn=POLICY_ARN)
    scripted.answer("iam", "delete_policy_version", {}, PolicyArn=POLICY_ARN, VersionId="v8")
    scripted.answer(
        "iam",
        "create_policy_version",
        {},
        PolicyArn=POLICY_ARN,
        PolicyDocument=TEXT,
        SetAsDefault=True,
    )
    write(scripted, Kind.POLICY, Action.UPDATE, ("p",), {"document": DOCUMENT})


def test_update_policy_never_drops_the_default_version(scripted) -> None:
    versions = [version(2, is_default=True), *(version(n) for n in (13, 10, 12, 11))]
    scripted.answer("iam", "list_policy_versions", {"Versions": versions}, PolicyArn=POLICY_ARN)
    scripted.refuse(
        "iam", "delete_policy_version", "AccessDenied", "no", PolicyArn=POLICY_ARN, VersionId="v10"
    )
    with pytest.raises(AwsError, match=r"^Could not update policy p in account 1{12}: .* no\."):
        write(scripted, Kind.POLICY, Action.UPDATE, ("p",), {"document": DOCUMENT})


def test_delete_policy_with_its_versions(scripted) -> None:
    versions = [version(3, is_default=True), version(2)]
    scripted.answer("iam", "list_policy_versions", {"Versions": versions}, PolicyArn=POLICY_ARN)
    scripted.answer("iam", "delete_policy_version", {}, PolicyArn=POLICY_ARN, VersionId="v2")
    scripted.answer("iam", "delete_policy", {}, PolicyArn=POLICY_ARN)
    write(scripted, Kind.POLICY, Action.DELETE, ("p",))


@pytest.mark.parametrize("path", ["/jumpaccount/", "/"])
def test_create_group_after_a_lost_answer(scripted, path: str) -> None:
    asked = {"GroupName": "g", "Path": "/jumpaccount/"}
    scripted.refuse("iam", "create_group", "EntityAlreadyExists", "g exists", **asked)
    scripted.answer(
        "iam", "get_group", {"Group": {**GROUP, "Path": path}, "Users": []}, GroupName="g"
    )
    if path == "/jumpaccount/":
        write(scripted, Kind.GROUP, Action.CREATE, ("g",), {"path": "/jumpaccount/"})
    else:
        with pytest.raises(AwsError, match=r"^Could not create group g .* g exists\."):
            write(scripted, Kind.GROUP, Action.CREATE, ("g",), {"path": "/jumpaccount/"})


def test_delete_group_with_all_its_members(scripted) -> None:
    scripted.answer(
        "iam",
        "get_group",
        {"Group": GROUP, "Users": [member("a")], "IsTruncated": True, "Marker": "next"},
        GroupName="g",
    )
    scripted.answer(
        "iam", "get_group", {"Group": GROUP, "Users": [member("b")]}, GroupName="g", Marker="next"
    )
    for name in ("a", "b"):
        scripted.answer("iam", "remove_user_from_group", {}, GroupName="g", UserName=name)
    scripted.answer("iam", "delete_group", {}, GroupName="g")
    write(scripted, Kind.GROUP, Action.DELETE, ("g",))


GROUP_ONLY = {"GroupName": "g"}
INLINE = {"GroupName": "g", "PolicyName": "switch-roles"}
ATTACHED = {"GroupName": "g", "PolicyArn": POLICY_ARN}
CREATE, UPDATE, DELETE = Action.CREATE, Action.UPDATE, Action.DELETE


@pytest.mark.parametrize(
    ("kind", "action", "after", "method", "params", "doing_what"),
    [
        (
            Kind.GROUP,
            CREATE,
            {"path": "/jumpaccount/"},
            "create_group",
            {**GROUP_ONLY, "Path": "/jumpaccount/"},
            "create group g",
        ),
        (
            Kind.GROUP,
            UPDATE,
            {"path": "/jumpaccount/"},
            "update_group",
            {**GROUP_ONLY, "NewPath": "/jumpaccount/"},
            "move group g to path /jumpaccount/",
        ),
        (
            Kind.GROUP_POLICY,
            CREATE,
            DOCUMENT,
            "put_group_policy",
            {**INLINE, "PolicyDocument": TEXT},
            "write policy switch-roles of group g",
        ),
        (
            Kind.GROUP_POLICY,
            UPDATE,
            DOCUMENT,
            "put_group_policy",
            {**INLINE, "PolicyDocument": TEXT},
            "write policy switch-roles of group g",
        ),
        (
            Kind.GROUP_POLICY,
            DELETE,
            None,
            "delete_group_policy",
            INLINE,
            "delete policy switch-roles of group g",
        ),
        (
            Kind.GROUP_ATTACHMENT,
            CREATE,
            {},
            "attach_group_policy",
            ATTACHED,
            f"attach policy {POLICY_ARN} to group g",
        ),
        (
            Kind.GROUP_ATTACHMENT,
            DELETE,
            None,
            "detach_group_policy",
            ATTACHED,
            f"detach policy {POLICY_ARN} from group g",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, Kind | Action) else "",
)
def test_single_calls_and_their_sentences(
    scripted, kind: Kind, action: Action, after: Any, method: str, params: Any, doing_what: str
) -> None:
    key = ("g",) if kind is Kind.GROUP else ("g", params.get("PolicyArn", "switch-roles"))
    scripted.answer("iam", method, {"Group": GROUP} if method == "create_group" else {}, **params)
    write(scripted, kind, action, key, after)
    scripted.refuse("iam", method, "AccessDenied", "not you", **params)
    with pytest.raises(AwsError) as caught:
        write(scripted, kind, action, key, after)
    assert str(caught.value).startswith(
        f"Could not {doing_what} in account 111111111111: AWS answered AccessDenied: not you."
    )


def test_a_policy_waits_for_its_group(scripted, pauses: list[float]) -> None:
    scripted.refuse("iam", "attach_group_policy", "NoSuchEntity", "g", **ATTACHED)
    scripted.answer("iam", "attach_group_policy", {}, **ATTACHED)
    write(scripted, Kind.GROUP_ATTACHMENT, CREATE, ("g", POLICY_ARN), {})
    assert len(pauses) == 1
