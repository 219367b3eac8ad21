# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and writing switch roles."""

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.switch_roles import (
    read_roles,
    role_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)

from tests.unit.scripted import play

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*"]}]}
TEXT = json.dumps(DOCUMENT)
OURS = [{"Key": "jumpaccount:owned", "Value": "true"}]
ROLE = {
    "path": "/",
    "description": "d",
    "max_session_duration": 7200,
    "permissions_boundary": None,
    "trust_policy": DOCUMENT,
    "tags": {"jumpaccount:owned": "true"},
}
REQUEST = {
    "RoleName": "role-a",
    "Path": "/",
    "Description": "d",
    "MaxSessionDuration": 7200,
    "AssumeRolePolicyDocument": TEXT,
    "Tags": OURS,
}
NAMED = {"RoleName": "role-a"}
BOUNDARY = "arn:aws:iam::aws:policy/Boundary"
ARN = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def script(monkeypatch):
    yield from play(monkeypatch)


def role_answer(name, **more):
    return {
        "RoleName": name,
        "Path": "/",
        "RoleId": "AROAEXAMPLEEXAMPLE",
        "Arn": f"arn:aws:iam::111111111111:role/{name}",
        "CreateDate": "2026-01-01",
        "AssumeRolePolicyDocument": TEXT,
        **more,
    }


def details_of(*roles):
    """Return roles as the bulk read has them."""
    return [{k: v for k, v in r.items() if k != "MaxSessionDuration"} for r in roles]


def bulk(script, *pages):
    for number, roles in enumerate(pages):
        is_last = number + 1 == len(pages)
        more = {} if is_last else {"Marker": f"m{number + 1}"}
        params = {"Filter": ["Role"], "MaxItems": 1000}
        script.answer(
            "iam",
            "get_account_authorization_details",
            {**params, **({"Marker": f"m{number}"} if number else {})},
            {"RoleDetailList": details_of(*roles), "IsTruncated": not is_last, **more},
        )


def write(script, kind, action, key=("role-a",), before=None, after=None):
    change = Change(ObjectId(kind, key), action, before, after)
    role_writers(script.account)[(kind, action)](change)


def refusal(*arguments, **more):
    with pytest.raises(AwsError) as caught:
        write(*arguments, **more)
    return str(caught.value)


def test_listed_roles_are_read_over_all_pages(script):
    listed = role_answer(
        "role-a",
        Tags=OURS,
        PermissionsBoundary={"PermissionsBoundaryArn": BOUNDARY},
        RolePolicyList=[{"PolicyName": "p", "PolicyDocument": TEXT}],
        AttachedManagedPolicies=[{"PolicyName": "ReadOnlyAccess", "PolicyArn": ARN}],
    )
    bulk(script, [role_answer("other"), role_answer("role-z", Tags=OURS)], [listed])
    full = role_answer("role-a", Description="d", MaxSessionDuration=7200)
    script.answer("iam", "get_role", NAMED, {"Role": full})
    state, owned = read_roles(script.account, {"role-a", "role-b"})
    assert owned == {"role-a", "role-z"}
    role = {**ROLE, "permissions_boundary": BOUNDARY}
    assert state == {
        ObjectId(Kind.ROLE, ("role-a",)): role,
        ObjectId(Kind.ROLE_POLICY, ("role-a", "p")): DOCUMENT,
        ObjectId(Kind.ROLE_ATTACHMENT, ("role-a", ARN)): {},
    }
    assert list(state[ObjectId(Kind.ROLE, ("role-a",))]) == list(ROLE)


def test_a_role_without_description(script):
    bulk(script, [role_answer("role-a")])
    full = role_answer("role-a", MaxSessionDuration=3600)
    script.answer("iam", "get_role", NAMED, {"Role": full})
    state, owned = read_roles(script.account, {"role-a"})
    assert state[ObjectId(Kind.ROLE, ("role-a",))]["description"] == ""
    assert owned == frozenset()


def test_a_refused_read_is_a_sentence(script):
    bulk(script, [role_answer("role-a")])
    script.refuse("iam", "get_role", NAMED, "AccessDenied", "no")
    with pytest.raises(AwsError, match=r"Could not read role role-a in account 111111111111: "):
        read_roles(script.account, {"role-a"})


@pytest.mark.parametrize("boundary", [None, BOUNDARY])
def test_a_role_is_created_whole(script, boundary):
    extra = {"PermissionsBoundary": boundary} if boundary else {}
    answer = {"Role": role_answer("role-a")}
    script.answer("iam", "create_role", {**REQUEST, **extra}, answer)
    write(script, Kind.ROLE, Action.CREATE, after={**ROLE, "permissions_boundary": boundary})


