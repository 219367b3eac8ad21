# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Import the built collection as Ansible Galaxy does, and fail on every warning.

Usage: python scripts/galaxy_import.py
galaxy-importer ends well in spite of warnings, so its log decides. It needs no network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".cache" / "galaxy"
SUCCESS = "Importer processing completed successfully"
# ruff checks the style; flake8 knows neither its line length nor its line breaks.
SETTINGS = {"RUN_FLAKE8": "false", "RUN_ANSIBLE_LINT": "true", "OFFLINE_ANSIBLE_LINT": "true"}
_TROUBLE = re.compile(r"\b(ERROR|WARNING|CRITICAL)\b|^Traceback", re.M)

ALLOWED: dict[str, str] = {}
"""Texts within lines of the log that are no trouble, each with the reason."""


def troubles(log: str) -> list[str]:
    """Return the lines of a log that must not be there, or that one is missing."""
    lines = [line for line in log.splitlines() if _TROUBLE.search(line)]
    found = [line for line in lines if not any(text in line for text in ALLOWED)]
    return found if SUCCESS in log else [*found, f"The log lacks: {SUCCESS}"]


def build(folder: Path, source: Path = ROOT) -> Path:
    """Build the collection of a work tree; return the artifact."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [tool("ansible-galaxy"), "collection", "build", str(source), "--output-path"]
    subprocess.run([*command, str(folder)], check=True, stdout=subprocess.DEVNULL)
    (artifact,) = folder.glob("jumpaccount-aws-*.tar.gz")
    return artifact


def tool(name: str) -> str:
    """Return a program of the environment that runs this."""
    return str(Path(sys.executable).parent / name)


def import_artefact(artifact: Path) -> str:
    """Return the log of an import; ansible-doc and ansible-lint are found beside this Python."""
    # The caller's settings would change what is found.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANSIBLE_", "GALAXY_"))}
    env = {
        **kept,
        **{f"GALAXY_IMPORTER_{name}": value for name, value in SETTINGS.items()},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOME": str(WORK),
    }
    done = subprocess.run(
        [sys.executable, "-m", "galaxy_importer.main", str(artifact)],
        cwd=WORK,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return f"{done.stdout}\n{'' if done.returncode == 0 else f'ERROR: exit {done.returncode}'}"


def main() -> None:
    """Import and judge."""
    log = import_artefact(build(WORK / "built"))
    (WORK / "import.log").write_text(log)
    found = troubles(log)
    if found:
        sys.exit("\n".join(["Galaxy would complain:", *found, f"({WORK / 'import.log'})"]))
    sys.stdout.write("Galaxy takes the collection without a warning.\n")


if __name__ == "__main__":
    main()
