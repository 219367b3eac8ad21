# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quickstart: a whole Jump account in the local AWS, in about two minutes.

Starts the sandbox, bootstraps the accounts of inventories/sandbox, shows that a second run changes
nothing, adds an account and a person, shows who can switch to which role, and plays the new
person's first day. Touches no real AWS.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import boto3

from sandbox.person import Person
from scripts.first_day import first_day

ROOT = Path(__file__).resolve().parent.parent
JUMP = "111111111111"
PROJECT_A_PROD = "222222222222"
PROJECT_B_PROD = "444444444444"
REGION = "ap-northeast-1"
NEW_ACCOUNT = """\
---
all:
  children:
    member_accounts:
      children:
        project_c:
          vars:
            project: project-c
          hosts:
            project-c-prod:
              account_id: "555555555555"
              stage: prod
"""
NEW_PERSON = """\
  - name: lee.sora
    access:
      - level: admin
        project: project-a
"""
NEXT = """\
What to do next, for real AWS:
  1. cp -r inventories/example inventories/mine
     and write your account ids, levels and people into it.
  2. Sign in with administrator credentials of the Jump account (AWS_PROFILE, for instance).
  3. See what would happen; nothing is written:
     .venv/bin/ansible-playbook playbooks/bootstrap.yml -i inventories/mine --check --diff
  4. The same without --check --diff does it. README.md has the details.
"""


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def clean_environment() -> dict[str, str]:
    """Return the environment without settings that could reach real AWS or change Ansible."""
    foreign = ("AWS_", "ANSIBLE_", "BOTO_")
    return {k: v for k, v in os.environ.items() if not k.startswith(foreign)}


@contextmanager
def sandbox() -> Iterator[str]:
    """Run the local AWS; give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith("sandbox ready: "):
            sys.exit("The sandbox did not start; its messages are above.")
        yield line.removeprefix("sandbox ready: ").strip()
    finally:
        process.terminate()
        process.wait(timeout=10)


def calls(address: str) -> dict[str, int]:
    """Return how many API calls the sandbox has answered so far."""
    with urlopen(f"{address}/_sandbox/calls") as answer:
        return json.load(answer)


class Stage:
    """Runs playbooks against the sandbox and shows their progress."""

    def __init__(self, address: str, inventory: Path) -> None:
        self.address = address
        self.inventory = inventory
        self.env = {
            **clean_environment(),
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": JUMP,
            "AWS_SECRET_ACCESS_KEY": "local-only-key",
            "AWS_EC2_METADATA_DISABLED": "true",
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "PYTHONUNBUFFERED": "1",
        }

    def play(self, playbook: str, *options: str) -> None:
        """Run a playbook; show its steps and its summary, or everything when it fails."""
        shown = f"inventories/{self.inventory.name}"
        say(f"$ ansible-playbook playbooks/{playbook}.yml -i {shown} {' '.join(options)}".rstrip())
        before, begun = calls(self.address), time.monotonic()
        command = [
            str(Path(sys.executable).parent / "ansible-playbook"),
            f"playbooks/{playbook}.yml",
            "-i",
            str(self.inventory),
            *options,
        ]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = list(show_progress(iter(process.stdout or ())))
        if process.wait():
            say("".join(lines))
            sys.exit(f"{playbook} failed; its whole output is above.")
        after = calls(self.address)
        say(
            f"  [{time.monotonic() - begun:.0f} s, {after['total'] - before['total']} API calls, "
            f"{after['writes'] - before['writes']} of them writes]"
        )


def show_progress(output: Iterator[str]) -> Iterator[str]:
    """Print the steps and the summary of a playbook as they come; give every line."""
    step, in_summary = "", False
    for line in output:
        yield line
        if line.startswith("TASK ["):
            step = line.removeprefix("TASK [").split("]")[0].split(" : ")[-1]
            in_summary = step.startswith("Summary | What")
        elif in_summary:
            in_summary = not line.startswith("ok:")
            if in_summary:
                say(f"  | {line.rstrip()}")
        elif line.startswith(("ok:", "changed:")) and not step.startswith("Validating"):
            say(f"  {'changed' if line.startswith('changed') else 'ok':<8} {step}")


def client(address: str, service: str, account_id: str) -> object:
    """Return a client that acts as administrator of an account of the sandbox."""
    return boto3.client(
        service,
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id=account_id,
        aws_secret_access_key="local-only-key",
    )


def reachable_roles(address: str) -> dict[str, dict[str, list[str]]]:
    """Return for each user the roles by account, read back from IAM, not from the inventory."""
    iam = client(address, "iam", JUMP)
    found: dict[str, dict[str, list[str]]] = {}
    for user in iam.list_users()["Users"]:
        accounts = found.setdefault(user["UserName"], {})
        for group in iam.list_groups_for_user(UserName=user["UserName"])["Groups"]:
            for arn in switch_arns(iam, group["GroupName"]):
                account_id, role = arn.split(":")[4], arn.rpartition("/")[2]
                client(address, "iam", account_id).get_role(RoleName=role)
                accounts.setdefault(account_id, []).append(role)
    return found


def switch_arns(iam: object, group: str) -> list[str]:
    """Return the roles that a group's inline policies allow to assume."""
    names = iam.list_group_policies(GroupName=group)["PolicyNames"]
    documents = [
        iam.get_group_policy(GroupName=group, PolicyName=n)["PolicyDocument"] for n in names
    ]
    return [arn for d in documents for s in d["Statement"] for arn in s["Resource"]]


