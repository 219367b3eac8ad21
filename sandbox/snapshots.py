"""Snapshots: everything that a sandbox knows, as files in a folder that sandboxes may share.

A snapshot is one pickle of our state and of moto's, so objects that both refer to stay the same
object. Pickles run code when they are read, so none ever comes in over HTTP: clients name a
snapshot, and only who may write into the folder decides what is in it.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import re
import threading
from collections import OrderedDict, defaultdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox import moto_bridge
from sandbox.arns import choose_partition, partition
from sandbox.world import World

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,127}")
_LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}


def take(world: World, settings: dict[str, Any]) -> dict[str, str]:
    """Write a snapshot, under the id that the client chose or a new one."""
    name = settings.get("id") or uuid4().hex
    path = _path(world, name)
    # Other sandboxes may look for it meanwhile: it appears complete or not at all.
    unfinished = path.with_suffix(f".{uuid4().hex}")
    unfinished.write_bytes(_fingerprint() + _frozen(world))
    unfinished.replace(path)
    return {"id": name}


def restore(world: World, settings: dict[str, Any]) -> dict[str, Any]:
    """Go back to a snapshot; it can be restored any number of times."""
    content = _path(world, settings["id"]).read_bytes()
    mark = _fingerprint()
    if not content.startswith(mark):
        raise ValueError(f"snapshot {settings['id']} is of another version of the sandbox")
    moto_bridge.forget()  # before anything is read: it closes the files of all of moto's objects
    state = _Reader(world, io.BytesIO(content[len(mark) :])).load()
    choose_partition(state["partition"])
    world.set_state(state["world"])
    moto_bridge.set_state(state["moto"])
    return {}


def drop(world: World, settings: dict[str, Any]) -> dict[str, Any]:
    """Remove a snapshot."""
    _path(world, settings["id"]).unlink()
    return {}


def _path(world: World, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no id of a snapshot: letters, digits and hyphens only")
    return world.snapshots / f"{name}.snapshot"


def _frozen(world: World) -> bytes:
    state = {"partition": partition(), "world": world.state(), "moto": moto_bridge.state()}
    frozen = io.BytesIO()
    _Writer(world, frozen).dump(state)
    return frozen.getvalue()


@cache
def _fingerprint() -> bytes:
    """What a snapshot begins with: it is good for this very code only."""
    found = hashlib.sha256(version("moto").encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        found.update(path.read_bytes())
    return found.digest()


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _fill(made: Any, content: tuple[dict[Any, Any], dict[str, Any]]) -> None:
    dict.update(made, content[0])
    for name, value in content[1].items():
        setattr(made, name, value)


class _Writer(pickle.Pickler):
    """Leaves out what belongs to the process: the world that is served, and locks."""

    def __init__(self, world: World, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._world = world

    def persistent_id(self, found: Any) -> str | None:
        if found is self._world:
            return "world"
        return type(found).__name__ if type(found) in _LOCKS else None

    def reducer_override(self, found: Any) -> Any:
        """Keep what a dictionary holds, whatever its class shows: S3's show the latest versions."""
        kind = type(found)
        is_own_kind = issubclass(kind, dict) and kind.__module__ not in ("builtins", "collections")
        if not is_own_kind or issubclass(kind, OrderedDict):
            return NotImplemented
        attributes = dict(vars(found))
        if isinstance(found, defaultdict):
            attributes["default_factory"] = found.default_factory
        content = dict(dict.items(found)), attributes
        return _new, (kind,), content, None, None, _fill


class _Reader(pickle.Unpickler):
    def __init__(self, world: World, file: io.BytesIO) -> None:
        super().__init__(file)
        self._found = {"world": lambda: world, **{k.__name__: make for k, make in _LOCKS.items()}}

    def persistent_load(self, name: str) -> Any:
        return self._found[name]()
