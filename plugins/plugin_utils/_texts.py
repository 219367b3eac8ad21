# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""What the text of an inventory or variable file says, line by line, before Ansible reads it."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_GROUP_KEYS = ("vars", "hosts", "children")


class Said(NamedTuple):
    """That a line gives a variable a value; holder is a host, a group, or nobody."""

    holder: str
    name: str
    value: str
    line: int


class Repeated(NamedTuple):
    """A key that is written a second time in one mapping."""

    key: str
    line: int
    first_line: int


def read_yaml(text: str) -> yaml.Node | None:
    """Return the nodes of a YAML or JSON text, JSON with tabs too; none where it is neither."""
    for attempt in (text, text.replace("\t", " ")):
        try:
            # Ansible's own kind of string is none for the parser.
            node: yaml.Node | None = yaml.compose(attempt.encode(), Loader=_LOADER)
        except yaml.YAMLError:
            continue
        return node
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    """Yield every mapping of a document once, in the order of the text, anchors or not."""
    waiting, seen = [node], set()
    while waiting:
        here = waiting.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, yaml.MappingNode):
            yield here
            waiting += [inner for pair in reversed(here.value) for inner in reversed(pair)]
        elif isinstance(here, yaml.SequenceNode):
            waiting += reversed(here.value)


def repeated_keys(node: yaml.Node | None) -> list[Repeated]:
    """Return the keys that stand twice in a mapping; what '<<' merges is no key of it."""
    found = []
    for mapping in _mappings(node):
        first: dict[tuple[str, str], int] = {}
        for key, _value in mapping.value:
            name = (key.tag, key.value) if isinstance(key, yaml.ScalarNode) else None
            if name in first:
                found.append(Repeated(key.value, _line(key), first[name]))
            elif name is not None:
                first[name] = _line(key)
    return found


def lines_of(node: yaml.Node | None, name: str) -> list[int]:
    """Return the lines in which a mapping has a key."""
    return [_line(where) for key, where, _value in _pairs(node) if key == name]


def _pairs(node: yaml.Node | None) -> list[tuple[str, yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(k.value, k, v) for k, v in node.value if isinstance(k, yaml.ScalarNode)]


def _groups(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """Yield the groups of a YAML inventory with what is written about each."""
    waiting = [(name, value) for name, _key, value in _pairs(node)]
    if any(name == "plugin" for name, _value in waiting):
        return
    while waiting:
        name, group = waiting.pop(0)
        yield name, group
        for key, _node, inner in _pairs(group):
            if key == "children":
                waiting += [(child, value) for child, _key, value in _pairs(inner)]


def unexpected_keys(node: yaml.Node | None) -> list[tuple[str, str, int]]:
    """Return group, key and line of keys with which Ansible skips a part of a YAML inventory."""
    return [
        (group, key, _line(where))
        for group, about in _groups(node)
        for key, where, _value in _pairs(about)
        if key not in _GROUP_KEYS
    ]


def variable_mappings(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """Yield the variables of each group and host of a YAML inventory, with group or host."""
    for group, about in _groups(node):
        for key, _where, inner in _pairs(about):
            if key == "vars":
                yield f"[{group}:vars]", inner
            elif key == "hosts":
                yield from ((host, variables) for host, _key, variables in _pairs(inner))


def values_in(holder: str, node: yaml.Node | None, names: Collection[str]) -> Iterator[Said]:
    """Yield the values that a mapping gives variables."""
    for name, where, value in _pairs(node):
        if name in names and isinstance(value, yaml.ScalarNode):
            yield Said(holder, name, value.value, _line(where))


def ini_says(text: str) -> Iterator[Said]:
    """Yield the values that an INI inventory gives variables; a group's holder is [group:vars]."""
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and line.partition("]")[1]:
            section = line.partition("]")[0].lstrip("[")
        elif section.endswith(":vars"):
            name, _sign, value = line.partition("=")
            yield Said(f"[{section}]", name.strip(), value.strip(), number)
        elif not section.endswith(":children"):
            yield from _host_line(line, number)


def _host_line(line: str, number: int) -> Iterator[Said]:
    try:
        host, *words = shlex.split(line, comments=True)
    except ValueError:
        return
    for word in words:
        name, sign, value = word.partition("=")
        if sign:
            yield Said(host, name, value, number)


def contradictions(said: Iterable[tuple[str, Said]]) -> list[list[tuple[str, Said]]]:
    """Return what is said more than once, with different values, of one variable of one holder.

    Each thing that is said comes with its file.
    """
    found: dict[tuple[str, str], list[tuple[str, Said]]] = {}
    for path, one in said:
        found.setdefault((one.holder, one.name), []).append((path, one))
    return [all_of for all_of in found.values() if len({one.value for _path, one in all_of}) > 1]
