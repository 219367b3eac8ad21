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
  - Brings the listed stack instances to the state of their stack set - creates those that are
    missing, updates those that are outdated, retries those that failed.
  - Give all accounts in one task. Those with the same regions and the same parameter overrides go
    into one operation; nothing is created that is not listed.
  - The module waits for its operations. An account that AWS refuses does not stop the others; it
    is in RV(failures) with AWS's reason and what to do about it.
  - When another operation of the stack set is in progress, for instance of a run that was killed,
    the module waits for it and plans again.
options:
  stack_set_name:
    description: Name of the stack set.
    type: str
    required: true
    aliases: [name]
  accounts:
    description:
      - Accounts that shall have an instance in each of O(regions).
      - Each is a mapping with C(account_id), a string of 12 digits, and optionally
        C(parameter_overrides). Other keys are ignored, so that accounts can be given as they come
        from M(jumpaccount.aws.desired_state).
      - Without C(parameter_overrides) those of an instance stay as they are. Reading them costs
        one call for each instance that has them here, is outdated or is inoperable.
    type: list
    elements: dict
  regions:
    description: Regions of the instances of O(accounts).
    type: list
    elements: str
  instances:
    description: Instances one by one, in place of or beside O(accounts).
    type: list
    elements: dict
    suboptions:
      account_id:
        description: The account, a string of 12 digits.
        type: str
        required: true
      region:
        description: The region.
        type: str
        required: true
      parameter_overrides:
        description: Values for this instance in place of those of the stack set.
        type: dict
  overrides_record:
    description:
      - An object in a bucket of the Jump account, where the module keeps what AWS does not tell in
        one call - the accounts that may have parameter overrides, and those that have had an
        execution role.
      - Accounts in it that are given without C(parameter_overrides) lose theirs. It is written
        before overrides are. Without this option such instances keep their overrides.
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
      - What a task before this one would update together with the stack set,
        RV(jumpaccount.aws.stackset#module:updates_instances).
      - Used in check mode only. There the update is not made, so the module would predict that it
        has to bring these instances itself.
    type: list
    elements: dict
    default: []
    suboptions:
      account_id:
        description: The account, a string of 12 digits.
        type: str
        required: true
      region:
        description: The region.
        type: str
        required: true
  known_failures:
    description:
      - What a task before this one failed to do, RV(jumpaccount.aws.stackset#module:failures).
        Each is a mapping with C(target) and C(message). Other keys are ignored.
      - Instances among them are not tried again, unless AWS's reason may have passed or their
        parameter overrides change; they are in RV(failures) as they are given here.
    type: list
    elements: dict
    default: []
  refused_accounts:
    description:
      - Accounts whose execution role a task before this one could not make,
        RV(jumpaccount.aws.account_stack#module:failures). Each is a mapping with C(subject), the
        account, and C(message). Other keys are ignored.
      - Their instances are not touched; they are in RV(failures) with the message.
    type: list
    elements: dict
    default: []
  stack_set_is_current:
    description:
      - Whether the run has read or made the stack set as it is wanted,
        RV(jumpaccount.aws.stackset#module:is_current).
      - Otherwise instances are removed only; what else is to be done is in RV(failures).
    type: bool
    default: true
  listed_accounts:
    description:
      - All accounts that there are, also those that this task does not handle. With it and with
        O(overrides_record), RV(former_accounts) tells which others have had an execution role.
    type: list
    elements: str
  released_accounts:
    description:
      - Former accounts whose execution role is known to be gone. They are in RV(former_accounts)
        no more.
    type: list
    elements: str
    default: []
  organizational_unit_ids:
    description:
      - Organizational units or roots that hold all the accounts.
      - Needed with service-managed permissions, whose instances belong to units.
    type: list
    elements: str
    default: []
  waves:
    description:
      - Accounts that come before the others, wave by wave, for instance those of staging.
      - A wave begins when the one before it has ended well. Accounts of no wave come last.
      - When a wave fails, RV(failures) tells what was not reached.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What messages call the wave.
        type: str
      accounts:
        description: The accounts of the wave, strings of 12 digits.
        type: list
        elements: str
        required: true
  purge:
    description:
      - Whether to remove instances that are not listed.
      - With V(false) they are in RV(unlisted).
    type: bool
    default: false
  retain_stacks:
    description: Whether the stacks of removed instances stay in their accounts.
    type: bool
    default: false
  recover_inoperable:
    description:
      - Whether to replace instances that are INOPERABLE, which AWS does not update any more.
      - Such an instance is removed without its stack and created anew. Delete its stack in the
        account by hand first, or else the new one meets the resources of the old one.
      - With V(false) they are in RV(failures).
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
- name: Roles in three accounts, one with a parameter of its own
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

- name: Staging first, the others only when that went well
  jumpaccount.aws.stackset_instance:
    stack_set_name: iam-roles
    accounts:
      - account_id: "222222222222"
      - account_id: "333333333333"
    regions: [ap-northeast-1]
    waves:
      - name: staging
        accounts: ["333333333333"]

- name: Remove every other instance, but leave the stacks
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
  description: What was changed, or would be in check mode, one item for each instance.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: stack instance 222222222222/ap-northeast-1
      before: null
      after: {status: CURRENT}
failures:
  description: What AWS refused, one item for each account and region.
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
    - Those of O(unprepared_accounts) that have no execution role, with the link for their owners.
      They are neither failures nor changes.
    - In check mode it is assumed that no owner has created the role since the last run.
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
    - The accounts of O(accounts) and O(instances) that have no stack of the stack set after the
      run, whatever the reason.
  returned: when the instances could be read
  type: list
  elements: str
  sample: ["333333333333"]
former_accounts:
  description:
    - The accounts that had current instances in an earlier run and are not among
      O(listed_accounts). Their execution role, and the stack that holds it, stay until their owners
      delete them.
  returned: always
  type: list
  elements: str
  sample: ["555555555555"]
unlisted:
  description: Instances that are there and not listed, with O(purge=false).
  returned: always
  type: list
  elements: str
  sample: [444444444444/ap-northeast-1]
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
