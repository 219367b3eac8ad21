# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let all runs of a test session share the modules that Ansible packs, and compile them once.

Ansible packs each module with what it imports, for each run anew, and every task compiles the
source it finds in the pack. That is half of the time of a short playbook, and always the same.
"""

from __future__ import annotations

import base64
import fcntl
import os
import py_compile
import zipfile
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ansible import constants
from ansible.executor import module_common
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: share_modules
type: notification
short_description: Share packed modules between runs
description: For the tests of this collection only.
requirements: [SHARED_MODULES in the environment]
"""


class CallbackModule(CallbackBase):
    """Puts the folder that SHARED_MODULES names in the place of Ansible's own cache of this run."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "share_modules"

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._shared = Path(os.environ["SHARED_MODULES"])
        self._shared.mkdir(exist_ok=True)
        cache = Path(constants.DEFAULT_LOCAL_TMP) / "ansiballz_cache"
        # Runs that are forks of one process have one folder, and the same cache.
        with suppress(FileExistsError):
            cache.symlink_to(self._shared)

    def v2_playbook_on_stats(self, _stats: Any) -> None:
        """Compile what this run packed; one run at a time, for all write by the same name."""
        with (self._shared / "compiling").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for path in self._shared.glob("*.aws.*-none"):
                compiled = path.with_name(f"{path.name}.compiled")
                if not compiled.exists():
                    compile_pack(path)
                    compiled.touch()


def compile_pack(path: Path) -> None:
    """Add the bytecode of every source file to a packed module."""
    pack = module_common._CachedModule.load(str(path))
    content = BytesIO(base64.b64decode(pack.zip_data))
    with zipfile.ZipFile(content, "a") as archive, TemporaryDirectory() as folder:
        for name in [n for n in archive.namelist() if n.endswith(".py")]:
            source = Path(archive.extract(name, folder))
            target = source.with_suffix(".pyc")
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            py_compile.compile(str(source), str(target), name, doraise=True, invalidation_mode=mode)
            archive.write(target, f"{name}c")
    replace(pack, zip_data=base64.b64encode(content.getvalue())).dump(str(path))
