# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Accounts that are not ready yet: those that wait for their owners, and those without roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..change import Json
from ..step import Run, Step
from ..words import listed
from .summary_changes import applied_changes

SHOWN_LINKS = 5
SHOWN_ACCOUNTS = 40
_NO_LINK = "no link: the template URL of the execution role is not known"


def waiting_accounts(run: Run) -> list[Mapping[str, Json]]:
    """Return the accounts that only their owners can prepare, each with its link."""
    waiting: dict[str, Mapping[str, Json]] = {}
    for step in (Step.EXECUTION_ROLES, Step.STACK_INSTANCES):
        result = run.results[step]
        waiting.update({entry["account_id"]: entry for entry in result.get("waiting", [])})
    done = {_account_of(change) for change in applied_changes(run.results[Step.STACK_INSTANCES])}
    return [waiting[account_id] for account_id in sorted(waiting.keys() - done)]


def accounts_without_roles(run: Run) -> frozenset[str]:
    """Return the accounts of which this run knows that their switch roles are not there yet."""
    absent = run.results[Step.STACK_INSTANCES].get("absent_accounts", [])
    return frozenset({*absent, *(entry["account_id"] for entry in waiting_accounts(run))})


def accounts_with_old_roles(run: Run) -> frozenset[str]:
    """Return the accounts whose switch roles are there, but could not be updated."""
    failures = run.results[Step.STACK_INSTANCES].get("failures", [])
    refused = {f["account_id"] for f in failures if "account_id" in f}
    return frozenset(refused) - accounts_without_roles(run)


def _account_of(change: Mapping[str, Json]) -> str:
    target: str = change["target"]
    return target.removeprefix("stack instance ").partition("/")[0]


def waiting_lines(run: Run) -> list[str]:
    """Return what the owners of waiting accounts have to do, with one link for each account.

    The link is the same for all accounts as a rule, so a long list shows it once.
    """
    entries = waiting_accounts(run)
    if not entries:
        return []
    hosts = {a["account_id"]: a["host"] for a in run.desired["accounts"]}
    accounts_at: dict[str, list[str]] = {}
    for entry in entries:
        account_id = entry["account_id"]
        name = f"{hosts.get(account_id, 'account')} ({account_id})"
        accounts_at.setdefault(entry["url"] or _NO_LINK, []).append(name)
    one = len(entries) == 1
    wait = (
        "1 account waits for its owner" if one else f"{len(entries)} accounts wait for their owners"
    )
    return [
        f"{wait}. {'The' if one else 'Each'} owner signs in there as an administrator, opens the",
        "link, and creates the stack. Then run this playbook again; every run repeats this list",
        "until it is empty.",
        *(
            line
            for url, names in accounts_at.items()
            for line in _with_link(names, url, is_long=len(entries) > SHOWN_LINKS)
        ),
    ]


def _with_link(names: Sequence[str], url: str, *, is_long: bool) -> list[str]:
    if is_long:
        return [f"  {listed(names, SHOWN_ACCOUNTS)}", f"    {url}"]
    return [line for name in names for line in (f"  {name}", f"    {url}")]
