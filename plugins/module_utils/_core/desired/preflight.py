# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What would stop a run, asked before its first write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ..change import Action, Change, Kind, ObjectId, Plan
from ..guard import GuardError, refuse_large_removal
from ..iam.account_quotas import (
    DEVICES,
    GROUPS,
    POLICIES,
    ROLES,
    USERS,
    VERSIONS,
    Demand,
    most_added,
)
from ..iam.decision import Decision
from ..planning import without

FEWER_GROUPS = "set jump_project_groups=used to keep only the project groups that the roster needs"


@dataclass(frozen=True)
class Holdings:
    """Names of the roles and policies, each policy with the number of its versions."""

    roles: Collection[str]
    policies: Mapping[str, int]


@dataclass(frozen=True)
class StackHoldings:
    """Names of the roles and policies that stacks make in the Jump account.

    absent_roles are those that they remove there.
    """

    roles: Collection[str] = ()
    policies: Collection[str] = ()
    absent_roles: Collection[str] = ()


def decide_all(
    decide: Callable[[float], Decision], max_removal_ratio: float
) -> tuple[Decision, list[str]]:
    """Return a decision, and what a guard has against it; decide takes the limit of removals."""
    try:
        return decide(max_removal_ratio), []
    except GuardError as error:
        return decide(1.0), [error.problem]


def find_demands(
    decisions: Sequence[Decision],
    found: Holdings,
    stacks: StackHoldings,
    versions_per_policy: int,
    *,
    has_all_project_groups: bool,
) -> tuple[Demand, ...]:
    """Return what a run adds to an account, without what it refuses anyway."""
    plan: Plan = tuple(c for d in decisions for c in without(d.plan, d.refused))
    new_policies = len(set(stacks.policies) - set(found.policies))
    new_users = most_added(plan, Kind.USER)
    return (
        Demand(
            GROUPS, most_added(plan, Kind.GROUP), FEWER_GROUPS if has_all_project_groups else ""
        ),
        Demand(USERS, new_users),
        Demand(DEVICES, new_users),
        Demand(POLICIES, most_added(plan, Kind.POLICY) + new_policies),
        Demand(VERSIONS, new_policies + _new_versions(plan, found.policies, versions_per_policy)),
        Demand(ROLES, len(set(stacks.roles) - set(found.roles))),
    )


def removal_problems(found: Holdings, stacks: StackHoldings, max_removal_ratio: float) -> list[str]:
    """Return what a guard has against the removal of switch roles from the Jump account."""
    removed = sorted(set(stacks.absent_roles) & set(found.roles))
    here = set(stacks.roles) & set(found.roles)
    plan = tuple(Change(ObjectId(Kind.ROLE, (name,)), Action.DELETE) for name in removed)
    try:
        refuse_large_removal(plan, Kind.ROLE, len(here) + len(removed), max_removal_ratio)
    except GuardError as error:
        return [error.problem]
    return []


def _new_versions(plan: Plan, versions: Mapping[str, int], most: int) -> int:
    """Return how many versions of policies a plan adds: of five the oldest one goes first."""
    return sum(
        change.action is Action.CREATE
        or (change.action is Action.UPDATE and versions.get(change.subject, 0) < most)
        for change in plan
        if change.id.kind is Kind.POLICY
    )


def refusal_text(problems: Sequence[str]) -> str:
    """Return why a run ends before its first write."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    listed = "\n".join(f"  {text}" for text in problems)
    return f"Nothing was changed because {count} would stop this run halfway:\n{listed}"
