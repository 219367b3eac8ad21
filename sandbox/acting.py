"""Calls that a service makes for somebody: with a caller's permissions, or with those of a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.call import Call
from sandbox.identity import Identity, invalid_token, is_there
from sandbox.world import World

CLOUDFORMATION = "cloudformation.amazonaws.com"


@dataclass(frozen=True)
class Acting:
    """Whose permissions count; via are the services in between, none with a role of its own."""

    identity: Identity
    via: tuple[str, ...] = ()

    def call(
        self, world: World, region: str, service: str, operation: str, params: dict[str, Any]
    ) -> Call:
        """A call of the service: it comes from no address that a policy could know."""
        if not is_there(world, self.identity):
            raise invalid_token()
        return Call(
            world, service, operation, region, self.identity, params, source_ip="", via=self.via
        )


def forwarded(caller: Identity) -> Acting:
    """CloudFormation in a forward access session: the caller's permissions, MFA and all."""
    return Acting(caller, (CLOUDFORMATION,))
