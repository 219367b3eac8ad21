# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Whether AWS can hold what is wanted, by its usual quotas and before any call."""

from __future__ import annotations

from ..change import Json
from ..checking import Problems
from ..iam.groups import GroupQuotas, GroupSettings, check_settings, group_problem
from ..input.security import SecurityOptions
from ..model import Inventory
from ..naming import Names
from ..policies.bucket import readers_problem
from ..policies.document import policy_size
from ..policies.fence import Fence, build_fence_policy
from ..policies.switch import trust_problem
from .people import build_group


def check_sizes(
    problems: Problems,
    inventory: Inventory,
    names: Names,
    security: SecurityOptions,
    partition: str,
) -> None:
    """Record groups, policies and trusts that are larger than IAM takes."""
    jump_id, quotas = inventory.jump.account_id, GroupQuotas()
    _check_groups(problems, inventory, names, partition, quotas)
    settings = GroupSettings(
        jump_id,
        partition,
        names.path,
        names.mfa_policy,
        quotas,
        security.users_source_networks,
    )
    check_settings(problems, "users_source_networks", settings)
    problem = trust_problem(security.trust(jump_id, partition), security.trust_policy_size)
    if problem:
        problems.add("source_networks", f"{problem} and set jump_trust_policy_size")
    fence = policy_size(build_fence_policy(Fence(jump_id, names, partition)))
    if fence > quotas.policy_size:
        problems.add(
            "names",
            f"with these names, the policy {names.fence_policy} has {fence} characters, but IAM "
            f"allows at most {quotas.policy_size}; shorten the names",
        )


def _check_groups(
    problems: Problems, inventory: Inventory, names: Names, partition: str, quotas: GroupQuotas
) -> None:
    for level, project in inventory.group_keys:
        group = build_group(inventory, names, partition, level.name, project)
        problem = group_problem(group, quotas)
        if problem and project is None:
            problems.add(
                f"levels.{level.name}",
                f"{problem}; with 'global_group: false', the level has no group for all accounts "
                "and is granted by project only",
            )
        elif problem:
            problems.add(f"project {project}", f"{problem}; split it into smaller projects")


def check_readers(problems: Problems, bucket_policy: Json, readers: int) -> None:
    """Record more readers of the shared template than the bucket's policy can name."""
    problem = readers_problem(bucket_policy, readers)
    if problem:
        problems.add(
            "template_readers",
            f"{problem}; list in jump_template_readers only the accounts whose owners launch the "
            "execution role themselves",
        )
