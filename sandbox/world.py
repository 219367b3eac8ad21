"""The state of the whole sandbox: accounts that come into being on first use."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from sandbox.arns import PARTITIONS
from sandbox.calls import CallLog
from sandbox.clock import Clock
from sandbox.faults import Faults


class Part(Protocol):
    """The state of one service in one account (and region, for regional services)."""

    def __init__(self, world: World, account_id: str, region: str) -> None: ...


P = TypeVar("P", bound=Part)
_STATE = ("clock", "calls", "faults", "_parts")


@dataclass
class World:
    snapshots: Path  # the folder of its snapshots
    partition: str = PARTITIONS[0]  # after a reset that names no other
    lock: threading.RLock = field(default_factory=threading.RLock)
    clock: Clock = field(default_factory=Clock)
    calls: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)
    _parts: dict[tuple[Any, str, str], Part] = field(default_factory=dict)

    def part(self, kind: type[P], account_id: str, region: str = "") -> P:
        """The state of one service in one account, made on first use."""
        key = (kind, account_id, region)
        if key not in self._parts:
            self._parts[key] = kind(self, account_id, region)
        return cast(P, self._parts[key])

    def reset(self) -> None:
        self._parts.clear()
        self.clock = Clock()
        self.calls = CallLog()
        self.faults = Faults()

    def state(self) -> dict[str, Any]:
        """All that a reset forgets."""
        return {name: getattr(self, name) for name in _STATE}

    def set_state(self, state: dict[str, Any]) -> None:
        for name in _STATE:
            setattr(self, name, state[name])
