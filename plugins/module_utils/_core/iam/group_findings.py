# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What is found beside what is wanted of groups: refused, or told and left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..change import Action, Json, Kind, ObjectId, Plan, State
from ..spelling import spelled_otherwise
from .groups import GroupSettings, JumpGroup

_ATTACHMENTS = (Kind.GROUP_MFA, Kind.GROUP_ATTACHMENT)


@dataclass(frozen=True)
class FoundGroups:
    """Groups and policies of ours; beside them names of all groups, and who has which policy.

    times_attached counts attachments of our managed policies to anything, members maps groups to
    users.
    """

    state: State
    names: frozenset[str] = frozenset()
    times_attached: Mapping[str, int] = field(default_factory=dict)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def misspelt_groups(wanted: Iterable[JumpGroup], names: Iterable[str]) -> dict[str, str]:
    """Return the wanted groups whose name is taken in other case, with what to do about each."""
    return {
        name: (
            f"Group {name} already exists as {there}, and IAM ignores case in names; it was not "
            f"changed. Name it {there}, or delete that group first."
        )
        for name, there in spelled_otherwise((g.name for g in wanted), names).items()
    }


def overfull_groups(plan: Plan, desired: State, observed: State, quota: int) -> dict[str, str]:
    """Return the groups that would hold more managed policies than IAM allows, also in between.

    A new MFA policy is attached before anything leaves the group.
    """
    made = {c.id for c in plan if c.action is Action.CREATE}
    before, after = _count_attachments(observed), _count_attachments(desired)
    refused = {}
    for group in sorted({i.key[0] for i in made if i.kind in _ATTACHMENTS}):
        is_forced = any(i.kind is Kind.GROUP_MFA and i.key[0] == group for i in made)
        most = max(before[group] + 1 if is_forced else 0, after[group])
        if most > quota:
            refused[group] = (
                f"Group {group} has {before[group]} managed policies and would have {most}, but "
                f"IAM allows {quota}; nothing of this group was changed. Detach one that is not "
                "from this collection, or one of its switch policies, which the run attaches "
                "again."
            )
    return refused


def _count_attachments(state: State) -> Counter[str]:
    return Counter(i.key[0] for i in state if i.kind in _ATTACHMENTS)


def foreign_policies(wanted: State, desired: State) -> list[dict[str, Json]]:
    """Return the policies that listed groups keep although we did not give them, sorted."""
    listed = {i.key[0] for i in wanted if i.kind is Kind.GROUP}
    return [
        {"group": i.key[0], "policy": i.key[1]}
        for i in sorted(desired.keys() - wanted.keys(), key=lambda i: i.key)
        if i.kind in (Kind.GROUP_POLICY, Kind.GROUP_ATTACHMENT) and i.key[0] in listed
    ]


def unused_policies(
    found: FoundGroups, plan: Plan, settings: GroupSettings, in_use: Iterable[str]
) -> list[str]:
    """Return our managed policies that nothing will have any more; in_use are always spared."""
    detached = Counter(c.id.key[-1] for c in plan if _is_detachment(c.id, c.action))
    spared = {*in_use, settings.mfa_policy, *_policies_in(plan)}
    return sorted(
        name
        for name, count in found.times_attached.items()
        if name not in spared and count <= detached[settings.policy_arn(name)]
    )


def _is_detachment(obj: ObjectId, action: Action) -> bool:
    return obj.kind in _ATTACHMENTS and action is Action.DELETE


def _policies_in(plan: Plan) -> set[str]:
    return {c.id.key[0] for c in plan if c.id.kind is Kind.POLICY}
