# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading levels: what the switch role of each level may do."""

from __future__ import annotations

from collections.abc import Mapping

from .change import Json
from .checking import Problems, check_list, check_mapping, check_text, type_name
from .model import Level

LEVEL_CHARACTERS = r"\w+,.@\-"
SESSION_SHORTEST, SESSION_LONGEST = 3600, 43200
MANAGED_POLICIES_MOST = 10

_KEYS = {"managed_policies", "inline_policies", "max_session_duration"}


def parse_levels(problems: Problems, given: Json) -> tuple[Level, ...]:
    """Return the levels sorted by name; record what is wrong."""
    if not isinstance(given, Mapping) or not given:
        problems.add("levels", f"expected a mapping of levels, found {type_name(given)}")
        return ()
    return tuple(sorted((_parse_level(problems, n, v) for n, v in given.items()), key=_name_of))


def _name_of(level: Level) -> str:
    return level.name


def _parse_level(problems: Problems, name: Json, given: Json) -> Level:
    place = f"levels.{name}"
    check_text(problems, f"{place} (the name)", name, LEVEL_CHARACTERS, 64)
    level = Level(str(name))
    if not check_mapping(problems, place, given, _KEYS, ()):
        return level
    managed = _managed_policies(problems, f"{place}.managed_policies", given)
    inline = _inline_policies(problems, f"{place}.inline_policies", given)
    if not managed and not inline:
        problems.add(place, "permits nothing: give managed_policies or inline_policies")
    return Level(
        name=level.name,
        managed_policies=managed,
        inline_policies=inline,
        max_session_duration=_duration(problems, f"{place}.max_session_duration", given),
    )


def _managed_policies(problems: Problems, place: str, given: Mapping[str, Json]) -> tuple[str, ...]:
    value = given.get("managed_policies", [])
    if not check_list(problems, place, value):
        return ()
    good = [
        str(v)
        for n, v in enumerate(value)
        if check_text(problems, f"{place}[{n}]", v, r"\w+=,.@:/\-", 2048)
    ]
    if len(good) > MANAGED_POLICIES_MOST:
        problems.add(place, f"has {len(good)} policies; AWS attaches {MANAGED_POLICIES_MOST}")
    return tuple(sorted(set(good)))


def _inline_policies(
    problems: Problems, place: str, given: Mapping[str, Json]
) -> tuple[tuple[str, Json], ...]:
    value = given.get("inline_policies", {})
    if not isinstance(value, Mapping):
        problems.add(place, f"expected a mapping of name to policy, found {type_name(value)}")
        return ()
    good = {}
    for name, document in value.items():
        if not isinstance(document, Mapping) or "Statement" not in document:
            problems.add(f"{place}.{name}", "is no policy document: it has no Statement")
        elif check_text(problems, f"{place}.{name} (the name)", name, r"\w+=,.@\-", 128):
            good[str(name)] = document
    return tuple(sorted(good.items(), key=lambda item: item[0]))


def _duration(problems: Problems, place: str, given: Mapping[str, Json]) -> int:
    value = given.get("max_session_duration", SESSION_SHORTEST)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or not SESSION_SHORTEST <= value <= SESSION_LONGEST:
        problems.add(
            place,
            f"must be seconds from {SESSION_SHORTEST} to {SESSION_LONGEST}, found "
            f"{type_name(value)}",
        )
        return SESSION_SHORTEST
    return int(value)
