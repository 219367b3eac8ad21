# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading one stack in many accounts side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .._aws.account import AwsAccount
from .._aws.errors import AwsError
from .._aws.stacks import read_stack
from .._aws.waiting import Patience
from .._core.accounts import is_account_id
from .._core.checking import InputError, Problems
from .._core.plan_account_stack import FoundStack
from .access import Access, Entry, NoAccessError
from .apply import WORKERS


@dataclass(frozen=True)
class Survey:
    """What was found: the accounts that could be read, and why others could not."""

    accounts: Mapping[str, AwsAccount]
    found: Mapping[str, FoundStack]
    refused: Mapping[str, str]


def check_entries(problems: Problems, entries: Sequence[Entry]) -> None:
    """Record entries that name no account, or one twice, or a role of another account."""
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries):
        place = f"accounts[{number}]"
        if not is_account_id(entry.account_id):
            problems.add(f"{place}.account_id", f"'{entry.account_id}' is not 12 digits")
            continue
        first = seen.setdefault(entry.account_id, number)
        if first != number:
            problems.add(place, f"account {entry.account_id} is already accounts[{first}]")
        if entry.role_arn and entry.role_arn.split(":")[4:5] != [entry.account_id]:
            problems.add(
                f"{place}.role_arn",
                f"'{entry.role_arn}' is no role of account {entry.account_id}",
            )


def survey_stacks(
    access: Access,
    entries: Sequence[Entry],
    name: str,
    patience: Patience,
    quick_create_url: str | None,
) -> Survey:
    """Read the stack of every account; an account that fails does not stop the others."""

    def look_into(entry: Entry) -> tuple[AwsAccount, FoundStack] | str:
        try:
            aws = _open(access, entry, quick_create_url)
            return aws, read_stack(aws, name, patience)
        except (AwsError, InputError, NoAccessError) as error:
            return str(error)

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = dict(
            zip((e.account_id for e in entries), pool.map(look_into, entries), strict=True)
        )
    readable = {i: answer for i, answer in answers.items() if not isinstance(answer, str)}
    return Survey(
        accounts={i: aws for i, (aws, _found) in readable.items()},
        found={i: found for i, (_aws, found) in readable.items()},
        refused={i: answer for i, answer in answers.items() if isinstance(answer, str)},
    )


def _open(access: Access, entry: Entry, quick_create_url: str | None) -> AwsAccount:
    try:
        return access.open(entry)
    except (AwsError, NoAccessError) as error:
        if not quick_create_url:
            raise
        hint = f"Or ask the owner of account {entry.account_id} to launch the stack:"
        raise NoAccessError(f"{error} {hint} {quick_create_url}") from error
