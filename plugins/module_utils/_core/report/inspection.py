# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Alarms about the Jump account: what its fence and our roles are, against what they must be."""

from __future__ import annotations

from ..step import Run
from .fence import fence_problems, leftover_problems
from .passwords_key import key_problems
from .roles import role_problems


def inspection_alarms(run: Run) -> list[tuple[str, str]]:
    """Return what is wrong, each as the object and the sentence, the fence first.

    A step that read the account and does not tell of it is an alarm, too: silence is no proof.
    """
    result = run.results[run.inspector]
    if not result or result.get("failed"):
        return []
    found = result.get("inspection")
    if found:
        return [
            *(("fence", text) for text in fence_problems(run, found)),
            *(("fence", text) for text in leftover_problems(run, found)),
            *role_problems(run, found["roles"]).items(),
            *(("key", text) for text in key_problems(run, found.get("key"))),
        ]
    # A step that was refused as a whole says so itself.
    return [] if result.get("failures") else [("fence", _unread(run))]


def _unread(run: Run) -> str:
    return (
        "Could not check the roles of this collection and the fence in the Jump account "
        f"{run.desired['jump']['account_id']}: the step {run.inspector.label} returned no "
        "'inspection'. Run again; until this message is gone, treat the fence as missing."
    )
