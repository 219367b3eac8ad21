# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Asking before the first write of a run what its modules would refuse later."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .._aws.account import AwsAccount
from .._aws.details import read_details, read_quotas
from .._aws.groups import read_groups
from .._aws.users import read_users
from .._core.change import Json
from .._core.decision import Decision, GroupOptions, UserOptions, decide_groups, decide_users
from .._core.plan_group import listed_names
from .._core.preflight import (
    Holdings,
    StackHoldings,
    decide_all,
    find_demands,
    removal_problems,
)
from .._core.quotas import quota_problems
from .jump_options import build_groups, build_settings, build_users, read_settings

Decide = Callable[[float], Decision]

_KINDS = ("Group", "LocalManagedPolicy", "Role", "User")


def read_holdings(aws: AwsAccount) -> Holdings:
    """Return the roles and policies of the account."""
    details = read_details(aws, _KINDS)
    return Holdings(
        roles=[role["RoleName"] for role in details["RoleDetailList"]],
        policies={p["PolicyName"]: len(p["PolicyVersionList"]) for p in details["Policies"]},
    )


def find_problems(aws: AwsAccount, account_id: str, params: Mapping[str, Json]) -> list[str]:
    """Return what would stop the run halfway: too many removals, and quotas of the account."""
    summary = read_quotas(aws)
    found = read_holdings(aws)
    stacks = StackHoldings(
        params["stack_roles"], params["stack_policies"], params["absent_stack_roles"]
    )
    decisions, problems = [], removal_problems(found, stacks, params["max_removal_ratio"])
    for decide in (_group_decision(aws, params), _user_decision(aws, params)):
        decision, refusals = decide_all(decide, params["max_removal_ratio"])
        decisions.append(decision)
        problems += refusals
    demands = find_demands(
        decisions,
        found,
        stacks,
        summary.get("VersionsPerPolicyQuota", 5),
        has_all_project_groups=params["project_groups"] == "all",
    )
    return problems + quota_problems(account_id, summary, demands)


def _group_decision(aws: AwsAccount, params: Mapping[str, Json]) -> Decide:
    """Return what jump_group would decide; without groups nothing, and nothing is pruned."""
    wanted = build_groups(params)
    if not wanted:
        return lambda _ratio: Decision(())
    settings = read_settings(aws, params, wanted)
    found = read_groups(aws, listed_names(wanted), settings)

    def decide(max_removal_ratio: float) -> Decision:
        options = GroupOptions(
            adopt=params["adopt_groups"],
            prune=params["prune_groups"],
            max_removal_ratio=max_removal_ratio,
        )
        return decide_groups(wanted, found, settings, options)

    return decide


def _user_decision(aws: AwsAccount, params: Mapping[str, Json]) -> Decide:
    """Return what jump_user would decide when all listed groups are made."""
    wanted = build_users(params)
    if not wanted:
        return lambda _ratio: Decision(())
    settings = build_settings(aws, params, params["path"])
    found = read_users(aws, {group for user in wanted for group in user.groups}, settings)
    made = frozenset(group["name"] for group in params["groups"])

    def decide(max_removal_ratio: float) -> Decision:
        options = UserOptions(
            adopt=params["adopt_users"],
            purge_tags=params["purge_tags"],
            max_removal_ratio=max_removal_ratio,
            protected_groups=made or None,
            changed_groups=made,
        )
        return decide_users(wanted, found, settings, options)

    return decide
