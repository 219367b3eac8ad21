# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Switch roles as values: what a level means in an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..arns import aws_policy_arn
from ..change import Json
from ..model import Level
from ..naming import Names
from ..policies.switch import TrustOptions, build_switch_trust
from ..quotas import SESSION_SHORTEST


@dataclass(frozen=True)
class SwitchRole:
    """One switch role as it stands in an account; durations in seconds.

    ARNs may hold ${AWS::AccountId} and ${AWS::Partition}. stages maps stages to the role as it is
    in accounts of that stage.
    """

    name: str
    trust_policy: Json
    managed_policy_arns: tuple[str, ...] = ()
    inline_policies: tuple[tuple[str, Json], ...] = ()
    max_session_duration: int = SESSION_SHORTEST
    description: str = ""
    permissions_boundary: str | None = None
    path: str = "/"
    tags: tuple[tuple[str, str], ...] = ()
    is_fenced: bool = False
    takes_exceptions: bool = False
    stages: tuple[tuple[str, SwitchRole], ...] = ()


def managed_policy_arn(name: str, partition: str) -> str:
    """Return the ARN of an AWS managed policy given by name; an ARN stays as it is."""
    return name if name.startswith("arn:") else aws_policy_arn(partition, name)


def build_switch_roles(
    levels: Iterable[Level], names: Names, trust: TrustOptions, boundary: str | None = None
) -> tuple[SwitchRole, ...]:
    """Return the switch roles of the levels, sorted by name.

    boundary limits the roles of levels without a permissions boundary of their own.
    """
    roles = (_build_role(level, names, trust, boundary) for level in levels)
    return tuple(sorted(roles, key=lambda role: role.name))


def _build_role(
    level: Level, names: Names, trust: TrustOptions, boundary: str | None
) -> SwitchRole:
    own_boundary = level.permissions_boundary or boundary
    role = SwitchRole(
        name=names.role(level.name),
        trust_policy=build_switch_trust(trust),
        managed_policy_arns=tuple(
            sorted(managed_policy_arn(p, trust.partition) for p in level.managed_policies)
        ),
        inline_policies=level.inline_policies,
        max_session_duration=level.max_session_duration,
        description=f"Level {level.name}: people switch here from {trust.jump_account_id}",
        permissions_boundary=own_boundary and managed_policy_arn(own_boundary, trust.partition),
        is_fenced=level.is_fenced,
        takes_exceptions=True,
    )
    stages = ((stage, _build_role(at, names, trust, boundary)) for stage, at in level.stages)
    return replace(role, stages=tuple(stages))
