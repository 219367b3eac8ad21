# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found beside wanted users."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.user_findings import (
    FoundUsers,
    direct_policies,
    members_of,
    misspelt_users,
    unlisted_members,
    unprotected_joins,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.users import (
    JumpUser,
    build_user_state,
    user_id,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ownership import OWNED_TAG

from tests.unit.laws import membership

STRANGER = user_id("Carol")
FOUND = FoundUsers(
    state={
        **build_user_state(
            [JumpUser("ana", groups=frozenset({"g"})), JumpUser("bo", groups=frozenset("gh"))]
        ),
        STRANGER: {"path": "/", "tags": {OWNED_TAG: "false"}, "permissions_boundary": None},
        membership("Carol", "g"): {},
        membership("Carol", "foreign"): {},
    },
    jump_groups=frozenset("gh"),
    policies={"ana": ("own",), "bo": ("arn:b", "arn:a"), "Carol": ("hers",)},
)


@pytest.mark.parametrize("name", ["Ana", "carol"])
def test_users_in_another_spelling_are_refused_with_that_spelling(name):
    there = {"Ana": "ana", "carol": "Carol"}[name]
    assert misspelt_users([JumpUser(name), JumpUser("bo"), JumpUser("new")], FOUND) == {
        name: (
            f"User {name} already exists as {there}, and IAM ignores case in names; it was not "
            f"changed. Write {there} in the roster, or delete that user first."
        )
    }


@pytest.mark.parametrize(
    ("groups", "is_first", "text"),
    [
        ("g", True, None),
        ("", True, None),
        (
            "gxhy",
            True,
            "User ana was not added to h, x, y, because x, y does not exist; this user was "
            "given no access and no password. Run bootstrap, which sets up the groups and "
            "roles of new levels and projects.",
        ),
        (
            "h",
            True,
            "User ana was not added to h, which does not force MFA with the expected policy "
            "version; this user was given no access and no password. Run bootstrap, which sets "
            "up the groups and roles of new levels and projects.",
        ),
        (
            "h",
            False,
            "User ana was not added to h, which this run refused, or whose MFA policy it could "
            "not read; this user was given no access and no password. Fix the failures of the "
            "groups, and run again.",
        ),
    ],
)
def test_users_who_would_join_groups_that_are_not_protected_are_refused(groups, is_first, text):
    wanted = [JumpUser("ana", groups=frozenset(groups))]
    found = replace(FOUND, groups=frozenset("gh"))
    refused = unprotected_joins(wanted, found, "", is_first=is_first)
    assert refused == ({"ana": text} if text else {})


def test_members_of_a_group_that_lost_its_protection_do_not_join_it():
    assert (
        unprotected_joins([JumpUser("bo", groups=frozenset("gh"))], FOUND, "", is_first=True) == {}
    )


def test_members_by_group():
    assert members_of(FOUND.state) == {
        "g": ("Carol", "ana", "bo"),
        "h": ("bo",),
        "foreign": ("Carol",),
    }


def test_everybody_in_a_jump_group_who_is_not_wanted_is_told():
    assert unlisted_members([JumpUser("ana")], FOUND) == [
        {"name": "Carol", "groups": ["g"]},
        {"name": "bo", "groups": ["g", "h"]},
    ]


def test_policies_of_single_people_are_told_but_not_those_of_strangers():
    assert direct_policies([JumpUser("ana"), JumpUser("new")], FOUND) == [
        {"name": "ana", "policy": "own"},
        {"name": "bo", "policy": "arn:a"},
        {"name": "bo", "policy": "arn:b"},
    ]
    assert {"name": "Carol", "policy": "hers"} in direct_policies([JumpUser("Carol")], FOUND)
