# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The input of a run: read and checked as a whole, with every problem at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..arns import iam_arn
from ..change import Json
from ..checking import Problems, known_list, suggest, type_name
from ..iam.kms_key import OWN, check_kms_key, parse_password_readers
from ..iam.password_policy import check_password_variables
from ..input.accounts import NO_STAGE, check_strays, parse_accounts, parse_readers
from ..input.exceptions import Known
from ..input.levels import parse_levels
from ..input.roster import parse_roster
from ..input.run_options import check_limit
from ..input.security import SecurityOptions, parse_security
from ..input.stages import check_stages
from ..input.variables import Variables, check_variables
from ..model import Account, Inventory, Level
from ..naming import SESSION_NAME_SHORTEST, Names, check_path, parse_names
from ..partitions import PARTITIONS, is_region, partition_of
from ..policies.bucket import build_bucket_policy
from ..policies.catalog import EMPTY, Catalog, parse_catalog
from ..shown import quoted
from ..templates.stacksets import EXECUTION_TEMPLATE_KEY
from ..templates.watch import check_rules
from ..templates.watch_rules import Watched
from ..templates.watching import parse_watching
from .parameters import build_account_parameters, check_parameter_count
from .people import ALL_ROLES, check_names, parse_jump_roles, parse_project_groups
from .sizes import check_readers, check_sizes


@dataclass(frozen=True)
class Request:
    """The raw input of a run, as Ansible has it.

    strays are the hosts with an account_id that are in neither of our inventory groups; flaws are
    place and text of what is wrong with the files of the input; limit is what --limit says, and
    inventory_names are the hosts and groups that it can name.
    """

    hosts: Sequence[Mapping[str, Json]]
    levels: Json
    roster: Json
    region: Json
    names: Mapping[str, Json]
    users_path: str = "/"
    only_user: Json = None
    scope_hosts: Sequence[str] | None = None
    security: Mapping[str, Json] = field(default_factory=dict)
    password_policy: Mapping[str, Json] = field(default_factory=dict)
    kms_key: Json = OWN
    password_readers: Json = ()
    watch: Mapping[str, Json] = field(default_factory=dict)
    current_day: str = "2000-01-01"
    template_readers: Json = None
    project_groups: Json = "all"
    roles_in_jump_account: Json = ALL_ROLES
    known_actions: Json = None
    catalog: Catalog = EMPTY
    strays: Sequence[Mapping[str, Json]] = ()
    variables: Variables = field(default_factory=Variables)
    flaws: Sequence[tuple[str, str]] = ()
    ignore_variables: Sequence[str] = ()
    limit: str | None = None
    inventory_names: Collection[str] = ()
    start_at_task: str | None = None


@dataclass(frozen=True)
class Wanted:
    """The checked input: whom and what there shall be, under which names and how strictly.

    reader_ids are the member accounts that may read the template of the execution role;
    password_readers are patterns of ARNs.
    """

    inventory: Inventory
    names: Names
    security: SecurityOptions
    reader_ids: tuple[str, ...]
    watched: Watched
    password_readers: tuple[str, ...] = ()


def parse_request(request: Request) -> Wanted:
    """Return the checked input; raise InputError with every problem."""
    problems = Problems()
    names = parse_names(problems, request.names)
    for place, text in request.flaws:
        problems.add(place, text)
    check_variables(problems, request.variables, request.ignore_variables)
    jump, members = parse_accounts(problems, request.hosts)
    check_strays(problems, request.strays)
    check_limit(problems, request.limit, request.inventory_names)
    partition = partition_of(str(request.region))
    catalog = parse_catalog(problems, request.known_actions, request.catalog, partition)
    levels = parse_levels(problems, request.levels, catalog)
    placeholder = Account("000000000000", "jump", is_jump=True)
    inventory = Inventory(jump or placeholder, members, levels)
    people = parse_roster(problems, request.roster, _known(request, levels, catalog))
    security = parse_security(problems, request.security, inventory.jump.account_id, catalog)
    check_password_variables(problems, request.password_policy)
    password_readers = _password_readers(problems, request, inventory.jump.account_id)
    watched = _watched(problems, request, inventory.jump.account_id, names)
    _check_region(problems, request.region)
    check_path(problems, "users_path", request.users_path)
    _check_only_user(problems, request.only_user, [person.name for person in people])
    check_stages(problems, request.hosts, levels, people)
    only_used = parse_project_groups(problems, request.project_groups)
    has_lower = parse_jump_roles(problems, request.roles_in_jump_account, levels)
    inventory = replace(
        inventory,
        people=people,
        only_used_groups=only_used,
        has_lower_roles_in_jump=has_lower,
    )
    check_names(problems, inventory, names)
    check_parameter_count(problems, len(levels))
    _check_session_names(problems, inventory, security)
    build_account_parameters(problems, inventory, names, request.current_day)
    reader_ids = _readers(problems, request, inventory, names)
    check_sizes(problems, inventory, names, security, partition)
    problems.raise_if_any("nothing was sent to AWS")
    return Wanted(inventory, names, security, reader_ids, watched, password_readers)


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


def _password_readers(problems: Problems, request: Request, account_id: str) -> tuple[str, ...]:
    region = str(request.region)
    check_kms_key(problems, request.kms_key, region)
    return parse_password_readers(
        problems, request.password_readers, request.kms_key, account_id, partition_of(region)
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


def _watched(problems: Problems, request: Request, jump_id: str, names: Names) -> Watched:
    region = str(request.region)
    partition = partition_of(region)
    watching = parse_watching(problems, request.watch, iam_arn(partition, jump_id, ""))
    watched = Watched(jump_id, partition, region, names, watching)
    check_rules(problems, watched)
    return watched


def _projects(hosts: Sequence[Mapping[str, Json]]) -> dict[str, set[str]]:
    """Return the projects of the hosts as they are written, each with its stages."""
    projects: dict[str, set[str]] = {}
    for host in filter(_is_project_host, hosts):
        stages = projects.setdefault(str(host["project"]), set())
        if isinstance(host.get("stage"), str) and host["stage"] != NO_STAGE:
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
                    f"{quoted(person.name)} is too short: sessions are named after their user, "
                    f"and AWS requires at least {SESSION_NAME_SHORTEST} characters, so this user "
                    "could not switch roles",
                )
        return
    names = sorted(person.name for person in inventory.people if person.exceptions)
    if names:
        problems.add(
            "bind_session_name",
            f"is false, so anyone could name a session after {', '.join(names)} and use their "
            "exceptions; set it to true or remove the exceptions from the roster",
        )


def _is_project_host(host: Mapping[str, Json]) -> bool:
    return isinstance(host.get("project"), str) and not host.get("is_jump")


def _check_region(problems: Problems, region: Json) -> None:
    if not is_region(region):
        problems.add(
            "aws_region",
            f"expected a region such as eu-west-1, found {type_name(region)}; known partitions: "
            f"{', '.join(PARTITIONS)}",
        )


def _check_only_user(problems: Problems, only_user: Json, people: Sequence[str]) -> None:
    if only_user is None or only_user in people:
        return
    if not isinstance(only_user, str):
        problems.add("user_name", f"expected a string, found {type_name(only_user)}")
        return
    hint = suggest(only_user, people)
    problems.add(
        "user_name", f"{quoted(only_user)} is not in the roster{hint}; {known_list(people)}"
    )
