# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a module does with what it read: the plan, what is refused, what is only told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..change import Action, Change, Json, Kind, Plan, State
from ..guard import refuse_large_removal
from ..planning import plan_changes, state_after, without
from .adoption import AdoptCredentials, passwordless, refused_adoptions, withdrawn_credentials
from .group_findings import (
    FoundGroups,
    foreign_policies,
    misspelt_groups,
    overfull_groups,
    unused_policies,
)
from .groups import (
    GroupSettings,
    JumpGroup,
    build_group_state,
    foreign_groups,
    groups_in,
    keep_foreign,
    listed_names,
    with_needs,
)
from .protection import mfa_alarms, protected_groups
from .shut_out import (
    Returns,
    former_users,
    marked_users,
    refused_returns,
    shutting_policies,
    with_marks,
)
from .user_findings import (
    FoundUsers,
    direct_policies,
    members_of,
    misspelt_users,
    unlisted_members,
    unprotected_joins,
    without_groups,
)
from .users import (
    JumpUser,
    build_user_state,
    count_memberships,
    foreign_users,
    keep_unlisted,
    overfull_users,
    unlisted_users,
)


@dataclass(frozen=True)
class Decision:
    """The plan without what is refused, why it is by subject, and further return values."""

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
    refused = {
        **overfull_groups(plan, desired, found.state, quota),
        **foreign,
        **misspelt_groups(wanted, found.names),
    }
    return Decision(
        without(with_needs(plan, settings), refused),
        refused,
        findings={
            "unlisted": [] if options.prune else sorted(here - listed_names(wanted)),
            "foreign_policies": foreign_policies(built, desired),
            "unused_policies": unused_policies(found, plan, settings, [options.fence_policy]),
        },
    )


def groups_after(
    found: FoundGroups, decision: Decision, settings: GroupSettings, applied: Plan
) -> tuple[list[str], dict[str, str]]:
    """Return the groups that are protected after these changes, and what is wrong by subject."""
    state = state_after(found.state, applied)
    done = {change.id for change in applied}
    held = {s for c in decision.plan if c.id not in done for s in c.subjects}
    protected = protected_groups(state, settings, {*decision.refused, *held})
    return sorted(protected), mfa_alarms(state, found.members, settings)


def deleted_groups(applied: Plan) -> list[str]:
    """Return the groups that these changes delete, sorted."""
    kinds = (Kind.GROUP, Action.DELETE)
    return sorted(c.subject for c in applied if (c.id.kind, c.action) == kinds)


def changed_groups(found: FoundGroups, settings: GroupSettings, applied: Plan) -> list[str]:
    """Return the groups that these changes touch: all of them where the MFA policy is touched."""
    subjects = {change.subject for change in applied}
    here = groups_in(state_after(found.state, applied))
    return sorted(here if settings.mfa_policy in subjects else here & subjects)


@dataclass(frozen=True)
class UserOptions:
    """How users are to be handled.

    protected_groups are those that a step before this one vouches for, None when there was none;
    changed_groups are those that it wrote, so that what is read of them may be older;
    deleted_groups are those that it deletes, which takes their members' memberships with them;
    groups_per_user is IAM's quota, None while it is not known; returns says who comes back.
    """

    adopt: bool = False
    purge_memberships: bool = True
    purge_tags: bool = False
    max_removal_ratio: float = 0.25
    protected_groups: frozenset[str] | None = None
    changed_groups: frozenset[str] = frozenset()
    deleted_groups: frozenset[str] = frozenset()
    groups_per_user: int | None = None
    adopt_credentials: AdoptCredentials = AdoptCredentials.REQUIRE_MFA
    returns: Returns = field(default_factory=Returns)


