# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a value was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.jumpaccount.aws.plugins.plugin_utils import _origins
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._origins import (
    is_from_ini,
    line_of,
    parts_of,
    path_of,
    place,
    place_of,
    real_path,
)

TEXT = "roster:\n  - name: ana\n  - name: bo\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file in the working directory."""
    monkeypatch.chdir(tmp_path)
    real_path.cache_clear()
    path = tmp_path / "roster.yml"
    path.write_text(TEXT)
    return path


def load(path: Path) -> Any:
    """Return the content of a file as Ansible has it."""
    return DataLoader().load_from_file(str(path))


def test_values_of_a_file_know_their_place(path: Path) -> None:
    ana, bo = load(path)["roster"]
    assert (path_of(bo), line_of(bo), place_of(bo)) == (str(path), 3, "roster.yml:3")
    assert place_of(ana["name"]) == "roster.yml:2"


def test_a_link_has_the_name_of_its_file(path: Path) -> None:
    link = path.with_name("link.yml")
    link.symlink_to(path)
    assert path_of(load(link)) == str(path)


def test_what_no_file_says_has_no_place() -> None:
    for value in ("made", ["made"], {"made": 1}, None, 7):
        assert (path_of(value), line_of(value), place_of(value)) == (None, None, "")


def test_an_ansible_without_origins_knows_no_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load(path)
    monkeypatch.setattr(_origins, "Origin", None)
    assert (path_of(found), place_of(found)) == (None, "")


def test_places_below_the_working_directory_are_short(path: Path) -> None:
    below, above = path.parent / "a" / "b.yml", path.parent.parent / "b.yml"
    assert place(str(below), 4) == "a/b.yml:4"
    assert place(str(below), None) == "a/b.yml"
    assert place(str(above), 4) == f"{above}:4"


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ({"a": 1, "b": 2}, [{"a": 1, "b": 2}, "a", "b", 1, 2]),
        ([1, 2], [[1, 2], 1, 2]),
        ("text", ["text"]),
    ],
)
def test_parts(value: Any, parts: list[Any]) -> None:
    assert list(parts_of(value)) == parts


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hosts", True),
        ("accounts.ini", True),
        ("accounts.yml", False),
        ("accounts.json", False),
        ("group_vars/all", False),
        ("host_vars/jump/own", False),
    ],
)
def test_what_an_ini_inventory_says(path: Path, name: str, expected: bool) -> None:
    file = path.parent / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(TEXT)
    assert is_from_ini(load(file)["roster"][0]["name"]) is expected
    assert is_from_ini("made") is False
