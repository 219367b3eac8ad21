#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stackset
short_description: Manage a CloudFormation stack set
version_added: 0.1.0
description:
  - Creates, updates and deletes one stack set. Its instances are managed with
    M(jumpaccount.aws.stackset_instance).
  - Templates are compared by meaning. Another order of keys, or of a list that has no order, and
    JSON instead of YAML are no change.
  - An update brings all instances to the new state. The module waits for that, and tells for each
    account where it did not succeed. The stack set itself is updated in any case; run
    M(jumpaccount.aws.stackset_instance) again when the cause is mended.
  - When another operation of the stack set is in progress, the module waits for it and plans
    again.
  - Options that are not given leave the stack set as it is.
options:
  name:
    description: Name of the stack set.
    type: str
    required: true
    aliases: [stack_set_name]
  state:
    description:
      - Whether the stack set shall exist.
      - Only a stack set without instances can be deleted.
    type: str
    default: present
    choices: [present, absent]
  template_body:
    description:
      - The template as text, JSON or YAML with short tags such as C(!Ref), or as a mapping.
      - Exactly one of this and O(template_url) is needed with O(state=present).
      - AWS takes up to 51,200 bytes; more needs O(template_bucket).
    type: raw
  template_bucket:
    description:
      - The bucket that a O(template_body) of more than 51,200 and up to 1,048,576 bytes goes
        through, when it is written. AWS gets the address of just this version of it.
    type: str
  template_url:
    description:
      - Address of the template in S3, best with a C(versionId), so that what was reviewed is what
        is used.
      - The credentials of the run must be able to read it, because it is compared with the
        template in use.
    type: str
  template_url_owner:
    description:
      - The account whose bucket O(template_url) names, by default O(account_id). A bucket of any
        other account is refused, because buckets of all AWS accounts share their names.
    type: str
  parameters:
    description:
      - Values of the template's parameters. Those that are not listed have their defaults.
      - The values of NoEcho parameters are not shown by AWS and so never a change by themselves;
        they are sent when something else changes.
    type: dict
  capabilities:
    description: What the template may do.
    type: list
    elements: str
    choices: [CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND]
  tags:
    description: All tags of the stack set, which its stacks get, too.
    type: dict
  description:
    description: What the stack set is for.
    type: str
  administration_role_arn:
    description: ARN of the role with which CloudFormation reaches the execution roles.
    type: str
  execution_role_name:
    description: Name of the role, in every account, with which stacks are created.
    type: str
  permission_model:
    description:
      - Whether roles are made by you or by AWS Organizations. New stack sets are V(SELF_MANAGED)
        by default.
    type: str
    choices: [SELF_MANAGED, SERVICE_MANAGED]
  update_accounts:
    description:
      - With self-managed permissions, the accounts whose instances an update reaches at first.
      - Without it, an update reaches all. With it, the other instances become outdated, and
        M(jumpaccount.aws.stackset_instance) brings them, in waves if you like.
      - Accounts whose instances are in other regions than those of most wait for that, too.
    type: list
    elements: str
  managed_execution:
    description:
      - Whether AWS runs operations that do not conflict side by side and queues the others. New
        stack sets do not by default.
    type: bool
  auto_deployment:
    description: Whether AWS deploys by itself to accounts that join an organizational unit.
    type: dict
    suboptions:
      enabled:
        description: Whether it does.
        type: bool
        required: true
      retain_stacks:
        description: Whether stacks stay in accounts that leave the unit.
        type: bool
        default: false
seealso:
  - module: jumpaccount.aws.stackset_instance
  - module: jumpaccount.aws.stackset_info
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.common.account
  - jumpaccount.aws.common.writing
  - jumpaccount.aws.stack_sets
  - jumpaccount.aws.stack_sets.operation
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: A stack set of roles
  jumpaccount.aws.stackset:
    account_id: "111111111111"
    name: iam-roles
    template_body: "{{ lookup('ansible.builtin.file', 'iam-roles.yaml') }}"
    parameters:
      AdminAccountId: "111111111111"
    capabilities: [CAPABILITY_NAMED_IAM]
    administration_role_arn: arn:aws:iam::111111111111:role/role-stackset-administration
    execution_role_name: AWSCloudFormationStackSetExecutionRole

- name: See which accounts a new template would reach
  jumpaccount.aws.stackset:
    name: iam-roles
    template_url: >-
      https://aws-iam-templates-111111111111.s3.ap-northeast-1.amazonaws.com/iam-roles.json
    capabilities: [CAPABILITY_NAMED_IAM]
  check_mode: true
  diff: true

