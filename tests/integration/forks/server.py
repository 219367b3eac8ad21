# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run Python scripts in forks of a process that has imported what all of them import.

Usage: python -m tests.integration.forks.server modules|playbooks SOCKET

Says "ready" when it listens. A script is what Ansible sends to an interpreter, or ansible-playbook
itself; client.py stands for the interpreter.
"""

from __future__ import annotations

import json
import os
import random
import runpy
import signal
import socket
import sys
import traceback
import warnings
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

LONGEST = 1 << 20
ROOT = Path(__file__).resolve().parents[3]
SERVICES = ("cloudformation", "iam", "ssm", "sts")


def preload_modules() -> None:
    """Import the modules of the collection, and read what botocore knows of their services."""
    import boto3

    from tests.botocore_files import read_once

    kept.enter_context(read_once())
    for path in (ROOT / "plugins" / "modules").glob("*.py"):
        import_module(f"ansible_collections.jumpaccount.aws.plugins.modules.{path.stem}")
    import_module("ansible.module_utils._internal._ansiballz._loader")
    for service in SERVICES:
        boto3.session.Session("a", "s", region_name="eu-west-1").client(service)


def preload_playbooks() -> None:
    """Load the plugins that every playbook needs, as ansible-playbook does it."""
    for module in ("ansible.cli.playbook", "ansible.executor.playbook_executor"):
        import_module(module)
    from ansible.plugins import loader

    loader.init_plugin_loader()
    # ansible-playbook does that, too, and would say in each fork that it is done already.
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    for plugins in (loader.filter_loader, loader.test_loader, loader.inventory_loader):
        list(plugins.all(class_only=True))
    for path in (ROOT / "plugins" / "action").glob("*.py"):
        loader.action_loader.get(f"jumpaccount.aws.{path.stem}", class_only=True)
    for plugins, names in BUILT_IN.items():
        for name in names:
            getattr(loader, plugins).get(name, class_only=True)


BUILT_IN = {
    "action_loader": ("assert", "fail", "include_vars", "set_fact", "validate_argument_spec"),
    "callback_loader": ("default",),
    "connection_loader": ("local",),
    "shell_loader": ("sh",),
    "strategy_loader": ("linear",),
}
PRELOAD = {"modules": preload_modules, "playbooks": preload_playbooks}
kept = ExitStack()


def serve(path: str) -> None:
    """Fork for each connection, until a signal ends this process."""
    # Nobody waits for those that answer; the operating system forgets them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_given: sys.exit())
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(64)
        print("ready", flush=True)
        while True:
            connection, _address = listening.accept()
            if os.fork() == 0:
                listening.close()
                answer(connection)
            connection.close()


def answer(connection: socket.socket) -> None:
    """Run what a client asks for in another fork, and tell the client how it ended."""
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    asked, files, _flags, _address = socket.recv_fds(connection, LONGEST, 4)
    process = os.fork()
    if process == 0:
        connection.close()
        os._exit(run(json.loads(asked), files))
    for file in files:
        os.close(file)
    _process, status = os.waitpid(process, 0)
    connection.sendall(bytes([os.waitstatus_to_exitcode(status) & 0xFF]))
    os._exit(0)


def run(asked: dict[str, Any], files: list[int]) -> int:
    """Run a script as an interpreter would that has just started, and return its exit code."""
    *standard, folder = files
    for number, file in enumerate(standard):
        os.dup2(file, number)
    os.fchdir(folder)
    for file in files:
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["environment"])
    random.seed()
    sys.argv = asked["arguments"] or [""]
    code = 0
    try:
        with NamedTemporaryFile("w", suffix=".py") as script:
            if not sys.argv[0]:
                script.write(sys.stdin.read())
                script.flush()
            runpy.run_path(sys.argv[0] or script.name, run_name="__main__")
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    PRELOAD[sys.argv[1]]()
    serve(sys.argv[2])
