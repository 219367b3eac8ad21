# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Passwords that provably meet a password policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SHORTEST = 20

_CLASSES = (
    "ABCDEFGHJKLMNPQRSTUVWXYZ",
    "abcdefghijkmnopqrstuvwxyz",
    "23456789",
    "!@#%^*_+-=",
)
"""Upper case, lower case, digits, symbols that IAM knows; without look-alikes."""

Choose = Callable[[int], int]
"""Return a number from 0 up to, not including, the argument; secrets.randbelow in earnest."""


@dataclass(frozen=True)
class PasswordPolicy:
    """The account password policy; lengths in characters, ages in days, 0 for never."""

    minimum_length: int = 20
    require_symbols: bool = True
    require_numbers: bool = True
    require_uppercase: bool = True
    require_lowercase: bool = True
    allow_users_to_change: bool = True
    max_age: int = 0
    reuse_prevention: int = 24
    hard_expiry: bool = False


def build_password(minimum_length: int, choose: Choose) -> str:
    """Return a password with every class of characters, so that it meets any policy.

    At least 20 characters and at least minimum_length, which IAM limits to 128.
    """
    length = max(SHORTEST, minimum_length)
    everything = "".join(_CLASSES)
    characters = [_pick(group, choose) for group in _CLASSES]
    characters += [_pick(everything, choose) for _position in range(length - len(_CLASSES))]
    return "".join(_shuffled(characters, choose))


def _pick(characters: str, choose: Choose) -> str:
    return characters[choose(len(characters))]


def _shuffled(items: list[str], choose: Choose) -> list[str]:
    """Return the items in a random order (Fisher and Yates)."""
    result = list(items)
    for last in range(len(result) - 1, 0, -1):
        other = choose(last + 1)
        result[last], result[other] = result[other], result[last]
    return result
