"""The call log and its counters: what clients asked, never what the sandbox did by itself."""

from __future__ import annotations

from collections import Counter
from typing import Any

_READ_PREFIXES = ("Get", "List", "Describe", "Head", "Simulate", "Validate", "Estimate", "Detect")
# Reads by the Service Authorization Reference although their names do not say so.
_OTHER_READS = frozenset(
    {
        ("iam", "GenerateCredentialReport"),
        ("iam", "GenerateServiceLastAccessedDetails"),
        ("iam", "GenerateOrganizationsAccessReport"),
        ("s3", "SelectObjectContent"),
        ("cloudtrail", "LookupEvents"),
    }
)
_SECRET_PARAMS = frozenset({"Password", "NewPassword", "OldPassword"})
_REDACTED = "<redacted>"


def is_write(service: str, operation: str) -> bool:
    """Whether an action writes, by AWS's Service Authorization Reference."""
    if service == "sts" or (service, operation) in _OTHER_READS:
        return False
    return not operation.startswith(_READ_PREFIXES)


def redact(service: str, params: dict[str, Any]) -> dict[str, Any]:
    secret = _SECRET_PARAMS | {"Value"} if service == "ssm" else _SECRET_PARAMS
    return {name: _REDACTED if name in secret else value for name, value in params.items()}


class CallLog:
    def __init__(self) -> None:
        self._by_action: Counter[str] = Counter()
        self._writes = 0
        self._log: list[dict[str, Any]] = []

    def add(self, service: str, operation: str, entry: dict[str, Any]) -> None:
        self._by_action[f"{service}:{operation}"] += 1
        self._writes += is_write(service, operation)
        self._log.append(
            {"n": len(self._log) + 1, "service": service, "action": operation, **entry}
        )

    def counters(self) -> dict[str, Any]:
        return {
            "total": len(self._log),
            "writes": self._writes,
            "by_action": dict(sorted(self._by_action.items())),
        }

    def entries(self) -> list[dict[str, Any]]:
        return list(self._log)
