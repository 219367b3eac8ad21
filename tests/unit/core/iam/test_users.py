# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desired state of users."""

from __future__ import annotations

from random import Random

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Kind,
    State,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.users import (
    JumpUser,
    build_user_state,
    count_memberships,
    foreign_users,
    keep_unlisted,
    overfull_users,
    unlisted_users,
    user_id,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ownership import (
    MADE_TAG,
    OWN_TAGS,
    OWNED_TAG,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import NAMES, SWITCHES, check_plan, membership, of_kind

JUMP_GROUPS = ("group-admin", "group-operator")
GROUPS = st.sampled_from([*JUMP_GROUPS, "foreign-group"])
TAGS = st.dictionaries(st.sampled_from(["company", "team", "cost"]), st.sampled_from("xy"))
BOUNDARIES = st.none() | st.just("arn:aws:iam::111111111111:policy/boundary")
USERS = st.builds(
    lambda name, path, tags, boundary, groups: JumpUser(
        name, path, tuple(sorted(tags.items())), boundary, frozenset(groups)
    ),
    NAMES,
    st.sampled_from(["/", "/people/"]),
    TAGS,
    BOUNDARIES,
    st.sets(GROUPS),
)
WANTED = st.lists(USERS, max_size=5, unique_by=lambda user: user.name)


@st.composite
def observations(draw: st.DrawFn) -> State:
    """Users as they may be found: ours, of others, in any groups."""
    state = dict(build_user_state(draw(WANTED)))
    for name in draw(st.sets(NAMES)):
        if user_id(name) in state:
            tags = draw(TAGS | st.sampled_from([{OWNED_TAG: "false"}, {MADE_TAG: "true"}]))
            state[user_id(name)] = {**state[user_id(name)], "tags": tags}
    return state


@given(WANTED, observations(), SWITCHES, SWITCHES)
def test_the_laws(wanted: list[JumpUser], observed: State, memberships: bool, tags: bool) -> None:
    built = build_user_state(wanted)
    desired = keep_unlisted(
        built, observed, JUMP_GROUPS, purge_memberships=memberships, purge_tags=tags
    )
    plan = check_plan(desired, observed)
    listed = {user.name for user in wanted}
    assert {change.subject for change in plan} <= listed
    assert of_kind(built, Kind.MEMBERSHIP).keys() <= desired.keys()
    removed = [c.id for c in plan if c.action is Action.DELETE]
    assert all(i.kind is Kind.MEMBERSHIP and i.key[1] in JUMP_GROUPS for i in removed)
    assert memberships or not removed
    assert len(removed) <= count_memberships(observed, JUMP_GROUPS)


@given(WANTED, observations(), SWITCHES)
def test_tags_of_others_stay_unless_purged(
    wanted: list[JumpUser], observed: State, purge: bool
) -> None:
    desired = keep_unlisted(
        build_user_state(wanted), observed, JUMP_GROUPS, purge_memberships=True, purge_tags=purge
    )
    for user in wanted:
        tags = desired[user_id(user.name)]["tags"]
        ours = {**dict(user.tags), OWNED_TAG: "true"}
        found = observed.get(user_id(user.name), {"tags": {MADE_TAG: "true"}})["tags"]
        stay = {k: v for k, v in found.items() if k in OWN_TAGS} if purge else found
        assert tags == {**stay, **ours}


@given(WANTED, observations())
def test_purging_everything_leads_to_exactly_the_list(
    wanted: list[JumpUser], observed: State
) -> None:
    groups = {i.key[1] for i in observed if i.kind is Kind.MEMBERSHIP}
    built = dict(build_user_state(wanted))
    desired = keep_unlisted(built, observed, groups, purge_memberships=True, purge_tags=True)
    listed = {user.name for user in wanted}
    for user in wanted:
        found = observed.get(user_id(user.name), {"tags": {MADE_TAG: "true"}})
        if MADE_TAG in found["tags"]:
            built[user_id(user.name)]["tags"][MADE_TAG] = "true"
    assert {i: v for i, v in desired.items() if i.key[0] in listed} == built


@given(WANTED, st.randoms())
def test_the_order_of_users_does_not_matter(wanted: list[JumpUser], chance: Random) -> None:
    shuffled = list(wanted)
    chance.shuffle(shuffled)
    assert build_user_state(shuffled) == build_user_state(wanted)


@given(WANTED, observations())
def test_every_user_there_is_ours_or_foreign(wanted: list[JumpUser], observed: State) -> None:
    here = {i.key[0] for i in observed if i.kind is Kind.USER}
    listed = {user.name for user in wanted}
    foreign = foreign_users(wanted, observed)
    unlisted = unlisted_users(wanted, observed)
    assert foreign.keys() <= here & listed
    assert set(unlisted) <= here - listed
    assert unlisted == sorted(unlisted)
    # What we made ourselves is never foreign on the next run.
    assert foreign_users(wanted, {**observed, **build_user_state(wanted)}) == {}


@given(WANTED, st.integers(0, 3))
def test_overfull_users(wanted: list[JumpUser], quota: int) -> None:
    refused = overfull_users(build_user_state(wanted), quota)
    assert refused.keys() == {user.name for user in wanted if len(user.groups) > quota}


def test_a_user_as_objects() -> None:
    user = JumpUser("ana", "/p/", (("team", "blue"),), "arn:b", frozenset({"group-admin"}))
    assert build_user_state([user]) == {
        user_id("ana"): {
            "path": "/p/",
            "tags": {"team": "blue", "jumpaccount:owned": "true"},
            "permissions_boundary": "arn:b",
        },
        membership("ana", "group-admin"): {},
    }


@pytest.mark.parametrize(
    ("name", "tags", "foreign", "unlisted"),
    [
        ("ana", {OWNED_TAG: "true"}, [], []),
        ("ana", {OWNED_TAG: "false"}, ["ana"], []),
        ("ana", {}, ["ana"], []),
        ("ben", {OWNED_TAG: "true"}, [], ["ben"]),
        ("ben", {}, [], []),
    ],
)
def test_ownership(name: str, tags: dict, foreign: list[str], unlisted: list[str]) -> None:
    observed = {user_id(name): {"path": "/", "tags": tags, "permissions_boundary": None}}
    wanted = [JumpUser("ana")]
    assert list(foreign_users(wanted, observed)) == foreign
    assert unlisted_users(wanted, observed) == unlisted


def test_refusals_are_sentences() -> None:
    observed = {user_id("ana"): {"tags": {}}}
    assert foreign_users([JumpUser("ana")], observed)["ana"] == (
        "User ana already exists and was not created by this collection; it was not changed. "
        "Choose another name, or set adopt (jump_users_adopt in the roles of this collection) "
        "to take it over."
    )
    desired = build_user_state([JumpUser("ana", groups=frozenset("cab"))])
    assert overfull_users(desired, 2)["ana"] == (
        "User ana would be in 3 groups (a, b, c), but IAM allows 2; this user was given no "
        "access and no password. Give less access, or remove the user from other groups."
    )
