# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Stack set operations as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..change import Json
from .rectangles import Pair

FINISHED = frozenset({"SUCCEEDED", "FAILED", "STOPPED"})
"""Every other state, a new one of AWS included, is not finished."""


@dataclass(frozen=True)
class Operation:
    """One asynchronous operation over the instances of a stack set; times in ISO 8601."""

    operation_id: str
    action: str
    status: str
    created: str = ""
    ended: str = ""
    reason: str = ""
    failed_instances: int | None = None

    @property
    def is_finished(self) -> bool:
        """Return whether nothing more will come of it."""
        return self.status in FINISHED

    def as_dict(self) -> dict[str, Json]:
        """Return the form in which results carry it."""
        return {
            "operation_id": self.operation_id,
            "action": self.action,
            "status": self.status,
            "created": self.created,
            "ended": self.ended,
            "reason": self.reason,
            "failed_instances": self.failed_instances,
        }


@dataclass(frozen=True, order=True)
class InstanceResult:
    """What an operation did in one account and region."""

    account_id: str
    region: str
    status: str
    reason: str = ""

    @property
    def pair(self) -> Pair:
        """Return the account and region."""
        return (self.account_id, self.region)


_UNREACHED = frozenset({"PENDING", "RUNNING", "CANCELLED"})
"""Results of a finished operation that say only that it ended before their turn."""


@dataclass(frozen=True)
class Verdict:
    """What became of the instances of a finished operation."""

    done: frozenset[Pair]
    refused: tuple[InstanceResult, ...]
    unreached: frozenset[Pair]


def judge(
    operation: Operation, results: Iterable[InstanceResult], wanted: Iterable[Pair]
) -> Verdict:
    """Return what became of the wanted instances.

    SUCCEEDED is not believed: it stands for failures within the tolerance, too. It counts only
    for instances that have no result of their own, and only when AWS counts no failure.
    """
    of = {result.pair: result for result in results}
    is_clean = operation.status == "SUCCEEDED" and not operation.failed_instances
    pairs = frozenset(wanted)
    refused = tuple(
        sorted(
            r for p, r in of.items() if p in pairs and r.status not in {*_UNREACHED, "SUCCEEDED"}
        )
    )
    done = frozenset(p for p in pairs if (of[p].status == "SUCCEEDED" if p in of else is_clean))
    return Verdict(done, refused, pairs - done - {r.pair for r in refused})


_DEFAULTS: tuple[tuple[tuple[str, ...], Mapping[str, Json]], ...] = (
    (
        ("failure_tolerance_count", "failure_tolerance_percentage"),
        {"failure_tolerance_percentage": 100},
    ),
    (("max_concurrent_count", "max_concurrent_percentage"), {"max_concurrent_percentage": 100}),
    (("concurrency_mode",), {"concurrency_mode": "SOFT_FAILURE_TOLERANCE"}),
    (("region_concurrency_type",), {"region_concurrency_type": "PARALLEL"}),
)
"""Roles are quick and independent: every account is tried, and none waits for another."""


def fill_preferences(given: Mapping[str, Json]) -> dict[str, Json]:
    """Return operation preferences with defaults for what was not given."""
    filled = {name: value for name, value in given.items() if value is not None}
    for names, default in _DEFAULTS:
        if not any(name in filled for name in names):
            filled.update(default)
    return filled
