# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Desired state of the instances of one stack set, and the operations that bring it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..change import Action, Change, Json, Kind, ObjectId, Plan, State
from ..planning import keep
from .canonical import parameter_text
from .instance_failure import Advice
from .rectangles import Pair, Rectangle, build_rectangles

CURRENT = "CURRENT"
OUTDATED = "OUTDATED"
INOPERABLE = "INOPERABLE"


@dataclass(frozen=True)
class StackInstance:
    """An instance that is wanted; without parameter_overrides those that are there stay."""

    account_id: str
    region: str
    parameter_overrides: Mapping[str, Json] | None = None


def instance_id(account_id: str, region: str) -> ObjectId:
    """Return the id of a stack instance."""
    return ObjectId(Kind.STACK_INSTANCE, (account_id, region))


def build_instance_state(instances: Iterable[StackInstance]) -> State:
    """Return the desired instances, each current."""
    return {instance_id(i.account_id, i.region): _attributes(i) for i in instances}


def _attributes(instance: StackInstance) -> dict[str, Json]:
    if instance.parameter_overrides is None:
        return {"status": CURRENT}
    overrides = {k: parameter_text(v) for k, v in sorted(instance.parameter_overrides.items())}
    return {"status": CURRENT, "parameter_overrides": overrides}


def keep_surplus(desired: State, observed: State, *, purge: bool) -> State:
    """Return desired plus the instances that are there and not listed, unless purge."""
    return desired if purge else keep(desired, observed, lambda _id: True)


def bring_outdated(observed: State, updated: Container[Pair], advice: Advice) -> State:
    """Return observed as an update of the stack set that reaches these instances leaves it."""
    return {
        i: {"status": CURRENT}
        if v["status"] == OUTDATED and i.key in updated and not is_handed_over(i, v, advice)
        else v
        for i, v in observed.items()
    }


def overrides_to_read(desired: State, observed: State) -> tuple[Pair, ...]:
    """Return the instances that are there and whose parameter overrides matter, sorted.

    Those that are compared, and those of instances that will be written.
    """
    return tuple(
        sorted(
            (i.key[0], i.key[1])
            for i, v in desired.items()
            if i in observed
            and ("parameter_overrides" in v or observed[i]["status"] != v["status"])
        )
    )


def has_overrides_to_keep(desired: State, observed: State) -> bool:
    """Return whether instances have parameter overrides that are not given."""
    return any(
        observed.get(i, {}).get("parameter_overrides")
        for i, v in desired.items()
        if "parameter_overrides" not in v
    )


def keep_overrides(desired: State, observed: State, declared: Container[str]) -> State:
    """Return desired with the parameter overrides that are there where none are given.

    A write then names all overrides of its instances: an instance that is made anew would lose
    them, and AWS's texts differ on what becomes of those that an update does not name. Only
    declared parameters are named, because AWS refuses those that the template has no more.
    """
    return {i: {**_overrides_of(observed.get(i, {}), declared), **v} for i, v in desired.items()}


def _overrides_of(attributes: Mapping[str, Json], declared: Container[str]) -> dict[str, Json]:
    if "parameter_overrides" not in attributes:
        return {}
    overrides = attributes["parameter_overrides"]
    return {"parameter_overrides": {k: v for k, v in overrides.items() if k in declared}}


def surplus_instances(desired: State, observed: State) -> list[str]:
    """Return the instances that are there and not desired, as account/region, sorted."""
    return sorted("/".join(i.key) for i in observed if i not in desired)


def inoperable_instances(plan: Plan, stack_set_name: str) -> dict[ObjectId, str]:
    """Return the instances that no update can fix, with what to do about each."""
    return {
        c.id: (
            f"Stack instance {'/'.join(c.id.key)} of stack set {stack_set_name} is INOPERABLE "
            f"({c.before.get('reason') or 'AWS gives no reason'}), so AWS does not update it. "
            f"Delete its stack in account {c.id.key[0]} manually, then run again with "
            "recover_inoperable to replace the instance."
        )
        for c in plan
        if _is_inoperable(c) and c.action is Action.UPDATE
    }


def failed_again(plan: Plan, known: Mapping[str, str]) -> dict[ObjectId, str]:
    """Return the instances that an update of the stack set has just failed to bring.

    known maps targets to sentences. New parameter overrides may fix it, so those are tried.
    """
    return {
        c.id: known[str(c.id)]
        for c in plan
        if str(c.id) in known
        and c.action is Action.UPDATE
        and c.before.get("parameter_overrides") == c.after.get("parameter_overrides")
    }


