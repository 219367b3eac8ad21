# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What policies of levels and exceptions give away, although nothing in them is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..change import Json
from ..input.exceptions import is_over
from ..model import Inventory, Level, PersonalException
from ..policies.catalog import EMPTY, Catalog
from ..policies.conditions import tags_without_presence
from ..policies.gain import Holding, adds_nothing, build_holding
from .parameters import is_for


def build_policy_notices(
    inventory: Inventory, today: str, catalog: Catalog = EMPTY, guard: Json = None
) -> list[str]:
    """Return a line for each thing that somebody should look at, and what to do about it.

    guard is the policy that fenced levels have in member accounts besides their own.
    """
    exceptions = [
        exception
        for person in inventory.people
        for exception in person.exceptions
        if not is_over(exception, today)
    ]
    return [
        *(
            line
            for policy in _inline_policies(inventory)
            for line in (*_tags(policy.place, policy.document), *_idle_policy(policy, catalog))
        ),
        *(line for exception in exceptions for line in _exception(exception, today)),
        *_idle_exceptions(inventory, exceptions, catalog, guard),
    ]


@dataclass(frozen=True)
class _InlinePolicy:
    place: str
    name: str
    document: Json
    level: Level


def _inline_policies(inventory: Inventory) -> Iterator[_InlinePolicy]:
    for level in inventory.levels:
        for stage, there in (("", level), *level.stages):
            at = f"level {level.name}{f' in stage {stage}' if stage else ''}"
            for name, document in there.inline_policies:
                if not stage or (name, document) not in level.inline_policies:
                    yield _InlinePolicy(f"inline policy {name} of {at}", name, document, there)


def _idle_policy(policy: _InlinePolicy, catalog: Catalog) -> Iterator[str]:
    held = build_holding(policy.level, catalog, without=policy.name)
    if adds_nothing(_listed(policy.document["Statement"]), held, catalog):
        yield (
            f"{policy.place} adds nothing to the other policies of the level{_as_of(catalog)}; "
            "remove it"
        )


def _idle_exceptions(
    inventory: Inventory,
    exceptions: Iterable[PersonalException],
    catalog: Catalog,
    guard: Json,
) -> Iterator[str]:
    levels = {level.name: level for level in inventory.levels}
    held: dict[tuple[str, str | None], Holding] = {}
    for exception in exceptions:
        places = {(exception.level, a.stage) for a in inventory.accounts if is_for(exception, a)}
        for name, stage in places - held.keys():
            held[name, stage] = build_holding(levels[name].at(stage), catalog, guard)
        if places and all(
            adds_nothing(exception.statements, held[place], catalog) for place in places
        ):
            yield (
                f"{_name_of(exception)} adds nothing to the level{_as_of(catalog)}: its policies "
                "already allow or deny all of it; remove it from the roster"
            )


def _as_of(catalog: Catalog) -> str:
    return f" (AWS managed policies as of {catalog.day})" if catalog.day else ""


def _name_of(exception: PersonalException) -> str:
    return f"exception of {exception.person} in {exception.level} of {exception.project}"


def _exception(exception: PersonalException, today: str) -> Iterator[str]:
    name = _name_of(exception)
    yield from _tags(name, {"Statement": list(exception.statements)})
    if any(_allows_everything(statement) for statement in exception.statements):
        yield f"{name} allows every action; list only the actions that are needed"
    if exception.until > f"{int(today[:4]) + 1}{today[4:]}":
        yield (
            f"{name} ends on {exception.until}, more than a year from now; choose an earlier date "
            "and extend it if it is still needed"
        )


def _allows_everything(statement: Mapping[str, Json]) -> bool:
    return "NotAction" in statement or any(
        not action.strip("*?:") for action in _listed(statement["Action"])
    )


def _tags(name: str, document: Json) -> Iterator[str]:
    for statement in _listed(document["Statement"]):
        if statement["Effect"] == "Allow":
            for key in tags_without_presence(statement.get("Condition")):
                yield (
                    f"{name} uses ForAllValues with {key}, which also matches requests without "
                    f"tags; to require the tags, add the condition Null {key} false"
                )


def _listed(value: Json) -> Iterable[Json]:
    return value if isinstance(value, list | tuple) else [value]
