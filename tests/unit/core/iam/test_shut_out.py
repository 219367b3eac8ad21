# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users that left or were shut out, and people of the roster with such a name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import GuardError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.decision import (
    UserOptions,
    decide_users,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import GroupSettings
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.shut_out import Returns
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.user_findings import (
    FoundUsers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.users import (
    JumpUser,
    build_user_state,
    user_id,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ownership import UNLISTED_TAG
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import state_after

SETTINGS = GroupSettings("111111111111", "aws", "/jumpaccount/", "mfa")
ANA = JumpUser("ana", groups=frozenset("g"))
BO = JumpUser("bo", groups=frozenset("g"))
FOUND = FoundUsers(
    state=build_user_state([ANA, BO]), jump_groups=frozenset("gh"), groups=frozenset("gh")
)
DENY = "arn:aws-cn:iam::aws:policy/AWSDenyAll"
DAY = "2024-06-11"
ALL = Returns(roster=frozenset({"ana", "bo"}), day=DAY)


def marked(*policies: str, tags: bool = True) -> FoundUsers:
    """Return what is found when ana was shut out or missing from the roster."""
    ana = FOUND.state[user_id("ana")]
    day = {UNLISTED_TAG: DAY} if tags else {}
    state = {**FOUND.state, user_id("ana"): {**ana, "tags": {**ana["tags"], **day}}}
    return replace(FOUND, state=state, policies={"ana": policies} if policies else {})


def decide(found: FoundUsers, returns: Returns, *wanted: JumpUser):
    options = UserOptions(protected_groups=frozenset("gh"), returns=returns)
    return decide_users(wanted or (ANA, BO), found, SETTINGS, options)


def steps(decision) -> list[str]:
    return [f"{c.action.value} {c.id}" for c in decision.plan]


def test_who_left_is_marked_once_and_nothing_else_changes():
    decision = decide(FOUND, replace(ALL, roster=frozenset({"bo"})), BO)
    (change,) = decision.plan
    assert (change.id, change.action) == (user_id("ana"), Action.UPDATE)
    assert change.after == {
        **change.before,
        "tags": {**change.before["tags"], UNLISTED_TAG: DAY},
    }
    after = replace(FOUND, state=state_after(FOUND.state, decision.plan))
    later = replace(ALL, roster=frozenset({"bo"}), day="2030-01-01")
    assert decide(after, later, BO).plan == ()


@pytest.mark.parametrize(
    "returns",
    [Returns(), ALL, replace(ALL, roster=frozenset({"ANA"}))],
    ids=["no roster", "others of the roster", "another spelling"],
)
def test_nobody_is_marked_who_may_be_in_the_roster(returns):
    assert decide(FOUND, returns, BO).plan == ()


def test_a_roster_that_lacks_most_people_is_probably_not_whole():
    crowd = [JumpUser(f"u{n}") for n in range(10)]
    found = replace(FOUND, state=build_user_state(crowd))
    with pytest.raises(
        GuardError, match="mark 9 of 10 users of this collection as having left, because"
    ):
        decide(found, Returns(roster=frozenset({"u0"}), day=DAY), crowd[0])
    assert (
        len(
            decide(
                found,
                Returns(roster=frozenset({*"xy", *(f"u{n}" for n in range(7))}), day=DAY),
                crowd[0],
            ).plan
        )
        == 3
    )


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (marked(), f"it was missing from the roster on {DAY}"),
        (marked("left-the-company"), "policy left-the-company shuts it out"),
        (marked("own", DENY, tags=False), f"policy {DENY} shuts it out"),
    ],
)
def test_somebody_from_before_is_refused_with_the_two_ways_on(found, reason):
    wanted = (replace(ANA, groups=frozenset("h")), BO)
    decision = decide(found, ALL, *wanted)
    assert decision.plan == ()
    assert list(decision.refused) == ["ana"]
    text = decision.refused["ana"]
    assert text.startswith(f"User ana is from before: {reason}.")
    assert "-e jump_users_returned=ana" in text
    assert "-e jump_users_replaced=ana" in text
    assert decision.findings["ready"] == ["bo"]
    shutting = {p["policy"] for p in decision.findings["direct_policies"]} - {"own"}
    assert shutting == set(), "nobody is told to take off what shuts a person out"
    both = replace(ALL, returned=frozenset({"ana"}), replaced=frozenset({"ana"}))
    assert decide(found, both, *wanted).refused == decision.refused


def test_the_same_person_is_let_in_when_everything_else_is_right():
    wanted = (replace(ANA, groups=frozenset("h")), BO)
    decision = decide(
        marked("left-the-company", DENY), replace(ALL, returned=frozenset({"ana"})), *wanted
    )
    assert steps(decision) == [
        "delete membership ana/g",
        "update user ana",
        "create membership ana/h",
        f"delete policy of user ana/{DENY}",
        "delete policy of user ana/left-the-company",
    ]
    assert decision.refused == {}
    assert (
        UNLISTED_TAG not in next(c for c in decision.plan if c.id == user_id("ana")).after["tags"]
    )
    assert decision.findings["passwordless"] == []


def test_somebody_else_gets_a_new_user_and_nothing_of_the_old_one():
    decision = decide(marked("left-the-company"), replace(ALL, replaced=frozenset({"ana"})))
    assert steps(decision) == [
        "delete former user ana",
        "create user ana",
        "create membership ana/g",
    ]
    assert decision.plan[0].before == {"groups": ["g"]}
    assert decision.findings["created"] == decision.findings["passwordless"] == ["ana"]


@pytest.mark.parametrize("name", ["returned", "replaced"])
def test_nobody_returns_who_was_not_away(name):
    """The same command, given again, does nothing more."""
    assert decide(FOUND, replace(ALL, **{name: frozenset({"ana", "nobody"})})).plan == ()
    assert ObjectId(Kind.FORMER_USER, ("ana",)) not in FOUND.state
