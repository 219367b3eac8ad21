# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Everything that a run wants, worked out from the checked input: one value for all roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .account_parameters import (
    build_account_parameters,
    build_exceptions,
    check_parameter_count,
)
from .account_results import build_accounts
from .accounts import parse_accounts, parse_readers
from .catalog import EMPTY, Catalog, parse_catalog
from .change import Json
from .checking import Problems, known_list, suggest, type_name
from .exceptions import Known
from .fence_check import fence_in
from .levels import parse_levels
from .model import Account, Inventory, Level
from .naming import SESSION_NAME_SHORTEST, Names, parse_names, partition_of
from .policy_bucket import build_bucket_policy
from .policy_fence import Fence
from .role_template import build_administration_template, build_execution_template
from .roster import parse_roster
from .scope import build_groups, build_reach, build_users, check_names, parse_project_groups
from .security import SecurityOptions, parse_security
from .sizes import check_readers, check_sizes
from .stack_template import build_template_url
from .switch_role import build_switch_roles
from .switch_template import build_switch_template

EXECUTION_TEMPLATE_KEY = "stackset-execution-role.yaml"
SWITCH_TEMPLATE_KEY = "iam-roles.yaml"


@dataclass(frozen=True)
class Request:
    """The raw input of a run, as Ansible has it."""

    hosts: Sequence[Mapping[str, Json]]
    levels: Json
    roster: Json
    region: Json
    names: Mapping[str, Json]
    users_path: str = "/"
    only_user: Json = None
    scope_hosts: Sequence[str] | None = None
    security: Mapping[str, Json] = field(default_factory=dict)
    current_day: str = "2000-01-01"
    template_readers: Json = None
    project_groups: Json = "all"
    known_actions: Json = None
    catalog: Catalog = EMPTY


@dataclass(frozen=True)
class Wanted:
    """The checked input: whom and what there shall be, under which names and how strictly.

    reader_ids are the member accounts that may read the template of the execution role.
    """

    inventory: Inventory
    names: Names
    security: SecurityOptions
    reader_ids: tuple[str, ...]


def parse_request(request: Request) -> Wanted:
    """Return the checked input; raise InputError with every problem."""
    problems = Problems()
    names = parse_names(problems, request.names)
    jump, members = parse_accounts(problems, request.hosts)
    partition = partition_of(str(request.region))
    catalog = parse_catalog(problems, request.known_actions, request.catalog, partition)
    levels = parse_levels(problems, request.levels, catalog)
    placeholder = Account("000000000000", "jump", is_jump=True)
    inventory = Inventory(jump or placeholder, members, levels)
    people = parse_roster(problems, request.roster, _known(request, levels, catalog))
    security = parse_security(problems, request.security, inventory.jump.account_id, catalog)
    _check_region(problems, request.region)
    _check_only_user(problems, request.only_user, [person.name for person in people])
    only_used = parse_project_groups(problems, request.project_groups)
    inventory = replace(inventory, people=people, only_used_groups=only_used)
    check_names(problems, inventory, names)
    check_parameter_count(problems, len(levels))
    _check_session_names(problems, inventory, security)
    build_account_parameters(problems, inventory, names, request.current_day)
    reader_ids = _readers(problems, request, inventory, names)
    check_sizes(problems, inventory, names, security, partition)
    problems.raise_if_any("nothing was sent to AWS")
    return Wanted(inventory, names, security, reader_ids)


def _known(request: Request, levels: Iterable[Level], catalog: Catalog) -> Known:
    """Return what the roster can name, as it is written: a broken level is reported once."""
    return Known(
        levels=[name for name in request.levels if isinstance(name, str)]
        if isinstance(request.levels, Mapping)
        else (),
        projects=_projects(request.hosts),
        levels_by_project=[level.name for level in levels if not level.has_global_group],
        catalog=catalog,
    )


def _readers(
    problems: Problems, request: Request, inventory: Inventory, names: Names
) -> tuple[str, ...]:
    hosts = parse_readers(problems, request.template_readers, request.hosts)
    reader_ids = tuple(a.account_id for a in inventory.members if a.host in hosts)
    jump_id = inventory.jump.account_id
    partition = partition_of(str(request.region))
    bucket = names.bucket(jump_id)
    policy = build_bucket_policy(bucket, partition, jump_id, reader_ids, EXECUTION_TEMPLATE_KEY)
    check_readers(problems, policy, len(reader_ids))
    return reader_ids


def _projects(hosts: Sequence[Mapping[str, Json]]) -> dict[str, set[str]]:
    """Return the projects of the hosts as they are written, each with its stages."""
    projects: dict[str, set[str]] = {}
    for host in filter(_is_project_host, hosts):
        stages = projects.setdefault(str(host["project"]), set())
        if isinstance(host.get("stage"), str):
            stages.add(host["stage"])
    return projects


