# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Sets of (account, region) as few rectangles, for calls that take accounts times regions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

Pair = tuple[str, str]


class Rectangle(NamedTuple):
    """Accounts and regions, all combinations of which are meant."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]

    def pairs(self) -> frozenset[Pair]:
        """Return the combinations."""
        return frozenset((a, r) for a in self.accounts for r in self.regions)


def build_rectangles(pairs: Iterable[Pair]) -> tuple[Rectangle, ...]:
    """Return rectangles that cover exactly the pairs, none twice and nothing else.

    Accounts with the same regions go together, or regions with the same accounts, whichever gives
    fewer rectangles.
    """
    wanted = frozenset(pairs)
    by_account = tuple(Rectangle(a, r) for a, r in _grouped(wanted))
    flipped = _grouped(frozenset((region, account) for account, region in wanted))
    by_region = tuple(Rectangle(a, r) for r, a in flipped)
    return min(by_account, by_region, key=len)


def _grouped(pairs: frozenset[Pair]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    seconds: dict[str, list[str]] = {}
    for first, second in sorted(pairs):
        seconds.setdefault(first, []).append(second)
    firsts: dict[tuple[str, ...], list[str]] = {}
    for first, listed in seconds.items():
        firsts.setdefault(tuple(listed), []).append(first)
    return sorted((tuple(sorted(value)), key) for key, value in firsts.items())
