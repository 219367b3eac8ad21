# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Whether statements give a role anything that its other policies do not give it already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase, translate
from functools import cache

from ..change import Json
from ..model import Level
from .catalog import Catalog

_AWS_POLICY = re.compile(r"(arn:[\w-]+:iam::aws:policy/)?([\w+=,.@/-]+)", flags=re.ASCII)


@dataclass(frozen=True)
class _Rule:
    """What a statement is about, whatever the request; names are in lower case."""

    names: re.Pattern[str]
    is_inverted: bool
    resources: tuple[str, ...]

    def covers(self, action: str, resource: str) -> bool:
        """Return whether this is about all that an action and a resource can stand for."""
        is_named = self.names.match(action.lower()) is not None
        if self.is_inverted:
            is_named = _is_plain(action) and not is_named
        return is_named and any(_is_wider(pattern, resource) for pattern in self.resources)


@dataclass(frozen=True)
class Holding:
    """What a role has or is denied whatever the request."""

    rules: Sequence[_Rule]

    def decides(self, action: str, resource: str) -> bool:
        """Return whether one more permission of this action changes nothing."""
        return any(rule.covers(action, resource) for rule in self.rules)


def build_holding(level: Level, catalog: Catalog, guard: Json = None, without: str = "") -> Holding:
    """Return what a level has in member accounts, without one of its inline policies.

    Of AWS's policies only those count whose texts the catalog has, and statements with conditions
    not at all: what is left out makes no permission look needless.
    """
    documents = [document for name, document in level.inline_policies if name != without]
    if guard and level.is_fenced:
        documents.append(guard)
    own = (s for document in documents for s in _listed(document["Statement"]))
    return Holding([_rule(s) for s in (*_granted(level, catalog), *own) if "Condition" not in s])


def _rule(statement: Mapping[str, Json]) -> _Rule:
    key = "NotAction" if "NotAction" in statement else "Action"
    names = tuple(str(text).lower() for text in _listed(statement[key]))
    resources = tuple(_listed(statement.get("Resource", ())))
    return _Rule(_pattern(names), key == "NotAction", resources)


def adds_nothing(statements: Iterable[Mapping[str, Json]], held: Holding, catalog: Catalog) -> bool:
    """Return whether statements change nothing for a role; what is not known counts as a change."""
    return all(_is_idle(statement, held, catalog) for statement in statements)


def _is_idle(statement: Mapping[str, Json], held: Holding, catalog: Catalog) -> bool:
    if statement["Effect"] != "Allow" or "NotAction" in statement:
        return False
    resources = _listed(statement.get("Resource", "*"))
    return all(
        held.decides(action, resource)
        for pattern in _listed(statement["Action"])
        for action in _expanded(pattern, catalog)
        for resource in resources
    )


def _granted(level: Level, catalog: Catalog) -> Iterator[Mapping[str, Json]]:
    for policy in level.managed_policies:
        match = _AWS_POLICY.fullmatch(policy)
        name = match[2].rpartition("/")[2] if match else ""
        for grant in catalog.grants.get(name, ()):
            yield {**grant, "Resource": "*"}


def _is_plain(action: str) -> bool:
    return "*" not in action and "?" not in action


def _is_wider(pattern: str, resource: str) -> bool:
    if pattern == resource:
        return True
    return not set("?[") & set(pattern) and fnmatchcase(resource, pattern)


def _expanded(pattern: str, catalog: Catalog) -> list[str]:
    """Return the actions that a pattern stands for, or itself where none is known."""
    service, _colon, name = pattern.partition(":")
    known = catalog.services.get(service.lower(), ())
    return [f"{service}:{a}" for a in known if fnmatchcase(a.lower(), name.lower())] or [pattern]


@cache
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern) for pattern in patterns))


def _listed(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list | tuple) else [value]
