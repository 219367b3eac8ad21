# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired state of jump groups."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from random import Random

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Kind,
    ObjectId,
    State,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import (
    SWITCH_POLICY,
    GroupQuotas,
    GroupSettings,
    JumpGroup,
    build_group_state,
    check_groups,
    foreign_groups,
    group_problem,
    groups_in,
    is_former_mfa_policy,
    keep_foreign,
    listed_names,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ordering import rank
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    policy_size,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import problems_of
from tests.unit.laws import SWITCHES, applied, check_plan, of_kind

SETTINGS = GroupSettings("111111111111", "aws", "/jumpaccount/", "policy-enforce-mfa")
# Quotas so small that three roles are over the inline size.
SMALL = GroupSettings(
    "111111111111", "aws", "/jumpaccount/", "policy-enforce-mfa", GroupQuotas(300, 300, 10)
)
MFA_ARN = "arn:aws:iam::111111111111:policy/jumpaccount/policy-enforce-mfa"
FOREIGN_ARN = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def role_arn(number: int) -> str:
    return f"arn:aws:iam::{number:012}:role/role-admin"


def numbered(name: str, roles: int) -> JumpGroup:
    return JumpGroup(name, frozenset(role_arn(n) for n in range(roles)))


NAMES = st.sampled_from(["group-admin", "group-operator", "group-x"])
GROUPS = st.builds(numbered, NAMES, st.integers(0, 6))
WANTED = st.lists(GROUPS, max_size=3, unique_by=lambda group: group.name)
SETTING = st.sampled_from([SETTINGS, SMALL])


@st.composite
def observations(draw: st.DrawFn) -> State:
    """Groups as they may be found: ours, moved, half made, with things of others."""
    state = dict(build_group_state(draw(WANTED), draw(SETTING)))
    for obj in draw(st.sets(st.sampled_from(sorted(state)))) if state else ():
        if obj.kind is Kind.GROUP:
            state[obj] = {"path": "/"}
        else:
            del state[obj]
    for name in draw(st.sets(NAMES)) & groups_in(state):
        state[ObjectId(Kind.GROUP_POLICY, (name, "foreign"))] = {"Statement": []}
        state[ObjectId(Kind.GROUP_ATTACHMENT, (name, FOREIGN_ARN))] = {}
    return state


@given(WANTED, observations(), SETTING, SWITCHES, SWITCHES)
def test_the_laws(
    wanted: list[JumpGroup], observed: State, settings: GroupSettings, prune: bool, purge: bool
) -> None:
    built = build_group_state(wanted, settings)
    desired = keep_foreign(built, observed, settings, prune=prune, purge_policies=purge)
    plan = check_plan(desired, observed)
    listed = listed_names(wanted)
    deleted = {c.id for c in plan if c.action is Action.DELETE}
    assert built.items() <= desired.items()
    assert prune or not of_kind(dict.fromkeys(deleted), Kind.GROUP)
    assert groups_in(desired) == (listed if prune else listed | groups_in(observed))
    foreign = {i for i in observed if i.key[0] in listed and i.key[-1] in {"foreign", FOREIGN_ARN}}
    assert (foreign <= deleted) if purge else not foreign & deleted


@given(WANTED, observations(), SETTING)
def test_pruning_and_purging_lead_to_exactly_the_list(
    wanted: list[JumpGroup], observed: State, settings: GroupSettings
) -> None:
    built = build_group_state(wanted, settings)
    assert keep_foreign(built, observed, settings, prune=True, purge_policies=True) == built


@given(WANTED, observations(), SETTING)
def test_groups_that_are_not_listed_stay_whole(
    wanted: list[JumpGroup], observed: State, settings: GroupSettings
) -> None:
    built = build_group_state(wanted, settings)
    desired = keep_foreign(built, observed, settings, prune=False, purge_policies=True)
    others = {
        i: v
        for i, v in observed.items()
        if i.kind is not Kind.POLICY and i.key[0] not in listed_names(wanted)
    }
    assert others.items() <= desired.items()


@given(WANTED, SETTING, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(
    wanted: list[JumpGroup], settings: GroupSettings, chance: Random
) -> None:
    shuffled = list(wanted)
    chance.shuffle(shuffled)
    assert build_group_state(shuffled, settings) == build_group_state(wanted, settings)


@given(GROUPS, SETTING)
def test_policies_permit_exactly_the_roles_within_the_quotas(
    group: JumpGroup, settings: GroupSettings
) -> None:
    state = build_group_state([group], settings)
    inline = of_kind(state, Kind.GROUP_POLICY)
    managed = of_kind(state, Kind.POLICY)
    documents = [*inline.values(), *(v["document"] for v in managed.values())]
    allowed = [
        resource
        for document in documents
        for statement in document["Statement"]
        if statement["Action" if "Action" in statement else "NotAction"] == ["sts:AssumeRole"]
        for resource in statement["Resource"]
    ]
    assert sorted(allowed) == sorted(group.role_arns)
    assert all(policy_size(d) <= settings.quotas.inline_size for d in inline.values())
    switch = [v["document"] for i, v in managed.items() if i.key[0] != settings.mfa_policy]
    assert all(policy_size(d) <= settings.quotas.policy_size for d in switch)
    attached = {i.key[1] for i in state if i.kind in (Kind.GROUP_MFA, Kind.GROUP_ATTACHMENT)}
    assert attached == {settings.policy_arn(i.key[0]) for i in managed}


@given(GROUPS, observations(), SETTING)
def test_a_group_permits_nothing_before_it_forces_mfa(
    group: JumpGroup, observed: State, settings: GroupSettings
) -> None:
    desired = keep_foreign(
        build_group_state([group], settings), observed, settings, prune=True, purge_policies=True
    )
    made = [c for c in check_plan(desired, observed) if c.action is not Action.DELETE]
    forced = [rank(c) for c in made if c.id.key[-1] == MFA_ARN]
    permitted = [rank(c) for c in made if c.id.kind is Kind.GROUP_POLICY]
    assert all(first < then for first in forced for then in permitted)


@given(WANTED, WANTED, SETTING, SWITCHES)
def test_a_group_that_stays_never_is_without_an_mfa_policy(
    wanted: list[JumpGroup], before: list[JumpGroup], settings: GroupSettings, prune: bool
) -> None:
    old = replace(settings, mfa_policy="mfa-of-old")
    observed = {
        ObjectId(Kind.GROUP_ATTACHMENT, i.key) if i.kind is Kind.GROUP_MFA else i: v
        for i, v in build_group_state(before, old).items()
    }
    built = build_group_state(wanted, settings)
    desired = keep_foreign(built, observed, settings, prune=prune, purge_policies=False)
    plan = check_plan(desired, observed)
    either = {old.mfa_policy_arn, settings.mfa_policy_arn}
    state = dict(observed)
    for _rank, changes in groupby(plan, key=rank):
        state = dict(applied(tuple(changes), state))
        forced = {i.key[0] for i in state if i.key[-1] in either}
        assert listed_names(before) & listed_names(wanted) <= forced


def test_no_groups_need_no_policy() -> None:
    assert build_group_state([], SETTINGS) == {}


def test_a_group_as_objects() -> None:
    state = build_group_state([numbered("group-admin", 1)], SETTINGS)
    assert {i: v for i, v in state.items() if i.kind is not Kind.POLICY} == {
        ObjectId(Kind.GROUP, ("group-admin",)): {"path": "/jumpaccount/"},
        ObjectId(Kind.GROUP_MFA, ("group-admin", MFA_ARN)): {},
        ObjectId(Kind.GROUP_POLICY, ("group-admin", SWITCH_POLICY)): {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "SwitchRoles",
                    "Effect": "Allow",
                    "Action": ["sts:AssumeRole"],
                    "Resource": [role_arn(0)],
                    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}},
                }
            ],
        },
    }
    assert [i.key for i in of_kind(state, Kind.POLICY)] == [("policy-enforce-mfa",)]


