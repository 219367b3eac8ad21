# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Desired state of jump groups: what each may switch to, and MFA for all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..arns import iam_arn
from ..change import Action, Change, Json, Kind, ObjectId, Plan, State
from ..checking import Problems
from ..planning import keep
from ..policies.document import canonical_policy, policy_size
from ..policies.mfa import MfaOptions, build_mfa_policy
from ..policies.switch import build_switch_policy, split_role_arns
from ..quotas import GROUP_INLINE_SIZE, POLICIES_PER_GROUP, POLICY_SIZE

SWITCH_POLICY = "switch-roles"


@dataclass(frozen=True)
class JumpGroup:
    """A group and the ARNs of the switch roles that its members may assume."""

    name: str
    role_arns: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class GroupQuotas:
    """What one group can hold; sizes in characters without white space."""

    inline_size: int = GROUP_INLINE_SIZE
    policy_size: int = POLICY_SIZE
    attached_policies: int = POLICIES_PER_GROUP


@dataclass(frozen=True)
class GroupSettings:
    """What all groups share."""

    account_id: str
    partition: str
    path: str
    mfa_policy: str
    quotas: GroupQuotas = GroupQuotas()
    source_networks: tuple[str, ...] = ()

    def policy_arn(self, name: str) -> str:
        """Return the ARN of one of our customer managed policies."""
        return iam_arn(self.partition, self.account_id, f"policy{self.path}{name}")

    @property
    def mfa_policy_arn(self) -> str:
        """Return the ARN of the policy that forces MFA."""
        return self.policy_arn(self.mfa_policy)


def build_group_state(groups: Iterable[JumpGroup], settings: GroupSettings) -> State:
    """Return the desired objects of the groups, the MFA policy included."""
    listed = list(groups)
    if not listed:
        return {}
    state: dict[ObjectId, Json] = _policy_state(settings.mfa_policy, build_mfa_document(settings))
    for group in listed:
        state[ObjectId(Kind.GROUP, (group.name,))] = {"path": settings.path}
        state[ObjectId(Kind.GROUP_MFA, (group.name, settings.mfa_policy_arn))] = {}
        state.update(_switch_state(group, settings))
    return state


def build_mfa_document(settings: GroupSettings) -> dict[str, Json]:
    """Return the policy that forces MFA in the version that these settings want."""
    return build_mfa_policy(
        MfaOptions(settings.account_id, settings.partition, settings.source_networks)
    )


def check_settings(problems: Problems, place: str, settings: GroupSettings) -> None:
    """Record networks, given at a place, with which the MFA policy is larger than IAM takes."""
    size, most = policy_size(build_mfa_document(settings)), settings.quotas.policy_size
    if size > most:
        problems.add(
            place,
            f"with these {len(settings.source_networks)} networks the policy "
            f"{settings.mfa_policy} has {size} characters, but a policy can have at most "
            f"{most}; combine networks into larger ones",
        )


def group_problem(group: JumpGroup, quotas: GroupQuotas) -> str | None:
    """Return why a group cannot hold its switch roles, with the numbers, if so."""
    if _is_inline(group, quotas):
        return None
    chunks = split_role_arns(group.role_arns, quotas.policy_size)
    room = quotas.attached_policies - 1
    if len(chunks) <= room:
        return None
    return (
        f"group {group.name} is for {len(group.role_arns)} accounts, which need {len(chunks)} "
        f"managed policies of {quotas.policy_size} characters, but a group can have only {room} "
        f"besides the MFA policy, enough for {sum(map(len, chunks[:room]))}"
    )


def check_groups(problems: Problems, groups: Iterable[JumpGroup], settings: GroupSettings) -> None:
    """Record what IAM cannot hold with the quotas of the account."""
    check_settings(problems, "source_networks", settings)
    for group in groups:
        problem = group_problem(group, settings.quotas)
        if problem:
            problems.add(
                "groups",
                f"{problem}; split the accounts into projects, each with its own groups, and "
                "omit the group for all accounts ('global_group: false' in the level)",
            )


def _is_inline(group: JumpGroup, quotas: GroupQuotas) -> bool:
    document = build_switch_policy(group.role_arns)
    return document is None or policy_size(document) <= quotas.inline_size


def _policy_state(name: str, document: Json) -> dict[ObjectId, Json]:
    return {ObjectId(Kind.POLICY, (name,)): {"document": canonical_policy(document)}}


