"""``python -m sandbox [--port N] [--partition P] [--snapshots FOLDER]``: until a signal ends it."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from sandbox.arns import PARTITIONS
from sandbox.server import Sandbox


def main() -> int:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: a free one)")
    parser.add_argument("--partition", choices=PARTITIONS, default=PARTITIONS[0])
    parser.add_argument("--snapshots", type=Path, help="folder of snapshots (default: its own)")
    arguments = parser.parse_args()
    sandbox = Sandbox(arguments.port, arguments.partition, arguments.snapshots)
    ended = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: ended.set())
    sandbox.start()
    sys.stdout.write(f"sandbox ready: {sandbox.url}\n")
    sys.stdout.flush()
    ended.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
