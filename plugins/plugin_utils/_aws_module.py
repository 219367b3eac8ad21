# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Running a module of this collection with credentials for which an MFA code is asked once."""

from __future__ import annotations

import json
import mmap
import multiprocessing
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible.errors import AnsibleActionFail, AnsiblePromptNoninteractive
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.profile_files import (
    has_mfa_devices,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.words import counted

_PROFILE = ("profile", "aws_profile")
_ACCESS_KEY = ("access_key", "aws_access_key_id", "aws_access_key")
_SETTINGS = {
    "region_name": ("region", "aws_region"),
    "endpoint_url": ("endpoint_url", "aws_endpoint_url"),
}
"""Options of amazon.aws with their aliases."""

_ATTEMPTS = 3


class SharedSessions:
    """Sessions in memory that the workers of a run share; nothing else can read it.

    Ansible loads an action plugin before it forks the worker of a task, so this memory, made when
    the plugin is loaded, belongs to all workers. It goes with the last process of the run.
    """

    _SIZE = 65536
    _LENGTH = 4

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, self._SIZE)
        self.lock = multiprocessing.get_context("fork").Lock()

    def read(self) -> dict[str, Any]:
        """Return the sessions by their keys."""
        end = self._LENGTH + int.from_bytes(self._memory[: self._LENGTH], "big")
        found: dict[str, Any] = json.loads(self._memory[self._LENGTH : end] or b"{}")
        return found

    def write(self, sessions: Mapping[str, Any]) -> None:
        """Keep the sessions."""
        text = json.dumps(sessions).encode()
        record = len(text).to_bytes(self._LENGTH, "big") + text
        if len(record) > self._SIZE:
            raise AnsibleActionFail(
                "A run can hold MFA sessions for about 50 users, but this run uses "
                f"{counted(len(sessions), 'profile')} with separate codes. Let profiles in "
                "the inventory share a source_profile, or run with --limit."
            )
        self._memory[: len(record)] = record


_SESSIONS = SharedSessions()


class ActionModule(ActionBase):
    """Action of the modules that call AWS."""

    _supports_check_mode = True
    _supports_async = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the result of the module."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        args = dict(self._task.args)
        is_here = self._connection.transport == "local"
        if not (is_here and has_mfa_devices()):
            return {**result, **self.run_module(args, task_vars)}
        with self._signed_in(args, task_vars or {}):
            return {**result, **self.run_module(args, task_vars)}

    def run_module(self, args: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Return the result of the module for these arguments."""
        answer: dict[str, Any] = self._execute_module(
            module_args=args, task_vars=task_vars, wrap_async=self._task.async_val
        )
        if not self._task.async_val:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return answer

    @contextmanager
    def _signed_in(self, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Iterator[None]:
        """Give the module within a session of each user whose profile asks for a code."""
        from ansible_collections.jumpaccount.aws.plugins.module_utils._aws import mfa_sessions

        chains = [mfa_sessions.find_mfa_chain(profile) for profile in profiles_of(args)]
        with _SESSIONS.lock:
            sessions = _SESSIONS.read()
            for chain in filter(None, chains):
                if chain.key not in sessions:
                    sessions[chain.key] = self._start(chain, connection_of(args), task_vars)
                    _SESSIONS.write(sessions)
        # The connection is local: what it runs inherits the environment, and no command shows it.
        os.environ[mfa_sessions.ENVIRONMENT] = json.dumps(sessions)
        try:
            yield
        finally:
            del os.environ[mfa_sessions.ENVIRONMENT]

    def _start(
        self, chain: Any, settings: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> dict[str, str]:
        from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
        from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.mfa_sessions import (
            start_session,
        )

        given = str(self._templar.template(task_vars.get("jump_mfa_code")) or "")
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return start_session(chain, given or ask_code(chain), **settings)
            except AwsError as error:
                if given or error.code != "AccessDenied" or attempt == _ATTEMPTS:
                    raise AnsibleActionFail(str(error)) from None
                Display().warning(str(error))
        raise AssertionError


def ask_code(chain: Any) -> str:
    """Return the code that somebody at the terminal reads from the device."""
    try:
        answer = Display().prompt_until(f"MFA code for {chain.serial}: ", private=True)
    except AnsiblePromptNoninteractive:
        raise AnsibleActionFail(
            f"Profile {chain.source} needs a code from MFA device {chain.serial}, but there is no "
            "terminal to prompt for it. Pass it as jump_mfa_code, or start a session before the "
            "run: 'eval \"$(aws configure export-credentials --profile PROFILE --format env)\"'."
        ) from None
    return str(answer.decode().strip())


def profiles_of(args: Mapping[str, Any]) -> list[str | None]:
    """Return the profiles that a module may use: its own and those of the accounts it visits."""
    entries = [entry for entry in args.get("accounts") or [] if isinstance(entry, Mapping)]
    names = [entry["profile"] for entry in entries if entry.get("profile")]
    if not _first(args, _ACCESS_KEY) and not os.environ.get("AWS_ACCESS_KEY_ID"):
        in_environment = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
        names.insert(0, _first(args, _PROFILE) or in_environment)
    return names


def connection_of(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the client that gets a session."""
    return {name: _first(args, options) for name, options in _SETTINGS.items()}


def _first(args: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((args[name] for name in names if args.get(name)), None)
