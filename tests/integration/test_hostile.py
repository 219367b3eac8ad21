# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every playbook does the same whatever ansible.cfg and the inventory of a company say."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml

from .conftest import ROOT, Played, World

PLAYBOOKS = sorted(path.stem for path in ROOT.glob("playbooks/*.yml"))

EVERYWHERE = {
    "ansible_connection": "ssh",
    "ansible_user": "deploy",
    "ansible_port": 2222,
    "ansible_become": True,
    "ansible_become_method": "su",
    "ansible_python_interpreter": "/no/such/python",
    "ansible_shell_type": "powershell",
    "ansible_shell_executable": "/no/such/fish",
    "ansible_remote_tmp": "/dev/null/tmp",
    "ansible_pipelining": False,
}
"""Company-wide variables of hosts that are machines."""

SETTINGS = {
    "HOME": "/dev/null/home",
    "LANG": "C",
    "SHELL": "/no/such/fish",
    "ANSIBLE_ANY_ERRORS_FATAL": "true",
    "ANSIBLE_BECOME": "true",
    "ANSIBLE_CACHE_PLUGIN": "jsonfile",
    "ANSIBLE_ENABLE_TASK_DEBUGGER": "true",
    "ANSIBLE_ERROR_ON_UNDEFINED_VARS": "false",
    "ANSIBLE_EXECUTABLE": shutil.which("fish") or "/bin/bash",
    "ANSIBLE_GATHERING": "smart",
    "ANSIBLE_HASH_BEHAVIOUR": "merge",
    "ANSIBLE_INJECT_FACT_VARS": "false",
    "ANSIBLE_JINJA2_NATIVE": "true",
    "ANSIBLE_PRIVATE_ROLE_VARS": "true",
    "ANSIBLE_REMOTE_PORT": "2222",
    "ANSIBLE_REMOTE_TEMP": "/dev/null/tmp",
    "ANSIBLE_REMOTE_USER": "deploy",
    "ANSIBLE_TASK_TIMEOUT": "1",
    "ANSIBLE_TRANSPORT": "ssh",
}
"""What a company may have in its ansible.cfg or its shell."""

VARIANTS = [
    {"ANSIBLE_STRATEGY": "free", "ANSIBLE_FORKS": "50", "ANSIBLE_STDOUT_CALLBACK": "json"},
    {"ANSIBLE_STRATEGY": "host_pinned", "ANSIBLE_FORKS": "1", "ANSIBLE_STDOUT_CALLBACK": "dense"},
    {"ANSIBLE_STRATEGY": "free", "ANSIBLE_FORKS": "1", "ANSIBLE_STDOUT_CALLBACK": "minimal"},
]


@dataclass
class HostileWorld(World):
    """A world with settings that only its environment and its inventory hold."""

    settings: dict[str, str] = field(default_factory=dict)

    def environment(self, log: Path) -> dict[str, str]:
        """Return the environment of a run."""
        return {**super().environment(log), **self.settings}

    def be_hostile(self, variant: dict[str, str]) -> None:
        """Set everything that a playbook must not depend on."""
        folders = {"ANSIBLE_HOME": "home", "ANSIBLE_CACHE_PLUGIN_CONNECTION": "facts"}
        paths = {name: str(self.folder / folder) for name, folder in folders.items()}
        self.settings = {**SETTINGS, **paths, **variant}
        path = self.folder / "inventory.yml"
        inventory = yaml.safe_load(path.read_text())
        inventory["all"]["vars"].update(EVERYWHERE)
        path.write_text(yaml.safe_dump(inventory, sort_keys=False))

    def counted(self, playbook: str) -> tuple[Played, dict[str, int]]:
        """Run a playbook that must succeed; return its result and the calls it made by action."""
        before = self.sandbox.calls()["by_action"]
        played = self.play_well(playbook)
        after = self.sandbox.calls()["by_action"]
        made = {name: count - before.get(name, 0) for name, count in after.items()}
        return played, {name: count for name, count in made.items() if count}


@pytest.fixture
def company(estate: World) -> HostileWorld:
    """A company after its first bootstrap, without any settings yet."""
    # Which interpreter runs the modules, and how, is part of what is tried here.
    return HostileWorld(replace(estate.sandbox, interpreters={}), estate.folder)


@pytest.mark.parametrize("number", range(len(PLAYBOOKS)), ids=PLAYBOOKS)
def test_a_run_again(company: HostileWorld, number: int):
    _played, expected = company.counted(PLAYBOOKS[number])
    company.sandbox.reset()
    company.bootstrap_once()
    company.be_hostile(VARIANTS[number % len(VARIANTS)])
    played, calls = company.counted(PLAYBOOKS[number])
    assert played.changes == []
    assert calls == expected


def without_looks(calls: dict[str, int]) -> dict[str, int]:
    """Return calls without those that look whether something is finished: time decides on them."""
    return {name: count for name, count in calls.items() if ":Describe" not in name}


def test_the_first_run(company: HostileWorld):
    company.sandbox.reset()
    expected = company.bootstrap_once()
    made = company.sandbox.calls()["by_action"]
    company.sandbox.reset()
    company.be_hostile(VARIANTS[0])
    played, calls = company.counted("bootstrap")
    assert played.changes == expected.changes
    assert without_looks(calls) == without_looks(made)
