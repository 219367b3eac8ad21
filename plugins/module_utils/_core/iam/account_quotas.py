# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What one account can hold: the numbers of IAM, and how far AWS raises them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..change import Action, Kind, Plan
from ..ordering import sort_key


@dataclass(frozen=True)
class Quota:
    """One quota of an account, as the IAM User Guide has it.

    count and limit are its names in GetAccountSummary, usual is what accounts have. code is its
    name in Service Quotas and ceiling what AWS grants at most, both for those that AWS raises.
    """

    what: str
    count: str
    limit: str
    usual: int
    advice: str
    code: str = ""
    ceiling: int = 0


GROUPS = Quota(
    "groups", "Groups", "GroupsQuota", 300, "use fewer levels or projects", "L-F4A5425F", 500
)
USERS = Quota("users", "Users", "UsersQuota", 5000, "delete users that are no longer needed")
POLICIES = Quota(
    "customer managed policies",
    "Policies",
    "PoliciesQuota",
    1500,
    "delete unused policies",
    "L-E95E4862",
    10000,
)
VERSIONS = Quota(
    "policy versions",
    "PolicyVersionsInUse",
    "PolicyVersionsInUseQuota",
    10000,
    "delete old policy versions",
)
ROLES = Quota("roles", "Roles", "RolesQuota", 1000, "delete unused roles", "L-FE177D64", 10000)
DEVICES = Quota(
    # IAM allows as many virtual MFA devices, assigned or not, as users.
    "MFA devices (one for each new user)",
    "MFADevices",
    "UsersQuota",
    5000,
    "delete unassigned MFA devices",
)
QUOTAS = (GROUPS, USERS, POLICIES, VERSIONS, ROLES, DEVICES)


@dataclass(frozen=True)
class Demand:
    """How many of something a run adds at most to what is there, at any moment of the run."""

    quota: Quota
    added: int
    advice: str = ""


def most_added(plan: Plan, kind: Kind) -> int:
    """Return by how many objects of a kind a plan exceeds at most what was there before."""
    count = most = 0
    for change in sorted(plan, key=sort_key):
        if change.id.kind is kind:
            count += {Action.CREATE: 1, Action.UPDATE: 0, Action.DELETE: -1}[change.action]
            most = max(most, count)
    return most


def quota_problems(
    account_id: str, summary: Mapping[str, int], demands: Iterable[Demand]
) -> list[str]:
    """Return what an account with these counts and quotas could not hold, with the ways out."""
    return [
        text for demand in demands if (text := _quota_problem(account_id, summary, demand)) != ""
    ]


def _quota_problem(account_id: str, summary: Mapping[str, int], demand: Demand) -> str:
    quota = demand.quota
    there = summary.get(quota.count, 0)
    limit = summary.get(quota.limit, quota.usual)
    most = there + demand.added
    if not demand.added or most <= limit:
        return ""
    return (
        f"Account {account_id} has {there} {quota.what} and needs {demand.added} more, {most} "
        f"in total, but its quota is {limit}. {_way_out(quota, most)}, or "
        f"{demand.advice or quota.advice}."
    )


def _way_out(quota: Quota, most: int) -> str:
    if not quota.code:
        return "AWS does not raise this quota: request fewer"
    if most > quota.ceiling:
        return f"AWS raises this quota to at most {quota.ceiling}: request fewer"
    return (
        f"Raise the quota to at least {most} in Service Quotas (IAM, {quota.code}; AWS grants up "
        f"to {quota.ceiling})"
    )