- name: Try a new template in one account; stackset_instance brings the others
  jumpaccount.aws.stackset:
    name: iam-roles
    template_body: "{{ lookup('ansible.builtin.file', 'iam-roles.yaml') }}"
    capabilities: [CAPABILITY_NAMED_IAM]
    update_accounts: ["333333333333"]

- name: Delete an empty stack set
  jumpaccount.aws.stackset:
    name: iam-roles
    state: absent
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: stack set iam-roles
      before: null
      after:
        template: {Resources: {}}
        description: ""
        parameters: {}
        capabilities: [CAPABILITY_NAMED_IAM]
        tags: {}
        administration_role_arn: null
        execution_role_name: null
        permission_model: SELF_MANAGED
        managed_execution: false
        auto_deployment: null
is_current:
  description:
    - Whether the stack set itself is now as the options say, or would be in check mode. Single
      instances may still be behind, see RV(failures).
  returned: unless the module fails
  type: bool
  sample: true
updates_instances:
  description: The instances that the update reaches, or would in check mode.
  returned: always
  type: list
  elements: dict
  sample:
    - account_id: "222222222222"
      region: ap-northeast-1
operations:
  description: The operations that ran.
  returned: always
  type: list
  elements: dict
  sample:
    - operation_id: 5a1c1a36-6b52-4b62-9d26-6f7f9d2ad7ad
      action: UPDATE
      status: SUCCEEDED
      created: "2026-04-01T09:00:00+00:00"
      ended: "2026-04-01T09:01:12+00:00"
      reason: ""
      failed_instances: 0
waiting:
  description:
    - Those of O(unprepared_accounts) that the update did not reach, because they have no execution
      role. They are no failures.
  returned: always
  type: list
  elements: dict
  sample: []
failures:
  description: What AWS refused, one item for each account and region.
  returned: always
  type: list
  elements: dict
  sample: []
applied:
  description: The changes that were made.
  returned: when something was refused
  type: list
  elements: dict
  sample: []
pending:
  description: The changes that were not made.
  returned: when something was refused
  type: list
  elements: dict
  sample: []
"""

from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.report import (
    OPERATION_SPEC,
    build_address,
    build_advice,
    build_queue,
    run_operations,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.set_apply import (
    StackSetApply,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.set_plan import (
    StackSetPlanner,
    build_source,
    build_stack_set,
)

SPEC = {
    **WRITING_SPEC,
    **OPERATION_SPEC,
    "name": {"type": "str", "required": True, "aliases": ["stack_set_name"]},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    "template_body": {"type": "raw"},
    "template_url": {"type": "str"},
    "template_url_owner": {"type": "str"},
    "template_bucket": {"type": "str"},
    "update_accounts": {"type": "list", "elements": "str"},
    "parameters": {"type": "dict"},
    "capabilities": {
        "type": "list",
        "elements": "str",
        "choices": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    },
    "tags": {"type": "dict"},
    "description": {"type": "str"},
    "administration_role_arn": {"type": "str"},
    "execution_role_name": {"type": "str"},
    "permission_model": {"type": "str", "choices": ["SELF_MANAGED", "SERVICE_MANAGED"]},
    "managed_execution": {"type": "bool"},
    "auto_deployment": {
        "type": "dict",
        "options": {
            "enabled": {"type": "bool", "required": True},
            "retain_stacks": {"type": "bool", "default": False},
        },
    },
}


def main() -> None:
    module = build_module(
        SPEC,
        mutually_exclusive=[("template_body", "template_url")],
        required_if=[("state", "present", ("template_body", "template_url"), True)],
    )
    params = module.params
    unread = {"is_current": False, "updates_instances": [], "operations": []}
    with sentences(module, params["name"], **unread):
        aws = build_account(module)
        queue = build_queue(build_address(aws, params["name"], params), params)
        source = build_source(aws, params)
        planner = StackSetPlanner(queue, build_stack_set(params, source), params["update_accounts"])
        plan = planner.plan()
        instances = planner.reached_instances(plan)
        run_operations(
            module,
            aws,
            plan,
            lambda: StackSetApply(
                queue, planner.settings(params, source, instances), planner.plan_again
            ),
            advice=build_advice(params["name"], params),
            describe=lambda outcome: {"is_current": not outcome.pending},
            updates_instances=[{"account_id": a, "region": r} for a, r in instances],
        )


if __name__ == "__main__":
    main()
