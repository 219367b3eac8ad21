# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run in this process, against a sandbox in this process."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import boto3
import jinja2
import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.jumpaccount.aws.plugins.action import desired_state
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws import login_profiles, sessions
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.waiting import Patience
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.queue import (
    Deadline,
)
from botocore.retries.standard import ExponentialBackoff

from sandbox.iam import credential_report
from sandbox.server import Sandbox
from tests.botocore_files import read_once

JUMP = "111111111111"
REGION = "ap-northeast-1"
CREDENTIALS = {"AWS_SECRET_ACCESS_KEY": "local-only-key", "AWS_DEFAULT_REGION": REGION}


@pytest.fixture(scope="session", autouse=True)
def quick_clients():
    """Read the description of each service once."""
    with read_once():
        yield


@pytest.fixture(scope="module")
def quick_runs():
    """Do once what every task of every run does alike, such as compiling each template."""
    compile_anew = jinja2.Environment.compile
    compiled = {}

    def compile_once(environment, source, *args, **options):
        if source not in compiled:
            compiled[source] = compile_anew(environment, source, *args, **options)
        return compiled[source]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compile_once)
        # All runs have the same credentials, and the catalog is that of the collection.
        patch.setattr(sessions, "Session", functools.cache(sessions.Session))
        patch.setattr(desired_state, "read_catalog", functools.cache(desired_state.read_catalog))
        yield


@pytest.fixture(scope="session")
def served():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def aws(served, monkeypatch):
    """Return a fresh local AWS; the credentials of the process are the Jump account's."""
    served.reset()
    monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", JUMP)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return LocalAws(served)


class LocalAws:
    """The local AWS as tests prepare it, disturb it and look at it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.client = functools.cache(self._client)
        self.world = sandbox.world

    def _client(self, service: str, account_id: str = JUMP) -> Any:
        return boto3.client(
            service,
            REGION,
            endpoint_url=self.sandbox.url,
            aws_access_key_id=account_id,
            aws_secret_access_key="local-only-key",
        )

    @property
    def writes(self) -> int:
        return self.world.calls.counters()["writes"]

    @property
    def calls(self) -> dict[str, int]:
        return dict(self.world.calls.counters()["by_action"])

    def build_once(self, name: str, build: Callable[[], None]) -> None:
        """Build a state in an empty AWS, or go back to it where a test before this one has."""
        try:
            self.sandbox.restore(name)
        except FileNotFoundError:
            build()
            self.sandbox.snapshot(name)

    def fault(self, **settings: Any) -> None:
        self.world.faults.configure(settings)


@pytest.fixture
def instant(monkeypatch):
    """Let waiting take no time: the operations of the sandbox go on with every look at them."""
    monkeypatch.setattr(Deadline.__init__, "__defaults__", (time.monotonic, lambda _seconds: None))
    monkeypatch.setattr(Patience.__init__, "__defaults__", (lambda _seconds: None, time.monotonic))
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda _self, _context: 0)
    monkeypatch.setattr(credential_report, "_TAKES", 0)
    monkeypatch.setattr(login_profiles, "_PAUSES", (0.0,) * len(login_profiles._PAUSES))


@pytest.fixture(name="run")
def runner():
    """Return a function that runs a module and returns its result."""
    return run


def run(module: ModuleType, *, check: bool = False, **arguments: Any) -> dict[str, Any]:
    """Return the result of a module with these arguments."""
    given = {**arguments, "_ansible_check_mode": check, "_ansible_diff": True}
    output = io.StringIO()
    into, until_exit = contextlib.redirect_stdout(output), contextlib.suppress(SystemExit)
    with patch_module_args(given), into, until_exit:
        module.main()
    return json.loads(output.getvalue())