def decide_users(
    wanted: Sequence[JumpUser], found: FoundUsers, settings: GroupSettings, options: UserOptions
) -> Decision:
    """Return what happens to the users; raise GuardError when too many memberships would go.

    What is withdrawn from users to whom nothing may be given goes on, but not what is foreign.
    """
    found = without_groups(found, options.deleted_groups)
    marked = marked_users(wanted, found)
    untouched = _untouched_users(wanted, found, marked, options)
    found, gone = former_users(found, options.returns.others(marked))
    gone = {**gone, **shutting_policies(found, options.returns.same(marked))}
    withdrawn = withdrawn_credentials(found.credentials, options.adopt_credentials)
    desired = _desired_users(wanted, found, options)
    plan = plan_changes(desired, {**found.state, **gone, **withdrawn})
    memberships = count_memberships(found.state, found.jump_groups)
    refuse_large_removal(plan, Kind.MEMBERSHIP, memberships, options.max_removal_ratio)
    protected = _protected(found, settings, options)
    held = _held_users(wanted, found, desired, protected, options)
    refused = {**held, **untouched}
    unguarded = _unguarded(wanted, found, desired, protected)
    ready = _ready(wanted, found, desired, protected)
    created = [c.subject for c in plan if _is_new(c) and c.subject not in refused]
    adopted = passwordless(found.credentials, withdrawn) - refused.keys()
    return Decision(
        tuple(c for c in without(plan, untouched) if not _is_given(c, held)),
        refused,
        findings={
            "created": created,
            "passwordless": sorted({*created, *adopted}),
            "ready": [name for name in ready if name not in {*refused, *unguarded}],
            "unguarded": unguarded,
            "unlisted": unlisted_users(wanted, found.state),
            "unlisted_members": unlisted_members(wanted, found),
            "direct_policies": direct_policies(wanted, found),
        },
    )


def _untouched_users(
    wanted: Sequence[JumpUser],
    found: FoundUsers,
    marked: Mapping[str, str],
    options: UserOptions,
) -> dict[str, str]:
    return {
        **refused_adoptions(found.credentials, options.adopt_credentials),
        **({} if options.adopt else foreign_users(wanted, found.state)),
        **refused_returns(marked, options.returns),
        **misspelt_users(wanted, found),
    }


def _desired_users(wanted: Sequence[JumpUser], found: FoundUsers, options: UserOptions) -> State:
    desired = keep_unlisted(
        build_user_state(wanted),
        found.state,
        found.jump_groups,
        purge_memberships=options.purge_memberships,
        purge_tags=options.purge_tags,
    )
    ratio = options.max_removal_ratio
    return with_marks(desired, found.state, wanted, options.returns, ratio)


def user_alarms(found: FoundUsers, settings: GroupSettings, options: UserOptions) -> dict[str, str]:
    """Return what is wrong with groups that people are in, as far as this step can tell."""
    found = without_groups(found, options.deleted_groups)
    members = members_of(found.state)
    settled = {g: names for g, names in members.items() if g not in options.changed_groups}
    return mfa_alarms(found.group_state, settled, settings)


def _protected(found: FoundUsers, settings: GroupSettings, options: UserOptions) -> frozenset[str]:
    """Return the groups that force MFA: by what was read, and not against what is vouched for."""
    read = protected_groups(found.group_state, settings)
    if options.protected_groups is None:
        return read
    contradicted = groups_in(found.group_state) - read - options.changed_groups
    return options.protected_groups - contradicted


def _held_users(
    wanted: Iterable[JumpUser],
    found: FoundUsers,
    desired: State,
    protected: frozenset[str],
    options: UserOptions,
) -> dict[str, str]:
    quota = options.groups_per_user
    is_first = options.protected_groups is None
    return {
        **({} if quota is None else overfull_users(desired, quota)),
        **unprotected_joins(wanted, found, protected, is_first=is_first),
    }


def _is_given(change: Change, held: Collection[str]) -> bool:
    return change.subject in held and change.action is Action.CREATE


def _is_new(change: Change) -> bool:
    return (change.id.kind, change.action) == (Kind.USER, Action.CREATE)


def _unguarded(
    wanted: Iterable[JumpUser], found: FoundUsers, desired: State, protected: frozenset[str]
) -> list[str]:
    """Return who has groups or policies that are not ours, and nothing of ours that forces MFA."""
    groups_of = _groups_of(wanted, desired)
    return sorted(
        name
        for name, groups in groups_of.items()
        if protected.isdisjoint(groups) and (groups - found.jump_groups or found.policies.get(name))
    )


def _ready(
    wanted: Iterable[JumpUser], found: FoundUsers, desired: State, protected: frozenset[str]
) -> list[str]:
    """Return whose groups are all protected, groups of others aside."""
    listed = list(wanted)
    ours = found.jump_groups | {group for user in listed for group in user.groups}
    return sorted(
        name for name, groups in _groups_of(listed, desired).items() if groups & ours <= protected
    )


def _groups_of(wanted: Iterable[JumpUser], desired: State) -> dict[str, set[str]]:
    groups_of: dict[str, set[str]] = {user.name: set() for user in wanted}
    for group, members in members_of(desired).items():
        for name in groups_of.keys() & set(members):
            groups_of[name].add(group)
    return groups_of
