# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Accounts in waves: the next wave begins only when the one before it is well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..change import Json, Plan
from ..checking import Problems
from ..words import counted


@dataclass(frozen=True)
class Wave:
    """Accounts that are dealt with together, before those of later waves."""

    name: str
    accounts: frozenset[str]


def build_waves(given: Sequence[Json]) -> tuple[Wave, ...]:
    """Return the waves of a list of name and accounts; raise InputError with all problems."""
    problems = Problems()
    first_place: dict[str, str] = {}
    waves = []
    for number, wave in enumerate(given, start=1):
        place = f"waves[{number - 1}]"
        for account_id in wave["accounts"]:
            found = first_place.setdefault(account_id, place)
            if found != place:
                problems.add(place, f"account {account_id} is already in {found}")
        waves.append(Wave(wave["name"] or f"wave {number}", frozenset(wave["accounts"])))
    problems.raise_if_any()
    return tuple(waves)


def wave_number(account_id: str, waves: Sequence[Wave]) -> int:
    """Return the place of an account's wave; accounts of no wave come last."""
    for number, wave in enumerate(waves):
        if account_id in wave.accounts:
            return number
    return len(waves)


def next_wave(plan: Plan, waves: Sequence[Wave]) -> tuple[int, Plan]:
    """Return the first wave that has changes, and its changes."""
    number = min(wave_number(change.subject, waves) for change in plan)
    return number, tuple(c for c in plan if wave_number(c.subject, waves) == number)


def stopped_text(failed: int, left: Plan, waves: Sequence[Wave]) -> str:
    """Return the sentence about what was not reached because a wave failed."""
    numbers = sorted({wave_number(change.subject, waves) for change in left})
    names = ", ".join(_names(numbers, waves))
    return (
        f"Stopped after {waves[failed].name}, which failed: "
        f"{counted(len(left), 'stack instance')} of {names} {'was' if len(left) == 1 else 'were'} "
        "not changed. Fix the cause and run again; finished work is not repeated."
    )


def _names(numbers: Iterable[int], waves: Sequence[Wave]) -> list[str]:
    return [waves[n].name if n < len(waves) else "the remaining accounts" for n in numbers]
