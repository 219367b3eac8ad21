# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an inventory and of its variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._files import (
    inventory_files,
    inventory_sources,
    is_ini,
    stems,
    variable_files,
    variable_folders,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an inventory, its variables, and what is neither."""
    for name in (
        *("accounts.yml", "hosts", "more.ini", "deep/er.yaml", "old.json"),
        *(".hidden.yml", "accounts.yml.bak", "notes.txt", "group_vars/all.yml"),
        *("group_vars/both/levels.yml", "group_vars/prod.yml", "group_vars/.swp"),
        "host_vars/jump/own.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a: 1\n")
    return tmp_path


def names(folder: Path, paths: list[str]) -> list[str]:
    """Return paths as they are below the folder."""
    return [str(Path(path).relative_to(folder)) for path in paths]


def test_a_folder_holds_what_ansible_reads_of_it(folder: Path) -> None:
    found = names(folder, list(inventory_files([folder])))
    assert found == ["accounts.yml", "deep/er.yaml", "hosts", "more.ini", "old.json"]


@pytest.mark.parametrize(("mode", "is_read"), [(0o644, True), (0o755, False)])
def test_a_script_is_not_read_but_run(folder: Path, mode: int, is_read: bool) -> None:
    script = folder / "hosts"
    script.write_text("#!/bin/sh\necho '{}'\n")
    script.chmod(mode)
    assert (list(inventory_files([script])) == [str(script)]) is is_read


def test_what_is_executable_and_no_script_is_read(folder: Path) -> None:
    (folder / "hosts").chmod(0o755)
    assert names(folder, list(inventory_files([folder / "hosts"]))) == ["hosts"]


@pytest.mark.parametrize(
    ("path", "expected"), [("hosts", True), ("x.ini", True), ("x.yml", False), ("x.json", False)]
)
def test_files_in_ini_form(path: str, expected: bool) -> None:
    assert is_ini(path) is expected


def test_only_sources_that_are_files_count(folder: Path) -> None:
    there = str(folder / "accounts.yml")
    assert inventory_sources({"ansible_inventory_sources": [there, "a,b,"]}) == [Path(there)]
    assert inventory_sources({"ansible_inventory_sources": None}) == []
    assert inventory_sources({}) == []


def test_variables_lie_beside_the_inventory_and_the_playbook(folder: Path) -> None:
    sources = [str(folder), str(folder / "accounts.yml"), str(folder / "deep" / "er.yaml")]
    variables = {"ansible_inventory_sources": sources, "playbook_dir": str(folder / "deep")}
    assert variable_folders(variables) == [folder, folder / "deep"]


def test_files_of_the_named_groups_and_hosts_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    wanted = {"group_vars": {"all", "both", "gone"}, "host_vars": {"jump"}}
    found = list(variable_files(DataLoader(), [folder, folder / "deep"], wanted))
    assert [file.holder for file in found] == [
        "group_vars/all",
        "group_vars/both",
        "host_vars/jump",
    ]
    assert names(folder, [file.path for file in found]) == [
        "group_vars/all.yml",
        "group_vars/both/levels.yml",
        "host_vars/jump/own.yaml",
    ]


def test_for_whom_a_folder_has_variables(folder: Path) -> None:
    assert stems(folder / "group_vars") == {"all", "both", "prod"}
    assert stems(folder / "no_such") == set()
