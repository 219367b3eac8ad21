# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Patterns of policies, with ``*`` and ``?``: what they match, cover, and have in common."""

from __future__ import annotations

import re
from functools import cache

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_WILD = re.compile(r"[*?]")


@cache
def matches(pattern: str, text: str) -> bool:
    """Return whether a pattern matches a text as it stands."""
    return re.fullmatch(_expression(pattern), text, re.DOTALL) is not None


def _expression(pattern: str) -> str:
    # A star in the text stands for any text, which a single character does not match.
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "[^*]")


def covers(pattern: str, asked: str) -> bool:
    """Return whether a pattern matches all that an asked pattern may mean.

    A variable of the pattern may come to anything, so nothing is covered by it.
    """
    return not _VARIABLE.search(pattern) and matches(pattern, asked)


@cache
def touches(pattern: str, asked: str) -> bool:
    """Return whether there is anything that two patterns have in common."""
    pattern = _VARIABLE.sub("*", pattern)
    heads = zip(_head(pattern), _head(asked), strict=False)
    return all(a == b for a, b in heads) and _have_common_text(pattern, asked)


def _head(pattern: str) -> str:
    return _WILD.split(pattern, maxsplit=1)[0]


def _have_common_text(one: str, other: str) -> bool:
    """Return whether a text matches both: reached holds how much of other it may have used."""
    reached = _skip_stars({0}, other)
    for char in one:
        if char == "*":
            reached = set(range(min(reached), len(other) + 1)) if reached else set()
        else:
            reached = {
                place if other[place] == "*" else place + 1
                for place in reached
                if place < len(other) and _may_be_same(char, other[place])
            }
        reached = _skip_stars(reached, other)
    return len(other) in reached


def _may_be_same(one: str, other: str) -> bool:
    return one == other or "?" in (one, other) or other == "*"


def _skip_stars(reached: set[int], other: str) -> set[int]:
    """Return the places and those behind stars, which may stand for nothing."""
    found = set(reached)
    for place in sorted(reached):
        while place < len(other) and other[place] == "*":
            place += 1
            found.add(place)
    return found
