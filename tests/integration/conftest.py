# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running whole playbooks against the sandbox, as a user does."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
JUMP = "111111111111"
REGION = "ap-northeast-1"
REGIONS = {
    "aws": REGION,
    "aws-cn": "cn-north-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-us-gov": "us-gov-west-1",
}
RESULTS = "results.jsonl"
"""The file in a world's folder to which a run records the results of its tasks."""
LEVELS = {
    "admin": {"managed_policies": ["AdministratorAccess"]},
    "developer": {"managed_policies": ["PowerUserAccess"], "max_session_duration": 7200},
    "operator": {"managed_policies": ["ReadOnlyAccess"]},
}


@dataclass
class Sandbox:
    """The local AWS, running as its own process."""

    address: str
    snapshots: Path
    interpreters: Mapping[str, Path] = field(default_factory=dict)
    """What runs modules and playbooks in the place of new interpreters, which cost more.

    Ansible reads its settings as it starts, so that forks have those of World.environment.
    """
    region: str = REGION

    def calls(self) -> dict[str, Any]:
        """Return the counters."""
        with urlopen(f"{self.address}/_sandbox/calls") as answer:
            return json.load(answer)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a command to the sandbox."""
        data = json.dumps(body or {}).encode()
        request = Request(f"{self.address}/_sandbox/{path}", data=data, method="POST")
        request.add_header("Content-Type", "application/json")
        with urlopen(request) as answer:
            return json.loads(answer.read() or b"{}")

    def reset(self, partition: str = "aws") -> None:
        """Forget everything, and be this partition from now on."""
        self.post("reset", {"partition": partition})
        self.region = REGIONS[partition]

    def take_snapshot(self, name: str) -> None:
        """Keep everything under a name, for every sandbox with the same folder of snapshots."""
        self.post("snapshot", {"id": name})

    def restore(self, name: str) -> None:
        """Go back to a snapshot of a sandbox of this partition."""
        self.post("restore", {"id": name})

    def client(self, service: str, account_id: str = JUMP) -> Any:
        """Return a client that acts as administrator of an account."""
        return boto3.client(
            service,
            endpoint_url=self.address,
            region_name=self.region,
            aws_access_key_id=account_id,
            aws_secret_access_key="local-only-key",
        )


@dataclass
class Played:
    """What a playbook run left behind."""

    code: int
    output: str
    results: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """Return how many tasks changed something."""
        return sum(bool(r.get("changed")) for r in self.results)

    @property
    def message(self) -> str:
        """Return with which message the run failed first; the summary comes after it."""
        return str(next(r["msg"] for r in self.results if r["is_failed"]))

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Return the changes of all modules in order."""
        return [change for r in self.results for change in r.get("changes", [])]


