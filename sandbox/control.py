"""``/_sandbox/...``: what tests ask of the sandbox itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from pickle import PicklingError
from typing import Any

from sandbox import moto_bridge, snapshots
from sandbox.arns import choose_partition
from sandbox.errors import AwsError
from sandbox.iam.sign_in import sign_in
from sandbox.moto_bridge import Answer
from sandbox.world import World

PREFIX = "/_sandbox/"


def handle(world: World, environ: dict[str, Any]) -> Answer:
    name = environ["PATH_INFO"].removeprefix(PREFIX)
    endpoint = _ENDPOINTS.get((environ["REQUEST_METHOD"], name))
    if endpoint is None:
        return _json(404, {"error": f"no such endpoint: {name}"})
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        content = json.loads(body or b"{}")
        with world.lock:
            return _json(200, endpoint(world, content))
    except AwsError as error:
        return _json(error.status or 400, {"error": error.code, "message": error.message})
    except FileNotFoundError as error:
        return _json(404, {"error": f"no such snapshot: {Path(error.filename).stem}"})
    except (ValueError, TypeError, KeyError, PicklingError) as error:
        return _json(400, {"error": f"{type(error).__name__}: {error}"})


def reset(world: World, settings: dict[str, Any]) -> dict[str, Any]:
    with world.lock:
        choose_partition(settings.get("partition", world.partition))
        world.reset()
        moto_bridge.forget()
    return {}


def _faults(world: World, settings: dict[str, Any]) -> dict[str, Any]:
    world.faults.configure(settings)
    return {}


_ENDPOINTS: dict[tuple[str, str], Callable[[World, dict[str, Any]], Any]] = {
    ("GET", "calls"): lambda world, _: world.calls.counters(),
    ("GET", "log"): lambda world, _: world.calls.entries(),
    ("POST", "reset"): reset,
    ("POST", "faults"): _faults,
    ("POST", "clock"): lambda world, settings: world.clock.configure(settings),
    ("POST", "sign_in"): sign_in,
    ("POST", "snapshot"): snapshots.take,
    ("POST", "restore"): snapshots.restore,
    ("POST", "drop_snapshot"): snapshots.drop,
}


def _json(status: int, content: Any) -> Answer:
    body = json.dumps(content, default=str).encode()
    return status, [("Content-Type", "application/json")], body
