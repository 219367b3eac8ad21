"""The HTTP server: one process, a thread per connection, on the loopback interface only."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from http.client import responses
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from sandbox import control, gateway, handlers, snapshots
from sandbox.arns import PARTITIONS
from sandbox.errors import DroppedConnectionError
from sandbox.moto_bridge import Answer
from sandbox.world import World

HOST = "127.0.0.1"
handlers.load()


class _QuietHandler(MotoRequestHandler):
    # Head and body of an answer are two packets: with Nagle's algorithm each waits 40 ms.
    disable_nagle_algorithm = True

    def log(self, *_: Any) -> None:
        """No access log: /_sandbox/log has it."""


class Sandbox:
    """A sandbox that serves between ``start`` and ``stop``, or as a context manager.

    moto keeps its state per process, so one sandbox at a time per process.
    """

    def __init__(
        self, port: int = 0, partition: str = PARTITIONS[0], folder: Path | None = None
    ) -> None:
        self._own_folder = TemporaryDirectory(prefix="sandbox-")
        self.world = World(folder or Path(self._own_folder.name), partition)
        self._server = make_server(
            HOST, port, self._application, threaded=True, request_handler=_QuietHandler
        )
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_port}"

    def start(self) -> Sandbox:
        self.reset()
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._own_folder.cleanup()

    def reset(self) -> None:
        control.reset(self.world, {})

    def snapshot(self, name: str) -> None:
        with self.world.lock:
            snapshots.take(self.world, {"id": name})

    def restore(self, name: str) -> None:
        with self.world.lock:
            snapshots.restore(self.world, {"id": name})

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _application(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            status, headers, body = self._answer(environ)
        except DroppedConnectionError:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError from None
        names = {name.lower() for name, _ in headers}
        if "content-length" not in names:
            headers = [*headers, ("Content-Length", str(len(body)))]
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
        start_response(f"{status} {responses.get(status, 'Unknown')}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        if environ["PATH_INFO"].startswith(control.PREFIX):
            return control.handle(self.world, environ)
        return gateway.handle(self.world, environ)
