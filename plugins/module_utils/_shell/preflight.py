# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Asking before the first write of a run what its modules would refuse later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .._aws.account import AwsAccount
from .._aws.details import read_details, read_quotas
from .._aws.groups import read_groups
from .._aws.passwords_key import read_passwords_key
from .._aws.transformations import roles_from
from .._aws.users import read_users
from .._core.change import Json
from .._core.checking import InputError
from .._core.desired.preflight import (
    Holdings,
    StackHoldings,
    decide_all,
    find_demands,
    removal_problems,
)
from .._core.iam.account_quotas import Demand, quota_problems
from .._core.iam.decision import Decision, GroupOptions, UserOptions, decide_groups, decide_users
from .._core.iam.group_findings import FoundGroups
from .._core.iam.groups import GroupSettings, JumpGroup, listed_names
from .._core.iam.user_findings import FoundUsers
from .._core.iam.users import JumpUser
from .._core.input.home_region import check_region
from .._core.templates.passwords_key import missing_key
from .jump_options import build_groups, build_returns, build_settings, build_users, read_settings

Decide = Callable[[float], Decision]

_KINDS = ("Group", "LocalManagedPolicy", "Role", "User")
_USUAL_VERSIONS = 5


@dataclass(frozen=True)
class Look:
    """The groups and users that a run handles, and what there is of them, read once."""

    groups: Sequence[JumpGroup]
    users: Sequence[JumpUser]
    settings: GroupSettings
    found_groups: FoundGroups
    found_users: FoundUsers

    def group_decision(self, params: Mapping[str, Json], max_removal_ratio: float) -> Decision:
        """Return what jump_group would decide; without groups nothing, and nothing is pruned."""
        if not self.groups:
            return Decision(())
        options = GroupOptions(
            adopt=params["adopt_groups"],
            prune=params["prune_groups"],
            max_removal_ratio=max_removal_ratio,
            fence_policy=(params["inspect"] or {}).get("fence_policy_name", ""),
        )
        return decide_groups(self.groups, self.found_groups, self.settings, options)

    def user_decision(
        self,
        params: Mapping[str, Json],
        max_removal_ratio: float,
        made_groups: frozenset[str] | None,
    ) -> Decision:
        """Return what jump_user would decide once a step before it has made these groups."""
        if not self.users:
            return Decision(())
        options = UserOptions(
            adopt=params["adopt_users"],
            purge_tags=params["purge_tags"],
            max_removal_ratio=max_removal_ratio,
            protected_groups=made_groups,
            changed_groups=made_groups or frozenset(),
            returns=build_returns(params),
        )
        return decide_users(self.users, self.found_users, self.settings, options)


def look(aws: AwsAccount, params: Mapping[str, Json]) -> Look:
    """Return what there is of what a module's options list."""
    groups, users = build_groups(params), build_users(params)
    settings = build_settings(aws, params, params["path"])
    joined = {group for user in users for group in user.groups}
    found = Look(
        groups,
        users,
        settings,
        read_groups(aws, listed_names(groups), settings),
        read_users(aws, joined, settings),
    )
    # Groups that are as they should be fit the quotas that they were made under.
    if not found.group_decision(params, 1.0).plan:
        return found
    return replace(found, settings=read_settings(aws, params, groups))


def refuse_other_region(aws: AwsAccount, found: Look, params: Mapping[str, Json]) -> None:
    """Raise InputError when the account was set up in another region than this run is for."""
    asked = params["inspect"]
    if asked is None:
        return
    roles = roles_from(read_details(aws, _KINDS), asked["roles"])
    problems = check_region(
        roles, found.settings.account_id, asked["stack_set_name"], asked["region"]
    )
    if problems:
        raise InputError(problems, "nothing was changed")


def find_problems(aws: AwsAccount, found: Look, params: Mapping[str, Json]) -> list[str]:
    """Return what would stop the run halfway: removals, a key that is not there, quotas."""
    made = frozenset(group.name for group in found.groups) or None
    deciders: tuple[Decide, ...] = (
        lambda ratio: found.group_decision(params, ratio),
        lambda ratio: found.user_decision(params, ratio, made),
    )
    holdings = _read_holdings(aws)
    stacks = StackHoldings(
        params["stack_roles"], params["stack_policies"], params["absent_stack_roles"]
    )
    decisions: list[Decision] = []
    problems = removal_problems(holdings, stacks, params["max_removal_ratio"])
    for decide in deciders:
        decision, refusals = decide_all(decide, params["max_removal_ratio"])
        decisions.append(decision)
        problems += refusals

    def demands(versions_per_policy: int) -> tuple[Demand, ...]:
        return find_demands(
            decisions,
            holdings,
            stacks,
            versions_per_policy,
            has_all_project_groups=params["project_groups"] == "all",
        )

    problems += _key_problems(aws, params["required_key_stack"])
    return problems + _quota_problems(aws, found.settings.account_id, demands)


def _key_problems(aws: AwsAccount, stack: str | None) -> list[str]:
    """Return that passwords would have no key, when no step of the run makes it."""
    if stack is None or read_passwords_key(aws, stack):
        return []
    return [missing_key(stack, aws.label)]


def _quota_problems(
    aws: AwsAccount, account_id: str, demands: Callable[[int], Sequence[Demand]]
) -> list[str]:
    """Return the quotas that have no room; a run that adds nothing does not ask for them."""
    if not any(demand.added for demand in demands(_USUAL_VERSIONS)):
        return []
    summary = read_quotas(aws)
    versions = summary.get("VersionsPerPolicyQuota", _USUAL_VERSIONS)
    return quota_problems(account_id, summary, demands(versions))


def _read_holdings(aws: AwsAccount) -> Holdings:
    details = read_details(aws, _KINDS)
    return Holdings(
        roles=[role["RoleName"] for role in details["RoleDetailList"]],
        policies={p["PolicyName"]: len(p["PolicyVersionList"]) for p in details["Policies"]},
    )
