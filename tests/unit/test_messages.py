# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every variable and option that a message names exists, and is the one that people set."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for path in sorted((ROOT / "plugins").rglob("*.py"))
    if path.parent.name not in ("modules", "doc_fragments")
]
TEXTS = sorted(
    path
    for pattern in ("README.md", "docs/*.md", "roles/**/*.yml", "playbooks/**/*.yml")
    for path in ROOT.glob(pattern)
)
VARIABLE = re.compile(r"\b(?:jump|member_account)_[a-z0-9_]+\b")
ADVISED = re.compile(r"\b(?:[Ss]et|[Gg]ive|[Rr]aise|-e) ([a-z]+(?:_[a-z]+)+|adopt|prune|purge)\b")
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
INVENTORY = {"jump_accounts", "member_accounts", "aws_profile", "bootstrap_role_arn", "aws_region"}


SAMPLES = ("EXAMPLES", "RETURN")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text()) or {}


def role_variables() -> set[str]:
    """Return the variables that the roles take."""
    specs = [load(path)["argument_specs"] for path in ROOT.glob("roles/*/meta/argument_specs.yml")]
    return {name for spec in specs for entry in spec.values() for name in entry.get("options", {})}


def options_in(documented: Any) -> Iterator[str]:
    """Yield the names of options, those within others too."""
    for name, option in (documented or {}).items():
        yield name
        yield from options_in(option.get("suboptions"))


def module_options() -> set[str]:
    """Return the options of all modules."""
    blocks = [
        node.value.value
        for folder in ("modules", "doc_fragments")
        for path in (ROOT / "plugins" / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if "options:" in str(node.value.value) and ast.unparse(node.targets[0]) not in SAMPLES
    ]
    return {name for text in blocks for name in options_in(yaml.safe_load(text).get("options"))}


ROLES = {path.name for path in (ROOT / "roles").iterdir() if path.is_dir()}
INTERNAL = {name for path in ROOT.glob("roles/*/vars/main.yml") for name in load(path)}
MODULES = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
VARIABLES = role_variables()
OPTIONS = module_options()


def tasks_in(tasks: Any) -> Iterator[dict[str, Any]]:
    for task in tasks:
        yield task
        yield from tasks_in(task.get("block", []))


def exposed() -> dict[str, set[str]]:
    """Return the options that roles pass on, each with the variables that people set for them."""
    found: dict[str, set[str]] = {}
    for path in ROOT.glob("roles/*/tasks/*.yml"):
        for task in tasks_in(load(path)):
            called = [value for key, value in task.items() if key.startswith("jumpaccount.aws.")]
            for option, value in (item for call in called for item in call.items()):
                match = re.fullmatch(r"\{\{ (\w+)(?: \|.*)? \}\}", str(value))
                if match and match[1] in VARIABLES:
                    found.setdefault(option, set()).add(match[1])
    return found


EXPOSED = exposed()


def messages(source: str) -> Iterator[str]:
    """Yield the texts of a source as far as they are constant, without its documentation."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    whole = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if id(node) in docs or id(node) in whole:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)


def unknown_variables(text: str) -> list[str]:
    """Return what looks like a variable of ours and is none."""
    known = VARIABLES | OPTIONS | MODULES | ROLES | INVENTORY
    return sorted(set(VARIABLE.findall(text)) - known)


def unknown_advice(text: str) -> list[str]:
    """Return what a text tells people to set, although nothing takes it."""
    return sorted(set(ADVISED.findall(text)) - VARIABLES - OPTIONS - INVENTORY)


def unsettable(text: str) -> list[str]:
    """Return options that a text tells people to set without the variable of the roles."""
    return sorted(o for o in set(ADVISED.findall(text)) & set(EXPOSED) if not _names(text, o))


def _names(text: str, option: str) -> bool:
    return any(variable in text for variable in EXPOSED[option])


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_messages_name_what_exists_and_can_be_set(path: Path) -> None:
    texts = list(messages(path.read_text()))
    for check in (unknown_variables, unknown_advice, unsettable):
        assert {text: wrong for text in texts if (wrong := check(text))} == {}, check.__name__


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_documents_and_roles_name_variables_that_exist(path: Path) -> None:
    text = EXPRESSION.sub("", path.read_text())
    registered = set(re.findall(r"^\s*(?:register: (\w+)|(\w+):)", text, re.M))
    own = {name for pair in registered for name in pair} | INTERNAL
    assert [name for name in unknown_variables(text) if name not in own] == []


@pytest.mark.parametrize(
    ("check", "text", "wrong"),
    [
        (unknown_variables, "Raise jump_max_removal_ration.", ["jump_max_removal_ration"]),
        (unknown_variables, "jump_max_removal_ratio of jump_group in jump_accounts", []),
        (unknown_advice, "set no_such_option", ["no_such_option"]),
        (unknown_advice, "set aws_profile, or set adopt", []),
        (unsettable, "set adopt to take it over", ["adopt"]),
        (unsettable, "set adopt (jump_users_adopt in the roles) to take it over", []),
    ],
)
def test_the_checks_find_what_is_wrong(check: Any, text: str, wrong: list[str]) -> None:
    assert check(text) == wrong


def test_messages_are_found_whole_and_documentation_is_not() -> None:
    source = (
        '"""set a_b"""\n\ndef f(x):\n    """set c_d"""\n    return f"set {x} " f"or e_f", "g"\n'
    )
    assert sorted(messages(source)) == ["g", "set {} or e_f"]


def test_there_is_something_to_check() -> None:
    assert "jump_account_adopt_groups" in EXPOSED["adopt"]
    assert {"max_removal_ratio", "wait_timeout"} <= set(EXPOSED)
    assert len(VARIABLES) > 40
    assert len(OPTIONS) > 60
