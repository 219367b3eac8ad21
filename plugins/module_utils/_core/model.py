# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The desired world as values: accounts, levels, people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .change import Json
from .quotas import SESSION_SHORTEST


@dataclass(frozen=True, order=True)
class Account:
    """One AWS account of the inventory; host is its inventory name."""

    account_id: str
    host: str
    is_jump: bool = False
    project: str | None = None
    stage: str | None = None
    aws_profile: str | None = None
    bootstrap_role_arn: str | None = None


@dataclass(frozen=True)
class Level:
    """What the switch role of a level may do; durations in seconds.

    stages maps stages to the level as it is in accounts of that stage. A fenced level cannot
    reach, in the Jump account, what would make it administrator everywhere. Without a global group
    it is given by project only.
    """

    name: str
    managed_policies: tuple[str, ...] = ()
    inline_policies: tuple[tuple[str, Json], ...] = ()
    max_session_duration: int = SESSION_SHORTEST
    permissions_boundary: str | None = None
    is_fenced: bool = True
    has_global_group: bool = True
    stages: tuple[tuple[str, Level], ...] = ()

    def at(self, stage: str | None) -> Level:
        """Return the level as it is in accounts of a stage."""
        return dict(self.stages).get(stage or "", self)


@dataclass(frozen=True, order=True)
class Access:
    """One access entry of a person: a level in every account, or in one project's accounts."""

    level: str
    project: str | None = None


@dataclass(frozen=True)
class PersonalException:
    """What one person may do more in a shared role, through the day until; no stage means all.

    place is where it was written, for messages.
    """

    person: str
    level: str
    project: str
    until: str
    statements: tuple[Json, ...]
    stage: str | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class Person:
    """One person of the roster; place is where it was written, for messages."""

    name: str
    access: tuple[Access, ...] = ()
    company: str | None = None
    email: str | None = None
    locale: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    exceptions: tuple[PersonalException, ...] = ()
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class Inventory:
    """Everything that was asked for, checked.

    With only_used_groups, a level has a group of its own in those projects only where somebody has
    it. Without has_lower_roles_in_jump, fenced levels have no switch role in the Jump account.
    """

    jump: Account
    members: tuple[Account, ...]
    levels: tuple[Level, ...]
    people: tuple[Person, ...] = field(default=())
    only_used_groups: bool = False
    has_lower_roles_in_jump: bool = True

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts, the Jump account first."""
        return (self.jump, *self.members)

    @property
    def staged(self) -> frozenset[str]:
        """Return the stages in which a level differs from what it is elsewhere."""
        return frozenset(stage for level in self.levels for stage, _there in level.stages)

    @property
    def group_keys(self) -> tuple[tuple[Level, str | None], ...]:
        """Return the level and project of each group; no project means every account."""
        return tuple(
            (level, project)
            for level in self.levels
            for project in (
                *((None,) if level.has_global_group else ()),
                *self._projects_of(level),
            )
        )

    def _projects_of(self, level: Level) -> Iterable[str]:
        """Return the projects in which a level has a group of its own, sorted."""
        if not self.only_used_groups:
            return self.projects
        used = {a.project for p in self.people for a in p.access if a.level == level.name}
        return (project for project in self.projects if project in used)

    @property
    def projects(self) -> tuple[str, ...]:
        """Return the names of the projects, sorted."""
        return tuple(sorted({a.project for a in self.members if a.project is not None}))

    @property
    def jump_levels(self) -> tuple[Level, ...]:
        """Return the levels that have a switch role in the Jump account."""
        return tuple(
            level for level in self.levels if self.has_lower_roles_in_jump or not level.is_fenced
        )

    def accounts_with(self, level: str, project: str | None) -> tuple[Account, ...]:
        """Return the accounts of a project, or all, that have the switch role of a level."""
        is_in_jump = level in {there.name for there in self.jump_levels}
        return tuple(a for a in self.accounts_of(project) if is_in_jump or not a.is_jump)

    def accounts_of(self, project: str | None) -> tuple[Account, ...]:
        """Return a project's accounts; without a project, every account."""
        if project is None:
            return self.accounts
        return tuple(a for a in self.members if a.project == project)