def without_role(plan: Plan, advice: Advice) -> frozenset[ObjectId]:
    """Return the instances that cannot come before the owner of their account has opened it.

    Nothing tells whether a new account has been opened by now, so a real run tries.
    """
    return frozenset(
        c.id
        for c in plan
        if (c.action is Action.CREATE and c.id.key[0] in advice.unprepared)
        or (c.action is Action.UPDATE and is_handed_over(c.id, c.before, advice))
    )


def is_handed_over(instance: ObjectId, attributes: Mapping[str, Json], advice: Advice) -> bool:
    """Return whether an instance that is there has waited for the owner of its account so far."""
    return advice.is_for_owner(instance.key[0], attributes.get("reason", ""))


def refused_before(plan: Plan, refused: Mapping[str, str], name: str) -> dict[ObjectId, str]:
    """Return the instances of accounts whose execution role was refused, which are not tried.

    refused maps accounts to sentences.
    """
    return {
        c.id: (
            f"Stack instance {'/'.join(c.id.key)} of stack set {name} was not changed, because "
            f"the execution role of account {c.id.key[0]} was refused: {refused[c.id.key[0]]}"
        )
        for c in plan
        if c.id.key[0] in refused
    }


def refused_with_stack_set(plan: Plan, name: str) -> dict[ObjectId, str]:
    """Return the instances that are not touched while the stack set is not as it is wanted.

    Parameters mean what the template makes of them, and an older one may give more for them.
    """
    return {
        c.id: (
            f"Stack instance {'/'.join(c.id.key)} of stack set {name} was not changed, because "
            "this run could not update the stack set itself. Fix the cause of that failure, "
            "and run again."
        )
        for c in plan
        if c.action is not Action.DELETE
    }


def _is_inoperable(change: Change) -> bool:
    return bool(change.before) and change.before["status"] == INOPERABLE


class Step(StrEnum):
    """What one operation does to its instances."""

    DELETE = "delete"
    REMOVE_INOPERABLE = "remove inoperable"
    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True)
class InstanceOperation:
    """One call: a step for a rectangle of accounts and regions with equal overrides."""

    step: Step
    rectangle: Rectangle
    parameter_overrides: tuple[tuple[str, str], ...] | None = None

    @property
    def ids(self) -> frozenset[ObjectId]:
        """Return the instances that the operation is for."""
        return frozenset(instance_id(a, r) for a, r in self.rectangle.pairs())


_STEPS: tuple[tuple[Step, str], ...] = (
    (Step.DELETE, "what is removed makes room for what comes"),
    (Step.REMOVE_INOPERABLE, "an inoperable instance goes before it is created anew"),
    (Step.CREATE, "accounts without anything wait longest"),
    (Step.UPDATE, "the rest works already, with an older template"),
)


def build_operations(plan: Plan) -> tuple[InstanceOperation, ...]:
    """Return the operations of a plan, in order and as few as its differences allow."""
    pairs: dict[tuple[Step, Json], set[Pair]] = {}
    for change in plan:
        account_id, region = change.id.key
        for step in _steps_of(change):
            pairs.setdefault((step, _overrides(step, change)), set()).add((account_id, region))
    return tuple(
        InstanceOperation(step, rectangle, overrides)
        for step, _reason in _STEPS
        for overrides in sorted(
            {o for s, o in pairs if s is step}, key=lambda o: (o or (), o is None)
        )
        for rectangle in build_rectangles(pairs[step, overrides])
    )


def _steps_of(change: Change) -> tuple[Step, ...]:
    if change.action is Action.DELETE:
        return (Step.REMOVE_INOPERABLE if _is_inoperable(change) else Step.DELETE,)
    if change.action is Action.CREATE:
        return (Step.CREATE,)
    return (Step.REMOVE_INOPERABLE, Step.CREATE) if _is_inoperable(change) else (Step.UPDATE,)


def _overrides(step: Step, change: Change) -> tuple[tuple[str, str], ...] | None:
    if step in (Step.DELETE, Step.REMOVE_INOPERABLE):
        return None
    overrides = change.after.get("parameter_overrides")
    return None if overrides is None else tuple(sorted(overrides.items()))