def test_a_group_that_grows_moves_to_managed_policies() -> None:
    before = build_group_state([numbered("g", 1)], SMALL)
    after = build_group_state([numbered("g", 5)], SMALL)
    desired = keep_foreign(after, before, SMALL, prune=False, purge_policies=False)
    plan = check_plan(desired, before)
    assert [(c.action.value, str(c.id).replace(SMALL.policy_arn(""), "")) for c in plan] == [
        ("delete", "inline policy of group g/switch-roles"),
        *[("create", f"policy g-switch-roles-{n}") for n in range(1, len(plan) // 2 + 1)],
        *[
            ("create", f"attached policy of group g/g-switch-roles-{n}")
            for n in range(1, len(plan) // 2 + 1)
        ],
    ]
    back = keep_foreign(before, after, SMALL, prune=False, purge_policies=False)
    assert back == before


def size_problems(groups: list[JumpGroup], settings: GroupSettings) -> list[str]:
    return problems_of(lambda problems: check_groups(problems, groups, settings))[1]


def test_a_group_that_is_too_large_is_refused_with_numbers() -> None:
    settings = replace(SETTINGS, quotas=GroupQuotas(300, 4500, 2))
    assert size_problems([numbered("g", 99), numbered("h", 98), numbered("i", 100)], settings) == [
        f"groups: group {name} is for {count} accounts, which need 2 managed policies of 4500 "
        "characters, but a group can have only 1 besides the MFA policy, enough for 98; split "
        "the accounts into projects, each with its own groups, and omit the group for all "
        "accounts ('global_group: false' in the level)"
        for name, count in (("g", 99), ("i", 100))
    ]


@given(GROUPS, st.integers(200, 500), st.integers(200, 500), st.integers(1, 3))
def test_a_group_is_refused_exactly_when_it_has_more_policies_than_room(
    group: JumpGroup, inline: int, policy: int, attached: int
) -> None:
    settings = replace(SETTINGS, quotas=GroupQuotas(inline, policy, attached))
    state = build_group_state([group], settings)
    is_refused = group_problem(group, settings.quotas) is not None
    needed = 1 + len(of_kind(state, Kind.GROUP_ATTACHMENT))
    assert is_refused == (needed > attached)


@pytest.mark.parametrize(
    ("policy", "prune", "is_kept"),
    [
        ("group-admin-switch-roles-2", False, False),
        ("group-admin-switch-roles-2", True, False),
        ("group-other-switch-roles-1", False, True),
        ("group-other-switch-roles-1", True, False),
        ("group-admin-switch-roles-x", False, True),
        ("group-other-switch-roles-x", True, True),
        ("boundary", False, True),
        ("boundary", True, True),
        ("policy-enforce-mfa", True, True),
    ],
)
def test_which_managed_policies_stay(policy: str, prune: bool, is_kept: bool) -> None:
    observed = {ObjectId(Kind.POLICY, (policy,)): {"document": {}}}
    built = build_group_state([numbered("group-admin", 1)], SETTINGS)
    desired = keep_foreign(built, observed, SETTINGS, prune=prune, purge_policies=False)
    assert (ObjectId(Kind.POLICY, (policy,)) in desired) is is_kept


def test_groups_under_another_path_are_foreign() -> None:
    observed = {
        ObjectId(Kind.GROUP, ("group-admin",)): {"path": "/"},
        ObjectId(Kind.GROUP, ("group-operator",)): {"path": "/jumpaccount/"},
    }
    wanted = [numbered(n, 1) for n in ("group-admin", "group-operator", "group-x")]
    assert foreign_groups(wanted, observed, SETTINGS) == {
        "group-admin": (
            "Group group-admin of account 111111111111 already exists under path / and was not "
            "created by this collection; it was not changed, and nobody was added to it. "
            "Rename it, or set adopt (jump_account_adopt_groups in the roles of this "
            "collection) to take it over."
        )
    }


def test_the_last_group_takes_the_mfa_policy_with_it() -> None:
    observed = build_group_state([numbered("group-admin", 1)], SETTINGS)
    for prune, left in ((True, {}), (False, observed)):
        assert keep_foreign({}, observed, SETTINGS, prune=prune, purge_policies=False) == left


def test_networks_that_the_mfa_policy_cannot_hold_are_refused_with_numbers():
    networks = tuple(f"203.0.{n}.0/24" for n in range(250))
    (problem,) = size_problems([], replace(SETTINGS, source_networks=networks))
    assert problem.startswith(
        "source_networks: with these 250 networks the policy policy-enforce-mfa has "
    )
    assert size_problems([], replace(SETTINGS, source_networks=networks[:40])) == []
    state = build_group_state([JumpGroup("g")], replace(SETTINGS, source_networks=networks[:1]))
    document = state[ObjectId(Kind.POLICY, ("policy-enforce-mfa",))]["document"]
    assert "DenyFromOtherNetworks" in {s["Sid"] for s in document["Statement"]}


def of_accounts(count):
    """Return the largest group that so many accounts make."""
    arns = (f"arn:aws:iam::{n:012}:role/role-operator" for n in range(count))
    return JumpGroup("group-operator", frozenset(arns))


def test_a_thousand_accounts_are_split_and_none_is_lost():
    group = of_accounts(1000)
    state = build_group_state([group], SETTINGS)
    documents = [
        v["document"]
        for i, v in state.items()
        if i.kind is Kind.POLICY and i.key[0] != "policy-enforce-mfa"
    ]
    listed = [arn for d in documents for arn in d["Statement"][0]["Resource"]]
    assert sorted(listed) == sorted(group.role_arns)
    assert all(policy_size(d) <= 6144 for d in documents)
    assert len(documents) == sum(i.kind is Kind.GROUP_ATTACHMENT for i in state) == 8


def test_five_thousand_accounts_are_refused_with_the_numbers_and_the_way_out():
    (problem,) = size_problems([of_accounts(5000)], SETTINGS)
    assert "is for 5000 accounts, which need 40 managed policies of 6144" in problem
    assert (
        "a group can have only 9 besides the MFA policy, enough for 1134; split the accounts"
        in problem
    )


def test_an_empty_project_has_no_policy():
    state = build_group_state([JumpGroup("group-operator-empty")], SETTINGS)
    assert Kind.GROUP_POLICY not in {i.kind for i in state}


@pytest.mark.parametrize(
    ("name", "is_mfa"),
    [
        ("jumpaccount/policy-enforce-mfa-before", True),
        ("jumpaccount/group-admin-switch-roles-2", False),
        ("other/policy-enforce-mfa", False),
        ("policy-enforce-mfa", False),
    ],
)
def test_a_policy_of_ours_that_permits_no_switching_forces_mfa(name: str, is_mfa: bool) -> None:
    arn = f"arn:aws:iam::111111111111:policy/{name}"
    assert is_former_mfa_policy(arn, "/jumpaccount/") is is_mfa
