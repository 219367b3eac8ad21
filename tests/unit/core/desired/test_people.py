# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a checked inventory to groups, users and reach."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import Problems
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.people import (
    build_groups,
    build_reach,
    build_users,
    check_names,
    parse_jump_roles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import (
    Access,
    Account,
    Inventory,
    Level,
    Person,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import problems_of

JUMP = Account("111111111111", "zz-jump", is_jump=True)
PROJECTS = ("a", "b")
ACCESS = st.builds(
    Access, st.sampled_from(["admin", "operator"]), st.sampled_from([*PROJECTS, None])
)


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    owners = draw(st.lists(st.sampled_from([*PROJECTS, None]), max_size=5))
    members = tuple(
        Account(f"{n + 2:012}", f"host{n}", project=owner) for n, owner in enumerate(owners)
    )
    projects = {owner for owner in owners if owner}
    access = draw(st.sets(ACCESS, max_size=4))
    person = Person("ana", tuple(a for a in access if a.project in {None, *projects}))
    by_project = draw(st.booleans()) and Access("operator") not in person.access
    levels = (
        Level("admin", is_fenced=False),
        Level("operator", has_global_group=not by_project),
    )
    return Inventory(
        JUMP,
        members,
        levels,
        (person,),
        only_used_groups=draw(st.booleans()),
        has_lower_roles_in_jump=draw(st.booleans()),
    )


@given(inventories())
def test_a_person_reaches_exactly_what_its_groups_permit(inventory: Inventory) -> None:
    names = Names()
    groups = {g.name: g.role_arns for g in build_groups(inventory, names, "aws")}
    (user,) = build_users(inventory, names, "/", None)
    permitted = {arn for group in user.groups for arn in groups[group]}
    reach = build_reach(inventory, names, inventory.people[0])
    assert permitted == {f"arn:aws:iam::{r.account.account_id}:role/{r.role}" for r in reach}
    assert len(reach) == len(permitted)


@given(inventories())
def test_a_group_for_each_level_and_project(inventory: Inventory) -> None:
    inventory = replace(inventory, only_used_groups=False)
    groups = build_groups(inventory, Names(), "aws-cn")
    global_groups = sum(level.has_global_group for level in inventory.levels)
    assert len(groups) == global_groups + 2 * len(inventory.projects)
    assert [g.name for g in groups] == sorted(g.name for g in groups)
    everywhere = next(g for g in groups if g.name == "group-admin")
    assert everywhere.role_arns == {
        f"arn:aws-cn:iam::{a.account_id}:role/role-admin" for a in inventory.accounts
    }


@given(inventories())
def test_only_groups_that_somebody_needs(inventory: Inventory) -> None:
    every = replace(inventory, only_used_groups=False)
    used = replace(inventory, only_used_groups=True)
    (user,) = build_users(inventory, Names(), "/", None)
    of_levels = {Names().group(level.name, None) for level in inventory.levels}
    assert build_groups(used, Names(), "aws") == tuple(
        group
        for group in build_groups(every, Names(), "aws")
        if group.name in user.groups | of_levels
    )


def test_reach_begins_with_the_jump_account() -> None:
    member = Account("222222222222", "a-prod", project="a")
    person = Person("ana", (Access("operator", "a"), Access("admin")))
    inventory = Inventory(JUMP, (member,), (Level("admin"), Level("operator")), (person,))
    reach = build_reach(inventory, Names(), person)
    assert [(r.person, r.account.host, r.role) for r in reach] == [
        ("ana", "zz-jump", "role-admin"),
        ("ana", "a-prod", "role-admin"),
        ("ana", "a-prod", "role-operator"),
    ]


@given(inventories())
def test_nobody_is_given_a_role_that_the_jump_account_has_not(inventory: Inventory) -> None:
    groups = build_groups(inventory, Names(), "aws")
    in_jump = {a for g in groups for a in g.role_arns if f"::{JUMP.account_id}:" in a}
    lower = f"arn:aws:iam::{JUMP.account_id}:role/role-operator"
    has_group = any(g.name == "group-operator" for g in groups)
    assert (lower in in_jump) is (inventory.has_lower_roles_in_jump and has_group)
    assert f"arn:aws:iam::{JUMP.account_id}:role/role-admin" in in_jump


ADMIN, OPERATOR = Level("admin", is_fenced=False), Level("operator")


@pytest.mark.parametrize(
    ("choice", "levels", "has_lower", "problem"),
    [
        ("all", [ADMIN, OPERATOR], True, ""),
        ("all", [OPERATOR], True, ""),
        ("admin", [ADMIN, OPERATOR], False, ""),
        ("admin", [ADMIN], False, ""),
        ("admins", [ADMIN], True, "expected 'all' or 'admin', found"),
        (None, [ADMIN], True, "expected 'all' or 'admin', found"),
        ("admin", [OPERATOR], False, "all levels are fenced, so nobody could switch to it"),
    ],
)
def test_which_roles_the_jump_account_has(choice, levels, has_lower, problem) -> None:
    said, problems = problems_of(lambda p: parse_jump_roles(p, choice, levels))
    assert said is has_lower
    assert [problem in text for text in problems] == [True] * bool(problem)


def test_a_user_carries_what_the_roster_says() -> None:
    person = Person("ana", (Access("admin"),), "partner-x", None, "ja", (("team", "blue"),))
    (user,) = build_users(Inventory(JUMP, (), (), (person,)), Names(), "/p/", "arn:boundary")
    assert user.tags == (("company", "partner-x"), ("locale", "ja"), ("team", "blue"))
    assert (user.path, user.permissions_boundary) == ("/p/", "arn:boundary")
    assert user.groups == {"group-admin"}


def name_problems(levels: tuple[str, ...], projects: tuple[str, ...], names: Names) -> list[str]:
    members = tuple(Account(f"{n:012}", p, project=p) for n, p in enumerate(projects))
    inventory = Inventory(JUMP, members, tuple(Level(name) for name in levels))

    def check(problems: Problems) -> None:
        check_names(problems, inventory, names)

    return problems_of(check)[1]


def test_default_names_fit() -> None:
    assert name_problems(("admin", "operator"), ("a", "b"), Names()) == []


def test_names_that_are_too_long() -> None:
    level = "l" * 60
    assert name_problems((level,), ("p" * 64,), Names()) == [
        f"level {level} of project {'p' * 64}: group name 'group-{level}-{'p' * 64}' has 131 "
        "characters; AWS allows at most 128",
        f"level {level}: role name 'role-{level}' has 65 characters; AWS allows at most 64",
    ]


def test_names_that_collide() -> None:
    assert name_problems(("ops", "Ops-A"), ("a",), Names()) == [
        "level Ops-A: group name 'group-Ops-A' is also used by level ops of project a; IAM "
        "ignores case"
    ]
    assert name_problems(("ops", "OPS"), (), Names()) == [
        "level OPS: group name 'group-OPS' is also used by level ops; IAM ignores case",
        "level OPS: role name 'role-OPS' is also used by level ops; IAM ignores case",
    ]


def test_a_switch_role_is_not_a_role_of_stack_sets() -> None:
    assert name_problems(("StackSet-Administration",), (), Names()) == [
        "level StackSet-Administration: role name 'role-StackSet-Administration' is also used by "
        "names.administration_role; IAM ignores case"
    ]


def test_a_group_that_is_not_made_collides_with_none() -> None:
    member = Account("222222222222", "a", project="a")
    levels = (Level("ops"), Level("ops-a", has_global_group=False))
    inventory = Inventory(JUMP, (member,), levels)
    assert problems_of(lambda p: check_names(p, inventory, Names()))[1] == []
