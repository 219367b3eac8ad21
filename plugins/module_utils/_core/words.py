# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Numbers and lists in sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

IN_JSON = "all in the JSON result"
"""Where to find what a sentence leaves out."""

_IRREGULAR = {"person": "people"}


def counted(number: int, noun: str) -> str:
    """Return '1 person' or '2 people'."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Return the plural of an English noun, whose last word is the one that changes."""
    rest, space, word = noun.rpartition(" ")
    if re.search(r"[^aeiou]y$", word):
        word = f"{word[:-1]}ie"
    elif re.search(r"(s|x|ch|sh)$", word):
        word = f"{word}e"
    return f"{rest}{space}{_IRREGULAR.get(word, f'{word}s')}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return 'a, b and 76 more'; one name more than most is still said, not counted."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"
