# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Expressions in what is data, found before Ansible evaluates any of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.template import is_trusted_as_template
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.accounts import (
    JUMP_GROUP,
    MEMBER_GROUP,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.variables import (
    HOST_VARIABLES,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.shown import quoted

from ._origins import place_of

ALLOW = "jump_allow_expressions"
_DATA = ("levels", "roster", "user_name")
_OF_THE_RUN = (*_DATA, *(f"jump_{name}" for name in _DATA))

_REFERENCE = re.compile(r"(?<!\{)\{\{\s*([A-Za-z_]\w*)\s*(?:\|\s*default\(none\)\s*)?\}\}")
"""A variable as it is, which leads to a value that is looked at in turn."""

_BEGINNING = re.compile(r"\{[{%#]|\A#jinja2:")
_EVERYTHING = ("hostvars", "vars")
"""Variables of Ansible that hold all others, so that naming one evaluates them all."""

_ADVICE = (
    "is a template expression, and expressions can run commands; write the value itself or "
    "reference the variable that holds it. If everyone who can edit this input may run commands "
    f"as the user of this run, set {ALLOW}=true"
)


def find_expressions(variables: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return place and text of each expression in roster, levels, accounts and user_name.

    variables are those of a task, as they were written.
    """
    said = variables.get(ALLOW, False)
    try:
        if boolean(said):
            return []
    except TypeError:
        return [(ALLOW, f"{quoted(said)} is neither true nor false; write one of them literally")]
    found = [
        *_Search(variables).among(_OF_THE_RUN),
        *(entry for host in _hosts(variables) for entry in _of_host(variables, host)),
    ]
    return [(where, f"{quoted(value)} {_ADVICE}") for where, value in dict.fromkeys(found)]


def _hosts(variables: Mapping[str, Any]) -> Iterable[str]:
    groups = variables.get("groups", {})
    return dict.fromkeys(h for name in (JUMP_GROUP, MEMBER_GROUP) for h in groups.get(name, ()))


def _of_host(variables: Mapping[str, Any], host: str) -> Iterator[tuple[str, str]]:
    there = variables["hostvars"].raw_get(host)
    yield from (
        (f"{host}: {where}", value) for where, value in _Search(there).among(HOST_VARIABLES)
    )


class _Search:
    """Looks for expressions in variables as they were written; follows names to their values."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables

    def among(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield place and text of each expression in the values of these variables."""
        for name in names:
            if name in self._variables:
                yield from self._within(name, self._variables[name], frozenset([name]))

    def _within(self, where: str, value: Any, seen: frozenset[str]) -> Iterator[tuple[str, str]]:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield from self._within(f"{where}.{key}", inner, seen)
        elif isinstance(value, list | tuple):
            for number, inner in enumerate(value):
                yield from self._within(f"{where}[{number}]", inner, seen)
        # What is encrypted, or marked as unsafe, is never evaluated.
        elif isinstance(value, str) and is_trusted_as_template(value):
            yield from self._in_text(where, value, seen)

    def _in_text(self, where: str, text: str, seen: frozenset[str]) -> Iterator[tuple[str, str]]:
        names = set(_REFERENCE.findall(text))
        if _BEGINNING.search(_REFERENCE.sub("_", text)) or names.intersection(_EVERYTHING):
            source = place_of(text)
            yield f"{where} ({source})" if source else where, str(text)
            return
        for name in sorted(names - seen):
            if name in self._variables:
                yield from self._within(name, self._variables[name], seen | {name})
