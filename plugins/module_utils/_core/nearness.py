# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Words that are probably meant to be others: one is a misspelling or a short form of the other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

LONG = 10
ALIKE = 0.85
SHORT_FORM = 3


def near_word(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a word is probably meant to be, or none.

    Case and separators do not count. In a short word one edit is a misspelling, in a long one two
    are, or a part that is missing.
    """
    squeezed = _squeezed(word)
    found = [other for other in known if _is_near(squeezed, _squeezed(other))]
    return min(found, key=lambda other: (edits(squeezed, _squeezed(other)), other), default=None)


def near_stage(stage: str, known: Iterable[str]) -> str | None:
    """Return the known stage that a stage is probably meant to be: prd, production and prod."""
    known = sorted(known)
    forms = (s for s in known if _is_short_form(stage, s) or _is_short_form(s, stage))
    return near_word(stage, known) or next(forms, None)


def _squeezed(word: str) -> str:
    return re.sub(r"[\W_]", "", word.lower())


def _is_near(word: str, known: str) -> bool:
    if len(known) < LONG:
        return _has_edits(word, known, 1)
    return _has_edits(word, known, 2) or _is_alike(word, known)


def _has_edits(one: str, other: str, most: int) -> bool:
    """Return whether so many edits lead from one word to the other; most words differ at sight."""
    if abs(len(one) - len(other)) > most or len({*one} ^ {*other}) > 2 * most:
        return False
    return edits(one, other) <= most


def _is_alike(one: str, other: str) -> bool:
    # Most words differ so much in length that they need not be compared letter by letter.
    if 2 * min(len(one), len(other)) < ALIKE * (len(one) + len(other)):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    bounds = (matcher.quick_ratio, matcher.ratio)
    return all(ratio() >= ALIKE for ratio in bounds)


def edits(one: str, other: str) -> int:
    """Return how many letters differ: put in, left out, replaced, or exchanged with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]


def _is_short_form(short: str, long: str) -> bool:
    """Return whether the letters of a word are, in their order, letters of a longer one."""
    if not SHORT_FORM <= len(short) < len(long) or short[0].lower() != long[0].lower():
        return False
    letters = iter(long.lower())
    return all(letter in letters for letter in short.lower())
