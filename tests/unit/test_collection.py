# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must agree in the collection: action groups, role defaults, plays."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._aws_module import ActionModule
from packaging.specifiers import SpecifierSet

from scripts.role_readmes import build_readme, plain

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path for path in ROOT.glob("roles/*") if path.is_dir())


def load(path: Path) -> dict:
    return yaml.safe_load(path.read_text()) or {}


def test_the_action_group_holds_exactly_the_modules_with_connection_options() -> None:
    listed = load(ROOT / "meta" / "runtime.yml")["action_groups"]["aws"]
    modules = {
        path.stem
        for path in (ROOT / "plugins" / "modules").glob("*.py")
        if "- amazon.aws.boto3" in path.read_text()
    }
    assert sorted(listed) == sorted(modules)
    assert listed == sorted(listed)


def test_every_module_with_connection_options_gets_the_session_of_the_run() -> None:
    for name in load(ROOT / "meta" / "runtime.yml")["action_groups"]["aws"]:
        action = importlib.import_module(
            f"ansible_collections.jumpaccount.aws.plugins.action.{name}"
        )
        assert issubclass(action.ActionModule, ActionModule), name


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_argument_specification_tells_the_defaults(role: Path) -> None:
    entry = load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]
    specified = {
        name: option["default"] for name, option in entry["options"].items() if "default" in option
    }
    assert specified == load(role / "defaults" / "main.yml")


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_variables_of_a_role_begin_with_its_name(role: Path) -> None:
    assert [n for n in load(role / "defaults" / "main.yml") if not n.startswith(role.name)] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_readme_of_a_role_says_what_its_specification_says(role: Path) -> None:
    """Run `python -m scripts.role_readmes` after a change of the specification."""
    assert (role / "README.md").read_text() == build_readme(role)


def test_markup_of_ansible_becomes_markdown() -> None:
    assert plain("O(a=b) of\n M(x.y.z#module), C(c)") == "`a=b` of `x.y.z`, `c`"


def test_the_bounds_of_amazon_aws_are_what_the_readme_says_is_tested() -> None:
    tested = re.findall(r"amazon\.aws (\d+)\.(\d+)", (ROOT / "README.md").read_text())
    (lowest, (major, minor)) = sorted({(int(major), int(minor)) for major, minor in tested})
    bounds = load(ROOT / "galaxy.yml")["dependencies"]["amazon.aws"]
    lower = re.escape(f">={lowest[0]}.{lowest[1]}.")
    assert re.fullmatch(rf"{lower}\d+,<{major}\.{minor + 1}\.0", bounds)


def test_the_amazon_aws_that_the_tests_run_with_is_within_the_bounds() -> None:
    (folder,) = importlib.import_module("ansible_collections.amazon.aws").__path__
    info = json.loads((Path(folder) / "MANIFEST.json").read_text())["collection_info"]
    bounds = load(ROOT / "galaxy.yml")["dependencies"]["amazon.aws"]
    assert info["version"] in SpecifierSet(bounds)


PINNED = {
    "hosts": "all:localhost",
    "strategy": "linear",
    "connection": "local",
    "become": False,
    "gather_facts": False,
    "any_errors_fatal": True,
    "debugger": "never",
    "timeout": 0,
    "vars_files": "vars/controller.yml",
}
"""What ansible.cfg or the inventory of a company could set for every play."""


@pytest.mark.parametrize("path", sorted(ROOT.glob("playbooks/*.yml")), ids=lambda path: path.stem)
def test_every_play_sets_what_it_depends_on(path: Path) -> None:
    plays = load(path)
    assert plays
    for play in plays:
        assert {name: play.get(name) for name in PINNED} == PINNED


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_the_documentation_of_roles_holds_no_expression(role: Path) -> None:
    # Ansible evaluates the whole argument specification, so one in a description fails every run.
    text = (role / "meta" / "argument_specs.yml").read_text()
    lines = [line.strip() for line in text.splitlines() if "{{" in line]
    assert [line for line in lines if not line.startswith("default: ")] == []
