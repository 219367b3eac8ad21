# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links of the documents lead somewhere, both READMEs say the same, and quoted errors exist."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "sandbox" / "README.md"])
CODE = ("plugins", "roles", "playbooks")


def tokens(path: Path) -> list[Token]:
    """Return what a page is made of, tables included."""
    return MarkdownIt("commonmark").enable("table").parse(path.read_text())


def headings(path: Path) -> list[tuple[str, str]]:
    """Return the level and the text of each heading."""
    found = tokens(path)
    pairs = pairwise(found)
    return [(t.tag, inline.content) for t, inline in pairs if t.type == "heading_open"]


def anchors(path: Path) -> set[str]:
    """Return what GitHub lets a link point at within a page."""
    texts = [re.sub(r"[^\w\- ]", "", text.lower()) for _level, text in headings(path)]
    return {text.replace(" ", "-") for text in texts}


def inlines(path: Path) -> list[Token]:
    return [child for token in tokens(path) for child in token.children or ()]


def targets(path: Path) -> list[str]:
    """Return where the links and pictures of a page lead, in order."""
    attributes = [token.attrs.get("href") or token.attrs.get("src") for token in inlines(path)]
    return [str(target) for target in attributes if target]


def commands(path: Path) -> list[str]:
    """Return the blocks of commands and files of a page."""
    return [token.content for token in tokens(path) if token.type == "fence"]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    wrong = []
    for target in targets(path):
        parts = urlsplit(target)
        if parts.scheme:
            continue
        file = (path.parent / parts.path).resolve() if parts.path else path
        if not file.exists() or (parts.fragment and parts.fragment not in anchors(file)):
            wrong.append(target)
    assert wrong == []


def test_both_readmes_have_the_same_parts_commands_and_links() -> None:
    english, japanese = ROOT / "README.md", ROOT / "README.ja.md"
    levels = [[level for level, _text in headings(path)] for path in (english, japanese)]
    assert levels[0] == levels[1]
    assert commands(english) == commands(japanese)
    assert targets(english) == targets(japanese)
    items = [
        sum(token.type in ("list_item_open", "tr_open") for token in tokens(path))
        for path in (english, japanese)
    ]
    assert items[0] == items[1]


def strings() -> str:
    """Return all texts of the product, those of Python with values left out as '{}'."""
    found = []
    for path in (p for folder in CODE for p in (ROOT / folder).rglob("*") if p.is_file()):
        if path.suffix == ".yml":
            found.append(path.read_text())
        elif path.suffix == ".py":
            tree = ast.parse(path.read_text())
            nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Constant | ast.JoinedStr)]
            found += [text_of(node) for node in nodes]
    return "\n".join(found)


def text_of(node: ast.expr) -> str:
    """Return the text of a string, without its values."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(v) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_every_error_of_the_troubleshooting_page_exists() -> None:
    """A heading there quotes the beginning of a message, and '...' for what differs."""
    quoted = [
        text.strip("`")
        for level, text in headings(ROOT / "docs" / "troubleshooting.md")
        if level == "h3"
    ]
    known = " ".join(strings().split())
    pieces = {text: [p.strip() for p in text.split("...") if p.strip()] for text in quoted}
    missing = {t: [p for p in found if p not in known] for t, found in pieces.items()}
    assert len(quoted) > 10
    assert {text: gone for text, gone in missing.items() if gone} == {}
