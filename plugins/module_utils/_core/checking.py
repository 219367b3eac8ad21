# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Collecting every problem of an input, each with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from .change import Json
from .shown import inert, quoted


class InputError(Exception):
    """All problems of an input, one line each; note is what else is true of the run so far."""

    def __init__(self, problems: Sequence[str], note: str = "") -> None:
        self.problems = tuple(inert(problem) for problem in problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        listed = "\n".join(f"  {p}" for p in self.problems)
        super().__init__(f"The input has {count}{note and f'; {note}'}:\n{listed}")


class Problems:
    """Problems found so far."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._found)

    def add(self, place: str, text: str) -> None:
        """Record a problem at a place such as roster[3].access[0].level."""
        self._found.append(f"{place}: {text}")

    def raise_if_any(self, note: str = "") -> None:
        """Raise InputError when there is a problem."""
        if self._found:
            raise InputError(self._found, note)


def type_name(value: Json) -> str:
    """Return the word that a YAML author uses for a value's type."""
    for kind, word in ((bool, "boolean"), (int, "number"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return f"the {word} {value!r}" if kind is not str else f"the string {quoted(value)}"
    if isinstance(value, Mapping):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    return "nothing" if value is None else type(value).__name__


SHOWN_MOST = 3


def shortened(words: Sequence[str]) -> str:
    """Return the first of many words, and how many more there are."""
    rest = len(words) - SHOWN_MOST
    return ", ".join(words[:SHOWN_MOST]) + (f" and {rest} more" if rest > 0 else "")


def known_list(known: Collection[str]) -> str:
    """Return 'known: a, b' in a stable order."""
    return f"known: {', '.join(sorted(known)) or 'none'}"


def suggest(word: str, known: Collection[str]) -> str:
    """Return a hint at the nearest known word, or nothing."""
    near = get_close_matches(word, sorted(known), n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""


def check_mapping(
    problems: Problems, place: str, value: Json, known: Collection[str], required: Collection[str]
) -> bool:
    """Check that value is a mapping with known keys; return whether it can be read further."""
    if not isinstance(value, Mapping):
        problems.add(place, f"expected a mapping, found {type_name(value)}")
        return False
    for key in value:
        if key not in known:
            hint = suggest(str(key), known)
            problems.add(place, f"unknown key {quoted(key)}{hint}; {known_list(known)}")
    for key in sorted(required):
        if key not in value:
            problems.add(place, f"{quoted(key)} is missing")
    return True


def check_list(problems: Problems, place: str, value: Json) -> bool:
    """Check that value is a list; return whether it is."""
    if isinstance(value, list | tuple):
        return True
    problems.add(place, f"expected a list, found {type_name(value)}")
    return False


IN_QUOTES = "write it in quotes"


def check_switch(problems: Problems, place: str, value: Json) -> bool:
    """Return a value that must be true or false; one that is neither counts as true."""
    if isinstance(value, bool):
        return value
    problems.add(place, f"must be true or false, found {type_name(value)}")
    return True


def check_text(
    problems: Problems,
    place: str,
    value: Json,
    allowed: str,
    longest: int,
    advice: str = IN_QUOTES,
) -> bool:
    """Check a non-empty string of allowed characters (a regex class) and length."""
    if not isinstance(value, str):
        problems.add(place, f"expected a string, found {type_name(value)}; {advice}")
        return False
    bad = sorted(set(re.sub(f"[{allowed}]", "", value, flags=re.ASCII)))
    if bad:
        shown = " ".join(repr(c) for c in bad)
        problems.add(place, f"{quoted(value)} contains characters that are not allowed: {shown}")
        return False
    if not value:
        problems.add(place, "must not be empty")
        return False
    if len(value) > longest:
        problems.add(
            place, f"{quoted(value)} has {len(value)} characters; at most {longest} are allowed"
        )
        return False
    return True
