# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every ansible-test sanity test on what galaxy.yml publishes of the work tree.

ansible-test wants the collection at a real path .../ansible_collections/NAMESPACE/NAME, so the
built artifact is unpacked under .cache/sanity, with amazon.aws linked beside it. Its virtual
environments stay under HOME, which make points into .cache, so only the first run is slow.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "sanity"
COLLECTIONS = CACHE / "ansible_collections"
TREE = COLLECTIONS / "jumpaccount" / "aws"
PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
SITE = Path(sysconfig.get_path("purelib"))
BIN = Path(sys.executable).parent

GET_PIP = """\
import ensurepip

ensurepip.bootstrap()
"""


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command; end with its exit code when it fails."""
    code = subprocess.run([str(c) for c in command], cwd=cwd, check=False).returncode
    if code:
        sys.exit(code)


def unpack_artefact() -> None:
    """Build the collection and unpack it where ansible-test expects it."""
    built = CACHE / "built"
    for folder in (built, COLLECTIONS):
        shutil.rmtree(folder, ignore_errors=True)
    run(BIN / "ansible-galaxy", "collection", "build", "--output-path", built, ROOT)
    (artifact,) = built.glob("*.tar.gz")
    TREE.mkdir(parents=True)
    with tarfile.open(artifact) as archive:
        archive.extractall(TREE, filter="data")


def add_test_settings() -> None:
    """Add what the artifact lacks: test settings, and a repository of its own.

    Without the repository ansible-test would ask ours, which ignores everything under .cache.
    """
    (TREE / "tests").mkdir(exist_ok=True)
    shutil.copy(ROOT / "tests" / "config.yml", TREE / "tests" / "config.yml")
    run("git", "init", "--quiet", cwd=TREE)


def link_amazon_aws() -> None:
    """Link amazon.aws, which our modules import, beside the collection."""
    (COLLECTIONS / "amazon").mkdir()
    (COLLECTIONS / "amazon" / "aws").symlink_to(SITE / "ansible_collections" / "amazon" / "aws")


def provide_pip() -> None:
    """Put a bootstrap script that uses Python's own pip where ansible-test would download one."""
    source = (SITE / "ansible_test" / "_internal" / "python_requirements.py").read_text()
    (version,) = re.findall(r"pip='([0-9.]+)'", source)
    cache = Path.home() / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP)


def main() -> None:
    """Run the tests given as arguments, or all."""
    unpack_artefact()
    add_test_settings()
    link_amazon_aws()
    provide_pip()
    options = ("--color", "no", "--python", PYTHON_VERSION)
    run(BIN / "ansible-test", "sanity", *options, *sys.argv[1:], cwd=TREE)


if __name__ == "__main__":
    main()
