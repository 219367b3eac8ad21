# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs cost: API calls, CPU time and memory, against the least that would do.

    .venv/bin/python -m benchmarks.cost --accounts 100 --people 500

It bootstraps an estate in the sandbox and runs bootstrap again, and compares the first run's calls
with the floor of a bare script that knows what to create, and the second run's CPU time with that
of an empty playbook. Memory is the peak of the largest single process of a run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.conftest import LEVELS, Sandbox, World, member, people, sandbox_process

MOST_FIRST_CALLS, MOST_CPU, MOST_MEMORY = 1.2, 12, 150
# Three of them are for the passwords' key: its stack, the template of that, and its policy.
MOST_SECOND_CALLS = 23
ACCOUNTS_OF_A_PROJECT = 4
EMPTY = "- {hosts: 'all:localhost', gather_facts: false, connection: local, tasks: []}\n"
MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of CPU, and megabytes of its largest process."""

    cpu: float
    memory: float
    calls: dict[str, int]

    @property
    def total(self) -> int:
        """Return the number of all calls."""
        return sum(self.calls.values())


def estate(accounts: int, persons: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return so many accounts, the Jump account included, in projects of four, and people."""
    members = {
        f"host-{n:04}": member(f"22{n:010}", f"project-{n // ACCOUNTS_OF_A_PROJECT:04}")
        for n in range(1, accounts)
    }
    return members, people([f"person-{n:04}" for n in range(persons)], level="operator")


def floor(accounts: int, persons: int) -> int:
    """Return the calls of a bare script that reads nothing and waits for nothing twice.

    A person is CreateUser, AddUserToGroup, PutParameter and CreateLoginProfile; a group is
    CreateGroup, AttachGroupPolicy and PutGroupPolicy; a member account is AssumeRole, CreateStack
    and DescribeStacks. The Jump account takes 19: its two stacks (4), the bucket with its settings
    and two templates (8), the password policy, the MFA policy, the stack set, its instances, and
    three looks at their operation and its results.
    """
    projects = len({n // ACCOUNTS_OF_A_PROJECT for n in range(1, accounts)})
    groups = len(LEVELS) * (1 + projects)
    return 4 * persons + 3 * groups + 3 * (accounts - 1) + 19


def measure(world: World, playbook: str) -> Cost:
    """Run a playbook that must succeed."""
    before = counters(world.sandbox)
    ansible = Path(sys.executable).parent / "ansible-playbook"
    inventory = str(world.folder / "inventory.yml")
    command = [sys.executable, "-c", MEASURE, str(ansible), playbook, "-i", inventory]
    # Modules are packed and compiled for each run, as users have it, and not as other tests do.
    unshared = {"ANSIBLE_CALLBACKS_ENABLED": "record_results"}
    answer = subprocess.run(
        command,
        env={**world.environment(world.folder / "results.jsonl"), **unshared},
        check=True,
        capture_output=True,
        text=True,
    )
    code, cpu, kilobytes = answer.stdout.split()
    if code != "0":
        raise SystemExit(f"{playbook} failed, see {world.folder / 'results.jsonl'}")
    after = counters(world.sandbox)
    made = {action: number - before.get(action, 0) for action, number in after.items()}
    return Cost(float(cpu), int(kilobytes) / 1024, {a: n for a, n in sorted(made.items()) if n})


def counters(sandbox: Sandbox) -> dict[str, int]:
    """Return the calls so far by action."""
    return dict(sandbox.calls()["by_action"])


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def report(accounts: int, persons: int, first: Cost, second: Cost, empty: Cost) -> None:
    """Print the figures beside the bars that they are held to."""
    least = floor(accounts, persons)
    say(f"{accounts} accounts, {persons} people")
    say(f"  first run    {first.total} calls, {first.total / least:.2f} times the floor of {least}")
    say(f"               (at most {MOST_FIRST_CALLS}); {first.cpu:.1f} s of CPU")
    say(f"  second run   {second.total} calls (at most {MOST_SECOND_CALLS})")
    say(f"               {second.cpu:.2f} s of CPU, {second.cpu / empty.cpu:.1f} times an empty")
    say(f"               playbook's {empty.cpu:.2f} s (at most {MOST_CPU})")
    say(f"  memory       {first.memory:.0f} MB and {second.memory:.0f} MB at the peak of one")
    say(f"               process (at most {MOST_MEMORY} MB)")
    for name, cost in (("first", first), ("second", second)):
        say(f"  calls of the {name} run:")
        for action, number in cost.calls.items():
            say(f"    {number:5}  {action}")


def main() -> None:
    """Measure one estate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--people", type=int, default=500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sandbox_process(Path(folder)) as sandbox:
        sandbox.reset()
        world = World(sandbox, Path(folder))
        world.write(*estate(asked.accounts, asked.people))
        empty = world.folder / "empty.yml"
        empty.write_text(EMPTY)
        first = measure(world, "playbooks/bootstrap.yml")
        second = measure(world, "playbooks/bootstrap.yml")
        report(asked.accounts, asked.people, first, second, measure(world, str(empty)))


if __name__ == "__main__":
    main()
