# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking the local AWS before the first write of a run."""

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    TrustOptions,
    build_switch_trust,
)
from ansible_collections.jumpaccount.aws.plugins.modules import (
    account_stack,
    jump_group,
    jump_user,
    password_policy,
    preflight,
)

from sandbox.iam import quotas
from tests.unit.modules.conftest import JUMP

MFA = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-enforce-mfa"
TAG = {"Key": "own", "Value": "tag"}
ARN = "arn:aws:iam::222222222222:role/role-operator"
TRUST = json.dumps(build_switch_trust(TrustOptions(JUMP)))


def groups(count, prefix="g"):
    return [{"name": f"{prefix}{n}", "role_arns": [ARN]} for n in range(count)]


def people(count, prefix="person", **more):
    return [{"name": f"{prefix}{n}", **more} for n in range(count)]


def problems(run, **options):
    """Return what the module says, the same in check mode and really."""
    checked, found = (run(preflight, check=c, account_id=JUMP, **options) for c in (True, False))
    assert checked["problems"] == found["problems"]
    assert bool(found.get("failed")) is bool(found["problems"])
    return found["problems"]


def test_a_large_removal_of_switch_roles_is_refused(aws, run):
    names = [f"role-{n}" for n in range(5)]
    for name in names:
        aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    (problem,) = problems(run, stack_roles=names[:1], absent_stack_roles=names[1:])
    assert "would remove 4 of 5 objects of type 'role'" in problem
    assert problems(run, stack_roles=names[:2], absent_stack_roles=names[2:]) == []
    allowed = {"absent_stack_roles": names[1:], "max_removal_ratio": 1}
    assert problems(run, stack_roles=names[:1], **allowed) == []


@pytest.mark.parametrize(
    ("quota", "text", "options"),
    [
        ("GroupsQuota", "has 0 groups and needs 6 more", {"groups": groups(6)}),
        ("UsersQuota", "has 0 users and needs 6 more", {"users": people(6)}),
        ("UsersQuota", "has 0 MFA devices (one for each new user)", {"users": people(6)}),
        ("RolesQuota", "roles and needs 6 more", {"stack_roles": list("abcdef")}),
        (
            "PoliciesQuota",
            "has 0 customer managed policies and needs 6 more",
            {"groups": groups(1), "stack_policies": list("abcde")},
        ),
        (
            "PolicyVersionsInUseQuota",
            "has 0 policy versions and needs 6 more",
            {"groups": groups(1), "stack_policies": list("abcde")},
        ),
    ],
)
def test_quotas_are_asked_before_the_first_write(aws, run, monkeypatch, quota, text, options):
    assert problems(run, **options) == []
    there = {"RolesQuota": len(aws.client("iam").list_roles()["Roles"])}.get(quota, 0)
    monkeypatch.setitem(quotas.QUOTAS, quota, there + 5)
    assert [p for p in problems(run, **options) if text in p]
    monkeypatch.setitem(quotas.QUOTAS, quota, there + 6)
    assert problems(run, **options) == []
    assert aws.writes == 0


@pytest.mark.usefixtures("aws")
def test_the_way_out_is_offered_where_there_is_one(run, monkeypatch):
    monkeypatch.setitem(quotas.QUOTAS, "GroupsQuota", 5)
    (every,) = problems(run, groups=groups(6))
    (used,) = problems(run, groups=groups(6), project_groups="used")
    assert "jump_project_groups=used" in every
    assert "jump_project_groups" not in used


@pytest.mark.usefixtures("aws")
def test_what_is_there_already_needs_no_room(run, monkeypatch):
    made = groups(5)
    run(jump_group, groups=made)
    run(jump_user, users=people(5, groups=["g0"]))
    for quota in ("GroupsQuota", "UsersQuota"):
        monkeypatch.setitem(quotas.QUOTAS, quota, 5)
    assert problems(run, groups=made, users=people(5, groups=["g0"])) == []
    both = problems(run, groups=groups(7), users=people(6, groups=["g0"]))
    assert [text.split(",")[0] for text in both] == [
        f"Account {JUMP} has 5 groups and needs 2 more",
        f"Account {JUMP} has 5 users and needs 1 more",
    ]


def test_large_removals_are_refused_before_the_first_write(aws, run):
    run(jump_group, groups=groups(8))
    run(jump_user, users=people(5, groups=["g0"]))
    options = {"groups": groups(4), "users": people(5), "prune_groups": True}
    before = aws.writes
    first, second = problems(run, **options)
    assert first.startswith("This would remove 4 of 8 objects of type 'group' (g4, g5, g6, g7)")
    assert second.startswith("This would remove 5 of 5 objects of type 'membership'")
    assert aws.writes == before
    assert problems(run, **options, max_removal_ratio=1.0) == []


def test_what_a_module_refuses_for_one_group_takes_no_room(aws, run, monkeypatch):
    aws.client("iam").create_group(GroupName="g0")
    monkeypatch.setitem(quotas.QUOTAS, "GroupsQuota", 1)
    assert problems(run, groups=groups(1)) == []


def test_credentials_of_another_account_are_told_before_anything_is_read(aws, run):
    result = run(preflight, account_id="222222222222", groups=groups(1))
    assert "the credentials of this run are for account 111111111111" in result["msg"]
    assert list(aws.calls) == ["sts:GetCallerIdentity"]


