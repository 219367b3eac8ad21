#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: jump_group
short_description: Manage the groups of the Jump account and the switch roles that each can assume
version_added: 0.1.0
description:
  - Manages IAM groups whose members can switch to roles in other accounts.
  - Every group first gets the MFA policy, which denies everything until MFA is used, and then a
    policy that allows switching to exactly the listed roles.
  - All groups are read in one bulk call and processed in a single task, so pass the whole list
    instead of looping.
  - A user in a listed group, or in a group under O(path), is a failure if the user does not have
    the expected version of the MFA policy after the run.
  - A switch policy that exceeds the size limit of an inline policy is split into managed policies.
    If it exceeds what a group can hold, the group is rejected with the numbers; no role is ever
    left out.
options:
  groups:
    description: The groups.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the group.
        type: str
        required: true
      role_arns:
        description:
          - ARNs of the switch roles that members can assume.
          - If empty, the group has no switch policy.
        type: list
        elements: str
        default: []
  path:
    description:
      - IAM path of the groups and of their managed policies. It marks them as managed by this
        collection.
    type: str
    default: /jumpaccount/
  adopt:
    description:
      - What to do with a listed group that exists under another path and is therefore not managed
        by this collection.
      - With V(false), the group is rejected. With V(true), it is moved to O(path) and managed.
    type: bool
    default: false
  purge_policies:
    description:
      - Whether to remove policies that were attached to or embedded in the listed groups outside
        this collection.
    type: bool
    default: false
  prune:
    description:
      - Whether to delete groups under O(path) that are not listed, along with their policies.
      - With V(false), they are reported in RV(unlisted).
    type: bool
    default: false
seealso:
  - module: jumpaccount.aws.jump_user
  - module: jumpaccount.aws.switch_role
  - module: amazon.aws.iam_group
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.jump
  - jumpaccount.aws.jump.inspection
  - jumpaccount.aws.common.account
  - jumpaccount.aws.common.writing
  - jumpaccount.aws.common.removal
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: Let operators of project A switch to role-operator in its two accounts
  jumpaccount.aws.jump_group:
    account_id: "111111111111"
    groups:
      - name: group-operator-project-a
        role_arns:
          - arn:aws:iam::222222222222:role/role-operator
          - arn:aws:iam::333333333333:role/role-operator

- name: Preview the deletion of all other groups
  jumpaccount.aws.jump_group:
    account_id: "111111111111"
    groups:
      - name: group-admin
        role_arns: [arn:aws:iam::111111111111:role/role-admin]
    prune: true
  check_mode: true
  diff: true
"""

RETURN = r"""
changes:
  description: The changes made, in order. In check mode, the changes that would be made.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: group group-admin
      before: null
      after: {path: /jumpaccount/}
failures:
  description: Failures, reported by AWS or by earlier checks.
  returned: always
  type: list
  elements: dict
  sample: []
applied:
  description: The changes that were made.
  returned: when something failed
  type: list
  elements: dict
  sample: []
pending:
  description: The changes that were not made.
  returned: when something failed
  type: list
  elements: dict
  sample: []
protected_groups:
  description:
    - Groups, listed or under O(path), that have the expected version of the MFA policy after this
      run and for which nothing failed. Users can join only these groups, see
      O(jumpaccount.aws.jump_user#module:protected_groups).
  returned: always
  type: list
  elements: str
  sample: [group-admin, group-operator-project-a]
changed_groups:
  description:
    - Groups that were changed, or would be in check mode. If the MFA policy was changed, these are
      all groups. See O(jumpaccount.aws.jump_user#module:changed_groups).
  returned: always
  type: list
  elements: str
  sample: [group-operator-project-a]
deleted_groups:
  description:
    - Groups that were deleted along with their memberships, or would be in check mode. See
      O(jumpaccount.aws.jump_user#module:deleted_groups).
  returned: always
  type: list
  elements: str
  sample: []
unlisted:
  description: Groups under O(path) that are not listed and stay as they are.
  returned: always
  type: list
  elements: str
  sample: [group-operator-project-z]
foreign_policies:
  description:
    - Policies of listed groups, by name or ARN, that were added outside this collection and are
      kept because of O(purge_policies=false).
  returned: always
  type: list
  elements: dict
  sample: [{group: group-operator, policy: arn:aws:iam::aws:policy/AdministratorAccess}]
unused_policies:
  description: Managed policies under O(path) that are not attached to anything after this run.
  returned: always
  type: list
  elements: str
  sample: [policy-enforce-mfa-before]
inspection:
  description:
    - What O(inspect) requested. Null if the option was not given or nothing could be read.
    - C(principals) lists users and roles whose policies let them read initial passwords, or change
      groups, roles or the stack set. It excludes O(inspect.roles), service-linked roles and the
      role of the run. If access depends on a condition, C(is_certain) is false.
  returned: always
  type: dict
  sample:
    fence: {Version: "2012-10-17", Statement: []}
    roles:
      role-operator:
        trust_policy: {Version: "2012-10-17", Statement: []}
        managed_policies:
          - arn:aws:iam::111111111111:policy/jumpaccount/policy-fence-jump-account
          - arn:aws:iam::aws:policy/ReadOnlyAccess
        inline_policies: {}
        permissions_boundary: null
    principals:
      - principal: role audit
        path: /
        reach: [passwords]
        is_certain: true
"""

from collections.abc import Mapping

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.groups import (
    group_writers,
    read_groups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Json
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.decision import (
    GroupOptions,
    decide_groups,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import listed_names
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.group_step import GroupStep
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.inspection import (
    INSPECTION_SPEC,
    inspect,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.jump_options import (
    GROUPS_SPEC,
    build_groups,
    read_settings,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    REMOVAL_SPEC,
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.own_read import (
    decide_on_own_read,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan

SPEC = {
    **WRITING_SPEC,
    **REMOVAL_SPEC,
    **GROUPS_SPEC,
    **INSPECTION_SPEC,
    "adopt": {"type": "bool", "default": False},
    "purge_policies": {"type": "bool", "default": False},
    "prune": {"type": "bool", "default": False},
}


def build_options(params: Mapping[str, Json]) -> GroupOptions:
    return GroupOptions(
        adopt=params["adopt"],
        prune=params["prune"],
        purge_policies=params["purge_policies"],
        max_removal_ratio=params["max_removal_ratio"],
        fence_policy=(params["inspect"] or {}).get("fence_policy_name", ""),
    )


UNREAD: dict[str, Json] = {
    "protected_groups": [],
    "changed_groups": [],
    "deleted_groups": [],
    "unlisted": [],
    "foreign_policies": [],
    "unused_policies": [],
    "inspection": None,
}


def main() -> None:
    module = build_module(SPEC)
    params = module.params
    wanted = build_groups(params)
    with sentences(module, "groups", **UNREAD):
        aws = build_account(module)
        settings = read_settings(aws, params, wanted)
        found, decision = decide_on_own_read(
            aws,
            lambda: read_groups(aws, listed_names(wanted), settings),
            lambda found: decide_groups(wanted, found, settings, build_options(params)),
        )
        inspection = inspect(aws, params["inspect"], settings)
        step = GroupStep(found, settings, decision)
        run_plan(
            module,
            aws,
            decision.plan,
            lambda: group_writers(aws, settings),
            told=decision.refused,
            describe=lambda outcome: step.facts(outcome.applied),
            alarm=lambda outcome: step.alarms(outcome.applied),
            inspection=inspection,
            **decision.findings,
        )


if __name__ == "__main__":
    main()