def show_table(found: dict[str, dict[str, list[str]]]) -> None:
    """Print who can switch to which role in which account."""
    accounts = sorted({a for roles in found.values() for a in roles})
    say((f"  {'':<16}" + "".join(f"{a:<16}" for a in accounts)).rstrip())
    for person, roles in sorted(found.items()):
        cells = (
            ", ".join(sorted(r.removeprefix("role-") for r in roles.get(a, []))) for a in accounts
        )
        say((f"  {person:<16}" + "".join(f"{cell or '-':<16}" for cell in cells)).rstrip())


def headline(text: str) -> None:
    """Print what comes now."""
    say(f"\n== {text}")


def run_demo(address: str, inventory: Path) -> None:
    """Play the whole story."""
    stage = Stage(address, inventory)
    headline("1/6 Bootstrap: one Jump account, three member accounts, six people")
    stage.play("bootstrap")
    headline("2/6 The same again: nothing changes, nothing is written")
    stage.play("bootstrap")
    headline("3/6 A new account: project-c-prod is added to the inventory")
    (inventory / "project_c.yml").write_text(NEW_ACCOUNT)
    stage.play("new_account", "--limit", "project-c-prod")
    headline("4/6 A new person: lee.sora is added to the roster, as admin of project-a")
    with (inventory / "group_vars" / "all" / "roster.yml").open("a") as roster:
        roster.write(NEW_PERSON)
    stage.play("new_user", "-e", "user_name=lee.sora")
    headline("5/6 Who can switch to which role in which account, read back from IAM")
    show_table(reachable_roles(address))
    headline("6/6 The first day of lee.sora, and what AWS answers to each step")
    parameter = "/jumpaccount/initial-password/lee.sora"
    say(f"           the help desk reads the initial password from {parameter}")
    stored = client(address, "ssm", JUMP).get_parameter(Name=parameter, WithDecryption=True)
    lee = Person(address, JUMP, "lee.sora", REGION)
    first_day(lee, stored["Parameter"]["Value"], own=PROJECT_A_PROD, foreign=PROJECT_B_PROD)


def main() -> None:
    """Run the demo in a copy of the sandbox inventory."""
    say("This starts a local AWS on this machine; no real AWS is touched.")
    with tempfile.TemporaryDirectory(prefix="jumpaccount-demo-") as folder:
        inventory = Path(folder) / "sandbox"
        shutil.copytree(ROOT / "inventories" / "sandbox", inventory)
        with sandbox() as address:
            run_demo(address, inventory)
    say("\nThe local AWS is stopped and has forgotten everything.\n")
    say(NEXT)


if __name__ == "__main__":
    main()
