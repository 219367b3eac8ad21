# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Variables that nobody reads although somebody meant them for this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..checking import Problems, shortened
from ..nearness import near_word

HOST_VARIABLES = ("account_id", "project", "stage", "aws_profile", "bootstrap_role_arn")
INVENTORY_VARIABLES = ("aws_region", "levels", "roster")
ONE_USER = "user_name"
COMMAND_LINE = (ONE_USER, "reset_password")
"""Short names, for the command line, of variables of our roles."""
OWN_OF_EACH_ACCOUNT = ("account_id", "project", "stage")

_MEANT_FOR_ONE_USER = ("only_user", "person", "user", "users")


@dataclass(frozen=True)
class Variables:
    """The names of the variables that a run has, whoever reads them.

    of_roles are the variables of our roles, of_hosts those of the play and the inventory, each with
    the accounts that have it; extra are those of the command line; sources say where a variable was
    written, where that is known.
    """

    of_roles: Collection[str] = ()
    of_hosts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    extra: Collection[str] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


def check_variables(problems: Problems, variables: Variables, ignored: Collection[str]) -> None:
    """Record variables that would be ignored but are probably misspelt ones of ours."""
    passed = set(ignored)
    known = {*HOST_VARIABLES, *INVENTORY_VARIABLES, *variables.of_roles}
    _check_extra(problems, variables, known, passed)
    for name in _foreign(variables.of_hosts, {*known, *COMMAND_LINE, *passed, *variables.extra}):
        _check_name(problems, variables, name, near_word(name, known))


def _check_extra(
    problems: Problems, variables: Variables, known: set[str], passed: set[str]
) -> None:
    for name in sorted({*OWN_OF_EACH_ACCOUNT} & {*variables.extra} - passed):
        problems.add(
            f"extra variable {name}",
            "applies to every account when set on the command line; set it on each host instead",
        )
    for name in _foreign(variables.extra, {*known, *COMMAND_LINE, *passed}):
        meant = (
            ONE_USER if name in _MEANT_FOR_ONE_USER else near_word(name, {*known, *COMMAND_LINE})
        )
        _check_name(problems, variables, name, meant)


def _foreign(names: Iterable[str], ours: set[str]) -> list[str]:
    return sorted(n for n in names if n not in ours and not n.startswith("ansible_"))


def _check_name(problems: Problems, variables: Variables, name: str, meant: str | None) -> None:
    if meant is None:
        return
    hosts = variables.of_hosts.get(name, ())
    kind = "extra variable" if name in variables.extra else "variable"
    of_hosts = f" of {shortened(hosts)}" if hosts and name not in variables.extra else ""
    source = variables.sources.get(name)
    problems.add(
        f"{kind} {name}{of_hosts}{(source and f' ({source})') or ''}",
        f"is not used; did you mean '{meant}'? If it is intended for something else, list it in "
        "jump_ignore_variables",
    )
