"""One API call on its way through the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.identity import Identity
from sandbox.world import Part, World

P = TypeVar("P", bound=Part)
LOOPBACK = "127.0.0.1"


@dataclass
class Call:
    world: World
    service: str
    operation: str
    region: str
    caller: Identity
    params: dict[str, Any]
    source_ip: str = LOOPBACK  # empty where a service calls
    via: tuple[str, ...] = ()  # the services that call on behalf of the caller

    @property
    def account_id(self) -> str:
        return self.caller.account_id

    def part(self, kind: type[P]) -> P:
        """The state of a global service in the caller's account."""
        return self.world.part(kind, self.account_id)

    def regional(self, kind: type[P]) -> P:
        """The state of a regional service in the caller's account and the call's region."""
        return self.world.part(kind, self.account_id, self.region)

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.params[name]
