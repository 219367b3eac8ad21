# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials that ask for an MFA code, and those that are not to be had."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.person import Person

from .conftest import JUMP, MEMBERS, REGION, ROOT, ROSTER, A, Played, World, people

SERIAL = f"arn:aws:iam::{JUMP}:mfa/yamada.taro"
PASSWORD = "A-new-Passw0rd-of-my-own!"
PROMPT = b"MFA code for"
SECONDS_OF_SILENCE = 3
MOST_TIMES = 60
SESSION_KEY = "ASIA"
"""How the access key of any session begins."""
KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


@dataclass
class Desk:
    """An administrator's machine: files of profiles instead of keys in the environment."""

    world: World
    settings: dict[str, str] = field(default_factory=dict)

    def configure(self, profiles: dict[str, dict[str, str]], **settings: str) -> None:
        """Write the files; settings are variables of the environment."""
        sections = [
            "\n".join([f"[profile {name}]", *(f"{k} = {v}" for k, v in profile.items())])
            for name, profile in profiles.items()
        ]
        config = self.world.folder / "config"
        config.write_text("\n\n".join(sections))
        nothing = str(self.world.folder / "no-credentials")
        files = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": nothing}
        self.settings = {**files, "HOME": str(self.world.folder), **settings}

    def environment(self, log: Path) -> dict[str, str]:
        """Return the environment of a run."""
        known = self.world.environment(log).items()
        return {**{k: v for k, v in known if k not in KEYS}, **self.settings}

    def start(self, playbook: str, *options: str, **files: Any) -> subprocess.Popen[bytes]:
        """Start a playbook."""
        ansible = Path(sys.executable).parent / "ansible-playbook"
        inventory = str(self.world.folder / "inventory.yml")
        command = [str(ansible), f"playbooks/{playbook}.yml", "-i", inventory, *options]
        log = self.world.folder / "results.jsonl"
        log.unlink(missing_ok=True)
        environment = self.environment(log)
        return subprocess.Popen(command, cwd=ROOT, env=environment, **files)

    def play(self, playbook: str, *options: str) -> Played:
        """Run a playbook to its end, without a terminal."""
        to_output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process = self.start(playbook, *options, start_new_session=True, **to_output)
        output, _none = process.communicate()
        return self.played(process.returncode, output)

    def played(self, code: int, output: bytes) -> Played:
        """Return what a run left behind."""
        log = self.world.folder / "results.jsonl"
        lines = log.read_text().splitlines() if log.exists() else []
        return Played(code, output.decode(), [json.loads(line) for line in lines])

    def play_at_terminal(self, playbook: str, answers: list[Callable[[], str]]) -> Played:
        """Run a playbook at a terminal, where somebody answers each prompt."""
        ours, theirs = pty.openpty()
        process = self.start(playbook, preexec_fn=partial(os.login_tty, theirs))
        os.close(theirs)
        output, unread, typed = b"", b"", b""
        while chunk := read_terminal(ours, typed):
            output, unread = output + chunk, unread + chunk
            if PROMPT in unread and answers:
                unread, typed = b"", answers.pop(0)().encode() + b"\r"
                os.write(ours, typed)
        os.close(ours)
        return self.played(process.wait(), output)


def read_terminal(terminal: int, typed: bytes) -> bytes:
    """Return what a terminal shows next, nothing when nobody has it open any more.

    Ansible forgets what was typed between its prompt and the moment when it listens. Who sees that
    nothing happens types it again.
    """
    for _times in range(MOST_TIMES):
        is_ready, _out, _broken = select.select([terminal], [], [], SECONDS_OF_SILENCE)
        if is_ready:
            break
        os.write(terminal, typed)
    else:
        pytest.fail(f"nothing happened at the terminal for {MOST_TIMES * SECONDS_OF_SILENCE} s")
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.fixture
def desk(estate: World) -> Desk:
    """A machine without any profile yet."""
    return Desk(estate)