@dataclass
class World:
    """An inventory in a folder and the sandbox it is played against."""

    sandbox: Sandbox
    folder: Path

    def write(
        self,
        members: Mapping[str, Mapping[str, Any]],
        roster: Any,
        levels: Any = None,
        jumps: Mapping[str, Mapping[str, Any]] | None = None,
        region: Any = REGION,
    ) -> None:
        """Write the inventory; members and jumps map host names to their variables."""
        inventory = {
            "all": {
                "vars": {
                    "aws_region": region,
                    "levels": LEVELS if levels is None else levels,
                    "roster": roster,
                },
                "children": {
                    "jump_accounts": {
                        "hosts": {"jump": {"account_id": JUMP}} if jumps is None else dict(jumps)
                    },
                    "member_accounts": {"hosts": {k: dict(v) for k, v in members.items()}},
                },
            }
        }
        text = yaml.safe_dump(inventory, sort_keys=False)
        (self.folder / "inventory.yml").write_text(text)

    def environment(self, log: Path) -> dict[str, str]:
        """Return the environment of a run, free of the caller's own settings."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "ANSIBLE_"))}
        return {
            **kept,
            "AWS_ENDPOINT_URL": self.sandbox.address,
            "AWS_ACCESS_KEY_ID": JUMP,
            "AWS_SECRET_ACCESS_KEY": "local-only-key",
            "AWS_EC2_METADATA_DISABLED": "true",
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record_results,share_modules",
            "SHARED_MODULES": str(self.sandbox.snapshots / "modules"),
            "RECORD_RESULTS_TO": str(log),
            "ANSIBLE_NOCOLOR": "1",
        }

    def start(self, playbook: str, *options: str) -> tuple[subprocess.Popen[str], Path]:
        """Start a playbook in a process group of its own, as users do."""
        return self._start([], playbook, *options)

    def _start(
        self, interpreter: Sequence[Path], playbook: str, *options: str
    ) -> tuple[subprocess.Popen[str], Path]:
        log = self.folder / RESULTS
        log.unlink(missing_ok=True)
        ansible = Path(sys.executable).parent / "ansible-playbook"
        inventory = str(self.folder / "inventory.yml")
        process = subprocess.Popen(
            [*interpreter, str(ansible), f"playbooks/{playbook}.yml", "-i", inventory, *options],
            cwd=ROOT,
            env=self.environment(log),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return process, log

    def play(self, playbook: str, *options: str) -> Played:
        """Run a playbook to its end."""
        forks = self.sandbox.interpreters
        if forks:
            assert type(self).environment is World.environment, "forks have no other settings"
            options = (*options, "-e", f"ansible_python_interpreter={forks['modules']}")
        process, log = self._start([forks["playbooks"]] if forks else [], playbook, *options)
        output, _none = process.communicate()
        lines = log.read_text().splitlines() if log.exists() else []
        return Played(process.returncode, output, [json.loads(line) for line in lines])

    def play_well(self, playbook: str, *options: str) -> Played:
        """Run a playbook that must succeed."""
        played = self.play(playbook, *options)
        assert played.code == 0, played.output
        return played

    def bootstrap_once(self, *options: str) -> Played:
        """Bootstrap this inventory in an empty AWS, or go to the end of the run that did.

        The first test that asks runs the playbook; all others, in every worker, get the snapshot
        of the AWS that it left, and what it said. A test about the first run may look at that, too.
        """
        assert self.sandbox.calls()["writes"] == 0, "a bootstrap is shared only if AWS was empty"
        name = self._digest(options)
        played = self.sandbox.snapshots / f"{name}.json"
        with locked(self.sandbox.snapshots / f"{name}.lock"):
            if not played.exists():
                first = self.play_well("bootstrap", *options)
                self.sandbox.take_snapshot(name)
                played.write_text(json.dumps(asdict(first)))
        self.sandbox.restore(name)
        return Played(**json.loads(played.read_text()))

    def _digest(self, options: Sequence[str]) -> str:
        """Return what tells apart two first runs: the options and all files of the inventory."""
        files = sorted(p for p in self.folder.rglob("*") if p.is_file() and p.name != RESULTS)
        texts = {str(path.relative_to(self.folder)): path.read_text() for path in files}
        content = json.dumps([self.sandbox.region, options, texts])
        return hashlib.sha256(content.replace(str(self.folder), "").encode()).hexdigest()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock between the workers of a test run."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def member(
    account_id: str, project: str | None = None, *, partition: str = "aws", **more: Any
) -> dict[str, Any]:
    """Return the variables of a member account that the sandbox lets the run into."""
    role = f"arn:{partition}:iam::{account_id}:role/sandbox-bootstrap"
    named = {} if project is None else {"project": project}
    return {"account_id": account_id, "bootstrap_role_arn": role, **named, **more}


def people(names: Sequence[str], **access: str) -> list[dict[str, Any]]:
    """Return roster entries with the same access."""
    return [{"name": name, "access": [dict(access)]} for name in names]


A, B, C = "222222222222", "333333333333", "444444444444"
MEMBERS = {
    "project-a-prod": member(A, "project-a", stage="prod"),
    "project-a-staging": member(B, "project-a", stage="staging"),
    "project-b-prod": member(C, "project-b", stage="prod"),
}
ROSTER: list[dict[str, Any]] = [
    *people(["yamada.taro"], level="admin"),
    *people(["suzuki.ichiro"], level="operator"),
    {
        "name": "kim.minjun",
        "company": "Müller GmbH",
        "tags": {"氏名": "金民俊", "note": ""},
        "access": [
            {"level": "operator", "project": "project-a"},
            {"level": "developer", "project": "project-b"},
        ],
    },
]


@contextmanager
def sandbox_process(snapshots: Path) -> Iterator[Sandbox]:
    """Run a sandbox process that keeps its snapshots in a folder."""
    command = [sys.executable, "-m", "sandbox", "--snapshots", str(snapshots)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox ready: "), line
        yield Sandbox(line.removeprefix("sandbox ready: ").strip(), snapshots)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of snapshots, which all workers of a test run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "snapshots"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def interpreter_process(kind: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """Run the process that scripts of a kind are forks of, and give what stands for Python."""
    address = folder / f"{kind}.socket"
    command = [sys.executable, "-m", "tests.integration.forks.server", kind, str(address)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        script = Path(__file__).parent / "forks" / "client.py"
        interpreter = folder / kind
        words = shlex.join([sys.executable, "-IS", str(script), str(address)])
        interpreter.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        interpreter.chmod(0o755)
        yield interpreter
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def forks(sandbox: Sandbox, folder: Path) -> Iterator[None]:
    """Let playbooks and modules against this sandbox run as forks."""
    environment = World(sandbox, folder).environment(folder / RESULTS)
    with_modules = {**environment, "PYTHONPATH": str(ROOT / "collections")}
    with (
        interpreter_process("modules", folder, with_modules) as modules,
        interpreter_process("playbooks", folder, environment) as playbooks,
    ):
        sandbox.interpreters = {"modules": modules, "playbooks": playbooks}
        yield


@pytest.fixture(scope="session")
def running_sandbox(snapshots: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox process for each test worker."""
    folder = tmp_path_factory.mktemp("python")
    with sandbox_process(snapshots) as sandbox, forks(sandbox, folder):
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """A sandbox that has forgotten everything."""
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> World:
    """An empty folder for an inventory and an empty AWS."""
    return World(sandbox, tmp_path)


@pytest.fixture
def estate(world: World) -> World:
    """A company after its first bootstrap (MEMBERS, ROSTER, LEVELS), restored in milliseconds."""
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once()
    return world
