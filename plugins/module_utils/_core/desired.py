# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Everything that a run wants, worked out from the checked input: one value for all roles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .accounts import parse_accounts
from .change import Json
from .checking import Problems, known_list, suggest, type_name
from .levels import parse_levels
from .model import Account, Inventory
from .naming import Names, parse_names, partition_of
from .policy_document import TrustOptions
from .role_template import (
    build_administration_template,
    build_execution_template,
    build_switch_roles,
    build_switch_template,
)
from .roster import parse_roster
from .scope import build_groups, build_reach, build_users, check_names

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
    users_permissions_boundary: str | None = None
    only_user: Json = None
    scope_hosts: Sequence[str] | None = None


def parse_request(request: Request) -> tuple[Inventory, Names]:
    """Return the checked inventory and names; raise InputError with every problem."""
    problems = Problems()
    names = parse_names(problems, request.names)
    jump, members = parse_accounts(problems, request.hosts)
    levels = parse_levels(problems, request.levels)
    placeholder = Account("000000000000", "jump", is_jump=True)
    inventory = Inventory(jump or placeholder, members, levels)
    # Level names come from the raw input, so that a broken level is reported once, at its place.
    known_levels = request.levels if isinstance(request.levels, Mapping) else ()
    projects = {str(h["project"]) for h in request.hosts if _is_project_host(h)}
    people = parse_roster(problems, request.roster, known_levels, projects)
    _check_region(problems, request.region)
    _check_only_user(problems, request.only_user, [person.name for person in people])
    check_names(problems, inventory, names)
    problems.raise_if_any()
    return Inventory(inventory.jump, members, levels, people), names


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


def build_desired(inventory: Inventory, names: Names, request: Request) -> dict[str, Json]:
    """Return the values that the roles hand to the modules; no secrets, plain types."""
    region = str(request.region)
    partition = partition_of(region)
    jump_id = inventory.jump.account_id
    return {
        "region": region,
        "partition": partition,
        "bucket": names.bucket(jump_id),
        "administration_role_arn": f"arn:{partition}:iam::{jump_id}:role/"
        f"{names.administration_role}",
        "groups": [
            {"name": group.name, "role_arns": sorted(group.role_arns)}
            for group in build_groups(inventory, names, partition)
        ],
        "templates": _templates(inventory, names, region),
        **_accounts(inventory, request),
        **_people(inventory, names, request),
    }


def _templates(inventory: Inventory, names: Names, region: str) -> dict[str, Json]:
    trust = TrustOptions(inventory.jump.account_id, partition_of(region))
    roles = build_switch_roles(inventory.levels, names, trust)
    return {
        "administration": build_administration_template(names, region),
        "execution": build_execution_template(names, inventory.jump.account_id),
        "switch_roles": build_switch_template(roles),
    }


def _people(inventory: Inventory, names: Names, request: Request) -> dict[str, Json]:
    people = [p for p in inventory.people if request.only_user in (None, p.name)]
    wanted = replace(inventory, people=tuple(people))
    users = build_users(wanted, names, request.users_path, request.users_permissions_boundary)
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


def _accounts(inventory: Inventory, request: Request) -> dict[str, Json]:
    in_scope = [a for a in inventory.accounts if _is_in_scope(a, request)]
    return {
        "jump": {
            "account_id": inventory.jump.account_id,
            "host": inventory.jump.host,
            "profile": inventory.jump.aws_profile,
        },
        "accounts": [_account(account, request) for account in inventory.accounts],
        "bootstrap_credentials": [_credentials(a) for a in in_scope if _can_be_prepared(a)],
        "scope": [{"account_id": account.account_id} for account in in_scope],
    }


def _account(account: Account, request: Request) -> dict[str, Json]:
    return {
        "account_id": account.account_id,
        "host": account.host,
        "project": account.project,
        "stage": account.stage,
        "in_scope": _is_in_scope(account, request),
    }


def _is_in_scope(account: Account, request: Request) -> bool:
    return request.scope_hosts is None or account.host in request.scope_hosts


def _can_be_prepared(account: Account) -> bool:
    """Return whether the run can reach a member account before its execution role is there."""
    return not account.is_jump and bool(account.aws_profile or account.bootstrap_role_arn)


def _credentials(account: Account) -> dict[str, Json]:
    given = {"profile": account.aws_profile, "role_arn": account.bootstrap_role_arn}
    return {"account_id": account.account_id, **{k: v for k, v in given.items() if v}}
