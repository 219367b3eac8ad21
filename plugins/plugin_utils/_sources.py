# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""What is wrong with the files of the input before their meaning counts, and which file won."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from ansible import constants, context
from ansible.errors import AnsibleError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.variables import (
    HOST_VARIABLES,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.shown import quoted

from ._files import (
    VariableFile,
    inventory_files,
    inventory_sources,
    is_ini,
    stems,
    variable_files,
    variable_folders,
)
from ._origins import line_of, parts_of, path_of, place, place_of
from ._texts import (
    Said,
    contradictions,
    ini_says,
    lines_of,
    read_yaml,
    repeated_keys,
    unexpected_keys,
    values_in,
    variable_mappings,
)

LISTS = {"roster": ("roster", "jump_roster"), "levels": ("levels", "jump_levels")}
_SETTING = "DUPLICATE_YAML_DICT_KEY"


@dataclass
class Sources:
    """The files of a run, each read once.

    lists are the roster and the levels as Ansible has them; hosts are the accounts; values are what
    else was written by hand.
    """

    loader: Any
    variables: Mapping[str, Any]
    lists: Mapping[str, Any]
    hosts: Collection[str]
    values: Collection[Any] = ()
    _texts: dict[str, str | None] = field(default_factory=dict)
    _nodes: dict[str, yaml.Node | None] = field(default_factory=dict)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield place and text of everything that Ansible would pass over in silence."""
        yield from self._unknown_origins()
        yield from self._repeated()
        yield from self._unexpected()
        yield from self._contradictions()

    def report(self) -> dict[str, Any]:
        """Return where roster and levels come from, where else they are, and what nobody reads."""
        winners = {name: self._winner(name) for name in LISTS}
        also = [
            {"variable": name, "source": where}
            for name in LISTS
            for where in self._definitions(name)
            if where not in winners[name]
        ]
        written = {name: ", ".join(places) for name, places in winners.items()}
        return {**written, "also": also, "unread": self._unread()}

    @cached_property
    def _inventories(self) -> list[str]:
        return list(inventory_files(inventory_sources(self.variables)))

    @cached_property
    def _folders(self) -> list[Path]:
        return variable_folders(self.variables)

    @cached_property
    def _variable_files(self) -> list[VariableFile]:
        groups = self.variables.get("groups", {})
        ours = {name for name, hosts in groups.items() if set(hosts) & set(self.hosts)}
        names = {"group_vars": {*ours, "all"}, "host_vars": set(self.hosts)}
        return list(variable_files(self.loader, self._folders, names))

    @cached_property
    def _paths(self) -> list[str]:
        written = [part for given in self.lists.values() for part in parts_of(given)]
        origins = filter(None, map(path_of, [*written, *self.values]))
        files = [file.path for file in self._variable_files]
        return list(dict.fromkeys([*self._inventories, *files, *origins]))

    def _text(self, path: str) -> str | None:
        if path not in self._texts:
            try:
                self._texts[path] = self.loader.get_text_file_contents(path)
            except (AnsibleError, OSError):
                self._texts[path] = None
        return self._texts[path]

    def _node(self, path: str) -> yaml.Node | None:
        if path not in self._nodes:
            text = None if self._is_ini(path) else self._text(path)
            self._nodes[path] = None if text is None else read_yaml(text)
        return self._nodes[path]

    def _is_ini(self, path: str) -> bool:
        return path in self._inventories and is_ini(path)

    def _unknown_origins(self) -> Iterator[tuple[str, str]]:
        if constants.config.get_config_value(_SETTING) == "error":
            return
        for name, given in self.lists.items():
            if given and not any(map(place_of, parts_of(given))):
                yield (
                    name,
                    "the value is computed, so its source cannot be checked for duplicate keys, "
                    f"of which Ansible keeps only the last; set ANSIBLE_{_SETTING}=error, or "
                    "duplicate_dict_key = error in ansible.cfg",
                )

    def _repeated(self) -> Iterator[tuple[str, str]]:
        given = [(path, self._node(path)) for path in self._paths]
        inline = [text for text in context.CLIARGS.get("extra_vars", ()) if text[:1] in ("{", "[")]
        for path, node in [*given, *(("-e", read_yaml(text)) for text in inline)]:
            for key, line, first in repeated_keys(node):
                where = place(path, line) if path != "-e" else "-e"
                yield (
                    where,
                    f"the key {quoted(key)} is already on line {first} of the same mapping, and "
                    "Ansible would use only the last one; keep one",
                )

    def _unexpected(self) -> Iterator[tuple[str, str]]:
        for path in self._inventories:
            for group, key, line in unexpected_keys(self._node(path)):
                yield (
                    place(path, line),
                    f"Ansible ignores {quoted(key)} in group {quoted(group)}; a group can only "
                    "have vars, hosts and children",
                )

    def _contradictions(self) -> Iterator[tuple[str, str]]:
        for (path, one), *others in contradictions(self._says()):
            rest = ", ".join(f"{quoted(o.value)} in {place(at, o.line)}" for at, o in others)
            yield (
                f"{one.holder} {one.name}",
                f"is {quoted(one.value)} in {place(path, one.line)} and {rest}; Ansible would use "
                "only one of them, so keep one",
            )

    def _says(self) -> Iterator[tuple[str, Said]]:
        for path in self._inventories:
            if self._is_ini(path):
                found = ini_says(self._text(path) or "")
                yield from ((path, said) for said in found if said.name in HOST_VARIABLES)
        for holder, path, mapping in self._mappings():
            found = values_in(holder, mapping, HOST_VARIABLES)
            yield from ((path, said) for said in found)

    def _mappings(self) -> Iterator[tuple[str, str, yaml.Node | None]]:
        """Yield holder, file and mapping of all variables of groups and hosts in YAML."""
        for path in self._inventories:
            yield from ((h, path, m) for h, m in variable_mappings(self._node(path)))
        yield from ((holder, path, self._node(path)) for holder, path in self._variable_files)

    def _unread(self) -> list[str]:
        """Return files about groups and hosts that the inventory does not have."""
        groups = self.variables.get("groups", {})
        known = {"group_vars": set(groups), "host_vars": {*groups.get("all", ()), "localhost"}}
        return [
            place(str(folder / kind / stem), None)
            for folder in self._folders
            for kind, there in known.items()
            for stem in sorted(stems(folder / kind) - there)
        ]

    def _winner(self, name: str) -> list[str]:
        given = self.lists.get(name)
        parts = [given] if place_of(given) else parts_of(given)
        return sorted({self._place(name, part) for part in parts if place_of(part)})

    def _place(self, name: str, value: Any) -> str:
        path, line = path_of(value), line_of(value)
        if path is None or line is None:
            return place_of(value)
        return place(path, max((at for at in self._lines(name, path) if at <= line), default=line))

    def _definitions(self, name: str) -> list[str]:
        paths = dict.fromkeys(path for _holder, path, _mapping in self._mappings())
        return [place(path, line) for path in paths for line in self._lines(name, path)]

    def _lines(self, name: str, path: str) -> list[int]:
        here = [mapping for _holder, at, mapping in self._mappings() if at == path]
        return sorted(line for node in here for key in LISTS[name] for line in lines_of(node, key))
