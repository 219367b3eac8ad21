# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would stop a run, asked before its first write."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.preflight import (
    Holdings,
    StackHoldings,
    decide_all,
    find_demands,
    refusal_text,
    removal_problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import (
    refuse_large_removal,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.decision import Decision

CREATE, UPDATE, DELETE = Action.CREATE, Action.UPDATE, Action.DELETE


def change(kind: Kind, name: str, action: Action = CREATE) -> Change:
    return Change(ObjectId(kind, (name,)), action)


def added(decision: Decision, stacks: StackHoldings, *, every: bool = True) -> dict[str, int]:
    found = Holdings(roles=["role-admin"], policies={"full": 5, "new": 1, "fence": 1})
    demands = find_demands([decision], found, stacks, 5, has_all_project_groups=every)
    return {d.quota.what.partition(",")[0]: d.added for d in demands}


def test_everything_that_an_account_counts() -> None:
    plan = (
        change(Kind.POLICY, "p"),
        change(Kind.POLICY, "full", UPDATE),
        change(Kind.POLICY, "new", UPDATE),
        change(Kind.POLICY, "old", DELETE),
        change(Kind.GROUP, "g"),
        change(Kind.GROUP, "h"),
        change(Kind.GROUP, "i"),
        change(Kind.USER, "ana"),
        change(Kind.USER, "ben"),
        change(Kind.USER, "cho", UPDATE),
    )
    stacks = StackHoldings(roles=["role-admin", "role-dev"], policies=["fence", "other"])
    assert added(Decision(plan, refused={"h": "no", "ben": "no"}), stacks) == {
        "groups": 2,
        "users": 1,
        "MFA devices (one for each new user)": 1,
        "customer managed policies": 2,
        "policy versions": 3,
        "roles": 1,
    }


def test_nothing_is_added_by_nothing() -> None:
    assert set(added(Decision(()), StackHoldings()).values()) == {0}


def test_fewer_groups_are_offered_only_where_there_are_too_many() -> None:
    found = Holdings(roles=[], policies={})
    for every in (True, False):
        demands = find_demands([], found, StackHoldings(), 5, has_all_project_groups=every)
        assert [bool(demand.advice) for demand in demands] == [every, *[False] * 5]


def test_switch_roles_leave_the_jump_account_within_the_limit() -> None:
    here = [f"role-{n}" for n in range(6)]
    found = Holdings(roles=[*here, "role-of-others"], policies={})
    few = StackHoldings(roles=here[:3], absent_roles=[*here[3:], "role-never-made"])
    assert removal_problems(found, few, 0.25) == []
    many = StackHoldings(roles=here[:2], absent_roles=here[2:])
    (problem,) = removal_problems(found, many, 0.25)
    assert problem.startswith("This would remove 4 of 6 objects of type 'role' (role-2, ")
    assert removal_problems(found, many, 0.67) == []


def test_a_guard_does_not_hide_the_rest() -> None:
    plan = tuple(change(Kind.GROUP, f"g{n}", DELETE) for n in range(4))

    def decide(max_removal_ratio: float) -> Decision:
        refuse_large_removal(plan, Kind.GROUP, 4, max_removal_ratio)
        return Decision(plan)

    decision, (problem,) = decide_all(decide, 0.25)
    assert decision.plan == plan
    assert problem.startswith("This would remove 4 of 4 objects of type 'group'")
    assert problem.endswith("run again with a value of at least 1.00.")
    assert decide_all(decide, 1.0) == (decision, [])


def test_all_problems_come_together() -> None:
    assert refusal_text(["No."]) == (
        "Nothing was changed because 1 problem would stop this run halfway:\n  No."
    )
    assert refusal_text(["No.", "Nor."]) == (
        "Nothing was changed because 2 problems would stop this run halfway:\n  No.\n  Nor."
    )
