# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built collection holds the product's tracked files, and nothing that a company keeps beside.

It is built in a copy of the work tree, where files lie that must not leave a company.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile

import pytest

from scripts.galaxy_import import ROOT, build

MADE_BY_THE_BUILD = {"FILES.json", "MANIFEST.json"}

TOOLS = (
    *(".ansible-lint", ".ci/", ".github/", ".gitignore", ".pre-commit-config.yaml", ".yamllint"),
    *("CODE_OF_CONDUCT.md", "LICENSES/", "Makefile", "RELEASING.md", "REUSE.toml", "ansible.cfg"),
    "benchmarks/",
    *("collections/", "extensions/molecule/", "galaxy.yml", "inventories/sandbox/"),
    "locks/",
    *("pyproject.toml", "requirements", "sandbox/", "scripts/", "tests/"),
)
"""What development needs and users do not; whatever else is tracked is published."""

NAMES = ("roster.yml", "vault.yml", "accounts.yml", ".env", ".vault_pass", "people.csv", "id_rsa")
FOLDERS = (
    *("", "inventories", "inventories/mine", "inventories/mine/group_vars/all"),
    *("inventories/mine/host_vars", "inventories/example/host_vars", "inventories/example/mine"),
    *("inventories/example/group_vars", "group_vars/all", "host_vars", "vars", "files", "mine"),
    *("playbooks", "playbooks/vars", "playbooks/group_vars/all", "playbooks/inventory"),
    *("roles", "roles/jump", "roles/jump/vars", "roles/jump/files", "roles/jump/defaults"),
    *("roles/jump/meta", "meta", "docs", "changelogs", "plugins", "plugins/plugin_utils"),
    *("plugins/modules", "extensions", ".venv", ".cache", ".ansible"),
)
BESIDE = (
    *("inventories/example/group_vars/all/vault.yml", "inventories/example/accounts.yml~"),
    *("inventories/example/group_vars/all/roster.yml.orig", "playbooks/bootstrap.retry"),
    *("jumpaccount-aws-0.0.1.tar.gz", "plugins/modules/__pycache__/jump_user.cpython-311.pyc"),
    "roles/jump/tasks/main.yml.bak",
)
PLANTED = sorted(
    {f"{folder}/{name}".lstrip("/") for folder in FOLDERS for name in NAMES} | {*BESIDE}
)
SECRET = b"planted: 4b1d"


@pytest.fixture(scope="session")
def tracked() -> list[str]:
    """Return the paths that git knows and that are there."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


@pytest.fixture(scope="session")
def artefact(tmp_path_factory: pytest.TempPathFactory, tracked: list[str]) -> dict[str, bytes]:
    """Return the files of a collection that is built where a company keeps its own files."""
    tree = tmp_path_factory.mktemp("clone")
    for name in tracked:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name, follow_symlinks=False)
    for name in PLANTED:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(SECRET)
    with tarfile.open(build(tmp_path_factory.mktemp("built"), tree)) as archive:
        members = [member for member in archive.getmembers() if not member.isdir()]
        return {member.name: archive.extractfile(member).read() for member in members}


def test_the_artefact_holds_exactly_what_is_tracked_and_no_tool(
    artefact: dict[str, bytes], tracked: list[str]
) -> None:
    """Name a new file of the product in galaxy.yml, and a new tool in the table above."""
    product = {name for name in tracked if not name.startswith(TOOLS)}
    assert set(artefact) == product | MADE_BY_THE_BUILD


def test_nothing_that_a_company_keeps_in_its_clone_is_published(
    artefact: dict[str, bytes],
) -> None:
    assert set(PLANTED) & set(artefact) == set()
    assert [name for name, content in artefact.items() if SECRET in content] == []


def test_each_entry_of_the_table_of_tools_is_there(tracked: list[str]) -> None:
    assert [tool for tool in TOOLS if not any(name.startswith(tool) for name in tracked)] == []


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("inventories/mine/accounts.yml", True),
        ("inventories/mine/group_vars/all/roster.yml", True),
        ("inventories/roster.yml", True),
        (".env", True),
        ("playbooks/.env", True),
        ("inventories/example/accounts.yml", False),
        ("inventories/example/group_vars/all/new.yml", False),
        ("inventories/sandbox/accounts.yml", False),
    ],
)
def test_git_ignores_inventories_but_those_of_the_product(path: str, ignored: bool) -> None:
    command = ["git", "-C", str(ROOT), "check-ignore", "--quiet", "--no-index", path]
    assert subprocess.run(command, check=False).returncode == (0 if ignored else 1)
