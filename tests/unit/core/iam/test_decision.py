# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules of groups and users decide from what they read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind, ObjectId
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import GuardError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.decision import (
    GroupOptions,
    UserOptions,
    changed_groups,
    decide_groups,
    decide_users,
    deleted_groups,
    groups_after,
    user_alarms,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.group_findings import (
    FoundGroups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import (
    GroupQuotas,
    GroupSettings,
    JumpGroup,
    build_group_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.user_findings import (
    FoundUsers,
    without_groups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.users import (
    JumpUser,
    build_user_state,
)

SETTINGS = GroupSettings("111111111111", "aws", "/jumpaccount/", "policy-enforce-mfa")
GROUPS = [JumpGroup("g", frozenset({"arn:aws:iam::222222222222:role/role-x"})), JumpGroup("h")]
HERE = build_group_state(GROUPS, SETTINGS)
PEOPLE = [JumpUser("ana", groups=frozenset({"g", "h"})), JumpUser("bo", groups=frozenset({"g"}))]
FOUND = FoundUsers(
    build_user_state(PEOPLE),
    jump_groups=frozenset("gh"),
    groups=frozenset("gh"),
    group_state=HERE,
)


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


def test_groups_after_a_run_are_protected_unless_something_of_them_was_held_back():
    wanted = [*GROUPS, JumpGroup("i", frozenset({"arn:aws:iam::222222222222:role/role-x"}))]
    found = FoundGroups(HERE)
    decision = decide_groups(wanted, found, SETTINGS, GroupOptions())
    assert groups_after(found, decision, SETTINGS, decision.plan) == (["g", "h", "i"], {})
    assert groups_after(found, decision, SETTINGS, decision.plan[:-1]) == (["g", "h"], {})
    foreign = {**HERE, ObjectId(Kind.GROUP, ("i",)): {"path": "/"}}
    found = FoundGroups(foreign, members={"i": ("ana",)})
    decision = decide_groups(wanted, found, SETTINGS, GroupOptions())
    protected, alarms = groups_after(found, decision, SETTINGS, decision.plan)
    assert (decision.plan, protected, set(alarms)) == ((), ["g", "h"], {"i"})


def test_nothing_is_written_for_a_refused_group_not_even_its_policies():
    settings = replace(SETTINGS, quotas=GroupQuotas(300, 300, 10))
    group = JumpGroup("i", frozenset(f"arn:aws:iam::{n:012}:role/role-x" for n in range(9)))
    found = FoundGroups({ObjectId(Kind.GROUP, ("i",)): {"path": "/"}})
    decision = decide_groups([group], found, settings, GroupOptions())
    assert set(decision.refused) == {"i"}
    assert made(decision) == ["create policy policy-enforce-mfa"]


def test_users_as_they_shall_be_need_nothing():
    decision = decide_users(PEOPLE, FOUND, SETTINGS, UserOptions())
    assert decision.plan == ()
    assert decision.refused == {}
    assert decision.findings == {
        "created": [],
        "passwordless": [],
        "ready": ["ana", "bo"],
        "unguarded": [],
        "unlisted": [],
        "unlisted_members": [],
        "direct_policies": [],
    }
    assert user_alarms(FOUND, SETTINGS, UserOptions()) == {}


def test_a_new_user_is_told_as_created():
    people = [JumpUser("new"), *PEOPLE]
    decision = decide_users(people, FOUND, SETTINGS, UserOptions(groups_per_user=10))
    assert made(decision) == ["create user new"]
    assert decision.findings["created"] == decision.findings["passwordless"] == ["new"]


@pytest.mark.parametrize("gone", ["", "h"])
def test_memberships_of_a_deleted_group_go_with_it(gone):
    wanted = [replace(person, groups=person.groups - {"h"}) for person in PEOPLE]
    options = UserOptions(deleted_groups=frozenset(gone), protected_groups=frozenset("g"))
    decision = decide_users(wanted, FOUND, SETTINGS, options)
    assert made(decision) == ([] if gone else ["delete membership ana/h"])
    there = without_groups(FOUND, "h")
    assert (there.jump_groups, there.groups) == (frozenset("g"), frozenset("g"))
    assert {i.key[0] for i in there.group_state} == {"g", "policy-enforce-mfa"}


def test_deleted_groups_are_told():
    found = FoundGroups(HERE)
    decision = decide_groups(GROUPS[:1], found, SETTINGS, GroupOptions(prune=True))
    assert deleted_groups(decision.plan) == ["h"]
    assert deleted_groups(()) == []


def test_too_many_memberships_never_go():
    crowd = [JumpUser(name, groups=frozenset({"g"})) for name in "abcdefgh"]
    found = replace(FOUND, state=build_user_state(crowd))
    with pytest.raises(GuardError, match="This would remove 8 of 8"):
        decide_users([JumpUser(user.name) for user in crowd], found, SETTINGS, UserOptions())


@pytest.mark.parametrize(
    ("name", "groups", "options", "is_refused"),
    [
        ("new", "g", UserOptions(), False),
        ("new", "x", UserOptions(), True),
        ("new", "x", UserOptions(protected_groups=frozenset("x")), False),
        ("new", "g", UserOptions(protected_groups=frozenset("x")), True),
        ("new", "gh", UserOptions(groups_per_user=1), True),
        ("Ana", "g", UserOptions(), True),
        ("other", "g", UserOptions(), True),
        ("other", "g", UserOptions(adopt=True), False),
    ],
)
def test_users_who_cannot_be_as_wanted_are_refused(name, groups, options, is_refused):
    other = {i: {**v, "tags": {}} for i, v in build_user_state([JumpUser("other")]).items()}
    found = replace(FOUND, state={**FOUND.state, **other})
    wanted = [JumpUser(name, groups=frozenset(groups))]
    decision = decide_users(wanted, found, SETTINGS, options)
    assert (name in decision.refused) is is_refused
    assert (decision.plan == ()) is is_refused
    assert decision.findings["ready"] == ([] if is_refused else [name])
    assert decision.findings["created"] == ([name] if name == "new" and not is_refused else [])


def without_mfa(group: str):
    state = {i: v for i, v in HERE.items() if i.kind is not Kind.GROUP_MFA or i.key[0] != group}
    return replace(FOUND, group_state=state)


def test_what_is_withdrawn_from_a_refused_user_goes_on():
    wanted = [JumpUser("bo", groups=frozenset("h"))]
    decision = decide_users(wanted, without_mfa("h"), SETTINGS, UserOptions())
    assert set(decision.refused) == {"bo"}
    assert made(decision) == ["delete membership bo/g"]


def test_a_member_of_a_group_that_lost_its_mfa_policy_is_an_alarm_and_gets_no_password():
    found = without_mfa("h")
    decision = decide_users(PEOPLE, found, SETTINGS, UserOptions())
    assert (decision.plan, decision.refused) == ((), {})
    assert decision.findings["ready"] == ["bo"]
    assert set(user_alarms(found, SETTINGS, UserOptions())) == {"h"}


@pytest.mark.parametrize(("changed", "ready"), [("", ["bo"]), ("g", ["bo"]), ("h", ["ana", "bo"])])
def test_a_step_vouches_for_groups_unless_a_later_read_tells_otherwise(changed, ready):
    """What the step itself has just changed may still be read as it was."""
    found = without_mfa("h")
    vouched = UserOptions(protected_groups=frozenset("gh"), changed_groups=frozenset(changed))
    decision = decide_users(PEOPLE, found, SETTINGS, vouched)
    assert (decision.plan, decision.findings["ready"]) == ((), ready)
    assert set(user_alarms(found, SETTINGS, vouched)) == ({"h"} if len(ready) == 1 else set())
    gone = replace(vouched, deleted_groups=frozenset("h"))
    assert user_alarms(found, SETTINGS, gone) == {}


def test_the_groups_that_a_run_changed():
    found = FoundGroups(HERE)
    wanted = [*GROUPS, JumpGroup("i")]
    plan = decide_groups(wanted, found, SETTINGS, GroupOptions()).plan
    assert changed_groups(found, SETTINGS, plan) == ["i"]
    stricter = replace(SETTINGS, source_networks=("203.0.113.0/24",))
    plan = decide_groups(wanted[:2], found, stricter, GroupOptions()).plan
    assert changed_groups(found, stricter, plan) == ["g", "h"]
    assert changed_groups(found, SETTINGS, ()) == []


def test_a_membership_that_stays_counts_for_the_password():
    options = UserOptions(purge_memberships=False)
    wanted = [JumpUser("ana", groups=frozenset("g"))]
    decision = decide_users(wanted, without_mfa("h"), SETTINGS, options)
    assert (decision.plan, decision.findings["ready"]) == ((), [])


@pytest.mark.parametrize(
    ("groups", "theirs", "policies", "is_unguarded"),
    [
        ("", "", (), False),
        ("g", "", (), False),
        ("g", "f", ("p",), False),
        ("", "f", (), True),
        ("", "", ("p",), True),
    ],
)
def test_who_acts_by_what_is_not_ours_without_mfa_gets_no_password(
    groups, theirs, policies, is_unguarded
):
    people = [JumpUser("cy", groups=frozenset(groups + theirs))]
    found = replace(FOUND, state=build_user_state(people), policies={"cy": policies})
    decision = decide_users(
        [JumpUser("cy", groups=frozenset(groups))], found, SETTINGS, UserOptions()
    )
    assert decision.plan == ()
    assert decision.findings["unguarded"] == (["cy"] if is_unguarded else [])
    assert decision.findings["ready"] == ([] if is_unguarded else ["cy"])
