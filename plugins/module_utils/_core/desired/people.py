# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""From a checked inventory to the groups and users that it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..arns import ADMINISTRATOR, iam_arn
from ..change import Json
from ..checking import Problems, type_name
from ..iam.groups import JumpGroup
from ..iam.users import JumpUser
from ..model import Account, Inventory, Level, Person
from ..naming import Names
from ..quotas import GROUP_NAME_LONGEST, ROLE_NAME_LONGEST

ALL_ROLES, ADMIN_ROLES = "all", "admin"
"""Which switch roles the Jump account has: one for each level, or none for fenced levels."""
REACH_SHOWN = 3
"""Roles that a person is told of in full."""


@dataclass(frozen=True)
class Reach:
    """That a person can switch to one role in one account."""

    person: str
    account: Account
    role: str


def parse_project_groups(problems: Problems, choice: Json) -> bool:
    """Return whether only those project groups shall exist that somebody in the roster needs."""
    if choice not in ("all", "used"):
        problems.add("project_groups", f"expected 'all' or 'used', found {type_name(choice)}")
    return bool(choice == "used")


def parse_jump_roles(problems: Problems, choice: Json, levels: Iterable[Level]) -> bool:
    """Return whether levels below administrator have switch roles in the Jump account, too."""
    if choice not in (ALL_ROLES, ADMIN_ROLES):
        problems.add(
            "roles_in_jump_account",
            f"expected '{ALL_ROLES}' or '{ADMIN_ROLES}', found {type_name(choice)}",
        )
    elif choice == ADMIN_ROLES and all(level.is_fenced for level in levels):
        problems.add(
            "roles_in_jump_account",
            f"with '{ADMIN_ROLES}', only levels that are not fenced have a switch role in the "
            "Jump account, but all levels are fenced, so nobody could switch to it. Add a level "
            f"with {ADMINISTRATOR} or use '{ALL_ROLES}'",
        )
    return bool(choice != ADMIN_ROLES)


def build_groups(inventory: Inventory, names: Names, partition: str) -> tuple[JumpGroup, ...]:
    """Return a group for each level, and for each level of each project."""
    groups = (
        build_group(inventory, names, partition, level.name, project)
        for level, project in inventory.group_keys
    )
    return tuple(sorted(groups, key=lambda group: group.name))


def build_group(
    inventory: Inventory, names: Names, partition: str, level: str, project: str | None
) -> JumpGroup:
    """Return the group of a level, of one project or of every account."""
    return JumpGroup(
        name=names.group(level, project),
        role_arns=frozenset(
            iam_arn(partition, account.account_id, f"role/{names.role(level)}")
            for account in inventory.accounts_with(level, project)
        ),
    )


def build_users(
    inventory: Inventory, names: Names, path: str, permissions_boundary: str | None
) -> tuple[JumpUser, ...]:
    """Return the roster's people as IAM users."""
    return tuple(
        JumpUser(
            name=person.name,
            path=path,
            tags=_tags(person),
            permissions_boundary=permissions_boundary,
            groups=frozenset(names.group(a.level, a.project) for a in person.access),
        )
        for person in inventory.people
    )


def _tags(person: Person) -> tuple[tuple[str, str], ...]:
    fields = {"company": person.company, "email": person.email, "locale": person.locale}
    given = {key: value for key, value in fields.items() if value is not None}
    return tuple(sorted({**given, **dict(person.tags)}.items()))


def build_reach(inventory: Inventory, names: Names, person: Person) -> tuple[Reach, ...]:
    """Return every role in every account that a person can switch to, sorted."""
    found = {
        (account, names.role(access.level))
        for access in person.access
        for account in inventory.accounts_with(access.level, access.project)
    }
    ordered = sorted(found, key=lambda pair: (not pair[0].is_jump, pair[0].host, pair[1]))
    return tuple(Reach(person.name, account, role) for account, role in ordered)


def check_names(problems: Problems, inventory: Inventory, names: Names) -> None:
    """Record group and role names that are too long or differ only in case."""
    groups = [
        (names.group(level.name, project), f"level {level.name}" + _of_project(project))
        for level, project in inventory.group_keys
    ]
    roles = [
        (names.administration_role, "names.administration_role"),
        (names.execution_role, "names.execution_role"),
        *((names.role(level.name), f"level {level.name}") for level in inventory.levels),
    ]
    for kind, made, longest in (
        ("group name", groups, GROUP_NAME_LONGEST),
        ("role name", roles, ROLE_NAME_LONGEST),
    ):
        _check_lengths(problems, kind, made, longest)
        _check_collisions(problems, kind, made)


def _of_project(project: str | None) -> str:
    return f" of project {project}" if project else ""


def _check_lengths(
    problems: Problems, kind: str, made: list[tuple[str, str]], longest: int
) -> None:
    for name, source in made:
        if len(name) > longest:
            problems.add(
                source, f"{kind} '{name}' has {len(name)} characters; AWS allows at most {longest}"
            )


def _check_collisions(problems: Problems, kind: str, made: list[tuple[str, str]]) -> None:
    first: dict[str, str] = {}
    for name, source in made:
        other = first.setdefault(name.lower(), source)
        if other != source:
            problems.add(source, f"{kind} '{name}' is also used by {other}; IAM ignores case")
