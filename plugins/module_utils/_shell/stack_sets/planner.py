# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""From a module's options to the plan of stack instances."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ..._aws.stack_sets.instances import (
    instances_from,
    read_instances,
    read_overrides,
    with_overrides,
)
from ..._aws.stack_sets.sets import read_stack_set_state
from ..._core.arns import is_account_id
from ..._core.change import Json, ObjectId, Plan, State
from ..._core.checking import Problems, type_name
from ..._core.planning import plan_changes
from ..._core.stacks.instance_failure import may_pass
from ..._core.stacks.rectangles import Pair
from ..._core.stacks.stack_instances import (
    CURRENT,
    StackInstance,
    bring_outdated,
    build_instance_state,
    failed_again,
    has_overrides_to_keep,
    inoperable_instances,
    keep_overrides,
    keep_surplus,
    overrides_to_read,
    refused_before,
    refused_with_stack_set,
    surplus_instances,
    without_role,
)
from ..._core.stacks.waves import build_waves
from .apply import InstanceSettings
from .queue import OperationQueue
from .report import AccountFailure, build_advice, build_preferences


def build_instances(params: Mapping[str, Json]) -> tuple[StackInstance, ...]:
    """Return the instances that a module's options list; raise InputError with all problems."""
    problems = Problems()
    listed = [
        (f"accounts[{number}]", account, region)
        for number, account in enumerate(params["accounts"] or [])
        for region in params["regions"] or []
    ] + [
        (f"instances[{number}]", instance, instance["region"])
        for number, instance in enumerate(params["instances"] or [])
    ]
    seen: dict[tuple[str, str], str] = {}
    wanted = []
    for place, given, region in listed:
        account_id, overrides = given.get("account_id"), given.get("parameter_overrides")
        if not is_account_id(account_id):
            problems.add(
                f"{place}.account_id",
                f"must be a quoted string of 12 digits, found {type_name(account_id)}",
            )
        elif not isinstance(overrides, Mapping | None):
            found = type_name(overrides)
            problems.add(f"{place}.parameter_overrides", f"expected a mapping, found {found}")
        elif (account_id, region) in seen:
            problems.add(place, f"is already listed at {seen[account_id, region]}")
        else:
            seen[account_id, region] = place
            wanted.append(StackInstance(account_id, region, overrides))
    problems.raise_if_any()
    return tuple(wanted)


def foreseen_updates(params: Mapping[str, Json], *, check_mode: bool) -> frozenset[Pair]:
    """Return the instances that a predicted update of the stack set would bring.

    A real run reads what the update did instead: it may have failed in some accounts.
    """
    reached = params["stack_set_updates"] if check_mode else []
    return frozenset((instance["account_id"], instance["region"]) for instance in reached)


def refused_accounts(refused: Iterable[Mapping[str, Json]]) -> dict[str, str]:
    """Return by account why an earlier task could not make its execution role."""
    return {str(f.get("subject")): str(f.get("message")) for f in refused}


def lasting_failures(known: Iterable[Mapping[str, Json]]) -> dict[str, str]:
    """Return by target what an earlier task failed to do, unless it may have passed by now."""
    said = {str(f.get("target")): str(f.get("message")) for f in known}
    return {target: text for target, text in said.items() if not may_pass(text)}


class InstancePlanner:
    """Reads the instances and says what differs, again whenever something came between.

    foreseen are instances that an update brings which is predicted, but not made; is_prediction
    tells that nothing will be tried.
    """

    def __init__(
        self,
        queue: OperationQueue,
        wanted: tuple[StackInstance, ...],
        params: Mapping[str, Json],
        foreseen: Collection[Pair] = (),
        *,
        is_prediction: bool = False,
    ) -> None:
        self._queue = queue
        self._foreseen = foreseen
        self._is_prediction = is_prediction
        self._advice = build_advice(queue.address.name, params)
        self._desired = build_instance_state(wanted)
        self._params = params
        self._known = lasting_failures(params["known_failures"])
        self._refused_accounts = refused_accounts(params["refused_accounts"])
        self._waves = build_waves(params["waves"])
        self.observed_count = 0
        self.refused: tuple[AccountFailure, ...] = ()
        self.waiting: frozenset[str] = frozenset()
        self.unlisted: list[str] = []
        self.current_accounts: frozenset[str] = frozenset()
        self._absent_accounts: frozenset[str] = frozenset()

    def plan(self) -> Plan:
        """Return the plan for what is there when no operation runs any more.

        What earlier modules of the run read may be minutes old: it shows that nothing is to be
        done, but nothing is written on it. Instances that an operation runs for are not current,
        so where all are, there is none to wait for.
        """
        address = self._queue.address
        if address.aws.reads.are_kept:
            if not self._plan() and not self.refused and not self.waiting:
                return ()
            address.forget_reads()
        self._queue.wait_until_idle()
        return self._plan()

    def _plan(self) -> Plan:
        observed = self._read()
        wanted = keep_overrides(self._desired, observed, self._declared(observed))
        desired = keep_surplus(wanted, observed, purge=self._params["purge"])
        plan = plan_changes(desired, observed)
        refused = self._not_to_be_tried(plan)
        self.refused = tuple(
            AccountFailure(i.key[0], str(i), text) for i, text in sorted(refused.items())
        )
        waiting = without_role(plan, self._advice) if self._is_prediction else frozenset()
        self.waiting = frozenset(i.key[0] for i in waiting - refused.keys())
        self.observed_count = len(observed)
        self.current_accounts = frozenset(
            i.key[0] for i, v in observed.items() if v["status"] == CURRENT
        )
        purge = self._params["purge"]
        self.unlisted = [] if purge else surplus_instances(self._desired, observed)
        return tuple(c for c in plan if c.id not in refused and c.id not in waiting)

    def _not_to_be_tried(self, plan: Plan) -> dict[ObjectId, str]:
        """Return the instances that are refused before anything is tried, and why."""
        name = self._queue.address.name
        refused = failed_again(plan, self._known)
        if not self._params["recover_inoperable"]:
            refused.update(inoperable_instances(plan, name))
        refused.update(refused_before(plan, self._refused_accounts, name))
        if not self._params["stack_set_is_current"]:
            refused.update(refused_with_stack_set(plan, name))
        return refused

    def _read(self) -> State:
        address = self._queue.address
        rows = read_instances(address)
        made = {row["Account"] for row in rows if row.get("StackId")}
        self._absent_accounts = frozenset(i.key[0] for i in self._desired) - made
        found = instances_from(rows)
        observed = bring_outdated(found, self._foreseen, self._advice)
        pairs = overrides_to_read(self._desired, observed)
        return with_overrides(observed, read_overrides(address, pairs))

    def _declared(self, observed: State) -> frozenset[str]:
        """Return the parameters of the template, at the cost of a call only when they matter."""
        if not has_overrides_to_keep(self._desired, observed):
            return frozenset()
        found = read_stack_set_state(self._queue.address)
        return frozenset(n for v in found.values() for n in v["template"].get("Parameters", {}))

    def absent_after(self, applied: Plan) -> list[str]:
        """Return the listed accounts that have no stack when these changes are made, sorted."""
        return sorted(self._absent_accounts - {change.subject for change in applied})

    def settings(self) -> InstanceSettings:
        """Return how operations are run."""
        return InstanceSettings(
            preferences=build_preferences(self._params),
            advice=self._advice,
            retain_stacks=self._params["retain_stacks"],
            units=tuple(self._params["organizational_unit_ids"]),
            waves=self._waves,
        )
