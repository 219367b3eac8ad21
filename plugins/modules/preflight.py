#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Check whether AWS allows the whole run before it changes anything
version_added: 0.1.0
description:
  - Checks the identity of the run's credentials, and fails if they do not belong to O(account_id).
  - With O(inspect), fails if the account was set up in another region. The trust policy of the
    administration role shows the region and is read anyway, so this check costs no call.
  - Compares the existing and added resources with the IAM quotas - groups, users, roles, customer
    managed policies and their versions, MFA devices.
  - Fails if the run would remove more groups or memberships than O(max_removal_ratio) allows.
  - Reports all problems at once, with the numbers and remedies, before anything is written.
  - Takes the same groups and users as M(jumpaccount.aws.jump_group) and
    M(jumpaccount.aws.jump_user), and decides in the same way. It makes no changes itself. Those
    modules perform the same checks, but in the middle of a run.
  - Problems with single groups or users, such as a user in more groups than IAM allows, are left to
    those modules. They do not stop the others.
  - Returns the steps of the run that have nothing to do, with the results that their modules would
    return. A run can skip these steps as long as it has not made any changes.
options:
  groups:
    description: The groups that the run manages. Empty if it manages no groups.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the group.
        type: str
        required: true
      role_arns:
        description: ARNs of the switch roles that members can assume.
        type: list
        elements: str
        default: []
  path:
    description:
      - IAM path of the groups and of their managed policies. It marks them as managed by this
        collection.
    type: str
    default: /jumpaccount/
  adopt_groups:
    description: Whether the run adopts groups under another path.
    type: bool
    default: false
  prune_groups:
    description: Whether the run deletes groups under O(path) that are not listed.
    type: bool
    default: false
  project_groups:
    description:
      - Which project groups are in O(groups), V(all) of them or only the V(used) ones that somebody
        needs. An error message about the group quota suggests V(used) where it would help.
    type: str
    default: all
    choices: [all, used]
  users:
    description: The users that the run manages. Empty if it manages no users.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the user, at most 64 characters.
        type: str
        required: true
      groups:
        description: The jump groups that the user belongs to.
        type: list
        elements: str
        default: []
      path:
        description: IAM path of the user.
        type: str
        default: /
      tags:
        description: Tags of the user.
        type: dict
        default: {}
      permissions_boundary:
        description:
          - ARN of the managed policy to use as the permissions boundary. Without this option, the
            user has none.
        type: str
  adopt_users:
    description: Whether the run adopts users that were created outside this collection.
    type: bool
    default: false
  roster:
    description: Names of all people in the roster, see O(jumpaccount.aws.jump_user#module:roster).
    type: list
    elements: str
  returned_users:
    description: As in M(jumpaccount.aws.jump_user).
    type: list
    elements: str
    default: []
  replaced_users:
    description: As in M(jumpaccount.aws.jump_user).
    type: list
    elements: str
    default: []
  purge_tags:
    description: Whether the run removes tags that are not listed.
    type: bool
    default: false
  password_policy:
    description:
      - The password policy that the run sets. Other rules have the defaults of
        M(jumpaccount.aws.password_policy). Without this option, the run sets none.
    type: dict
    suboptions:
      minimum_length:
        description: Minimum password length.
        type: int
        default: 20
      max_age:
        description: Number of days after which a password expires; 0 means never.
        type: int
        default: 0
      reuse_prevention:
        description: Number of previous passwords that cannot be reused.
        type: int
        default: 24
  stacks:
    description: The stacks in this account that the run manages.
    type: list
    elements: dict
    default: []
    suboptions:
      step:
        description: The step that manages the stack, as named in RV(settled).
        type: str
        required: true
      name:
        description: Name of the stack.
        type: str
        required: true
      template_body:
        description: The template; a mapping, or JSON or YAML as text.
        type: json
        required: true
      region:
        description: The region of the stack, if different from the region of the module.
        type: str
      parameters:
        description: As in M(jumpaccount.aws.account_stack).
        type: dict
        default: {}
      kept_parameters:
        description: As in M(jumpaccount.aws.account_stack).
        type: list
        elements: str
        default: []
  required_key_stack:
    description:
      - Name of the stack that creates the KMS key of initial passwords, for runs that need the key
        but do not create it.
    type: str
  watch:
    description:
      - How the account is monitored, in the format of
        RV(jumpaccount.aws.desired_state#module:watch). RV(notices) then reports anything that keeps
        the rules from matching events, such as a CloudTrail trail that is missing or turned off.
      - If monitoring is not wanted, RV(notices) reports a monitoring stack that still exists. This
        costs no call if O(stacks) are read anyway.
    type: dict
    suboptions:
      is_wanted:
        description: Whether to monitor the account.
        type: bool
        required: true
      stack:
        description: Name of the monitoring stack.
        type: str
        required: true
      regions:
        description: Regions of the monitoring stack, the home region first.
        type: list
        elements: str
        required: true
      runners:
        description: ARNs of the roles and users whose changes are expected.
        type: list
        elements: str
        default: []
      emails:
        description: Email addresses to notify. Not used by this module.
        type: list
        elements: str
        default: []
  stack_set_name:
    description: Name of the stack set whose instances determine RV(current_accounts).
    type: str
  stack_roles:
    description: Names of the roles that stacks of the run create in this account.
    type: list
    elements: str
    default: []
  absent_stack_roles:
    description: Names of the roles that stacks of the run remove from this account.
    type: list
    elements: str
    default: []
  stack_policies:
    description: Names of the managed policies that stacks of the run create in this account.
    type: list
    elements: str
    default: []
attributes:
  diff_mode:
    description: Returns details of the changes when in C(diff) mode.
    support: none
    details:
      - It makes no changes.
seealso:
  - module: jumpaccount.aws.desired_state
  - module: jumpaccount.aws.jump_group
  - module: jumpaccount.aws.jump_user
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.jump
  - jumpaccount.aws.jump.inspection
  - jumpaccount.aws.common.account
  - jumpaccount.aws.common.removal
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: Make sure that the whole run is possible
  jumpaccount.aws.preflight:
    account_id: "111111111111"
    groups: "{{ desired.groups }}"
    users: "{{ desired.users }}"
    stack_roles: "{{ desired.stack_roles }}"
"""

RETURN = r"""
settled:
  description:
    - For each step that would neither change anything nor report a failure, the result that its
      module returns. The steps are V(groups), V(users), V(password_policy) and those in O(stacks).
    - Valid until the run makes a change.
  returned: success
  type: dict
  sample:
    password_policy: {changed: false, changes: [], failures: []}
current_accounts:
  description:
    - Accounts in which all instances of O(stack_set_name) are current. Null without that option, or
      if the instances cannot be read.
    - Valid until the run makes a change.
  returned: success
  type: list
  elements: str
  sample: ["222222222222"]
notices:
  description: Messages about the monitoring of the account, one per line.
  returned: success
  type: list
  elements: str
  sample: []
principal:
  description:
    - ARN that policies use for the principal whose credentials these are. For a session, it is the
      ARN of its role.
  returned: success
  type: str
  sample: arn:aws:iam::111111111111:role/platform/pipeline
problems:
  description: Problems that would stop the run halfway, as sentences.
  returned: always
  type: list
  elements: str
  sample: []
"""

from functools import cache

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.inspection import read_principal
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.preflight import (
    refusal_text,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.inspection import (
    INSPECTION_SPEC,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.jump_options import (
    GROUPS_SPEC,
    RETURNS_SPEC,
    USERS_SPEC,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    COMMON_SPEC,
    REMOVAL_SPEC,
    build_account,
    build_module,
    require_account,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.preflight import (
    find_problems,
    look,
    refuse_other_region,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.settled import (
    find_current_accounts,
    find_settled,
    read_stacks,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.watching import (
    find_watch_notices,
)

SPEC = {
    **COMMON_SPEC,
    **REMOVAL_SPEC,
    **GROUPS_SPEC,
    **USERS_SPEC,
    **INSPECTION_SPEC,
    **RETURNS_SPEC,
    "groups": {**GROUPS_SPEC["groups"], "required": False, "default": []},
    "users": {**USERS_SPEC["users"], "required": False, "default": []},
    "adopt_groups": {"type": "bool", "default": False},
    "prune_groups": {"type": "bool", "default": False},
    "project_groups": {"type": "str", "default": "all", "choices": ["all", "used"]},
    "adopt_users": {"type": "bool", "default": False},
    "purge_tags": {"type": "bool", "default": False},
    "password_policy": {
        "type": "dict",
        "no_log": False,
        "options": {
            "minimum_length": {"type": "int", "default": 20},
            "max_age": {"type": "int", "default": 0},
            "reuse_prevention": {"type": "int", "default": 24},
        },
    },
    "stacks": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "step": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "template_body": {"type": "json", "required": True},
            "region": {"type": "str"},
            "parameters": {"type": "dict", "default": {}},
            "kept_parameters": {"type": "list", "elements": "str", "default": []},
        },
    },
    "watch": {
        "type": "dict",
        "options": {
            "is_wanted": {"type": "bool", "required": True},
            "stack": {"type": "str", "required": True},
            "regions": {"type": "list", "elements": "str", "required": True},
            "runners": {"type": "list", "elements": "str", "default": []},
            "emails": {"type": "list", "elements": "str", "default": []},
        },
    },
    "required_key_stack": {"type": "str", "no_log": False},
    "stack_set_name": {"type": "str"},
    "stack_roles": {"type": "list", "elements": "str", "default": []},
    "absent_stack_roles": {"type": "list", "elements": "str", "default": []},
    "stack_policies": {"type": "list", "elements": "str", "default": []},
}


def main() -> None:
    module = build_module(SPEC)
    params = module.params
    with sentences(module):
        aws = build_account(module)
        require_account(aws)
        found = look(aws, params)
        refuse_other_region(aws, found, params)
        problems = find_problems(aws, found, params)
        if problems:
            module.fail_json(msg=refusal_text(problems), problems=problems)

        @cache
        def in_region(region: str | None) -> AwsAccount:
            is_own = region in (None, params["region"])
            return aws if is_own else build_account(module, elsewhere=region)

        there = read_stacks(in_region, params)
        module.exit_json(
            changed=False,
            problems=problems,
            principal=read_principal(aws),
            settled=find_settled(aws, found, params, there),
            notices=find_watch_notices(in_region, params, there.get(None, {})),
            current_accounts=find_current_accounts(aws, params["stack_set_name"]),
        )


if __name__ == "__main__":
    main()
