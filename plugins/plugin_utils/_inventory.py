# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""What an inventory says about our accounts, and what it says beside that."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ansible.utils.vars import load_extra_vars
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.accounts import (
    JUMP_GROUP,
    MEMBER_GROUP,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.variables import (
    HOST_VARIABLES,
    Variables,
)

from ._origins import is_from_ini, place_of

ROLES = Path(__file__).resolve().parents[2] / "roles"


class InventoryReader:
    """Reads the variables of a task: those of the run and, by hostvars, those of every host."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._groups: Mapping[str, Any] = variables.get("groups", {})
        self._jumps = list(self._groups.get(JUMP_GROUP, []))
        self._members = list(self._groups.get(MEMBER_GROUP, []))

    @property
    def names(self) -> set[str]:
        """Return the names of all hosts and groups."""
        return {*self._groups, *self._groups.get("all", ())}

    @cached_property
    def accounts(self) -> dict[str, Mapping[str, Any]]:
        """Return the variables of each host of our two groups."""
        names = dict.fromkeys([*self._jumps, *self._members])
        return {name: self._variables["hostvars"][name] for name in names}

    @cached_property
    def _said(self) -> dict[str, dict[str, Any]]:
        return {
            name: {key: there[key] for key in HOST_VARIABLES if key in there}
            for name, there in self.accounts.items()
        }

    @property
    def values(self) -> list[Any]:
        """Return the values of our variables of all accounts as Ansible has them."""
        return [value for said in self._said.values() for value in said.values()]

    def hosts(self) -> list[dict[str, Any]]:
        """Return our accounts as the core reads them."""
        return [
            {
                **{key: plain(value) for key, value in said.items()},
                "host": name,
                "is_jump": name in self._jumps,
                "is_member": name in self._members,
                "ini": [key for key, value in said.items() if is_from_ini(value)],
            }
            for name, said in self._said.items()
        ]

    def strays(self, ignored: Collection[str]) -> list[dict[str, Any]]:
        """Return the hosts with an account_id that are in neither of our groups."""
        passed = {host for name in ignored for host in self._groups.get(name, [name])}
        hosts = [h for h in self._groups.get("all", []) if h not in {*self.accounts, *passed}]
        return [
            {"host": host, "groups": [g for g, there in self._groups.items() if host in there]}
            for host in hosts
            if "account_id" in self._variables["hostvars"][host]
        ]

    def variable_names(self, loader: Any) -> Variables:
        """Return the names of the variables of the run, with the accounts that have them."""
        holders: dict[str, list[str]] = {str(name): [] for name in self._variables}
        sources = {str(name): place_of(name) for name in self._variables}
        for host, there in self.accounts.items():
            for name in there:
                holders.setdefault(str(name), []).append(host)
                sources.setdefault(str(name), place_of(name))
        return Variables(
            of_roles=tuple(role_variables()),
            of_hosts=holders,
            extra=tuple(map(str, load_extra_vars(loader))),
            sources=sources,
        )


def role_variables() -> Iterator[str]:
    """Yield the variables of our roles, which all have a default."""
    for path in sorted(ROLES.glob("*/defaults/main.yml")):
        yield from re.findall(r"^(\w+):", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


def plain(value: Any) -> Any:
    """Return a value without Ansible's tags; YAML dates, as in a policy's Version, become text.

    Keys stay what they are, so that a level 'yes' is not taken for one of the name 'true'.
    """
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return json.loads(json.dumps(value, default=str))
