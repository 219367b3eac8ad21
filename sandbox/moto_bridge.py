"""Everything without a correction goes to moto, in the account of the caller."""

from __future__ import annotations

import io
import sys
from functools import cache
from importlib import import_module
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

Answer = tuple[int, list[tuple[str, str]], bytes]


@cache
def _moto() -> DomainDispatcherApplication:
    return DomainDispatcherApplication(create_backend_app)


def answer(environ: dict[str, Any], body: bytes, account_id: str) -> Answer:
    """What moto answers to this HTTP request; the caller holds the lock, moto needs it."""
    environ["HTTP_X_MOTO_ACCOUNT_ID"] = account_id
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    heard: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        heard.update(status=int(status.split()[0]), headers=headers)

    content = _moto()(environ, start_response)
    try:
        return heard["status"], heard["headers"], b"".join(content)
    finally:
        if hasattr(content, "close"):
            content.close()


def forget() -> None:
    BackendDict.reset()
    # moto lists every object that it ever made; nothing here reads those lists.
    reset_model_data()


def state() -> dict[tuple[str, str], Any]:
    """The backends of all services that were used, in all accounts and regions."""
    return {_place(backends): (vars(backends), dict(backends.items())) for backends in _used()}


def set_state(state: dict[tuple[str, str], Any]) -> None:
    """Fill the backends, which are empty after ``forget``."""
    for (module, name), (variables, by_account) in state.items():
        backends = getattr(import_module(module), name)
        vars(backends).update(variables)
        backends.update(by_account)
        _used().append(backends)


def _used() -> list[Any]:
    used: list[Any] = vars(BackendDict)["_instances"]
    return used


def _place(backends: Any) -> tuple[str, str]:
    """Where the backends of a service are found: moto's modules hold them as variables."""
    module = backends.backend.__module__
    names = (name for name, value in vars(sys.modules[module]).items() if value is backends)
    return module, next(names)
