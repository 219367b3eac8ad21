# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""State of one CloudFormation stack in many accounts."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from ..change import Action, Change, Json, Kind, ObjectId, State
from ..checking import Problems, known_list, suggest
from ..quotas import TEMPLATE_BODY_LONGEST
from ..shown import quoted
from .canonical import declared_parameters, masked_parameters

ABSENT = "ABSENT"

_LEFTOVER = {"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"}
_USABLE = {
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
}


@dataclass(frozen=True)
class Stack:
    """The stack that every account shall have; tags None leaves tags as they are.

    Parameters that are kept have their value from the creation of a stack on.
    """

    name: str
    template: Mapping[str, Json]
    parameters: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] | None = None
    termination_protection: bool = True
    kept_parameters: tuple[str, ...] = ()

    def values(self, there: FoundStack | None) -> dict[str, Json]:
        """Return the values of the parameters for a stack that may be there."""
        deployed = dict(there.parameters) if there else {}
        kept = {name: deployed[name] for name in self.kept_parameters if name in deployed}
        return {**dict(self.parameters), **kept}


@dataclass(frozen=True)
class FoundStack:
    """A stack as an account has it; template only when the stack is usable."""

    status: str
    template: Json = None
    parameters: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    termination_protection: bool = False


def is_settled(status: str) -> bool:
    """Return whether a stack stays in a status until somebody does something."""
    return status in _LEFTOVER or not status.endswith("_IN_PROGRESS")


def is_leftover(status: str) -> bool:
    """Return whether a stack holds nothing but its name: only deleting it helps."""
    return status in _LEFTOVER


def is_usable(status: str) -> bool:
    """Return whether a stack can be updated."""
    return status in _USABLE


def is_absent(status: str) -> bool:
    """Return whether there is no stack."""
    return status in (ABSENT, "DELETE_COMPLETE")


def check_stack(problems: Problems, stack: Stack, template_body: str) -> None:
    """Record what CloudFormation would refuse in every account."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", stack.name):
        problems.add(
            "name",
            f"{quoted(stack.name)} is not a valid stack name: it must start with a letter and "
            "have only letters, digits and '-', at most 128",
        )
    size = len(template_body.encode())
    if size > TEMPLATE_BODY_LONGEST:
        problems.add(
            "template_body", f"has {size} bytes; CloudFormation allows {TEMPLATE_BODY_LONGEST}"
        )
    given = dict(stack.parameters)
    known = declared_parameters(stack.template)
    for name in sorted(set(given) - set(known)):
        problems.add(f"parameters.{name}", f"unknown{suggest(name, known)}; {known_list(known)}")
    for name in sorted(set(stack.kept_parameters) - set(known)):
        problems.add(
            "kept_parameters",
            f"{quoted(name)} is not a parameter of the template; {known_list(known)}",
        )
    for name, declared in sorted(known.items()):
        if name not in given and "Default" not in declared:
            problems.add(f"parameters.{name}", "is missing, and the template has no default")


def build_stack_state(
    stack: Stack, account_ids: Iterable[str], found: Mapping[str, FoundStack]
) -> State:
    """Return the desired stacks of the accounts."""
    state: dict[ObjectId, Json] = {}
    for account_id in account_ids:
        there = found.get(account_id)
        tags = stack.tags if stack.tags is not None else there.tags if there else ()
        state[stack_id(account_id, stack.name)] = {
            "template": stack.template,
            "parameters": masked_parameters(stack.template, stack.values(there)),
            "tags": dict(tags),
        }
        if stack.termination_protection:
            state[_protection_id(account_id, stack.name)] = {}
    return state


def observed_stack_state(name: str, found: Mapping[str, FoundStack]) -> State:
    """Return the stacks that the accounts have."""
    state: dict[ObjectId, Json] = {}
    for account_id, stack in found.items():
        if is_leftover(stack.status):
            key = ObjectId(Kind.STACK_LEFTOVER, (account_id, name))
            state[key] = {"status": stack.status}
        elif is_usable(stack.status):
            state[stack_id(account_id, name)] = {
                "template": stack.template,
                "parameters": dict(stack.parameters),
                "tags": dict(stack.tags),
            }
            if stack.termination_protection:
                state[_protection_id(account_id, name)] = {}
    return state


def stack_id(account_id: str, name: str) -> ObjectId:
    """Return the id of a stack; the account is the owner, so one account holds up no other."""
    return ObjectId(Kind.STACK, (account_id, name))


def _protection_id(account_id: str, name: str) -> ObjectId:
    return ObjectId(Kind.STACK_PROTECTION, (account_id, name))


def account_outcomes(
    account_ids: Iterable[str],
    done: Iterable[Change],
    failed: Container[str],
    waiting: Container[str],
) -> list[dict[str, Json]]:
    """Return what became of each account: created, updated, unchanged, waiting or failed."""
    changed = list(done)
    created = {c.subject for c in changed if (c.id.kind, c.action) == (Kind.STACK, Action.CREATE)}
    updated = {c.subject for c in changed}

    def status(account_id: str) -> str:
        if account_id in failed:
            return "failed"
        if account_id in waiting:
            return "waiting"
        if account_id in created:
            return "created"
        return "updated" if account_id in updated else "unchanged"

    return [{"account_id": i, "status": status(i)} for i in sorted(set(account_ids))]
