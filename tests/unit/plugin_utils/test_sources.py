# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with the files of the input, and which of them won."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import constants, context
from ansible.parsing.dataloader import DataLoader
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._origins import real_path
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._sources import Sources

INVENTORY = """\
all:
  children:
    jump_accounts:
      hosts:
        jump: {account_id: "111111111111"}
    member_accounts:
      hosts:
        a: {account_id: "222222222222", stage: prod}
"""
ROSTER = "roster:\n  - name: ana\n  - name: bo\n"
LEVELS = "levels:\n  admin: {managed_policies: [AdministratorAccess]}\n"
GROUPS = {
    "all": ["jump", "a"],
    "jump_accounts": ["jump"],
    "member_accounts": ["a"],
    "others": ["web"],
}

Given = Callable[..., Sources]


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Given:
    """Return a function that writes files and reads the sources of a run with them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(context, "CLIARGS", {})
    real_path.cache_clear()

    def write(files: dict[str, str], winner: str = "group_vars/all/roster.yml") -> Sources:
        everything = {
            "accounts.yml": INVENTORY,
            "group_vars/all/roster.yml": ROSTER,
            "group_vars/all/levels.yml": LEVELS,
            **files,
        }
        for name, text in everything.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        loader = DataLoader()
        variables = {
            "ansible_inventory_sources": [str(tmp_path / "accounts.yml")],
            "playbook_dir": str(tmp_path / "playbooks"),
            "groups": GROUPS,
        }
        lists = {
            "roster": load(loader, tmp_path / winner)["roster"],
            "levels": load(loader, tmp_path / "group_vars/all/levels.yml")["levels"],
        }
        return Sources(loader, variables, lists, hosts=("jump", "a"))

    return write


def load(loader: DataLoader, path: Path) -> Any:
    """Return the content of a file as Ansible has it."""
    return loader.load_from_file(str(path))


def problems(sources: Sources) -> list[str]:
    """Return place and text of all problems."""
    return [f"{place}: {text}" for place, text in sources.problems()]


def test_good_files_have_no_problem_and_are_named(given: Given) -> None:
    sources = given({})
    assert problems(sources) == []
    assert sources.report() == {
        "roster": "group_vars/all/roster.yml:1",
        "levels": "group_vars/all/levels.yml:1",
        "also": [],
        "unread": [],
    }


def test_a_key_that_is_written_twice_anywhere(given: Given) -> None:
    host = INVENTORY.replace("stage: prod", "stage: prod, stage: prod")
    sources = given({"accounts.yml": host, "host_vars/a.yml": "x:\n  y: 1\n  y: 2\n"})
    said = "of the same mapping, and Ansible would use only the last one; keep one"
    assert problems(sources) == [
        f"accounts.yml:8: the key 'stage' is already on line 8 {said}",
        f"host_vars/a.yml:3: the key 'y' is already on line 2 {said}",
    ]


def test_a_key_that_the_command_line_says_twice(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    inline = ('{"jump_region": "x", "jump_region": "y"}', "user_name=ana", "@file.yml")
    monkeypatch.setattr(context, "CLIARGS", {"extra_vars": inline})
    (problem,) = problems(given({}))
    assert problem.startswith("-e: the key 'jump_region' is already on line 1")


def test_a_key_with_which_ansible_skips_a_part(given: Given) -> None:
    (problem,) = problems(given({"accounts.yml": INVENTORY.replace("  hosts:", "  host:", 1)}))
    assert problem == (
        "accounts.yml:4: Ansible ignores 'host' in group 'jump_accounts'; a group can only have "
        "vars, hosts and children"
    )


def test_two_values_of_one_variable(given: Given) -> None:
    files = {"host_vars/a/x.yml": "stage: test\n", "host_vars/a/y.json": '{"stage": "other"}'}
    assert problems(given(files)) == [
        "host_vars/a stage: is 'test' in host_vars/a/x.yml:1 and 'other' in host_vars/a/y.json:1; "
        "Ansible would use only one of them, so keep one"
    ]


def test_two_hosts_of_one_name_in_an_ini_inventory(given: Given, tmp_path: Path) -> None:
    sources = given({"hosts": "a stage=prod\n[member_accounts]\na stage=test company=x\n"})
    sources.variables["ansible_inventory_sources"].append(str(tmp_path / "hosts"))
    (problem,) = problems(sources)
    assert problem == (
        "a stage: is 'prod' in hosts:1 and 'test' in hosts:3, 'prod' in accounts.yml:8; Ansible "
        "would use only one of them, so keep one"
    )


def test_other_definitions_and_files_that_nobody_reads_are_told(given: Given) -> None:
    files = {
        "group_vars/all/roster_old.yml": ROSTER,
        "group_vars/member_accounts.yml": "jump_roster: []\n",
        "group_vars/others.yml": ROSTER,
        "group_vars/mebmer_accounts.yml": "x: 1\n",
        "host_vars/b.yml": "x: 1\n",
        "host_vars/localhost.yml": "x: 1\n",
    }
    report = given(files, winner="group_vars/all/roster_old.yml").report()
    assert report["roster"] == "group_vars/all/roster_old.yml:1"
    assert report["also"] == [
        {"variable": "roster", "source": "group_vars/all/roster.yml:1"},
        {"variable": "roster", "source": "group_vars/member_accounts.yml:1"},
    ]
    assert report["unread"] == ["group_vars/mebmer_accounts", "host_vars/b"]


def test_a_roster_of_several_files_names_them_all(given: Given, tmp_path: Path) -> None:
    sources = given({"group_vars/all/more.yml": "guests:\n  - name: cy\n"})
    guests = load(DataLoader(), tmp_path / "group_vars/all/more.yml")["guests"]
    joined = [*sources.lists["roster"], *guests]
    sources.lists = {**sources.lists, "roster": joined}
    assert sources.report()["roster"] == "group_vars/all/more.yml:2, group_vars/all/roster.yml:1"


@pytest.mark.parametrize(("setting", "is_refused"), [("warn", True), ("error", False)])
def test_what_is_computed_cannot_be_searched(
    given: Given, monkeypatch: pytest.MonkeyPatch, setting: str, is_refused: bool
) -> None:
    sources = given({})
    sources.lists = {"roster": [{"name": "made"}], "levels": None}
    monkeypatch.setattr(constants.config, "get_config_value", lambda _name: setting)
    found = problems(sources)
    assert bool(found) is is_refused
    assert all(text.startswith("roster: the value is computed, so its source") for text in found)


def test_what_is_no_yaml_or_encrypted_says_nothing(given: Given) -> None:
    sources = given({"group_vars/all/broken.yml": "a: [\n", "host_vars/a.yml": "$ANSIBLE_VAULT;1"})
    assert problems(sources) == []
