# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports go one way: modules -> _shell -> _aws -> botocore, and _core needs only Python."""

from __future__ import annotations

import ast
import graphlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = "ansible_collections.jumpaccount.aws"
UTILS = f"{PRODUCT}.plugins.module_utils"

IMPURE = {
    *("asyncio", "getpass", "http", "io", "logging", "multiprocessing", "os"),
    *("pathlib", "random", "secrets", "shutil", "socket", "subprocess", "tempfile"),
    *("threading", "time", "urllib.request", "uuid"),
}
"""Standard library that reads a clock, chance, files, network or the environment."""

CLOCKS = {"now", "today", "utcnow"}
"""What reads the clock in datetime, which is otherwise a kind of value."""

PURE = {name for name in sys.stdlib_module_names if name not in IMPURE} | {"__future__"}
ANSIBLE = {"ansible", "ansible_collections.amazon.aws"}
BOTO = {"boto3", "botocore"}
YAML = {"yaml"}
"""CloudFormation answers templates as they were sent, in YAML most often."""

AWS = {f"{UTILS}._aws"}
CORE = {f"{UTILS}._core"}
SHELL = {f"{UTILS}._shell"}
PYTHON = set(sys.stdlib_module_names)

MAY_IMPORT = {
    "plugins/module_utils/_core": PURE | CORE,
    "plugins/module_utils/_aws": PYTHON
    | CORE
    | AWS
    | BOTO
    | YAML
    | {"ansible_collections.amazon.aws"},
    "plugins/module_utils/_shell": PYTHON | CORE | AWS | SHELL | ANSIBLE,
    "plugins/modules": PYTHON | CORE | AWS | SHELL | ANSIBLE,
    "plugins/action": PYTHON
    | CORE
    | {"ansible", f"{PRODUCT}.plugins.action", f"{PRODUCT}.plugins.plugin_utils"},
    "plugins/plugin_utils": PYTHON
    | CORE
    | AWS
    | YAML
    | {"ansible", f"{PRODUCT}.plugins.plugin_utils"},
    "plugins/filter": PYTHON | CORE | {"ansible"},
    "plugins/doc_fragments": PYTHON,
}
"""What the files of a folder may import; a name stands for itself and all below it."""

ROOT_ROOM = ""
BEFORE = {
    ROOT_ROOM: set(),
    "policies": {ROOT_ROOM},
    "iam": {ROOT_ROOM, "policies"},
    "stacks": {ROOT_ROOM},
    "templates": {ROOT_ROOM, "policies", "iam", "stacks"},
    "input": {ROOT_ROOM, "policies", "iam"},
    "report": {ROOT_ROOM, "policies", "iam", "stacks", "templates"},
    "desired": {ROOT_ROOM, "policies", "iam", "stacks", "templates", "input", "report"},
}
"""The rooms of the core, each with those that its files may import besides their own."""


