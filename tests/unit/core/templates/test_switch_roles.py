# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The template of the switch roles; cfn-lint's opinion of it is in test_templates.py."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role import (
    SwitchRole,
    build_switch_roles,
    managed_policy_arn,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Level
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.fence import (
    Fence,
    build_fence_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.guard import (
    build_guard_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    TrustOptions,
    build_switch_trust,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.switch_roles import (
    build_switch_template,
    exception_parameters,
)
from hypothesis import given
from hypothesis import strategies as st

FENCE_ID, GUARD_ID = "JumpAccountFence", "MemberAccountGuard"
JUMP = "111111111111"
AWS = "arn:aws:iam::aws:policy/"
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
    resources = [r for n, r in template["Resources"].items() if n not in (FENCE_ID, GUARD_ID)]
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


# --- what makes accounts differ --------------------------------------------------------------

FENCE = Fence(JUMP, NAMES)
DEVELOPER = Level("developer", ("PowerUserAccess",))
ADMIN = Level("admin", ("AdministratorAccess",), is_fenced=False)


def template_of(*given_levels, **options):
    return build_switch_template(build_switch_roles(given_levels, NAMES, TRUST, **options), FENCE)


def test_the_fence_is_in_the_jump_account_for_all_but_administrators():
    template = template_of(ADMIN, DEVELOPER)
    fence = template["Resources"][FENCE_ID]
    assert fence["Condition"] == "IsJumpAccount"
    assert template["Conditions"]["IsJumpAccount"] == {
        "Fn::Equals": [{"Ref": "AWS::AccountId"}, JUMP]
    }
    assert fence["Properties"]["ManagedPolicyName"] == "policy-fence-jump-account"
    assert fence["Properties"]["PolicyDocument"] == build_fence_policy(FENCE)
    fenced = {"Fn::If": ["IsJumpAccount", {"Ref": FENCE_ID}, {"Ref": GUARD_ID}]}
    admin, developer = (properties_of(template, n)["ManagedPolicyArns"] for n in range(2))
    assert admin == ["arn:aws:iam::aws:policy/AdministratorAccess"]
    assert developer == ["arn:aws:iam::aws:policy/PowerUserAccess", fenced]


def test_the_guard_is_in_member_accounts_in_the_place_of_the_fence():
    template = template_of(ADMIN, DEVELOPER)
    guard = template["Resources"][GUARD_ID]
    assert guard["Condition"] == "IsMemberAccount"
    is_jump = template["Conditions"]["IsJumpAccount"]
    assert template["Conditions"]["IsMemberAccount"] == {"Fn::Not": [is_jump]}
    assert guard["Properties"]["ManagedPolicyName"] == "policy-guard-member-account"
    assert guard["Properties"]["Path"] == "/jumpaccount/"
    assert guard["Properties"]["PolicyDocument"] == build_guard_policy(NAMES, "aws")


def test_lower_levels_can_be_in_member_accounts_only():
    roles = build_switch_roles([ADMIN, DEVELOPER], NAMES, TRUST)
    template = build_switch_template(roles, FENCE, has_lower_roles_in_jump=False)
    admin, developer = template["Resources"]["RoleAdmin"], template["Resources"]["RoleDeveloper"]
    assert list(template["Resources"]) == [GUARD_ID, "RoleAdmin", "RoleDeveloper"]
    assert "Condition" not in admin
    assert developer["Condition"] == "IsMemberAccount"
    guard = {"Ref": GUARD_ID}
    assert developer["Properties"]["ManagedPolicyArns"] == [f"{AWS}PowerUserAccess", guard]
    is_jump = {"Fn::Equals": [{"Ref": "AWS::AccountId"}, JUMP]}
    assert template["Conditions"]["IsMemberAccount"] == {"Fn::Not": [is_jump]}
    assert "IsJumpAccount" not in template["Conditions"]
    usual = build_switch_template(roles, FENCE)
    assert "Condition" not in usual["Resources"]["RoleDeveloper"]
    assert build_switch_template(roles[:1], FENCE, has_lower_roles_in_jump=False) == template_of(
        ADMIN
    )


def test_without_fenced_levels_there_is_neither_fence_nor_guard():
    template = template_of(ADMIN)
    assert list(template["Resources"]) == ["RoleAdmin"]
    assert not {"IsJumpAccount", "IsMemberAccount"} & set(template["Conditions"])


def test_a_stage_chooses_what_differs_and_nothing_else():
    more = replace(DEVELOPER, managed_policies=("A",), max_session_duration=7200)
    test = replace(DEVELOPER, permissions_boundary="B", inline_policies=(("p", {}),))
    template = template_of(replace(DEVELOPER, stages=(("staging", more), ("test", test))))
    properties = properties_of(template)
    assert properties["MaxSessionDuration"] == {"Fn::If": ["IsStageStaging", 7200, 3600]}
    condition, there, elsewhere = properties["ManagedPolicyArns"]["Fn::If"]
    assert (condition, there[0]) == ("IsStageStaging", "arn:aws:iam::aws:policy/A")
    assert elsewhere[0] == "arn:aws:iam::aws:policy/PowerUserAccess"
    assert properties["PermissionsBoundary"] == {
        "Fn::If": ["IsStageTest", "arn:aws:iam::aws:policy/B", {"Ref": "AWS::NoValue"}]
    }
    assert properties["Policies"]["Fn::If"][0] == "IsStageTest"
    assert template["Conditions"]["IsStageStaging"] == {"Fn::Equals": [{"Ref": "Stage"}, "staging"]}
    assert template["Parameters"]["Stage"]["Default"] == "(none)"


def test_exceptions_come_as_parameters_that_are_empty_elsewhere():
    template = template_of(ADMIN, DEVELOPER)
    names = exception_parameters("role-developer")
    assert names == tuple(f"ExceptionsRoleDeveloper{n}" for n in (1, 2, 3))
    assert {template["Parameters"][name]["Default"] for name in names} == {""}
    assert properties_of(template, 1)["Policies"] == [
        {
            "Fn::If": [
                f"Has{name}",
                {"PolicyName": f"exceptions-{n}", "PolicyDocument": {"Ref": name}},
                {"Ref": "AWS::NoValue"},
            ]
        }
        for n, name in enumerate(names, start=1)
    ]
    for name in names:
        assert template["Conditions"][f"Has{name}"] == {
            "Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]
        }


def test_policies_that_every_account_has_are_named_when_the_stack_is_made():
    arn = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/x"
    properties = properties_of(template_of(replace(ADMIN, managed_policies=(arn,)), boundary=arn))
    assert properties["ManagedPolicyArns"] == [{"Fn::Sub": arn}]
    assert properties["PermissionsBoundary"] == {"Fn::Sub": arn}


def test_a_levels_own_boundary_goes_first():
    one = replace(ADMIN, permissions_boundary="Own")
    roles = build_switch_roles([one, DEVELOPER], NAMES, TRUST, "Common")
    assert [r.permissions_boundary for r in roles] == [f"{AWS}Own", f"{AWS}Common"]
