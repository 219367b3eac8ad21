#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stackset_instance
short_description: Manage the stack instances of a CloudFormation stack set
version_added: 0.1.0
description:
  - Brings the listed stack instances in line with their stack set - creates missing instances,
    updates outdated ones and retries failed ones.
  - Pass all accounts in one task. Accounts with the same regions and the same parameter overrides
    share one operation. No unlisted instance is created.
  - The module waits for its operations. A failure in one account does not stop the others. It is
    listed in RV(failures) with the reason given by AWS and a remedy.
  - If another operation on the stack set is in progress, for example from a run that was killed,
    the module waits for it and plans again.
options:
  stack_set_name:
    description: Name of the stack set.
    type: str
    required: true
    aliases: [name]
  accounts:
    description:
      - Accounts that should have an instance in each of O(regions).
      - Each item is a mapping with C(account_id), a string of 12 digits, and optionally
        C(parameter_overrides). Other keys are ignored, so the result of
        M(jumpaccount.aws.desired_state) can be passed without changes.
      - Without C(parameter_overrides), an instance keeps its overrides. Reading them takes one call
        for each instance that has them listed here, is outdated or is inoperable.
    type: list
    elements: dict
  regions:
    description: Regions of the instances of O(accounts).
    type: list
    elements: str
  instances:
    description: Individual instances, instead of or in addition to O(accounts).
    type: list
    elements: dict
    suboptions:
      account_id:
        description: The account id, as a string of 12 digits.
        type: str
        required: true
      region:
        description: The region.
        type: str
        required: true
      parameter_overrides:
        description: Values for this instance that override those of the stack set.
        type: dict
  overrides_record:
    description:
      - An object in a bucket of the Jump account in which the module records what AWS does not
        return in one call - the accounts that may have parameter overrides, and those that have had
        an execution role.
      - Recorded accounts that are listed without C(parameter_overrides) lose their overrides. The
        record is written before any overrides are. Without this option, such instances keep their
        overrides.
    type: dict
    suboptions:
      bucket:
        description: Name of the bucket.
        type: str
        required: true
      key:
        description: Name of the object.
        type: str
        default: account-parameters.json
  stack_set_updates:
    description:
      - Instances that an earlier task would update together with the stack set,
        RV(jumpaccount.aws.stackset#module:updates_instances).
      - Used only in check mode. The update is not made there, so the module would otherwise predict
        that it has to update these instances itself.
    type: list
    elements: dict
    default: []
    suboptions:
      account_id:
        description: The account id, as a string of 12 digits.
        type: str
        required: true
      region:
        description: The region.
        type: str
        required: true
  known_failures:
    description:
      - Failures of an earlier task, RV(jumpaccount.aws.stackset#module:failures). Each item is a
        mapping with C(target) and C(message). Other keys are ignored.
      - These instances are not retried, unless the reason given by AWS may no longer apply or their
        parameter overrides change. They are copied to RV(failures).
    type: list
    elements: dict
    default: []
  refused_accounts:
    description:
      - Accounts whose execution role an earlier task could not create,
        RV(jumpaccount.aws.account_stack#module:failures). Each item is a mapping with C(subject),
        the account, and C(message). Other keys are ignored.
      - Their instances are not changed. They are listed in RV(failures) with the message.
    type: list
    elements: dict
    default: []
  stack_set_is_current:
    description:
      - Whether the run has verified that the stack set is in the desired state,
        RV(jumpaccount.aws.stackset#module:is_current).
      - With V(false), instances are only removed. All other outstanding work is listed in
        RV(failures).
    type: bool
    default: true
  listed_accounts:
    description:
      - All existing accounts, including those that this task does not manage. With this option and
        O(overrides_record), RV(former_accounts) lists the other accounts that have had an execution
        role.
    type: list
    elements: str
  released_accounts:
    description:
      - Former accounts whose execution role is known to be deleted. They are no longer listed in
        RV(former_accounts).
    type: list
    elements: str
    default: []
  organizational_unit_ids:
    description:
      - Organizational units or roots that contain all the accounts.
      - Required with service-managed permissions, where instances belong to units.
    type: list
    elements: str
    default: []
  waves:
    description:
      - Accounts to process before the others, wave by wave, for example those of staging.
      - A wave starts when the previous one has succeeded. Accounts in no wave come last.
      - If a wave fails, RV(failures) lists the instances that were not processed.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the wave in messages.
        type: str
      accounts:
        description: The accounts of the wave, as strings of 12 digits.
        type: list
        elements: str
        required: true
  purge:
    description:
      - Whether to remove instances that are not listed.
      - With V(false), they are listed in RV(unlisted).
    type: bool
    default: false
  retain_stacks:
    description: Whether to retain the stacks of removed instances in their accounts.
    type: bool
    default: false
  recover_inoperable:
    description:
      - Whether to replace instances that are INOPERABLE, which AWS no longer updates.
      - Such an instance is removed without its stack and created again. Delete its stack in the
        account by hand first; otherwise, the new stack conflicts with the resources of the old one.
      - With V(false), they are listed in RV(failures).
    type: bool
    default: false
seealso:
  - module: jumpaccount.aws.stackset
  - module: jumpaccount.aws.stackset_info
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.common.account
  - jumpaccount.aws.common.writing
  - jumpaccount.aws.common.removal
  - jumpaccount.aws.stack_sets
  - jumpaccount.aws.stack_sets.operation
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: Deploy roles to three accounts, one with its own parameter
  jumpaccount.aws.stackset_instance:
    account_id: "111111111111"
    stack_set_name: iam-roles
    accounts:
      - account_id: "111111111111"
      - account_id: "222222222222"
      - account_id: "333333333333"
        parameter_overrides:
          Stage: staging
    regions: [ap-northeast-1]

- name: Deploy to staging first, and to the others only if that succeeded
  jumpaccount.aws.stackset_instance:
    stack_set_name: iam-roles
    accounts:
      - account_id: "222222222222"
      - account_id: "333333333333"
    regions: [ap-northeast-1]
    waves:
      - name: staging
        accounts: ["333333333333"]

- name: Remove all other instances but keep their stacks
  jumpaccount.aws.stackset_instance:
    stack_set_name: iam-roles
    instances:
      - account_id: "111111111111"
        region: ap-northeast-1
    purge: true
    retain_stacks: true
    max_removal_ratio: 0.5
"""

RETURN = r"""
changes:
  description:
    - The changes made, one item for each instance. In check mode, the changes that would be made.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: stack instance 222222222222/ap-northeast-1
      before: null
      after: {status: CURRENT}
failures:
  description: Failures reported by AWS, one item for each account and region.
  returned: always
  type: list
  elements: dict
  sample:
    - target: stack instance 333333333333/ap-northeast-1
      message: >-
        Could not create stack instance 333333333333/ap-northeast-1 of stack set iam-roles: AWS
        answered FAILED: Account 333333333333 should have 'AWSCloudFormationStackSetExecutionRole'
        role with trust relationship to Role 'role-stackset-administration'. Create the role
        AWSCloudFormationStackSetExecutionRole in account 333333333333, with a trust to the
        administration role, and run again.
      account_id: "333333333333"
operations:
  description: The operations that ran, in order.
  returned: always
  type: list
  elements: dict
  sample:
    - operation_id: 5a1c1a36-6b52-4b62-9d26-6f7f9d2ad7ad
      action: CREATE
      status: SUCCEEDED
      created: "2026-04-01T09:00:00+00:00"
      ended: "2026-04-01T09:01:12+00:00"
      reason: ""
      failed_instances: 0
waiting:
  description:
    - Accounts in O(unprepared_accounts) that have no execution role, with the link for their
      owners. They are neither failures nor changes.
    - Check mode assumes that no owner has created the role since the last run.
  returned: always
  type: list
  elements: dict
  sample:
    - account_id: "444444444444"
      url: https://ap-northeast-1.console.aws.amazon.com/cloudformation/home
      reason: >-
        Account 444444444444 has no execution role yet, and this run has no credentials to create
        it.
absent_accounts:
  description:
    - Accounts in O(accounts) and O(instances) that have no stack of the stack set after the run,
      for any reason.
  returned: when the instances could be read
  type: list
  elements: str
  sample: ["333333333333"]
former_accounts:
  description:
    - Accounts that had current instances in an earlier run and are not in O(listed_accounts). Their
      execution role, and the stack that contains it, stay until their owners delete them.
  returned: always
  type: list
  elements: str
  sample: ["555555555555"]
unlisted:
  description: Existing instances that are not listed, with O(purge=false).
  returned: always
  type: list
  elements: str
  sample: [444444444444/ap-northeast-1]
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

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Json, Kind, Plan
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import (
    refuse_large_removal,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    REMOVAL_SPEC,
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.apply import (
    InstanceApply,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.overrides import (
    OverrideRecord,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.planner import (
    InstancePlanner,
    build_instances,
    foreseen_updates,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.report import (
    OPERATION_SPEC,
    build_address,
    build_advice,
    build_queue,
    run_operations,
)

SPEC = {
    **WRITING_SPEC,
    **REMOVAL_SPEC,
    **OPERATION_SPEC,
    "stack_set_name": {"type": "str", "required": True, "aliases": ["name"]},
    "accounts": {"type": "list", "elements": "dict"},
    "regions": {"type": "list", "elements": "str"},
    "instances": {
        "type": "list",
        "elements": "dict",
        "options": {
            "account_id": {"type": "str", "required": True},
            "region": {"type": "str", "required": True},
            "parameter_overrides": {"type": "dict"},
        },
    },
    "overrides_record": {
        "type": "dict",
        "options": {
            "bucket": {"type": "str", "required": True},
            "key": {"type": "str", "default": "account-parameters.json", "no_log": False},
        },
    },
    "organizational_unit_ids": {"type": "list", "elements": "str", "default": []},
    "waves": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str"},
            "accounts": {"type": "list", "elements": "str", "required": True},
        },
    },
    "stack_set_updates": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "account_id": {"type": "str", "required": True},
            "region": {"type": "str", "required": True},
        },
    },
    "known_failures": {"type": "list", "elements": "dict", "default": []},
    "refused_accounts": {"type": "list", "elements": "dict", "default": []},
    "stack_set_is_current": {"type": "bool", "default": True},
    "listed_accounts": {"type": "list", "elements": "str"},
    "released_accounts": {"type": "list", "elements": "str", "default": []},
    "purge": {"type": "bool", "default": False},
    "retain_stacks": {"type": "bool", "default": False},
    "recover_inoperable": {"type": "bool", "default": False},
}


def remember(
    module: AnsibleAWSModule,
    record: OverrideRecord,
    planner: InstancePlanner,
    applied: Plan,
) -> dict[str, Json]:
    if not module.check_mode:
        record.settle(planner.current_accounts, applied)
    return {
        "absent_accounts": planner.absent_after(applied),
        "former_accounts": record.former(module.params["listed_accounts"], planner.unlisted),
    }


def main() -> None:
    module = build_module(
        SPEC,
        required_together=[("accounts", "regions")],
        required_one_of=[("accounts", "instances")],
    )
    params = module.params
    with sentences(module, params["stack_set_name"], unlisted=[], operations=[], waiting=[]):
        wanted = build_instances(params)
        aws = build_account(module)
        record = OverrideRecord(aws, params["overrides_record"], params["released_accounts"])
        wanted = record.applied_to(wanted)
        queue = build_queue(build_address(aws, params["stack_set_name"], params), params)
        foreseen = foreseen_updates(params, check_mode=module.check_mode)
        planner = InstancePlanner(queue, wanted, params, foreseen, is_prediction=module.check_mode)
        plan = planner.plan()
        refuse_large_removal(
            plan, Kind.STACK_INSTANCE, planner.observed_count, params["max_removal_ratio"]
        )

        def make_apply() -> InstanceApply:
            record.extend(wanted)
            return InstanceApply(queue, planner.settings(), planner.plan)

        run_operations(
            module,
            aws,
            plan,
            make_apply,
            advice=build_advice(params["stack_set_name"], params),
            refused=planner.refused,
            waiting=planner.waiting,
            describe=lambda outcome: remember(module, record, planner, outcome.applied),
            absent_accounts=planner.absent_after(()),
            unlisted=planner.unlisted,
        )


if __name__ == "__main__":
    main()
