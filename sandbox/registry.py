"""The one mechanism of correction: handlers by (service, operation) that replace moto's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.call import Call

Result = dict[str, Any]
Handler = Callable[["Call"], "Result | None"]

ResourcesFinder = Callable[["Call"], list[str]]
Authoriser = Callable[["Call"], None]

_handlers: dict[tuple[str, str], Handler] = {}
_finders: dict[str, ResourcesFinder] = {}
_authorisers: dict[str, Authoriser] = {}


def operation(service: str, *names: str) -> Callable[[Handler], Handler]:
    """Register a function as the answer to these operations of a service."""

    def register(handler: Handler) -> Handler:
        for name in names:
            _handlers[service, name] = handler
        return handler

    return register


def handler_of(service: str, name: str) -> Handler | None:
    return _handlers.get((service, name))


def resources(service: str) -> Callable[[ResourcesFinder], ResourcesFinder]:
    """Register what finds the ARNs that a call of a service is about, '*' for none."""

    def register(finder: ResourcesFinder) -> ResourcesFinder:
        _finders[service] = finder
        return finder

    return register


def resources_finder(service: str) -> ResourcesFinder | None:
    return _finders.get(service)


def authorises(service: str) -> Callable[[Authoriser], Authoriser]:
    """Register what decides on the calls of a service whose resources have policies, too."""

    def register(decide: Authoriser) -> Authoriser:
        _authorisers[service] = decide
        return decide

    return register


def authoriser(service: str) -> Authoriser | None:
    return _authorisers.get(service)


def asked_services() -> frozenset[str]:
    """The services whose calls are decided on before they are handled."""
    return frozenset({*_finders, *_authorisers})
