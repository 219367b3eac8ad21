"""From a call to the handler that answers it, its parameters checked against the service model."""

from __future__ import annotations

from typing import Any

from botocore.model import StructureShape

from sandbox import constraints, registry, wire
from sandbox.call import Call
from sandbox.errors import AwsError


def handle(call: Call) -> dict[str, Any] | None:
    handler = registry.handler_of(call.service, call.operation)
    if handler is None:
        raise not_implemented(call.service, call.operation)
    shape = wire.operation_model(call.service, call.operation).input_shape
    if isinstance(shape, StructureShape):
        constraints.require(shape, call.params)
        constraints.check(shape, call.params)
    return handler(call)


def not_implemented(service: str, operation: str) -> AwsError:
    what = f"{service}:{operation}"
    return AwsError("NotImplemented", f"The sandbox does not implement {what}.", 501)
