# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading the roster: people and the access that they shall have."""

from __future__ import annotations

from collections.abc import Collection

from ..change import Json
from ..checking import (
    Problems,
    check_list,
    check_mapping,
    check_text,
    known_list,
    suggest,
    type_name,
)
from ..model import Access, Person
from ..naming import NAME_CHARACTERS
from ..quotas import GROUPS_PER_USER, USER_NAME_LONGEST
from ..shown import quoted
from ..tags import check_keys, check_tag_value, parse_tags
from .accounts import check_project
from .exceptions import Holder, Known, parse_exceptions

LOCALES = ("en", "ja")
TAG_KEYS = ("company", "email", "locale")
"""Keys of people that become tags of their users under the same names."""

_PERSON_KEYS = {"name", "access", "email", "company", "locale", "tags", "exceptions"}
_ACCESS_KEYS = {"level", "project"}


def parse_roster(problems: Problems, given: Json, known: Known) -> tuple[Person, ...]:
    """Return the people sorted by name; record what is wrong."""
    if not check_list(problems, "roster", given):
        return ()
    people = [
        _parse_person(problems, f"roster[{n}]", entry, known) for n, entry in enumerate(given)
    ]
    _check_unique(problems, people)
    return tuple(sorted((p for p in people if p is not None), key=lambda p: p.name))


def _check_unique(problems: Problems, people: list[Person | None]) -> None:
    first: dict[str, int] = {}
    for n, person in enumerate(people):
        if person is None:
            continue
        before = first.setdefault(person.name.lower(), n)
        if before != n:
            problems.add(
                f"roster[{n}].name",
                f"{quoted(person.name)} is already used by roster[{before}]; IAM ignores case in "
                "names",
            )


def _parse_person(problems: Problems, place: str, given: Json, known: Known) -> Person | None:
    if not check_mapping(problems, place, given, _PERSON_KEYS, {"name", "access"}):
        return None
    access = _parse_access(problems, f"{place}.access", given.get("access", []), known)
    tags = parse_tags(problems, f"{place}.tags", given.get("tags", {}))
    texts = {key: _tag_value(problems, f"{place}.{key}", given.get(key)) for key in TAG_KEYS}
    keys = [key for key, value in texts.items() if value is not None]
    check_keys(problems, f"{place}.tags", [*keys, *(key for key, _value in tags)])
    if texts["locale"] not in (None, *LOCALES):
        problems.add(
            f"{place}.locale", f"unknown locale '{texts['locale']}'; {known_list(LOCALES)}"
        )
    if "name" not in given or not check_text(
        problems, f"{place}.name", given["name"], NAME_CHARACTERS, USER_NAME_LONGEST
    ):
        return None
    name = str(given["name"])
    exceptions = parse_exceptions(
        problems, f"{place}.exceptions", given.get("exceptions", []), Holder(name, access), known
    )
    return Person(name=name, access=access, tags=tags, exceptions=exceptions, place=place, **texts)


def _parse_access(problems: Problems, place: str, given: Json, known: Known) -> tuple[Access, ...]:
    if not check_list(problems, place, given):
        return ()
    good: set[Access] = set()
    for n, entry in enumerate(given):
        at = f"{place}[{n}]"
        if not check_mapping(problems, at, entry, _ACCESS_KEYS, {"level"}):
            continue
        ok = "level" in entry and _check_level(
            problems, f"{at}.level", entry["level"], known.levels
        )
        project = entry.get("project")
        if "project" in entry:
            ok = check_project(problems, f"{at}.project", project, known.projects) and ok
        elif ok and entry["level"] in known.levels_by_project:
            problems.add(
                at,
                f"level {entry['level']} has no group for all accounts (its global_group is "
                "false); specify a project",
            )
            ok = False
        if ok:
            good.add(Access(str(entry["level"]), None if project is None else str(project)))
    if len(good) > GROUPS_PER_USER:
        problems.add(
            place,
            f"needs {len(good)} groups, but IAM allows at most {GROUPS_PER_USER} per user; grant "
            "a global level or merge projects",
        )
    return tuple(sorted(good, key=lambda a: (a.level, a.project or "")))


def _check_level(problems: Problems, place: str, value: Json, levels: Collection[str]) -> bool:
    if isinstance(value, str) and value in levels:
        return True
    if not isinstance(value, str):
        problems.add(place, f"expected a string, found {type_name(value)}; write it in quotes")
    else:
        hint = suggest(value, levels)
        problems.add(place, f"unknown level {quoted(value)}{hint}; {known_list(levels)}")
    return False


def _tag_value(problems: Problems, place: str, value: Json) -> str | None:
    """Return what becomes a tag of the user, if it is given; without text it would say nothing."""
    if value == "":
        problems.add(place, "must not be empty; omit it instead")
        return None
    return str(value) if value is not None and check_tag_value(problems, place, value) else None