@pytest.fixture
def yamada(desk: Desk) -> Person:
    """The administrator, whose profile is that of the role in the Jump account."""
    name = "/jumpaccount/initial-password/yamada.taro"
    stored = desk.world.sandbox.client("ssm").get_parameter(Name=name, WithDecryption=True)
    person = Person(desk.world.sandbox.address, JUMP, "yamada.taro", REGION)
    person.sign_in(stored["Parameter"]["Value"], new_password=PASSWORD)
    person.enroll()
    person.sign_in(PASSWORD)
    key = person.client("iam").create_access_key()["AccessKey"]
    yamada = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    role = {"source_profile": "yamada", "mfa_serial": SERIAL}
    desk.configure(
        {
            "yamada": yamada,
            "jump-admin": {**role, "role_arn": f"arn:aws:iam::{JUMP}:role/role-admin"},
            "a-admin": {**role, "role_arn": f"arn:aws:iam::{A}:role/role-admin"},
        },
        AWS_PROFILE="jump-admin",
    )
    return person


def counted(world: World, action: str) -> int:
    """Return how often an action was called until now."""
    return int(world.sandbox.calls()["by_action"].get(action, 0))


def test_a_code_of_the_variable_serves_the_whole_run(desk: Desk, yamada: Person):
    before = counted(desk.world, "sts:GetSessionToken")
    code = yamada.code()
    played = desk.play("new_user", "-vvv", "-e", f"jump_mfa_code={code}")
    assert played.code == 0, played.output
    assert {c["target"] for c in played.changes} <= {"initial password yamada.taro"}
    assert counted(desk.world, "sts:GetSessionToken") == before + 1
    written = [played.output, json.dumps(played.results)]
    written += [path.read_text() for path in desk.world.folder.rglob("*") if path.is_file()]
    assert [text for text in written if SESSION_KEY in text] == [], "a session is written down"
    again = desk.play("new_user", "-e", f"jump_mfa_code={code}")
    assert again.code != 0
    assert f"Could not get a session with MFA device {SERIAL}" in again.output
    assert "Enter the code that this device shows now" in again.output


def test_a_code_is_asked_once_at_a_terminal(desk: Desk, yamada: Person):
    desk.world.write(MEMBERS, [*ROSTER, *people(["lee.sora"], level="operator")])
    asked: list[Callable[[], str]] = [lambda: "000000", yamada.code]
    played = desk.play_at_terminal("new_user", asked)
    assert played.code == 0, played.output
    assert played.output.count(PROMPT.decode()) == 2, "the first code was wrong"
    assert {change["target"] for change in played.changes} >= {"user lee.sora"}


def test_no_terminal_and_no_code(desk: Desk, yamada: Person):
    assert yamada.seed
    played = desk.play("new_user")
    assert played.code != 0
    assert f"Profile yamada needs a code from MFA device {SERIAL}" in " ".join(
        played.output.split()
    )
    assert "Pass it as jump_mfa_code" in " ".join(played.output.split())


def test_one_code_for_the_jump_account_and_other_accounts(desk: Desk, yamada: Person):
    """The profile of the inventory, at the Jump account and where an execution role is new."""
    cloudformation = desk.world.sandbox.client("cloudformation", A)
    cloudformation.update_termination_protection(
        StackName="stackset-execution-role", EnableTerminationProtection=False
    )
    cloudformation.delete_stack(StackName="stackset-execution-role")
    by_profile = {
        "account_id": A,
        "project": "project-a",
        "stage": "prod",
        "aws_profile": "a-admin",
    }
    members = {**MEMBERS, "project-a-prod": by_profile}
    jump = {"jump": {"account_id": JUMP, "aws_profile": "jump-admin"}}
    desk.world.write(members, ROSTER, jumps=jump)
    del desk.settings["AWS_PROFILE"]
    before = counted(desk.world, "sts:GetSessionToken")
    played = desk.play("bootstrap", "-e", f"jump_mfa_code={yamada.code()}")
    assert played.code == 0, played.output
    assert counted(desk.world, "sts:GetSessionToken") == before + 1
