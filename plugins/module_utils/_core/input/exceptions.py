# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading exceptions of single people, and where each of them is in force."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ..change import Json
from ..checking import Problems, check_list, check_mapping, known_list, suggest, type_name
from ..model import Access, PersonalException
from ..patterns import covers, touches
from ..policies.catalog import EMPTY, Catalog, check_actions
from ..policies.check import check_policy
from ..policies.document import build_policy, texts_of
from .accounts import check_project

_KEYS = {"level", "project", "stage", "policy", "actions", "resources", "until"}
_REQUIRED = {"level", "project", "until"}
_OWN_KEYS = ("aws:userid", "aws:currenttime")


@dataclass(frozen=True)
class Holder:
    """The person whose exceptions are read."""

    name: str
    access: tuple[Access, ...]

    def is_in(self, level: str, project: str) -> bool:
        """Return whether the person can switch to a level in a project's accounts."""
        return any(a.level == level and a.project in (None, project) for a in self.access)


@dataclass(frozen=True)
class Known:
    """What the inventory has: levels, projects and the stages of each; and what AWS has.

    levels_by_project are the levels that have no group for every account.
    """

    levels: Collection[str]
    projects: Mapping[str, Collection[str]]
    levels_by_project: Collection[str] = ()
    catalog: Catalog = EMPTY


def parse_exceptions(
    problems: Problems, place: str, given: Json, holder: Holder, known: Known
) -> tuple[PersonalException, ...]:
    """Return a person's exceptions in a stable order; record what is wrong."""
    if not check_list(problems, place, given):
        return ()
    read = [
        _parse_exception(problems, f"{place}[{n}]", entry, holder, known)
        for n, entry in enumerate(given)
    ]
    return tuple(sorted((e for e in read if e is not None), key=_order))


def _order(exception: PersonalException) -> tuple[str, ...]:
    return (exception.level, exception.project, exception.stage or "", exception.until)


def _parse_exception(
    problems: Problems, place: str, given: Json, holder: Holder, known: Known
) -> PersonalException | None:
    if not check_mapping(problems, place, given, _KEYS, _REQUIRED):
        return None
    before = len(problems)
    if not set(given) >= _REQUIRED:
        return None
    level, project, stage = given["level"], given["project"], given.get("stage")
    has_level = _check_known(problems, f"{place}.level", level, known.levels)
    is_placed = check_project(problems, f"{place}.project", project, known.projects)
    if is_placed and stage is not None:
        is_placed = _check_known(problems, f"{place}.stage", stage, known.projects[project])
    if has_level and is_placed and not holder.is_in(level, project):
        problems.add(
            place,
            f"{holder.name} has no access to level {level} in {project}, so this exception has no "
            "effect",
        )
    _check_day(problems, f"{place}.until", given["until"])
    statements = _statements(problems, place, given, known.catalog)
    if len(problems) > before:
        return None
    return PersonalException(
        person=holder.name,
        level=level,
        project=project,
        until=given["until"],
        statements=statements,
        stage=stage,
        place=place,
    )


def _check_known(problems: Problems, place: str, value: Json, known: Collection[str]) -> bool:
    if isinstance(value, str) and value in known:
        return True
    hint = suggest(value, known) if isinstance(value, str) else ""
    problems.add(place, f"{type_name(value)} is unknown{hint}; {known_list(known)}")
    return False


def _check_day(problems: Problems, place: str, value: Json) -> None:
    try:
        good = isinstance(value, str) and bool(re.fullmatch(r"20\d\d-\d\d-\d\d", value))
        good = good and date.fromisoformat(value) is not None
    except ValueError:
        good = False
    if not good:
        problems.add(place, f"must be a date such as 2027-03-31, found {type_name(value)}")


def _statements(
    problems: Problems, place: str, given: Mapping[str, Json], catalog: Catalog
) -> tuple[dict[str, Json], ...]:
    """Return the statements that are given as a policy or as actions and resources."""
    if ("policy" in given) == ("actions" in given):
        problems.add(place, "must have exactly one of policy and actions")
        return ()
    if "policy" in given and "resources" in given:
        problems.add(
            f"{place}.resources", "is only valid with actions; a policy contains its own resources"
        )
    document, at = given.get("policy"), f"{place}.policy"
    if "actions" in given:
        at = f"{place} (as a policy)"
        document = build_policy(
            {
                "Effect": "Allow",
                "Action": given["actions"],
                "Resource": given.get("resources", ["*"]),
            }
        )
    check_policy(problems, at, document)
    check_actions(problems, at, document, catalog)
    if not isinstance(document, Mapping):
        return ()
    found = document.get("Statement", [])
    listed = found if isinstance(found, list | tuple) else [found]
    statements = tuple(s for s in listed if isinstance(s, Mapping))
    for statement in statements:
        _check_statement(problems, at, statement)
    return tuple(dict(statement) for statement in statements)


def _check_statement(problems: Problems, place: str, statement: Mapping[str, Json]) -> None:
    if statement.get("Effect") == "Deny":
        problems.add(place, "an exception can only allow; a Deny would lapse after 'until'")
    condition = statement.get("Condition", {})
    operators = condition.values() if isinstance(condition, Mapping) else ()
    for keys in operators:
        for key in keys if isinstance(keys, Mapping) else ():
            if str(key).lower() in _OWN_KEYS:
                problems.add(place, f"{key} is set by the exception itself; remove it")


_LASTING = ("iam:Attach*", "iam:Create*", "iam:PassRole", "iam:Put*")
"""Actions that make what stays when an exception ends."""


def lasting_actions(exception: PersonalException) -> list[str]:
    """Return which actions that make lasting things an exception allows, at least in part."""
    return [a for a in _LASTING if any(_is_named(s, a.lower()) for s in exception.statements)]


def _is_named(statement: Mapping[str, Json], asked: str) -> bool:
    if "NotAction" in statement:
        return not any(covers(a.lower(), asked) for a in texts_of(statement["NotAction"]))
    return any(touches(action.lower(), asked) for action in texts_of(statement["Action"]))


def is_over(exception: PersonalException, today: str) -> bool:
    """Return whether an exception's day has passed; days are those of UTC."""
    return exception.until < today


def in_force(exceptions: Iterable[PersonalException], today: str) -> tuple[PersonalException, ...]:
    """Return the exceptions that are not over."""
    return tuple(e for e in exceptions if not is_over(e, today))
