# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking the local AWS before the first write of a run."""

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policy_switch import (
    TrustOptions,
    build_switch_trust,
)
from ansible_collections.jumpaccount.aws.plugins.modules import jump_group, jump_user, preflight

from sandbox.iam import quotas
from tests.unit.modules.conftest import JUMP

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
    assert "would remove 4 of 5 objects of the kind 'role'" in problem
    assert problems(run, stack_roles=names[:2], absent_stack_roles=names[2:]) == []
    allowed = {"absent_stack_roles": names[1:], "max_removal_ratio": 1}
    assert problems(run, stack_roles=names[:1], **allowed) == []


@pytest.mark.parametrize(
    ("quota", "text", "options"),
    [
        ("GroupsQuota", "has 0 groups and would get 6 more", {"groups": groups(6)}),
        ("UsersQuota", "has 0 users and would get 6 more", {"users": people(6)}),
        ("UsersQuota", "has 0 MFA devices, one for each new user", {"users": people(6)}),
        ("RolesQuota", "roles and would get 6 more", {"stack_roles": list("abcdef")}),
        (
            "PoliciesQuota",
            "has 0 customer managed policies and would get 6 more",
            {"groups": groups(1), "stack_policies": list("abcde")},
        ),
        (
            "PolicyVersionsInUseQuota",
            "has 0 versions of policies and would get 6 more",
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
        f"Account {JUMP} has 5 groups and would get 2 more",
        f"Account {JUMP} has 5 users and would get 1 more",
    ]


def test_large_removals_are_refused_before_the_first_write(aws, run):
    run(jump_group, groups=groups(8))
    run(jump_user, users=people(5, groups=["g0"]))
    options = {"groups": groups(4), "users": people(5), "prune_groups": True}
    before = aws.writes
    first, second = problems(run, **options)
    assert first.startswith("This would remove 4 of 8 objects of the kind 'group' (g4, g5, g6, g7)")
    assert second.startswith("This would remove 5 of 5 objects of the kind 'membership'")
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
