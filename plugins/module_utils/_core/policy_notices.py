# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What policies of levels and exceptions give away, although nothing in them is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .change import Json
from .exceptions import is_over
from .model import Inventory, PersonalException
from .policy_conditions import tags_without_presence


def build_policy_notices(inventory: Inventory, today: str) -> list[str]:
    """Return a line for each thing that somebody should look at, and what to do about it."""
    exceptions = [
        exception
        for person in inventory.people
        for exception in person.exceptions
        if not is_over(exception, today)
    ]
    return [
        *(line for place, document in _documents(inventory) for line in _tags(place, document)),
        *(line for exception in exceptions for line in _exception(exception, today)),
    ]


def _documents(inventory: Inventory) -> Iterator[tuple[str, Json]]:
    for level in inventory.levels:
        for stage, there in (("", level), *level.stages):
            at = f"level {level.name}{f' in stage {stage}' if stage else ''}"
            for name, document in there.inline_policies:
                if not stage or (name, document) not in level.inline_policies:
                    yield f"inline policy {name} of {at}", document


def _exception(exception: PersonalException, today: str) -> Iterator[str]:
    name = f"exception of {exception.person} in {exception.level} of {exception.project}"
    yield from _tags(name, {"Statement": list(exception.statements)})
    if any(_allows_everything(statement) for statement in exception.statements):
        yield f"{name} allows every action; list only the actions that are needed"
    if exception.until > f"{int(today[:4]) + 1}{today[4:]}":
        yield (
            f"{name} ends on {exception.until}, more than a year from now; choose an earlier day "
            "and extend it when it is still needed"
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
                    f"{name} compares {key} with ForAllValues, which a request without tags meets, "
                    f"too; to make the tags mandatory, add the condition Null {key} false"
                )


def _listed(value: Json) -> Iterable[Json]:
    return value if isinstance(value, list | tuple) else [value]
