# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Where a value of the input was written, as far as Ansible knows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

try:
    from ansible._internal._datatag._tags import Origin
except ImportError:  # It is private to ansible-core; without it nothing has a known place.
    Origin = None

_WRITTEN_IN_YAML = (".json", ".toml", ".yaml", ".yml")
_VARIABLE_FOLDERS = ("group_vars", "host_vars")


def path_of(value: Any) -> str | None:
    """Return the file that a value was read from."""
    path = getattr(_origin(value), "path", None)
    return path and real_path(path)


@cache
def real_path(path: str) -> str:
    """Return a path without symbolic links, so that one file has one name."""
    return str(Path(path).resolve())


def line_of(value: Any) -> int | None:
    """Return the line where a value stands."""
    return getattr(_origin(value), "line_num", None)


def place_of(value: Any) -> str:
    """Return file and line of a value, or else the words that Ansible has for its origin."""
    path = path_of(value)
    if path:
        return place(path, line_of(value))
    return str(getattr(_origin(value), "description", None) or "")


def place(path: str, line: int | None) -> str:
    """Return file and line, relative to the working directory where the file is below it."""
    relative = os.path.relpath(path, real_path("."))
    shown = path if relative.startswith(os.pardir) else relative
    return f"{shown}:{line}" if line else shown


def parts_of(value: Any) -> Iterable[Any]:
    """Return a value and what it holds: people or levels, which may come from several files."""
    if isinstance(value, Mapping):
        return [value, *value, *value.values()]
    return [value, *value] if isinstance(value, list | tuple) else [value]


def is_from_ini(value: Any) -> bool:
    """Return whether a value comes from an inventory in INI form, which reads quotes otherwise."""
    path = path_of(value) or ""
    folders = Path(path).parts
    is_inventory = not any(folder in folders for folder in _VARIABLE_FOLDERS)
    return bool(path) and is_inventory and not path.endswith(_WRITTEN_IN_YAML)


def _origin(value: Any) -> Any:
    return None if Origin is None else Origin.get_tag(value)
