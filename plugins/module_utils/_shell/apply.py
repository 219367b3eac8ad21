# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Carrying out a plan: the only place that calls writers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from .._aws.errors import AwsError
from .._aws.writing import Writers
from .._core.change import Change, ObjectId, Plan
from .._core.ordering import rank

WORKERS = 8
"""Enough to hide latency, few enough for IAM's throttling."""


@dataclass(frozen=True)
class Failure:
    """Something that AWS or we refused, as a sentence."""

    subject: str
    target: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return the form in which results carry it."""
        return {"subject": self.subject, "target": self.target, "message": self.message}


@dataclass(frozen=True)
class Outcome:
    """What became of a plan."""

    applied: Plan = ()
    pending: Plan = ()
    failures: tuple[Failure, ...] = ()


def apply_plan(plan: Plan, writers: Writers) -> Outcome:
    """Write the changes rank by rank, side by side within a rank.

    A refused change, or one held back, holds back the later changes of its subject and what relies
    on that subject, which within a rank comes last; the other subjects go on.
    """
    applied: set[ObjectId] = set()
    failures: dict[ObjectId, Failure] = {}
    blocked: set[str] = set()
    with ThreadPoolExecutor(WORKERS) as pool:
        for _turn_of, turn in groupby(sorted(plan, key=_turn), key=_turn):
            changes = list(turn)
            ready = [c for c in changes if blocked.isdisjoint(c.subjects)]
            refusals = list(pool.map(lambda c: _write(c, writers), ready))
            refused = {c.id: r for c, r in zip(ready, refusals, strict=True) if r is not None}
            applied.update(c.id for c in ready if c.id not in refused)
            failures.update(refused)
            blocked.update(c.subject for c in changes if c.id not in applied)
    return Outcome(
        applied=tuple(c for c in plan if c.id in applied),
        pending=tuple(c for c in plan if c.id not in applied),
        failures=tuple(failures[c.id] for c in plan if c.id in failures),
    )


def _turn(change: Change) -> tuple[int, bool]:
    """Return when a change has its turn: what relies on others comes after them."""
    return rank(change), bool(change.needs)


def _write(change: Change, writers: Writers) -> Failure | None:
    try:
        writers[(change.id.kind, change.action)](change)
    except AwsError as error:
        return Failure(change.subject, str(change.id), str(error))
    return None