def test_a_group_that_no_account_can_hold_is_told_before_the_first_write(aws, run):
    arns = [f"arn:aws:iam::{n:012}:role/role-operator" for n in range(1200)]
    result = run(preflight, groups=[{"name": "g", "role_arns": arns}])
    assert "group g is for 1200 accounts" in result["msg"]
    assert aws.writes == 0


TRUSTED = {"Effect": "Allow", "Principal": {"AWS": JUMP}, "Action": "sts:AssumeRole"}
ROLE = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUSTED]}}
TEMPLATE = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": ROLE}}}
STACKS = [{"step": "administration_role", "name": "own", "template_body": TEMPLATE}]
EVERYTHING = {
    "groups": groups(2),
    "users": people(1, groups=["g0"]),
    "password_policy": {},
    "stacks": STACKS,
}


@pytest.fixture
def settled(aws, run, instant):
    """Return what has nothing to do, of an account where everything is as it is wanted."""
    del instant
    run(jump_group, account_id=JUMP, groups=EVERYTHING["groups"])
    run(jump_user, account_id=JUMP, users=EVERYTHING["users"])
    run(password_policy, account_id=JUMP)
    stack = {"name": "own", "template_body": TEMPLATE, "accounts": [{"account_id": JUMP}]}
    made = run(account_stack, account_id=JUMP, **stack)
    assert made["failures"] == []

    def ask(**options):
        before = aws.writes
        found = run(preflight, account_id=JUMP, **{**EVERYTHING, **options})["settled"]
        assert aws.writes == before
        return found.keys()

    assert ask() == {"groups", "users", "password_policy", "administration_role"}
    return ask


@pytest.mark.parametrize(
    ("by_hand", "busy"),
    [
        (
            ("iam", "detach_group_policy", {"GroupName": "g0", "PolicyArn": MFA}),
            {"groups", "users"},
        ),
        (
            ("iam", "detach_group_policy", {"GroupName": "g1", "PolicyArn": MFA}),
            {"groups", "users"},
        ),
        (("iam", "tag_user", {"UserName": "person0", "Tags": [TAG]}), set()),
        (
            ("iam", "untag_user", {"UserName": "person0", "TagKeys": ["jumpaccount:owned"]}),
            {"users"},
        ),
        (
            ("iam", "remove_user_from_group", {"GroupName": "g0", "UserName": "person0"}),
            {"users"},
        ),
        (("iam", "delete_account_password_policy", {}), {"password_policy"}),
        (("iam", "update_account_password_policy", {}), {"password_policy"}),
        (
            (
                "cloudformation",
                "update_termination_protection",
                {"StackName": "own", "EnableTerminationProtection": False},
            ),
            {"administration_role"},
        ),
    ],
)
def test_a_step_with_something_to_do_is_not_settled(aws, settled, by_hand, busy):
    every = settled()
    service, method, arguments = by_hand
    getattr(aws.client(service), method)(**arguments)
    assert every - settled() == busy


@pytest.mark.parametrize(
    ("options", "busy"),
    [
        ({"groups": groups(3)}, {"groups", "users"}),
        ({"users": people(2, groups=["g0"])}, {"users"}),
        ({"password_policy": {"minimum_length": 30}}, {"password_policy"}),
        ({"password_policy": None}, {"password_policy"}),
        ({"stacks": [{**STACKS[0], "template_body": {"Resources": {}}}]}, {"administration_role"}),
        ({"stacks": [{**STACKS[0], "name": "other"}]}, {"administration_role"}),
        ({"source_networks": ["10.0.0.0/8"]}, {"groups", "users"}),
        ({"groups": []}, {"groups"}),
    ],
)
def test_a_step_of_which_something_else_is_wanted_is_not_settled(settled, options, busy):
    assert settled() - settled(**options) == busy


@pytest.fixture
def deny(aws, monkeypatch):
    """Return a function that makes the process somebody who may do anything but one action."""
    iam = aws.client("iam")

    def use(action):
        iam.create_user(UserName="runner")
        statements = [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": action, "Resource": "*"},
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="runner", PolicyName="p", PolicyDocument=document)
        key = iam.create_access_key(UserName="runner")["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])

    return use


@pytest.mark.parametrize(
    ("action", "busy"),
    [
        ("iam:GetAccountPasswordPolicy", {"password_policy"}),
        ("cloudformation:DescribeStacks", {"administration_role"}),
        ("cloudformation:GetTemplate", {"administration_role"}),
    ],
)
def test_what_cannot_be_read_is_left_to_the_step_itself(settled, deny, action, busy):
    every = settled()
    deny(action)
    assert every - settled() == busy


def test_accounts_with_current_instances_are_known_without_another_module(run, deny):
    assert run(preflight, account_id=JUMP)["current_accounts"] is None
    assert run(preflight, account_id=JUMP, stack_set_name="none")["current_accounts"] == []
    deny("cloudformation:ListStackInstances")
    assert run(preflight, account_id=JUMP, stack_set_name="none")["current_accounts"] is None


def test_a_run_that_adds_nothing_does_not_ask_for_quotas(aws, settled):
    before = aws.calls.get("iam:GetAccountSummary", 0)
    settled()
    assert aws.calls.get("iam:GetAccountSummary", 0) == before
