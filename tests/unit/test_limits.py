# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Functions of at most 40 lines and files of at most 300, documentation blocks left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_MOST, FUNCTION_MEDIAN_MOST, FILE_MOST = 40, 10, 300
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}

FILES = sorted(path for folder in ("plugins", "scripts") for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Yield the name and the number of lines of every function."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, lines(node)


def documentation_lines(source: str) -> int:
    """Return how many lines the documentation blocks of a module have."""
    return sum(
        lines(node)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id in DOCUMENTATION for t in node.targets)
    )


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_function_is_too_long(path: Path) -> None:
    assert {n: size for n, size in functions(path.read_text()) if size > FUNCTION_MOST} == {}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_is_too_long(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) - documentation_lines(source) <= FILE_MOST


def test_most_functions_are_short() -> None:
    assert median(n for p in FILES for _, n in functions(p.read_text())) <= FUNCTION_MEDIAN_MOST


def test_the_measures() -> None:
    source = 'DOCUMENTATION = """\na\n"""\n\n\ndef outer():\n    def inner():\n        pass\n'
    assert dict(functions(source)) == {"outer": 3, "inner": 2}
    assert documentation_lines(source) == 3
