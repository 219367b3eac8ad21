# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found beside wanted groups."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.group_findings import (
    FoundGroups,
    foreign_policies,
    misspelt_groups,
    overfull_groups,
    unused_policies,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import (
    GroupQuotas,
    GroupSettings,
    JumpGroup,
    build_group_state,
    keep_foreign,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ordering import rank
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import SWITCHES, applied

SETTINGS = GroupSettings(
    "111111111111", "aws", "/jumpaccount/", "mfa-new", GroupQuotas(300, 300, 10)
)
QUOTA = 4
ATTACHMENTS = (Kind.GROUP_MFA, Kind.GROUP_ATTACHMENT)


def attachment(number: int) -> ObjectId:
    """Return a managed policy of group g that something else attached."""
    return ObjectId(Kind.GROUP_ATTACHMENT, ("g", f"arn:aws:iam::aws:policy/Foreign{number}"))


def holding(roles: int, foreign: int, mfa: str):
    """Return group g as it is found: with so many roles, policies of others, and an MFA policy."""
    group = JumpGroup("g", frozenset(f"arn:aws:iam::{n:012}:role/role-x" for n in range(roles)))
    state = build_group_state([group], replace(SETTINGS, mfa_policy=mfa))
    return {**state, **{attachment(n): {} for n in range(foreign)}}


MFAS = st.sampled_from(["mfa-new", "mfa-old"])


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 4), MFAS, SWITCHES)
def test_a_group_that_is_not_refused_never_holds_too_many(before, after, foreign, mfa, purge):
    observed = holding(before, foreign, mfa)
    wanted = holding(after, 0, "mfa-new")
    desired = keep_foreign(wanted, observed, SETTINGS, prune=False, purge_policies=purge)
    plan = plan_changes(desired, observed)
    refused = overfull_groups(plan, desired, observed, QUOTA)
    state, most = dict(observed), 0
    for _rank, of_rank in groupby(plan, key=rank):
        changes = tuple(of_rank)
        state = dict(applied(changes, state))
        if any(c.id.kind in ATTACHMENTS and c.action is Action.CREATE for c in changes):
            most = max(most, sum(i.kind in ATTACHMENTS for i in state))
    assert set(refused) == ({"g"} if most > QUOTA else set())


def test_a_full_group_is_refused_with_the_numbers_and_the_way_out():
    observed = holding(0, 4, "mfa-old")
    desired = keep_foreign(
        holding(0, 0, "mfa-new"), observed, SETTINGS, prune=False, purge_policies=False
    )
    plan = plan_changes(desired, observed)
    assert overfull_groups(plan, desired, observed, 5) == {
        "g": (
            "Group g has 5 managed policies and would have 6, but IAM allows 5; nothing of "
            "this group was changed. Detach one that is not from this collection, or one of "
            "its switch policies, which the run attaches again."
        )
    }
    assert overfull_groups(plan, desired, observed, 6) == {}


def test_groups_in_another_spelling_are_refused_with_that_spelling():
    wanted = [JumpGroup("group-ops"), JumpGroup("group-admin"), JumpGroup("group-new")]
    assert misspelt_groups(wanted, ["Group-Ops", "group-admin", "GROUP-ADMIN-2"]) == {
        "group-ops": (
            "Group group-ops already exists as Group-Ops, and IAM ignores case in names; it "
            "was not changed. Name it Group-Ops, or delete that group first."
        )
    }


@pytest.mark.parametrize("purge", [False, True])
def test_policies_of_others_in_our_groups_are_told_when_they_stay(purge):
    other = ObjectId(Kind.GROUP_ATTACHMENT, ("group-of-others", "arn:x"))
    observed = {
        **holding(1, 1, "mfa-old"),
        ObjectId(Kind.GROUP_POLICY, ("g", "by-hand")): {},
        ObjectId(Kind.GROUP, ("group-of-others",)): {"path": "/jumpaccount/"},
        other: {},
    }
    wanted = holding(1, 0, "mfa-new")
    desired = keep_foreign(wanted, observed, SETTINGS, prune=False, purge_policies=purge)
    found = [
        {"group": "g", "policy": "arn:aws:iam::aws:policy/Foreign0"},
        {"group": "g", "policy": "by-hand"},
    ]
    assert foreign_policies(wanted, desired) == ([] if purge else found)


@pytest.mark.parametrize(
    ("name", "count", "unused"),
    [
        ("mfa-old", 1, ["mfa-old"]),
        ("mfa-old", 2, []),
        ("boundary", 1, []),
        ("left", 0, ["left"]),
        ("mfa-new", 0, []),
        ("fence", 0, []),
    ],
)
def test_policies_that_nothing_has_after_the_run(name, count, unused):
    observed = holding(1, 0, "mfa-old")
    wanted = holding(1, 0, "mfa-new")
    desired = keep_foreign(wanted, observed, SETTINGS, prune=False, purge_policies=False)
    found = FoundGroups(observed, times_attached={name: count})
    plan = plan_changes(desired, observed)
    assert unused_policies(found, plan, SETTINGS, ["fence"]) == unused


def test_policies_that_the_run_deletes_are_not_told():
    observed = holding(8, 0, "mfa-new")
    wanted = holding(1, 0, "mfa-new")
    gone = [i.key[0] for i in observed.keys() - wanted.keys() if i.kind is Kind.POLICY]
    found = FoundGroups(observed, times_attached=dict.fromkeys(gone, 1))
    assert gone
    assert unused_policies(found, plan_changes(wanted, observed), SETTINGS, []) == []
