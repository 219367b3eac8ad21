# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Everything that a run wants, worked out from the checked input: one value for all roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..arns import iam_arn
from ..change import Json
from ..iam.kms_key import OF_AWS, OWN
from ..iam.switch_role import build_switch_roles
from ..input.run_options import partial_run
from ..model import Level
from ..partitions import partition_of
from ..policies.fence import Fence
from ..policies.guard import build_guard_policy
from ..report.fence import fence_in
from ..report.roles import roles_in
from ..stacks.canonical import build_template_url
from ..step import Step
from ..templates.passwords_key import PasswordsKey, build_key_template, describe_key
from ..templates.stacksets import (
    EXECUTION_TEMPLATE_KEY,
    build_administration_template,
    build_execution_template,
)
from ..templates.switch_roles import build_switch_template
from ..templates.values import Place
from ..templates.watch import build_watch_template, watched_regions
from .account_results import build_accounts
from .parameters import build_exceptions
from .people import REACH_SHOWN, Reach, build_groups, build_reach, build_users
from .policy_notices import build_policy_notices
from .request import Request, Wanted

SWITCH_TEMPLATE_KEY = "iam-roles.yaml"


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
        "administration_role_arn": iam_arn(partition, jump_id, f"role/{names.administration_role}"),
        "groups": [
            {"name": group.name, "role_arns": sorted(group.role_arns)}
            for group in build_groups(inventory, names, partition)
        ],
        "users_source_networks": list(wanted.security.users_source_networks),
        "templates": templates,
        **_stacks(wanted, templates, Place(jump_id, partition, region)),
        **_key(wanted, region, request.kms_key),
        "partial": partial_run(
            inventory.accounts,
            request.scope_hosts,
            inventory.people,
            request.only_user,
            request.start_at_task,
        ),
        "exceptions": build_exceptions(inventory, request.current_day),
        "policy_notices": build_policy_notices(
            inventory, request.current_day, request.catalog, build_guard_policy(names, partition)
        ),
        **build_accounts(inventory, names, request.current_day, request.scope_hosts),
        **_people(wanted, request),
    }


_TEMPLATE_OF = {
    Step.ADMINISTRATION_ROLE: "administration",
    Step.OWN_EXECUTION_ROLE: "execution",
    Step.STACK_SET: "switch_roles",
}
"""Which step deploys which template in the Jump account."""


def _stacks(wanted: Wanted, templates: dict[str, Json], place: Place) -> dict[str, Json]:
    names = wanted.names
    in_jump = _roles(wanted, wanted.inventory.jump_levels)
    everywhere = _roles(wanted, wanted.inventory.levels)
    fence = fence_in(templates["switch_roles"])
    return {
        "roles": {
            step.value: roles_in(templates[name], place) for step, name in _TEMPLATE_OF.items()
        },
        "roles_not_in_jump": sorted(everywhere - in_jump),
        "role_levels": {names.role(level.name): level.name for level in wanted.inventory.levels},
        "fence": fence,
        "stack_roles": sorted(in_jump),
        "stack_policies": [names.fence_policy] if fence else [],
        "stack_set": names.stack_set,
        "execution_stack": names.execution_stack,
        "watch": _watch(wanted),
    }


def _watch(wanted: Wanted) -> dict[str, Json]:
    """Return where the Jump account is watched, the home region first, and with what choices."""
    watched = wanted.watched
    watching = watched.watching
    return {
        "is_wanted": watching.is_wanted,
        "stack": watched.names.watch_stack,
        "regions": watched_regions(watched),
        "emails": list(watching.emails),
        "runners": list(watching.runners),
    }


def _inspect(wanted: Wanted, region: str, kms_key: Json) -> dict[str, Json]:
    """Return what of ours is looked at in the Jump account, or may be touched by others."""
    names = wanted.names
    return {
        "roles": sorted(_roles(wanted, wanted.inventory.levels)),
        "fence_policy_name": names.fence_policy,
        "stack_set_name": names.stack_set,
        "parameter_prefix": names.parameter_prefix,
        "region": region,
        "has_own_key": kms_key not in (OWN, OF_AWS),
        "key_stack": names.passwords_key_stack if kms_key == OWN else None,
    }


def _key(wanted: Wanted, region: str, kms_key: Json) -> dict[str, Json]:
    """Return the key of initial passwords, and what is looked at, which it is part of."""
    own = describe_key(_passwords_key(wanted, region), wanted.names.passwords_key_stack)
    return {
        "inspect": _inspect(wanted, region, kms_key),
        "kms_key_id": None if kms_key in (OWN, OF_AWS) else kms_key,
        "passwords_key": own if kms_key == OWN else None,
    }


def _passwords_key(wanted: Wanted, region: str) -> PasswordsKey:
    """Return the key of initial passwords, which administrators and the named readers decrypt."""
    names, account_id = wanted.names, wanted.inventory.jump.account_id
    place = Place(account_id, partition_of(region), region)
    administrators = (
        iam_arn(place.partition, account_id, f"role/{names.role(level.name)}")
        for level in wanted.inventory.levels
        if not level.is_fenced
    )
    readers = dict.fromkeys([*sorted(administrators), *wanted.password_readers])
    return PasswordsKey(place, names.passwords_key_alias, names.parameter_prefix, tuple(readers))


def _roles(wanted: Wanted, levels: Iterable[Level]) -> set[str]:
    """Return the names of the roles of StackSets, and of the switch roles of some levels."""
    names = wanted.names
    stack_sets = {names.administration_role, names.execution_role}
    return stack_sets | {names.role(level.name) for level in levels}


def _templates(wanted: Wanted, region: str) -> dict[str, Json]:
    inventory, names, partition = wanted.inventory, wanted.names, partition_of(region)
    watched = wanted.watched
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
        "passwords_key": build_key_template(_passwords_key(wanted, region)),
        "switch_roles": build_switch_template(
            roles, fence, has_lower_roles_in_jump=inventory.has_lower_roles_in_jump
        ),
        **({"watch": build_watch_template(watched)} if watched.watching.is_wanted else {}),
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
        "reach": {person.name: _reach(build_reach(inventory, names, person)) for person in people},
    }


def _reach(found: Sequence[Reach]) -> dict[str, Json]:
    """Return how many roles a person can switch to, and the first of them.

    All of them, of 2,000 people in 200 accounts, would take gigabytes in the process that runs the
    playbook.
    """
    first = [
        {"account_id": r.account.account_id, "host": r.account.host, "role": r.role}
        for r in found[:REACH_SHOWN]
    ]
    return {"count": len(found), "first": first}
