# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run Python scripts in forks of a process that has imported what every module of ours imports.

Usage: python -m tests.integration.forks.server SOCKET, which says "ready" when it listens.
A script is what Ansible sends to an interpreter; client.py stands for the interpreter.
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
from tempfile import NamedTemporaryFile
from typing import Any

import boto3
import botocore.client
import botocore.credentials
import botocore.endpoint
import botocore.paginate
import botocore.parsers
import botocore.retries.standard
import botocore.signers
import botocore.waiter

PRELOADED = (boto3, botocore)
LONGEST = 1 << 20


def serve(path: str) -> None:
    """Fork for each connection, for ever."""
    # Nobody waits for those that answer; the operating system forgets them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
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
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked, files, _flags, _address = socket.recv_fds(connection, LONGEST, 3)
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
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
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
    serve(sys.argv[1])
