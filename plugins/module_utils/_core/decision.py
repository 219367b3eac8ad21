# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a module does with what it read: the plan, what is refused, what is only told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .change import Action, Json, Kind, Plan, State
from .group_findings import (
    FoundGroups,
    describe_fence,
    foreign_policies,
    misspelt_groups,
    overfull_groups,
    unused_policies,
)
from .guard import refuse_large_removal
from .plan_group import (
    GroupSettings,
    JumpGroup,
    build_group_state,
    foreign_groups,
    groups_in,
    keep_foreign,
    listed_names,
)
from .plan_user import (
    JumpUser,
    build_user_state,
    count_memberships,
    foreign_users,
    keep_unlisted,
    overfull_users,
    unlisted_users,
)
from .planning import plan_changes
from .user_findings import (
    FoundUsers,
    direct_policies,
    groupless_users,
    misspelt_users,
    unlisted_members,
)


@dataclass(frozen=True)
class Decision:
    """The plan, the refused subjects with why, and the further return values of the module."""

    plan: Plan
    refused: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupOptions:
    """How jump groups are to be handled."""

    adopt: bool = False
    prune: bool = False
    purge_policies: bool = False
    max_removal_ratio: float = 0.25
    fence_policy: str = ""


def decide_groups(
    wanted: Sequence[JumpGroup], found: FoundGroups, settings: GroupSettings, options: GroupOptions
) -> Decision:
    """Return what happens to the groups; raise GuardError when too many would go."""
    built = build_group_state(wanted, settings)
    desired = keep_foreign(
        built,
        found.state,
        settings,
        prune=options.prune,
        purge_policies=options.purge_policies,
    )
    plan = plan_changes(desired, found.state)
    here = groups_in(found.state)
    refuse_large_removal(plan, Kind.GROUP, len(here), options.max_removal_ratio)
    foreign = {} if options.adopt else foreign_groups(wanted, found.state, settings)
    quota = settings.quotas.attached_policies
    return Decision(
        plan,
        refused={
            **overfull_groups(plan, desired, found.state, quota),
            **foreign,
            **misspelt_groups(wanted, found.names),
        },
        findings={
            "unlisted": [] if options.prune else sorted(here - listed_names(wanted)),
            "foreign_policies": foreign_policies(built, desired),
            "unused_policies": unused_policies(found, plan, settings, [options.fence_policy]),
            "fence": describe_fence(found, options.fence_policy),
        },
    )


@dataclass(frozen=True)
class UserOptions:
    """How users are to be handled; groups_per_user is IAM's quota, None while it is not known."""

    adopt: bool = False
    purge_memberships: bool = True
    purge_tags: bool = False
    max_removal_ratio: float = 0.25
    expected_groups: tuple[str, ...] = ()
    groups_per_user: int | None = None


def decide_users(wanted: Sequence[JumpUser], found: FoundUsers, options: UserOptions) -> Decision:
    """Return what happens to the users; raise GuardError when too many memberships would go."""
    desired = keep_unlisted(
        build_user_state(wanted),
        found.state,
        found.jump_groups,
        purge_memberships=options.purge_memberships,
        purge_tags=options.purge_tags,
    )
    plan = plan_changes(desired, found.state)
    memberships = count_memberships(found.state, found.jump_groups)
    refuse_large_removal(plan, Kind.MEMBERSHIP, memberships, options.max_removal_ratio)
    return Decision(
        plan,
        refused=_refused_users(wanted, found, desired, options),
        findings={
            "created": _created(plan),
            "unlisted": unlisted_users(wanted, found.state),
            "unlisted_members": unlisted_members(wanted, found),
            "direct_policies": direct_policies(wanted, found),
        },
    )


def _refused_users(
    wanted: Iterable[JumpUser], found: FoundUsers, desired: State, options: UserOptions
) -> dict[str, str]:
    quota = options.groups_per_user
    return {
        **({} if quota is None else overfull_users(desired, quota)),
        **groupless_users(wanted, found, options.expected_groups),
        **({} if options.adopt else foreign_users(wanted, found.state)),
        **misspelt_users(wanted, found),
    }


def _created(plan: Plan) -> list[str]:
    return [c.subject for c in plan if (c.id.kind, c.action) == (Kind.USER, Action.CREATE)]
