"""Operation preferences: how many accounts at once, and how many may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.errors import validation_error

_EITHER_OR = (
    ("FailureToleranceCount", "FailureTolerancePercentage"),
    ("MaxConcurrentCount", "MaxConcurrentPercentage"),
)


@dataclass(frozen=True)
class Preferences:
    given: dict[str, Any]

    @property
    def is_soft(self) -> bool:
        return self.given.get("ConcurrencyMode") == "SOFT_FAILURE_TOLERANCE"

    @property
    def is_parallel(self) -> bool:
        return self.given.get("RegionConcurrencyType") == "PARALLEL"

    def tolerance(self, accounts: int) -> int:
        """How many accounts of a region may fail; percentages round down."""
        if "FailureTolerancePercentage" in self.given:
            return int(self.given["FailureTolerancePercentage"]) * accounts // 100
        return int(self.given.get("FailureToleranceCount", 0))

    def concurrency(self, accounts: int, failed: int) -> int:
        """How many accounts of a region run at once, after so many failures."""
        if "MaxConcurrentPercentage" in self.given:
            wanted = max(1, int(self.given["MaxConcurrentPercentage"]) * accounts // 100)
        else:
            wanted = int(self.given.get("MaxConcurrentCount", 1))
        if self.is_soft:
            return wanted
        # Strict: never more than could fail without breaking the tolerance, plus one.
        return max(1, min(wanted, self.tolerance(accounts) - failed + 1))

    def ordered(self, regions: set[str]) -> list[str]:
        order: list[str] = self.given.get("RegionOrder", [])
        return [r for r in order if r in regions] + sorted(regions - set(order))


def preferences_of(given: dict[str, Any] | None) -> Preferences:
    given = given or {}
    for pair in _EITHER_OR:
        if all(name in given for name in pair):
            raise validation_error(f"You can specify either {pair[0]} or {pair[1]}, but not both.")
    return Preferences(given)