def test_a_lost_answer_is_no_failure(script):
    script.refuse("iam", "create_role", REQUEST, "EntityAlreadyExists")
    script.answer("iam", "get_role", NAMED, {"Role": role_answer("role-a", Tags=OURS)})
    write(script, Kind.ROLE, Action.CREATE, after=ROLE)


def test_somebody_elses_role_is_one(script):
    script.refuse("iam", "create_role", REQUEST, "EntityAlreadyExists", "there")
    script.answer("iam", "get_role", NAMED, {"Role": role_answer("role-a")})
    text = refusal(script, Kind.ROLE, Action.CREATE, after=ROLE)
    assert text.startswith("Could not create role role-a in account 111111111111: AWS answered")


@pytest.mark.parametrize(
    ("changes", "calls"),
    [
        (
            {"trust_policy": {"Version": "x"}},
            [("update_assume_role_policy", {"PolicyDocument": '{"Version": "x"}'})],
        ),
        (
            {"permissions_boundary": BOUNDARY},
            [("put_role_permissions_boundary", {"PermissionsBoundary": BOUNDARY})],
        ),
        (
            {"description": "e"},
            [("update_role", {"Description": "e", "MaxSessionDuration": 7200})],
        ),
        (
            {"max_session_duration": 3600},
            [("update_role", {"Description": "d", "MaxSessionDuration": 3600})],
        ),
        (
            {"tags": {"a": "1"}},
            [
                ("tag_role", {"Tags": [{"Key": "a", "Value": "1"}]}),
                ("untag_role", {"TagKeys": ["jumpaccount:owned"]}),
            ],
        ),
        ({}, []),
    ],
    ids=["trust", "boundary", "description", "duration", "tags", "nothing"],
)
def test_only_what_differs_is_written(script, changes, calls):
    for operation, params in calls:
        script.answer("iam", operation, {**NAMED, **params})
    write(script, Kind.ROLE, Action.UPDATE, before=ROLE, after={**ROLE, **changes})


def test_a_boundary_is_taken_away(script):
    script.answer("iam", "delete_role_permissions_boundary", NAMED)
    before = {**ROLE, "permissions_boundary": BOUNDARY}
    write(script, Kind.ROLE, Action.UPDATE, before=before, after=ROLE)


def test_a_refused_update_is_a_sentence(script):
    params = {**NAMED, "Description": "e", "MaxSessionDuration": 7200}
    script.refuse("iam", "update_role", params, "LimitExceeded", "no")
    after = {**ROLE, "description": "e"}
    text = refusal(script, Kind.ROLE, Action.UPDATE, before=ROLE, after=after)
    assert text.startswith("Could not update role role-a in account 111111111111: AWS answered")


def test_a_role_is_deleted(script):
    script.answer("iam", "delete_role", NAMED)
    write(script, Kind.ROLE, Action.DELETE, before=ROLE)


def test_a_role_in_use_is_a_sentence(script):
    script.refuse("iam", "delete_role", NAMED, "DeleteConflict", "in a profile")
    text = refusal(script, Kind.ROLE, Action.DELETE, before=ROLE)
    assert text.endswith("Remove the role from its instance profiles, then run again.")


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE])
def test_an_inline_policy_is_written_when_its_role_is_visible(script, action):
    params = {**NAMED, "PolicyName": "p", "PolicyDocument": TEXT}
    script.refuse("iam", "put_role_policy", params, "NoSuchEntity")
    script.answer("iam", "put_role_policy", params)
    write(script, Kind.ROLE_POLICY, action, ("role-a", "p"), after=DOCUMENT)


def test_an_inline_policy_is_deleted(script):
    script.answer("iam", "delete_role_policy", {**NAMED, "PolicyName": "p"})
    write(script, Kind.ROLE_POLICY, Action.DELETE, ("role-a", "p"))


def test_a_managed_policy_is_attached_and_detached(script):
    params = {**NAMED, "PolicyArn": ARN}
    script.answer("iam", "attach_role_policy", params)
    script.answer("iam", "detach_role_policy", params)
    write(script, Kind.ROLE_ATTACHMENT, Action.CREATE, ("role-a", ARN))
    write(script, Kind.ROLE_ATTACHMENT, Action.DELETE, ("role-a", ARN))


def test_a_managed_policy_that_is_not_there_is_a_sentence(script):
    for _attempt in range(6):
        script.refuse("iam", "attach_role_policy", None, "NoSuchEntity", "no such policy")
    text = refusal(script, Kind.ROLE_ATTACHMENT, Action.CREATE, ("role-a", ARN))
    assert text.endswith("no such policy. Check the name of the policy.")
