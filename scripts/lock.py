# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lock every package that the requirements lead to, with its hashes, for each Python version.

Usage: make lock, after a change of requirements*.txt.
For the newest releases of what no requirement pins: .venv/bin/python -m scripts.lock --upgrade
locks/run-VERSION.txt is what `make demo` needs, locks/dev-VERSION.txt what tests need besides; they
are installed together. The same files serve Linux and macOS.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "locks"
PYTHONS = ("3.11", "3.12", "3.13")
RUN = ("requirements.txt", "requirements-sandbox.txt")
DEV = (*RUN, "requirements-dev.txt")
SETTINGS = (
    *("--quiet", "--generate-hashes", "--no-header", "--no-annotate", "--only-binary", ":all:"),
    *("--python-platform", "linux", "--no-emit-index-url", "--no-emit-find-links"),
)

_PACKAGE = r"^([\w.-]+)==(?:.*\\\n)*.*\n"

Lock = dict[str, str]
"""The lines of each package, its pin and its hashes, by the name of the package."""


def read_lock(text: str) -> Lock:
    """Return the packages of a lock."""
    return {block[1]: block[0] for block in re.finditer(_PACKAGE, text, re.M)}


def digest(files: tuple[str, ...]) -> str:
    """Return what changes when requirements do, and not when their comments do."""
    lines = [line.strip() for file in files for line in (ROOT / file).read_text().splitlines()]
    wanted = sorted({line for line in lines if line and not line.startswith(("#", "-r"))})
    return hashlib.sha256("\n".join(wanted).encode()).hexdigest()


def header(files: tuple[str, ...]) -> str:
    """Return the first lines of a lock that is made of these requirements."""
    return f"# Made by `make lock` of {', '.join(files)}.\n# sha256 of these: {digest(files)}\n"


def path_of(kind: str, python: str) -> Path:
    """Return the file of a lock."""
    return LOCKS / f"{kind}-{python}.txt"


def resolve(python: str, files: tuple[str, ...], known: Lock, *options: str) -> Lock:
    """Return the packages that requirements lead to; what is known stays as far as it fits."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "lock.txt"
        output.write_text("".join(known.values()))
        command = [Path(sys.executable).parent / "uv", "pip", "compile", *SETTINGS, *options]
        target = ("--python-version", python, "--output-file", output)
        env = {**os.environ, "UV_CACHE_DIR": str(ROOT / ".cache" / "uv")}
        subprocess.run([*command, *target, *files], check=True, cwd=ROOT, env=env)
        return read_lock(output.read_text())


def lock(python: str, *options: str) -> None:
    """Write the two locks of a Python version."""
    run, dev = (path_of(kind, python) for kind in ("run", "dev"))
    old = "".join(path.read_text() for path in (run, dev) if path.exists())
    everything = resolve(python, DEV, read_lock(old), *options)
    # What runs is a part of what is tested, so it is resolved with the versions of that.
    needed = resolve(python, RUN, everything)
    LOCKS.mkdir(exist_ok=True)
    run.write_text(header(RUN) + "".join(needed.values()))
    dev.write_text(
        header(DEV) + "".join(block for name, block in everything.items() if name not in needed)
    )


def main() -> None:
    """Write the locks of all Python versions."""
    for python in PYTHONS:
        lock(python, *sys.argv[1:])


if __name__ == "__main__":
    main()
