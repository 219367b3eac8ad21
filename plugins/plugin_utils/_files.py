# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""The files of an inventory and of its variables, found as Ansible finds them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ansible import constants

from ._origins import place

VARIABLE_FOLDERS = ("group_vars", "host_vars")
_YAML = (".json", ".yaml", ".yml")
_INI = ("", ".ini")


class VariableFile(NamedTuple):
    """A file of group_vars or host_vars; holder is what it is about, as people write it."""

    holder: str
    path: str


def inventory_sources(variables: Mapping[str, Any]) -> list[Path]:
    """Return the files and folders that the inventory was read from."""
    written = map(Path, variables.get("ansible_inventory_sources") or ())
    return [source.resolve() for source in written if source.exists()]


def inventory_files(sources: Collection[Path]) -> Iterator[str]:
    """Yield the YAML and INI files of inventory sources, those in folders as well."""
    for source in sources:
        if source.is_dir():
            inside = sorted(source.iterdir())
            yield from inventory_files(
                [p for p in inside if p.name not in VARIABLE_FOLDERS and p.name[0] != "."]
            )
        elif _is_inventory(source):
            yield str(source.resolve())


def _is_inventory(path: Path) -> bool:
    is_read = path.is_file() and not path.name.endswith(tuple(constants.INVENTORY_IGNORE_EXTS))
    return is_read and path.suffix in (*_YAML, *_INI) and not _is_script(path)


def is_ini(path: str) -> bool:
    """Return whether a file of an inventory is in INI form."""
    return Path(path).suffix in _INI


def _is_script(path: Path) -> bool:
    if not os.access(path, os.X_OK):
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def variable_folders(variables: Mapping[str, Any]) -> list[Path]:
    """Return the folders beside which Ansible looks for group_vars and host_vars."""
    bases = [s if s.is_dir() else s.parent for s in inventory_sources(variables)]
    return list(dict.fromkeys([*bases, Path(variables["playbook_dir"]).resolve()]))


def variable_files(
    loader: Any, folders: Collection[Path], names: Mapping[str, Collection[str]]
) -> Iterator[VariableFile]:
    """Yield the files about some groups and hosts; names has them by group_vars and host_vars."""
    for folder in folders:
        for kind, holders in names.items():
            inside = folder / kind
            for holder in sorted(stems(inside).intersection(holders)):
                for path in loader.find_vars_files(str(inside), holder):
                    found = path if isinstance(path, str) else os.fsdecode(path)
                    yield VariableFile(place(str(inside / holder), None), found)


def stems(folder: Path) -> set[str]:
    """Return the groups or hosts that a folder has files or folders for."""
    if not folder.is_dir():
        return set()
    entries = (path for path in folder.iterdir() if path.name[0] != ".")
    return {path.stem if path.suffix in _YAML else path.name for path in entries}
