# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules of groups and users decide from what they read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.decision import (
    GroupOptions,
    UserOptions,
    decide_groups,
    decide_users,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.group_findings import (
    FoundGroups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import GuardError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_group import (
    GroupQuotas,
    GroupSettings,
    JumpGroup,
    build_group_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_user import (
    JumpUser,
    build_user_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.user_findings import FoundUsers

SETTINGS = GroupSettings("111111111111", "aws", "/jumpaccount/", "policy-enforce-mfa")
GROUPS = [JumpGroup("g", frozenset({"arn:aws:iam::222222222222:role/role-x"})), JumpGroup("h")]
HERE = build_group_state(GROUPS, SETTINGS)
PEOPLE = [JumpUser("ana", groups=frozenset({"g", "h"})), JumpUser("bo", groups=frozenset({"g"}))]
FOUND = FoundUsers(build_user_state(PEOPLE), jump_groups=frozenset("gh"), groups=frozenset("gh"))


def made(decision) -> list[str]:
    return [f"{c.action.value} {c.id}" for c in decision.plan]


def test_groups_as_they_shall_be_need_nothing():
    decision = decide_groups(GROUPS, FoundGroups(HERE), SETTINGS, GroupOptions())
    assert decision.plan == ()
    assert decision.refused == {}
    assert decision.findings == {
        "unlisted": [],
        "foreign_policies": [],
        "unused_policies": [],
        "fence": {"document": None, "roles": {}},
    }


def test_groups_that_are_not_listed_stay_and_are_told_unless_they_are_to_go():
    found = FoundGroups(HERE)
    kept = decide_groups(GROUPS[:1], found, SETTINGS, GroupOptions())
    gone = decide_groups(GROUPS[:1], found, SETTINGS, GroupOptions(prune=True))
    assert (kept.plan, kept.findings["unlisted"]) == ((), ["h"])
    assert "delete group h" in made(gone)
    assert gone.findings["unlisted"] == []


def test_too_many_groups_never_go():
    many = [JumpGroup(name) for name in "abcdefgh"]
    found = FoundGroups(build_group_state(many, SETTINGS))
    with pytest.raises(GuardError, match="This would remove 7 of 8"):
        decide_groups(many[:1], found, SETTINGS, GroupOptions(prune=True))


@pytest.mark.parametrize(
    ("adopt", "quota", "names", "refused"),
    [(False, 10, (), ["g"]), (True, 10, (), []), (True, 0, (), ["g"]), (True, 10, ("G",), ["g"])],
)
def test_groups_of_others_without_room_or_in_other_case_are_refused(adopt, quota, names, refused):
    there = build_group_state(GROUPS[:1], replace(SETTINGS, path="/other/"))
    state = {i: v for i, v in there.items() if i.kind is Kind.GROUP}
    settings = replace(SETTINGS, quotas=GroupQuotas(attached_policies=quota))
    found = FoundGroups(state, frozenset(names))
    decision = decide_groups(GROUPS[:1], found, settings, GroupOptions(adopt=adopt))
    assert sorted(decision.refused) == refused


def test_users_as_they_shall_be_need_nothing():
    decision = decide_users(PEOPLE, FOUND, UserOptions())
    assert decision.plan == ()
    assert decision.refused == {}
    assert decision.findings == {
        "created": [],
        "unlisted": [],
        "unlisted_members": [],
        "direct_policies": [],
    }


def test_a_new_user_is_told_as_created():
    decision = decide_users([JumpUser("new"), *PEOPLE], FOUND, UserOptions(groups_per_user=10))
    assert made(decision) == ["create user new"]
    assert decision.findings["created"] == ["new"]


def test_too_many_memberships_never_go():
    crowd = [JumpUser(name, groups=frozenset({"g"})) for name in "abcdefgh"]
    found = replace(FOUND, state=build_user_state(crowd))
    with pytest.raises(GuardError, match="This would remove 8 of 8"):
        decide_users([JumpUser(user.name) for user in crowd], found, UserOptions())


@pytest.mark.parametrize(
    ("name", "groups", "options", "is_refused"),
    [
        ("new", "g", UserOptions(), False),
        ("new", "x", UserOptions(), True),
        ("new", "x", UserOptions(expected_groups=("x",)), False),
        ("new", "gh", UserOptions(groups_per_user=1), True),
        ("Ana", "g", UserOptions(), True),
        ("other", "g", UserOptions(), True),
        ("other", "g", UserOptions(adopt=True), False),
    ],
)
def test_users_who_cannot_be_as_wanted_are_refused(name, groups, options, is_refused):
    other = {i: {**v, "tags": {}} for i, v in build_user_state([JumpUser("other")]).items()}
    found = replace(FOUND, state={**FOUND.state, **other})
    decision = decide_users([JumpUser(name, groups=frozenset(groups))], found, options)
    assert (name in decision.refused) is is_refused