def _attachment(group: str, policy_arn: str) -> ObjectId:
    return ObjectId(Kind.GROUP_ATTACHMENT, (group, policy_arn))


def _switch_state(group: JumpGroup, settings: GroupSettings) -> dict[ObjectId, Json]:
    """Return the switch policy: inline while it fits, over managed policies beyond that."""
    if _is_inline(group, settings.quotas):
        document = build_switch_policy(group.role_arns)
        key = ObjectId(Kind.GROUP_POLICY, (group.name, SWITCH_POLICY))
        return {} if document is None else {key: canonical_policy(document)}
    state: dict[ObjectId, Json] = {}
    chunks = split_role_arns(group.role_arns, settings.quotas.policy_size)
    for number, chunk in enumerate(chunks, start=1):
        name = f"{group.name}-{SWITCH_POLICY}-{number}"
        state.update(_policy_state(name, build_switch_policy(chunk)))
        state[_attachment(group.name, settings.policy_arn(name))] = {}
    return state


def keep_foreign(
    desired: State, observed: State, settings: GroupSettings, *, prune: bool, purge_policies: bool
) -> State:
    """Return desired plus what must stay of the observed.

    Groups that are not listed stay unless prune; policies of listed groups that are not ours stay
    unless purge_policies. Our own switch and MFA policies always follow the desired state; a
    managed policy that is neither stays in any case.
    """
    listed = {i.key[0] for i in desired if i.kind is Kind.GROUP}
    ours = f":policy{settings.path}"

    def is_kept(obj: ObjectId) -> bool:
        if obj.kind is Kind.POLICY:
            owner = _group_of_switch_policy(obj.key[0])
            is_other = owner is None and obj.key[0] != settings.mfa_policy
            return owner not in listed and (is_other or not prune)
        if obj.key[0] not in listed:
            return not prune
        if obj.kind is Kind.GROUP_POLICY:
            return obj.key[1] != SWITCH_POLICY and not purge_policies
        return ours not in obj.key[1] and not purge_policies

    return keep(desired, observed, is_kept)


def with_needs(plan: Plan, settings: GroupSettings) -> Plan:
    """Return the plan in which what permits something relies on its group and the MFA policy."""
    return tuple(replace(c, needs=_needs(c, settings)) for c in plan)


def _needs(change: Change, settings: GroupSettings) -> tuple[str, ...]:
    if change.action is Action.DELETE:
        return ()
    if change.id.kind in (Kind.GROUP_MFA, Kind.GROUP_ATTACHMENT, Kind.GROUP_POLICY):
        return (settings.mfa_policy,)
    group = _group_of_switch_policy(change.subject) if change.id.kind is Kind.POLICY else None
    return () if group is None else (group, settings.mfa_policy)


def _group_of_switch_policy(name: str) -> str | None:
    group, _separator, number = name.rpartition(f"-{SWITCH_POLICY}-")
    return group if group and number.isdigit() else None


def is_former_mfa_policy(arn: str, path: str) -> bool:
    """Return whether a policy of a group, ours by its path, forces MFA: it permits no switching.

    It may have another name than now; it leaves a group last, like the one of today.
    """
    _account, _mark, name = arn.partition(f":policy{path}")
    return bool(name) and _group_of_switch_policy(name) is None


def listed_names(groups: Iterable[JumpGroup]) -> frozenset[str]:
    """Return the names of the groups."""
    return frozenset(group.name for group in groups)


def groups_in(state: State) -> frozenset[str]:
    """Return the names of the groups in a state."""
    return frozenset(i.key[0] for i in state if i.kind is Kind.GROUP)


def foreign_groups(
    wanted: Iterable[JumpGroup], observed: State, settings: GroupSettings
) -> dict[str, str]:
    """Return the wanted groups that are there but not ours, with what to do about each."""
    refused = {}
    for group in wanted:
        found = observed.get(ObjectId(Kind.GROUP, (group.name,)))
        if found is not None and found["path"] != settings.path:
            refused[group.name] = (
                f"Group {group.name} of account {settings.account_id} already exists under path "
                f"{found['path']} and was not created by this collection; it was not changed, "
                "and nobody was added to it. Rename it, or set adopt "
                "(jump_account_adopt_groups in the roles of this collection) to take it over."
            )
    return refused