def imported(source: str, package: str) -> set[str]:
    """Return the full names of the modules that a source imports from within a package."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            # "from .. import _aws" and "from urllib import request" name modules, too.
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return found


def is_within(name: str, packages: set[str]) -> bool:
    return any(name == p or name.startswith(f"{p}.") for p in packages)


def offences(name_of_folder: str, names: set[str]) -> list[str]:
    """Return the imports that a folder may not have, sorted."""
    allowed = MAY_IMPORT[name_of_folder]
    banned = IMPURE if name_of_folder.endswith("_core") else set()
    return sorted(n for n in names if not is_within(n, allowed) or is_within(n, banned))


def folder_of(path: Path) -> str:
    relative = path.relative_to(ROOT).as_posix()
    (folder,) = (f for f in MAY_IMPORT if relative.startswith(f"{f}/"))
    return folder


def package_of(path: Path) -> str:
    return ".".join([PRODUCT, *path.relative_to(ROOT).parent.parts])


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", files("plugins"), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_plugins_import_only_what_their_layer_may(path: Path) -> None:
    assert offences(folder_of(path), imported(path.read_text(), package_of(path))) == []


def room_of(name: str) -> str | None:
    """Return the room of the core that a full name is in; none is elsewhere."""
    if not name.startswith(f"{UTILS}._core."):
        return None
    first = name.removeprefix(f"{UTILS}._core.").split(".")[0]
    return first if first in BEFORE else ROOT_ROOM


def wrong_arrows(room: str, names: set[str]) -> list[str]:
    """Return the imports that lead into a room that a room may not use."""
    return sorted(n for n in names if room_of(n) not in {None, room, *BEFORE[room]})


@pytest.mark.parametrize(
    "path", files("plugins/module_utils/_core"), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_rooms_use_only_the_rooms_before_them(path: Path) -> None:
    room = room_of(f"{package_of(path)}.{path.stem}")
    assert room is not None
    assert wrong_arrows(room, imported(path.read_text(), package_of(path))) == []


@pytest.mark.parametrize(
    ("room", "source", "found"),
    [
        ("policies", "from ..change import Json", []),
        ("policies", "from ..iam.users import JumpUser", [f"{UTILS}._core.iam.users.JumpUser"]),
        ("desired", "from ..report.links import url", []),
        ("stacks", "from ..policies import document", [f"{UTILS}._core.policies.document"]),
        ("input", "from .accounts import parse_accounts", []),
    ],
)
def test_a_wrong_arrow_is_found(room: str, source: str, found: list[str]) -> None:
    assert wrong_arrows(room, imported(source, f"{UTILS}._core.{room}")) == found


def test_no_room_uses_itself_through_others() -> None:
    assert set(graphlib.TopologicalSorter(BEFORE).static_order()) == BEFORE.keys()


def test_every_folder_of_the_core_is_a_room() -> None:
    folders = {path.parent.name for path in files("plugins/module_utils/_core")}
    assert folders == {room or "_core" for room in BEFORE}


def clocks(source: str) -> set[str]:
    """Return the clocks of datetime that a source reads."""
    nodes = ast.walk(ast.parse(source))
    return {n.attr for n in nodes if isinstance(n, ast.Attribute)} & CLOCKS


@pytest.mark.parametrize("path", files("plugins/module_utils/_core"), ids=lambda p: p.name)
def test_the_core_reads_no_clock(path: Path) -> None:
    assert clocks(path.read_text()) == set()


def test_a_clock_is_found() -> None:
    assert clocks("import datetime\nprint(datetime.datetime.now())") == {"now"}


def test_every_layer_has_files() -> None:
    layers = ("_core", "_aws", "_shell")
    assert all(files(f"plugins/module_utils/{layer}") for layer in layers)
    assert files("plugins/modules")


@pytest.mark.parametrize("path", files("sandbox"), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_sandbox_knows_nothing_of_the_product(path: Path) -> None:
    names = imported(path.read_text(), ".".join(path.relative_to(ROOT).parent.parts))
    assert [n for n in names if is_within(n, {"ansible_collections", "ansible", "plugins"})] == []


@pytest.mark.parametrize(
    ("folder", "source", "found"),
    [
        ("_core", "import json", []),
        ("_core", "from .change import Kind", []),
        ("_core", "import boto3", ["boto3"]),
        ("_core", "import time", ["time"]),
        ("_core", "from urllib import request", ["urllib.request"]),
        ("_core", "from urllib.parse import quote", []),
        ("_core", "from datetime import datetime", []),
        ("_core", "from .._aws.errors import doing", [f"{UTILS}._aws.errors.doing"]),
        ("_core", "from .. import _aws", [f"{UTILS}._aws"]),
        ("_core", "def f():\n    import random", ["random"]),
        ("_core", "from ansible.errors import AnsibleError", ["ansible.errors.AnsibleError"]),
        ("_aws", "from botocore.config import Config", []),
        ("_aws", "from .._core.change import Kind", []),
        ("_aws", "from .._shell.apply import apply_plan", [f"{UTILS}._shell.apply.apply_plan"]),
        ("_aws", "from ansible.errors import AnsibleError", ["ansible.errors.AnsibleError"]),
        ("_shell", "import botocore.stub", ["botocore.stub"]),
        ("_shell", "import sandbox", ["sandbox"]),
    ],
)
def test_the_rule_finds_what_breaks_it(folder: str, source: str, found: list[str]) -> None:
    layer = f"plugins/module_utils/{folder}"
    assert offences(layer, imported(source, f"{UTILS}.{folder}")) == found
