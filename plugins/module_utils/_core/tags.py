# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Tags of IAM: which keys and values it takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from .change import Json
from .checking import Problems, type_name
from .quotas import TAG_KEY_LONGEST, TAG_VALUE_LONGEST, TAGS_MOST
from .shown import quoted

MARKS = 3
"""Tags that say whose an object is: made or adopted by this collection, left the roster."""
SIGNS = "_.:/=+-@"
RESERVED = ("aws:", "jumpaccount:")


def is_tag_character(character: str) -> bool:
    """Return whether IAM takes a character in tags: letters, digits and spaces of all languages."""
    return character in SIGNS or unicodedata.category(character)[0] in "LZN"


def parse_tags(problems: Problems, place: str, given: Json) -> tuple[tuple[str, str], ...]:
    """Return tags sorted by key; record what IAM would refuse."""
    if not isinstance(given, Mapping):
        problems.add(place, f"expected a mapping, found {type_name(given)}")
        return ()
    good: dict[str, str] = {}
    for key, value in given.items():
        at = f"{place}.{key}"
        ok = _check_key(problems, at, key)
        if check_tag_value(problems, at, value) and ok:
            good[str(key)] = str(value)
    return tuple(sorted(good.items()))


def check_keys(problems: Problems, place: str, keys: list[str]) -> None:
    """Record keys of one object that IAM takes for the same, and more than it holds."""
    lower = [key.lower() for key in keys]
    for key in sorted({key for key in lower if lower.count(key) > 1}):
        problems.add(
            place, f"the key {quoted(key)} is used more than once; IAM ignores case in tag keys"
        )
    if len(keys) + MARKS > TAGS_MOST:
        problems.add(
            place,
            f"{len(keys)} tags plus up to {MARKS} added by this collection exceed "
            f"the IAM limit of {TAGS_MOST}",
        )


def _check_key(problems: Problems, place: str, key: Json) -> bool:
    if str(key).lower().startswith(RESERVED):
        listed = " or ".join(f"'{prefix}'" for prefix in RESERVED)
        problems.add(place, f"keys that start with {listed} are reserved")
        return False
    if key == "":
        problems.add(place, "the key is empty")
        return False
    return _check_text(problems, f"{place} (the key)", key, TAG_KEY_LONGEST)


def check_tag_value(problems: Problems, place: str, value: Json) -> bool:
    """Check the value of a tag; it may be empty."""
    return _check_text(problems, place, value, TAG_VALUE_LONGEST)


def _check_text(problems: Problems, place: str, value: Json, longest: int) -> bool:
    if not isinstance(value, str):
        problems.add(place, f"expected a string, found {type_name(value)}; write it in quotes")
        return False
    bad = sorted({character for character in value if not is_tag_character(character)})
    if bad:
        shown = " ".join(map(repr, bad))
        problems.add(
            place,
            f"{quoted(value)} contains {shown}, which IAM does not allow in tags{_hint(value)}",
        )
        return False
    if len(value) > longest:
        problems.add(place, f"has {len(value)} characters; IAM allows at most {longest}")
        return False
    return True


def _hint(value: str) -> str:
    """Return what to write instead: accents joined to their letters, other signs left out."""
    composed = unicodedata.normalize("NFC", value)
    kept = (c if is_tag_character(c) else " " * c.isspace() for c in composed)
    instead = " ".join("".join(kept).split())
    return f"; for example, write '{instead}'" if instead else ""
