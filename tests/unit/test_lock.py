# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The locks follow the requirements and name no address; setup installs nothing but them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.lock import DEV, PYTHONS, ROOT, RUN, Lock, header, path_of, read_lock

KINDS = {"run": RUN, "dev": DEV}
BOTH = [(kind, python) for kind in KINDS for python in PYTHONS]
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


def locked(kind: str, python: str) -> Lock:
    return read_lock(path_of(kind, python).read_text())


def requirements(python: str, files: tuple[str, ...]) -> list[Requirement]:
    """Return what files ask for on a Python."""
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines()]
    wanted = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]
    environment = {"python_version": python}
    return [r for r in wanted if r.marker is None or r.marker.evaluate(environment)]


@pytest.mark.parametrize(("kind", "python"), BOTH)
def test_a_lock_is_made_of_the_requirements_as_they_are(kind: str, python: str) -> None:
    """Run `make lock` after a change of the requirements."""
    assert path_of(kind, python).read_text().startswith(header(KINDS[kind]))


@pytest.mark.parametrize(("kind", "python"), BOTH)
def test_locks_pin_what_the_requirements_pin(kind: str, python: str) -> None:
    packages = {**locked("run", python), **(locked("dev", python) if kind == "dev" else {})}
    for requirement in requirements(python, KINDS[kind]):
        block = packages[canonicalize_name(requirement.name)]
        pin = block.split(" ")[0].removeprefix(f"{canonicalize_name(requirement.name)}==")
        assert str(requirement.specifier) == f"=={pin}"


@pytest.mark.parametrize(("kind", "python"), BOTH)
def test_a_lock_holds_pins_and_hashes_only(kind: str, python: str) -> None:
    """No address, no option, nothing that pip would fetch unchecked."""
    text = path_of(kind, python).read_text()
    packages = read_lock(text)
    assert text == header(KINDS[kind]) + "".join(packages.values())
    for block in packages.values():
        pin, *hashes = block.rstrip("\n").split(" \\\n")
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9A-Za-z.+]+", pin)
        assert hashes
        assert [line for line in hashes if not HASH.fullmatch(line)] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_tested_is_installed_beside_what_runs(python: str) -> None:
    assert set(locked("run", python)) & set(locked("dev", python)) == set()


ADDRESSES = re.compile(
    r"\bpypi\.|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|npmmirror|artifactory"
    r"|--(?:extra-|default-)?index\b|--find-links|index-url *=|INDEX(?:_URL)? *=|\"resolved\":",
    re.I,
)


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the choice of who installs them."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    files = {ROOT / name for name in listed.split("\0") if name} - {Path(__file__)}
    texts = {path: path.read_bytes().decode(errors="replace") for path in files if path.is_file()}
    assert [path for path, text in texts.items() if ADDRESSES.search(text)] == []


FAKE_PYTHON = """#!/usr/bin/env bash
case "$*" in
  "-c "*) echo "$FAKE_VERSION" ;;
  "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *) echo "$*" >>calls ;;
esac
"""


def set_up(folder: Path, version: str, *kinds: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a folder that has our locks, with a Python that says it is of a version."""
    (folder / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", folder / "scripts")
    shutil.copytree(ROOT / "locks", folder / "locks")
    python = folder / "fake_python"
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    env = {**os.environ, "PYTHON": str(python), "FAKE_VERSION": version, "USER_HOME": str(folder)}
    command = [folder / "scripts" / "setup.sh", *kinds]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("python", PYTHONS)
def test_setup_installs_what_the_locks_list_and_checks_that_it_fits(
    tmp_path: Path, python: str
) -> None:
    assert set_up(tmp_path, python, "run", "dev").returncode == 0
    assert (tmp_path / "calls").read_text().splitlines() == [
        "-m pip install --quiet --require-hashes --only-binary :all: --no-deps"
        f" -r locks/run-{python}.txt -r locks/dev-{python}.txt",
        "-m pip check",
    ]


@pytest.mark.parametrize("python", ["3.10", "3.14"])
def test_setup_refuses_a_python_without_a_lock(tmp_path: Path, python: str) -> None:
    done = set_up(tmp_path, python, "run")
    assert done.returncode == 1
    assert f"(Python {python}): supported are {' '.join(PYTHONS)}." in done.stderr
    assert not (tmp_path / ".venv").exists()
    assert not (tmp_path / "calls").exists()
