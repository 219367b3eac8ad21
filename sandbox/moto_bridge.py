"""Everything without a correction goes to moto, in the account of the caller."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from moto.core.base_backend import BackendDict
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
