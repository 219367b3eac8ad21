# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account can hold."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.account_quotas import (
    DEVICES,
    GROUPS,
    QUOTAS,
    USERS,
    Demand,
    most_added,
    quota_problems,
)
from hypothesis import given
from hypothesis import strategies as st

JUMP = "111111111111"
GROUP_CHANGES = st.lists(st.sampled_from(list(Action)), max_size=12).map(
    lambda actions: tuple(
        Change(ObjectId(Kind.GROUP, (f"g{n}",)), action) for n, action in enumerate(actions)
    )
)


@given(GROUP_CHANGES)
def test_what_is_deleted_makes_room_too_late(plan) -> None:
    # Groups are made before others are deleted: see the table of ranks.
    assert most_added(plan, Kind.GROUP) == sum(c.action is Action.CREATE for c in plan)
    assert most_added(plan, Kind.USER) == 0


def test_what_is_deleted_first_makes_room() -> None:
    plan = tuple(
        Change(ObjectId(Kind.MEMBERSHIP, (f"u{n}", "g")), action)
        for n, action in enumerate((Action.CREATE, Action.DELETE, Action.CREATE))
    )
    assert most_added(plan, Kind.MEMBERSHIP) == 1


@pytest.mark.parametrize(
    ("there", "added", "is_refused"),
    [(0, 300, False), (0, 301, True), (300, 0, False), (299, 1, False), (300, 1, True)],
)
def test_where_a_quota_lies(there: int, added: int, is_refused: bool) -> None:
    summary = {"Groups": there, "GroupsQuota": 300}
    assert bool(quota_problems(JUMP, summary, [Demand(GROUPS, added)])) is is_refused


def test_an_account_that_does_not_tell_has_what_accounts_usually_have() -> None:
    for quota in QUOTAS:
        assert quota_problems(JUMP, {}, [Demand(quota, quota.usual)]) == []
        assert len(quota_problems(JUMP, {}, [Demand(quota, quota.usual + 1)])) == 1


@pytest.mark.parametrize(
    ("demand", "text"),
    [
        (
            Demand(GROUPS, 366, "do it otherwise"),
            "Account 111111111111 has 12 groups and needs 366 more, 378 in total, but its "
            "quota is 300. Raise the quota to at least 378 in Service Quotas (IAM, L-F4A5425F; "
            "AWS grants up to 500), or do it otherwise.",
        ),
        (
            Demand(GROUPS, 600),
            "Account 111111111111 has 12 groups and needs 600 more, 612 in total, but its "
            "quota is 300. AWS raises this quota to at most 500: request fewer, or use fewer "
            "levels or projects.",
        ),
        (
            Demand(USERS, 10),
            "Account 111111111111 has 4991 users and needs 10 more, 5001 in total, but its "
            "quota is 5000. AWS does not raise this quota: request fewer, or delete users that "
            "are no longer needed.",
        ),
        (
            Demand(DEVICES, 10),
            "Account 111111111111 has 4995 MFA devices (one for each new user) and needs 10 "
            "more, 5005 in total, but its quota is 5000. AWS does not raise this quota: "
            "request fewer, or delete unassigned MFA devices.",
        ),
    ],
)
def test_the_sentences_have_the_numbers_and_the_ways_out(demand: Demand, text: str) -> None:
    summary = {"Groups": 12, "GroupsQuota": 300, "Users": 4991, "MFADevices": 4995}
    assert quota_problems(JUMP, summary, [demand]) == [text]
