# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading one stack in many accounts side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .._aws.errors import AwsError
from .._aws.stacks import read_stack
from .._aws.waiting import Patience
from .._core.arns import is_account_id
from .._core.checking import InputError, Problems
from .._core.shown import quoted
from .._core.stacks.account_stack import FoundStack
from .access import Access, Door, Entry, NoAccessError, NoWayInError
from .apply import WORKERS


@dataclass(frozen=True)
class Survey:
    """What was found: the accounts that could be read, and why others could not.

    unreachable are those of the refused that could not even be entered; waiting are accounts that
    nothing leads to, which their owners open, with the reason.
    """

    doors: Mapping[str, Door]
    found: Mapping[str, FoundStack]
    refused: Mapping[str, str]
    unreachable: frozenset[str] = frozenset()
    waiting: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Closed:
    """An account that could not be entered, or not be read."""

    reason: str
    is_entered: bool = False
    is_for_owner: bool = False


def check_entries(problems: Problems, entries: Sequence[Entry]) -> None:
    """Record entries that name no account, or one twice, or a role of another account."""
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries):
        place = f"accounts[{number}]"
        if not is_account_id(entry.account_id):
            problems.add(f"{place}.account_id", f"{quoted(entry.account_id)} is not 12 digits")
            continue
        first = seen.setdefault(entry.account_id, number)
        if first != number:
            problems.add(place, f"account {entry.account_id} is already accounts[{first}]")
        if entry.role_arn and entry.role_arn.split(":")[4:5] != [entry.account_id]:
            problems.add(
                f"{place}.role_arn",
                f"{quoted(entry.role_arn)} is not a role of account {entry.account_id}",
            )


def survey_stacks(
    access: Access,
    entries: Sequence[Entry],
    name: str,
    patience: Patience,
    quick_create_url: str | None,
) -> Survey:
    """Read the stack of every account; an account that fails does not stop the others."""

    def look_into(entry: Entry) -> tuple[Door, FoundStack] | _Closed:
        try:
            door = access.open(entry)
        except (AwsError, NoAccessError) as error:
            return _closed(entry, error, quick_create_url)
        try:
            return door, read_stack(door.enter(), name, patience)
        except (AwsError, InputError) as error:
            return _Closed(str(error), is_entered=True)

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = dict(
            zip((e.account_id for e in entries), pool.map(look_into, entries), strict=True)
        )
    closed = {i: answer for i, answer in answers.items() if isinstance(answer, _Closed)}
    readable = {i: answer for i, answer in answers.items() if not isinstance(answer, _Closed)}
    return Survey(
        doors={i: door for i, (door, _found) in readable.items()},
        found={i: found for i, (_door, found) in readable.items()},
        refused={i: c.reason for i, c in closed.items() if not c.is_for_owner},
        unreachable=frozenset(
            i for i, c in closed.items() if not c.is_entered and not c.is_for_owner
        ),
        waiting={i: c.reason for i, c in closed.items() if c.is_for_owner},
    )


def _closed(entry: Entry, error: Exception, quick_create_url: str | None) -> _Closed:
    """Return why an account could not be entered; its owner can help where there is a link."""
    if not quick_create_url:
        return _Closed(str(error))
    if isinstance(error, NoWayInError):
        return _Closed(str(error), is_for_owner=True)
    hint = f"Or ask the owner of account {entry.account_id} to launch the stack:"
    return _Closed(f"{error} {hint} {quick_create_url}")