def _check_session_names(
    problems: Problems, inventory: Inventory, security: SecurityOptions
) -> None:
    """Record people who could not switch, and exceptions that others could use."""
    if security.bind_session_name:
        for person in inventory.people:
            if len(person.name) < SESSION_NAME_SHORTEST:
                problems.add(
                    f"{person.place}.name",
                    f"'{person.name}' is too short: sessions are named after their user, and AWS "
                    f"wants {SESSION_NAME_SHORTEST} characters or more, so nobody of this name "
                    "could switch",
                )
        return
    names = sorted(person.name for person in inventory.people if person.exceptions)
    if names:
        problems.add(
            "bind_session_name",
            f"is false, so anybody could name a session after {', '.join(names)} and use their "
            "exceptions; make it true, or take the exceptions out of the roster",
        )


def _is_project_host(host: Mapping[str, Json]) -> bool:
    return isinstance(host.get("project"), str) and not host.get("is_jump")


def _check_region(problems: Problems, region: Json) -> None:
    if not isinstance(region, str) or not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]+", region):
        problems.add(
            "aws_region", f"expected a region such as eu-west-1, found {type_name(region)}"
        )


def _check_only_user(problems: Problems, only_user: Json, people: Sequence[str]) -> None:
    if only_user is None or only_user in people:
        return
    if not isinstance(only_user, str):
        problems.add("user_name", f"expected a string, found {type_name(only_user)}")
        return
    hint = suggest(only_user, people)
    problems.add("user_name", f"'{only_user}' is not in the roster{hint}; {known_list(people)}")


def build_desired(wanted: Wanted, request: Request) -> dict[str, Json]:
    """Return the values that the roles hand to the modules; no secrets, plain types."""
    inventory, names = wanted.inventory, wanted.names
    region = str(request.region)
    partition = partition_of(region)
    jump_id = inventory.jump.account_id
    bucket = names.bucket(jump_id)
    templates = _templates(wanted, region)
    return {
        "region": region,
        "partition": partition,
        "bucket": bucket,
        "template_readers": list(wanted.reader_ids),
        "execution_template_url": build_template_url(
            bucket, EXECUTION_TEMPLATE_KEY, region, partition, None
        ),
        "administration_role_arn": f"arn:{partition}:iam::{jump_id}:role/"
        f"{names.administration_role}",
        "groups": [
            {"name": group.name, "role_arns": sorted(group.role_arns)}
            for group in build_groups(inventory, names, partition)
        ],
        "users_source_networks": list(wanted.security.users_source_networks),
        "templates": templates,
        "switch_roles": sorted(names.role(level.name) for level in inventory.levels),
        "fence": fence_in(templates["switch_roles"]),
        "stack_roles": sorted(
            {names.administration_role, names.execution_role}
            | {names.role(level.name) for level in inventory.levels}
        ),
        "stack_policies": [names.fence_policy] if fence_in(templates["switch_roles"]) else [],
        "stack_set": names.stack_set,
        "exceptions": build_exceptions(inventory, request.current_day),
        **build_accounts(inventory, names, request.current_day, request.scope_hosts),
        **_people(wanted, request),
    }


def _templates(wanted: Wanted, region: str) -> dict[str, Json]:
    inventory, names, partition = wanted.inventory, wanted.names, partition_of(region)
    roles = build_switch_roles(
        inventory.levels,
        names,
        wanted.security.trust(inventory.jump.account_id, partition),
        wanted.security.switch_roles_permissions_boundary,
    )
    fence = Fence(inventory.jump.account_id, names, partition)
    return {
        "administration": build_administration_template(names, region),
        "execution": build_execution_template(names, inventory.jump.account_id),
        "switch_roles": build_switch_template(roles, fence),
    }


def _people(wanted: Wanted, request: Request) -> dict[str, Json]:
    inventory, names = wanted.inventory, wanted.names
    people = [p for p in inventory.people if request.only_user in (None, p.name)]
    boundary = wanted.security.users_boundary_arn(
        inventory.jump.account_id, partition_of(str(request.region))
    )
    chosen = replace(inventory, people=tuple(people))
    users = build_users(chosen, names, request.users_path, boundary)
    return {
        "roster": [person.name for person in inventory.people],
        "users": [
            {
                "name": user.name,
                "path": user.path,
                "tags": dict(user.tags),
                "permissions_boundary": user.permissions_boundary,
                "groups": sorted(user.groups),
            }
            for user in users
        ],
        "reach": {
            person.name: [
                {"account_id": r.account.account_id, "host": r.account.host, "role": r.role}
                for r in build_reach(inventory, names, person)
            ]
            for person in people
        },
    }
