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
  - Creates, updates and deletes one stack set. To manage its instances, use
    M(jumpaccount.aws.stackset_instance).
  - Templates are compared by meaning. A different order of keys, or of lists without order, and
    JSON instead of YAML are not changes.
  - An update also updates all instances. The module waits for completion and reports each account
    where the update failed. The stack set itself is updated in any case. After fixing the cause,
    run M(jumpaccount.aws.stackset_instance) again.
  - If another operation on the stack set is in progress, the module waits for it and plans again.
  - Options that are not given leave the corresponding settings of the stack set unchanged.
options:
  name:
    description: Name of the stack set.
    type: str
    required: true
    aliases: [stack_set_name]
  state:
    description:
      - Whether the stack set should exist.
      - Only a stack set without instances can be deleted.
    type: str
    default: present
    choices: [present, absent]
  template_body:
    description:
      - The template as text, in JSON or in YAML with short tags such as C(!Ref), or as a mapping.
      - With O(state=present), exactly one of O(template_body) and O(template_url) is required.
      - AWS accepts up to 51,200 bytes; a larger template requires O(template_bucket).
    type: raw
  template_bucket:
    description:
      - The bucket used to upload a O(template_body) of more than 51,200 and up to 1,048,576 bytes.
        AWS receives the URL of exactly that object version.
    type: str
  template_url:
    description:
      - URL of the template in S3, preferably with a C(versionId), so that exactly the reviewed
        template is used.
      - The credentials of the run must be able to read the template, because it is compared with
        the one in use.
    type: str
  template_url_owner:
    description:
      - The account that owns the bucket in O(template_url), by default O(account_id). A bucket of
        any other account is rejected, because bucket names are shared by all AWS accounts.
    type: str
  parameters:
    description:
      - Values of the template's parameters. Parameters that are not listed use their defaults.
      - AWS does not show the values of NoEcho parameters, so they never count as a change by
        themselves. They are sent when something else changes.
    type: dict
  capabilities:
    description: Capabilities to acknowledge for the template.
    type: list
    elements: str
    choices: [CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND]
  tags:
    description: All tags of the stack set. They are also applied to its stacks.
    type: dict
  description:
    description: Description of the stack set.
    type: str
  administration_role_arn:
    description: ARN of the role that CloudFormation uses to assume the execution roles.
    type: str
  execution_role_name:
    description: Name of the role in each account that is used to create stacks.
    type: str
  permission_model:
    description:
      - Whether the roles are created by you or by AWS Organizations. The default for new stack sets
        is V(SELF_MANAGED).
    type: str
    choices: [SELF_MANAGED, SERVICE_MANAGED]
  update_accounts:
    description:
      - With self-managed permissions, the accounts whose instances an update initially changes.
      - Without this option, an update changes all instances. With it, the other instances become
        outdated until M(jumpaccount.aws.stackset_instance) updates them, optionally in waves.
      - Accounts whose instances are in different regions than those of most accounts are also left
        for that.
    type: list
    elements: str
  managed_execution:
    description:
      - Whether AWS runs nonconflicting operations concurrently and queues conflicting ones. Off by
        default for new stack sets.
    type: bool
  auto_deployment:
    description: Automatic deployment to accounts that join an organizational unit.
    type: dict
    suboptions:
      enabled:
        description: Whether automatic deployment is enabled.
        type: bool
        required: true
      retain_stacks:
        description: Whether to retain the stacks of accounts that leave the unit.
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
- name: Create a stack set of roles
  jumpaccount.aws.stackset:
    account_id: "111111111111"
    name: iam-roles
    template_body: "{{ lookup('ansible.builtin.file', 'iam-roles.yaml') }}"
    parameters:
      AdminAccountId: "111111111111"
    capabilities: [CAPABILITY_NAMED_IAM]
    administration_role_arn: arn:aws:iam::111111111111:role/role-stackset-administration
    execution_role_name: AWSCloudFormationStackSetExecutionRole

- name: Preview which accounts a new template would change
  jumpaccount.aws.stackset:
    name: iam-roles
    template_url: >-
      https://aws-iam-templates-111111111111.s3.ap-northeast-1.amazonaws.com/iam-roles.json
    capabilities: [CAPABILITY_NAMED_IAM]
  check_mode: true
  diff: true

- name: Try a new template in one account; stackset_instance updates the others
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
  description: The changes made. In check mode, the changes that would be made.
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
    - Whether the stack set itself now matches the options, or would in check mode. Individual
      instances can still be outdated, see RV(failures).
  returned: unless the module fails
  type: bool
  sample: true
updates_instances:
  description: Instances that are changed by the update, or would be in check mode.
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
    - Accounts in O(unprepared_accounts) that the update did not change, because they have no
      execution role. These are not failures.
  returned: always
  type: list
  elements: dict
  sample: []
failures:
  description: Failures reported by AWS, one item for each account and region.
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
