# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The template of the switch roles; cfn-lint's opinion of it is in test_templates.py."""

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Level
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policy_switch import (
    TrustOptions,
    build_switch_trust,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.switch_role import (
    SwitchRole,
    build_switch_roles,
    managed_policy_arn,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.switch_template import (
    build_switch_template,
)
from hypothesis import given
from hypothesis import strategies as st

JUMP = "111111111111"
NAMES = Names()
TRUST = TrustOptions(JUMP)
TRUST_POLICY = build_switch_trust(TRUST)

levels = st.lists(
    st.builds(
        Level,
        name=st.text("abcZ9-_.", min_size=1, max_size=8),
        managed_policies=st.lists(
            st.sampled_from(["ReadOnlyAccess", "arn:aws:iam::222222222222:policy/x"]), unique=True
        ).map(tuple),
        inline_policies=st.sampled_from([(), (("p", {"Statement": []}),)]),
        max_session_duration=st.integers(3600, 43200),
    ),
    unique_by=lambda level: level.name,
)


def properties_of(template, number=0):
    resources = list(template["Resources"].values())
    assert all(resource["Type"] == "AWS::IAM::Role" for resource in resources)
    return resources[number]["Properties"]


@pytest.mark.parametrize(
    ("name", "partition", "arn"),
    [
        ("ReadOnlyAccess", "aws", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("job-function/Billing", "aws-cn", "arn:aws-cn:iam::aws:policy/job-function/Billing"),
        ("arn:aws:iam::222222222222:policy/x", "aws-cn", "arn:aws:iam::222222222222:policy/x"),
    ],
)
def test_managed_policies_by_name_or_arn(name, partition, arn):
    assert managed_policy_arn(name, partition) == arn


@given(levels)
def test_a_role_for_each_level(given_levels):
    roles = build_switch_roles(given_levels, NAMES, TRUST)
    assert [role.name for role in roles] == sorted(f"role-{lv.name}" for lv in given_levels)
    of_name = {role.name: role for role in roles}
    for level in given_levels:
        role = of_name[f"role-{level.name}"]
        assert role.max_session_duration == level.max_session_duration
        assert role.inline_policies == level.inline_policies
        assert role.trust_policy == TRUST_POLICY
        expected = sorted(managed_policy_arn(name, "aws") for name in level.managed_policies)
        assert list(role.managed_policy_arns) == expected


@given(levels, st.randoms(use_true_random=False))
def test_the_template_does_not_depend_on_the_order_of_levels(given_levels, chance):
    mixed = list(given_levels)
    chance.shuffle(mixed)
    one, other = (
        json.dumps(build_switch_template(build_switch_roles(order, NAMES, TRUST)))
        for order in (given_levels, mixed)
    )
    assert one == other


@given(levels)
def test_every_role_is_in_the_template_under_an_id_of_its_own(given_levels):
    roles = build_switch_roles(given_levels, NAMES, TRUST)
    resources = build_switch_template(roles)["Resources"]
    assert [r["Properties"]["RoleName"] for r in resources.values()] == [r.name for r in roles]
    assert all(name.isascii() and name.isalnum() and len(name) <= 255 for name in resources)


def test_the_longest_role_name_makes_a_valid_id():
    (name,) = build_switch_template([SwitchRole("R" * 64, TRUST_POLICY)])["Resources"]
    assert len(name) <= 255


def test_usual_names_have_readable_ids():
    roles = build_switch_roles([Level("admin"), Level("power-user")], NAMES, TRUST)
    assert list(build_switch_template(roles)["Resources"]) == ["RoleAdmin", "RolePowerUser"]


def test_the_least_of_a_role():
    assert properties_of(build_switch_template([SwitchRole("role-a", TRUST_POLICY)])) == {
        "RoleName": "role-a",
        "Path": "/",
        "Description": "",
        "MaxSessionDuration": 3600,
        "AssumeRolePolicyDocument": TRUST_POLICY,
        "ManagedPolicyArns": [],
    }


def test_all_of_a_role():
    document = {"Version": "2012-10-17", "Statement": []}
    role = SwitchRole(
        name="role-a",
        trust_policy=TRUST_POLICY,
        managed_policy_arns=("arn:1", "arn:2"),
        inline_policies=(("p", document),),
        max_session_duration=7200,
        description="d",
        permissions_boundary="arn:b",
        path="/x/",
        tags=(("a", "1"),),
    )
    assert properties_of(build_switch_template([role])) == {
        "RoleName": "role-a",
        "Path": "/x/",
        "Description": "d",
        "MaxSessionDuration": 7200,
        "AssumeRolePolicyDocument": TRUST_POLICY,
        "ManagedPolicyArns": ["arn:1", "arn:2"],
        "Policies": [{"PolicyName": "p", "PolicyDocument": document}],
        "PermissionsBoundary": "arn:b",
        "Tags": [{"Key": "a", "Value": "1"}],
    }
