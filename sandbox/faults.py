"""Faults that tests switch on: throttling, 5xx, dropped connections, latency, bad accounts."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from sandbox.calls import is_write
from sandbox.errors import AwsError, DroppedConnectionError, access_denied

if TYPE_CHECKING:
    from sandbox.call import Call

_THROTTLED = {"ssm": ("ThrottlingException", 400), "s3": ("SlowDown", 503)}
# Parameters that clients make up anew for each run: the dice must not depend on them.
_MADE_UP = frozenset(
    {
        *("OperationId", "ClientRequestToken", "NextToken", "Marker", "RoleSessionName"),
        *("Password", "Value", "ChangeSetName", "StackDriftDetectionId"),
    }
)

_DENIED = "with an explicit deny in an identity-based policy"


@dataclass
class Settings:
    """What ``POST /_sandbox/faults`` accepts; every key is optional."""

    throttle: float = 0.0
    server_error: float = 0.0
    drop_connection: float = 0.0
    rate: float = 0.0
    burst: float = 1.0
    latency_ms: float = 0.0
    invisible_reads: int = 0
    failing_accounts: list[str] = field(default_factory=list)
    suspended_accounts: list[str] = field(default_factory=list)
    slow_accounts: list[str] = field(default_factory=list)
    denied_operations: list[str] = field(default_factory=list)  # such as iam:CreateUser
    stack_instances_quota: int = 100_000  # per stack set; lower it to meet LimitExceededException
    stale_requests: int = 0  # so many StackSets writes meet a StaleRequestException
    merge_overrides: bool = False  # the other reading of ParameterOverrides, see README.md
    seed: int = 0


@dataclass
class _Bucket:
    tokens: float
    filled: float


class Faults:
    def __init__(self) -> None:
        self.settings = Settings()
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._buckets: dict[str, _Bucket] = {}

    def configure(self, settings: dict[str, Any]) -> None:
        known = {entry.name for entry in fields(Settings)}
        unknown = settings.keys() - known
        if unknown:
            raise ValueError(f"unknown faults {sorted(unknown)}; known: {sorted(known)}")
        with self._lock:
            self.settings = Settings(**settings)
            self._seen.clear()
            self._buckets.clear()

    def draw(self, service: str, operation: str, account: str, params: dict[str, Any]) -> Draw:
        """The dice for one call: the same call gets the same dice whatever threads do."""
        fixed = {name: value for name, value in params.items() if name not in _MADE_UP}
        key = json.dumps([service, operation, account, fixed], sort_keys=True, default=str)
        with self._lock:
            self._seen[key] += 1
            attempt = self._seen[key]
        # Repeatable test faults, no secrets.
        dice = random.Random(f"{self.settings.seed}:{attempt}:{key}")
        return Draw(self, service, dice)

    def check_account(self, call: Call) -> None:
        """Refuse calls in accounts that are suspended or that a service control policy closes."""
        settings, action = self.settings, f"{call.service}:{call.operation}"
        if call.account_id in settings.suspended_accounts:
            raise AwsError("AccessDenied", f"Account {call.account_id} is suspended.", 403)
        if call.account_id in settings.failing_accounts and is_write(call.service, call.operation):
            raise AwsError(
                "AccessDenied",
                f"User: {call.caller.arn} is not authorized to perform: {action} "
                "with an explicit deny in a service control policy",
                403,
            )
        if action in settings.denied_operations:
            raise access_denied(call.caller.arn, action, reason=_DENIED)

    def takes_stale_request(self) -> bool:
        if not self.settings.stale_requests:
            return False
        self.settings.stale_requests -= 1
        return True

    def has_token(self, service: str) -> bool:
        """Take one token from the service's bucket, AWS's way of limiting rates."""
        if not self.settings.rate:
            return True
        now = time.monotonic()
        with self._lock:
            bucket = self._buckets.setdefault(service, _Bucket(self.settings.burst, now))
            refill = (now - bucket.filled) * self.settings.rate
            bucket.tokens = min(self.settings.burst, bucket.tokens + refill)
            bucket.filled = now
            if bucket.tokens < 1:
                return False
            bucket.tokens -= 1
            return True


class Draw:
    """What goes wrong with one call."""

    def __init__(self, faults: Faults, service: str, dice: random.Random) -> None:
        settings = faults.settings
        self._faults = faults
        self._service = service
        self._is_throttled = dice.random() < settings.throttle
        self._is_server_error = dice.random() < settings.server_error
        self._is_dropped = dice.random() < settings.drop_connection
        self._drops_before = dice.random() < 0.5

    def wait(self) -> None:
        if self._faults.settings.latency_ms:
            time.sleep(self._faults.settings.latency_ms / 1000)

    def before(self) -> None:
        if self._is_dropped and self._drops_before:
            raise DroppedConnectionError
        if self._is_throttled or not self._faults.has_token(self._service):
            code, status = _THROTTLED.get(self._service, ("Throttling", 400))
            raise AwsError(code, "Rate exceeded", status)
        if self._is_server_error:
            raise AwsError("ServiceUnavailable", "The service is unavailable.", 503)

    @property
    def is_dropped_after(self) -> bool:
        return self._is_dropped and not self._drops_before
