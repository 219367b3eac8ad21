# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Options of ansible-playbook that make a run a part of what it looks like."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ..checking import Problems, shortened, suggest
from ..model import Account, Person
from ..shown import quoted
from ..words import counted

NO_TAGS = (
    "The tasks in the playbooks of this collection have no tags, so {option} would skip {what}; "
    "run without it. To select a playbook by tag, add the tag where you import the playbook"
)


TOOLS_SKIP = frozenset({"molecule-idempotence-notest", "molecule-notest", "notest"})
"""Molecule always skips tags of these names, whether there are any or not."""


def tags_problem(
    run_tags: Collection[str], skip_tags: Collection[str], own_tags: Collection[str]
) -> str | None:
    """Return why a run with these tags does not do what it looks like; none, if it does.

    own_tags are those of the asking task, which is tagged always; a playbook that is imported under
    a tag hands it on.
    """
    if set(own_tags) - {"always"}:
        return None
    if not {"all", "untagged"} & set(run_tags):
        return NO_TAGS.format(option=f"--tags {','.join(run_tags)}", what="everything")
    if set(skip_tags) - TOOLS_SKIP:
        return NO_TAGS.format(option=f"--skip-tags {','.join(skip_tags)}", what="nothing")
    return None


def check_limit(problems: Problems, limit: str | None, known: Collection[str]) -> None:
    """Record names in --limit that the inventory does not have: Ansible goes on with the others."""
    for name in (limit or "").split(","):
        is_name = re.fullmatch(r"[A-Za-z0-9_][\w.-]*", name.strip())
        if is_name and name.strip() not in {*known, "all", "localhost"}:
            hint = suggest(name, known)
            problems.add(
                "--limit", f"the inventory has no host or group {quoted(name.strip())}{hint}"
            )


def partial_run(
    accounts: Sequence[Account],
    scope_hosts: Collection[str] | None,
    people: Sequence[Person],
    only_user: str | None,
    start_at_task: str | None,
) -> list[str]:
    """Return in which respects this is no full run, a sentence each."""
    said = []
    if start_at_task:
        said.append(f"started at task {quoted(start_at_task)}: earlier tasks are skipped")
    inside = [a.host for a in accounts if scope_hosts is None or a.host in scope_hosts]
    if len(inside) < len(accounts):
        names = f" ({shortened(inside)})" if inside else ""
        said.append(
            f"--limit: {len(inside)} of {len(accounts)} accounts{names}; roles in the other "
            "accounts remain unchanged"
        )
    if only_user is not None:
        said.append(
            f"user_name: {only_user}, 1 of {counted(len(people), 'person')}; the others remain "
            "unchanged"
        )
    return said
