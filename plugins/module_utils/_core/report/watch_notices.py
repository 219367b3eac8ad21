# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What is to be told of watching the Jump account: who is not told yet, and what was left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..change import Json, Kind, kind_of
from ..step import Run, Step
from ..words import counted
from .summary_changes import applied_changes

_STEPS = (Step.WATCHING, Step.WATCHING_OF_IAM)


def watch_lines(run: Run) -> list[str]:
    """Return the lines of the summary."""
    return [*_unconfirmed(run), *(f"  {line}" for line in run.notices)]


def _unconfirmed(run: Run) -> list[str]:
    """Return that new subscriptions wait; a template that changed may have brought some."""
    regions = sum(
        any(kind_of(c["target"]) == Kind.STACK for c in applied_changes(run.results[step]))
        for step in _STEPS
    )
    if not regions or run.is_check:
        return []
    emails = run.desired["watch"]["emails"]
    if not emails:
        topic = run.desired["watch"]["stack"]
        return [
            "  nobody is notified yet: set addresses in jump_watch_emails, or subscribe to the "
            f"topics {topic}"
        ]
    return [
        f"  AWS asks new addresses ({', '.join(emails)}) by email to confirm, once for each of "
        f"{counted(regions, 'region')}; until then they are not notified"
    ]


def left_stack_notices(watch: Mapping[str, Json], stacks: Collection[str]) -> list[str]:
    """Return how to remove what watches the account when it is not wanted any more."""
    name = watch["stack"]
    if watch["is_wanted"] or name not in stacks:
        return []
    return [
        f"stack {name} still watches this account, though jump_watch is false; this run does "
        "not change or remove it. To remove it:",
        *(
            line
            for region in watch["regions"]
            for line in (
                f"  aws cloudformation update-termination-protection --stack-name {name} "
                f"--region {region} --no-enable-termination-protection",
                f"  aws cloudformation delete-stack --stack-name {name} --region {region}",
            )
        ),
    ]


def runner_notices(watch: Mapping[str, Json], caller_arn: str) -> list[str]:
    """Return that a run is none of those whose changes are no news, where some are named."""
    runners: Sequence[str] = watch["runners"]
    if not watch["is_wanted"] or not runners or _is_one_of(caller_arn, runners):
        return []
    return [
        f"jump_watch_runners does not include the identity of this run ({caller_arn}), so its "
        "changes are reported like manual changes"
    ]


def _is_one_of(caller_arn: str, runners: Sequence[str]) -> bool:
    """Return whether a caller is one of these; the ARN of a session leaves out its role's path."""
    head, _slash, rest = caller_arn.rpartition(":")[2].partition("/")
    if head != "assumed-role":
        return caller_arn in runners
    role = rest.partition("/")[0]
    return any(":role/" in arn and arn.rpartition("/")[2] == role for arn in runners)
