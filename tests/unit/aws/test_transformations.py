# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From AWS's answers to states and back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws import transformations
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.transformations import (
    password_policy_from,
    password_policy_to,
    tags_from,
    tags_to,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind, ObjectId
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password import (
    PasswordPolicy,
)
from hypothesis import given
from hypothesis import strategies as st

DOCUMENT = {"Version": "2012-10-17", "Statement": []}
AGES = st.integers(0, 24)
POLICIES = st.builds(
    PasswordPolicy,
    st.integers(6, 128),
    *([st.booleans()] * 5),
    max_age=AGES,
    reuse_prevention=AGES,
    hard_expiry=st.booleans(),
)


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3)))
def test_tags_survive_the_way_there_and_back(tags: dict[str, str]) -> None:
    sent = tags_to(tags)
    assert tags_from(sent) == tags
    assert sent == sorted(sent, key=lambda tag: tag["Key"])


@given(POLICIES)
def test_a_password_policy_survives_the_way_there_and_back(policy: PasswordPolicy) -> None:
    assert password_policy_from(password_policy_to(vars(policy))) == policy


def test_what_aws_leaves_out_of_a_password_policy_is_off() -> None:
    assert password_policy_from({"MinimumPasswordLength": 8}) == PasswordPolicy(
        8, False, False, False, False, False, 0, 0, False
    )


@pytest.mark.parametrize("name", ["max_age", "reuse_prevention"])
def test_an_age_of_zero_is_not_sent(name: str) -> None:
    sent = password_policy_to({**vars(PasswordPolicy(max_age=90)), name: 0})
    assert len(sent) == 8
    assert 0 not in [value for value in sent.values() if not isinstance(value, bool)]


ROLE: dict[str, Any] = {
    "RoleName": "role-admin",
    "Path": "/",
    "AssumeRolePolicyDocument": {**DOCUMENT, "Statement": {"Effect": "Allow", "Action": "a:b"}},
    "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": DOCUMENT}],
    "AttachedManagedPolicies": [{"PolicyName": "x", "PolicyArn": "arn:x"}],
    "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:b"},
    "Tags": [{"Key": "k", "Value": "v"}],
}


def test_answers_are_not_changed() -> None:
    details = {
        "GroupDetailList": [],
        "UserDetailList": [],
        "Policies": [],
        "RoleDetailList": [ROLE],
    }
    before = repr(details)
    transformations.roles_from(details, {"role-admin"})
    transformations.users_from(details)
    transformations.groups_from(details, set(), "/", "arn:m")
    transformations.policies_from(details, "/")
    assert repr(details) == before


def test_only_listed_roles_are_read() -> None:
    details = {"RoleDetailList": [ROLE, {**ROLE, "RoleName": "other"}]}
    state = transformations.roles_from(details, {"role-admin"})
    assert state.keys() == {
        ObjectId(Kind.ROLE, ("role-admin",)),
        ObjectId(Kind.ROLE_POLICY, ("role-admin", "inline")),
        ObjectId(Kind.ROLE_ATTACHMENT, ("role-admin", "arn:x")),
    }
    role = state[ObjectId(Kind.ROLE, ("role-admin",))]
    assert (role["path"], role["tags"], role["permissions_boundary"]) == ("/", {"k": "v"}, "arn:b")
    assert role["trust_policy"]["Statement"] == [{"Effect": "Allow", "Action": ["a:b"]}]


def test_a_bare_role() -> None:
    bare = {k: ROLE[k] for k in ("RoleName", "Path", "AssumeRolePolicyDocument")}
    state = transformations.roles_from({"RoleDetailList": [bare]}, {"role-admin"})
    (role,) = state.values()
    assert (role["tags"], role["permissions_boundary"]) == ({}, None)
