#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stackset_info
short_description: Read the state of a CloudFormation stack set, its instances and its operations
version_added: 0.1.0
description:
  - Reads one stack set, one row for each of its instances, and its most recent operations.
  - A missing stack set is not an error; RV(exists) is then false.
options:
  name:
    description: Name of the stack set.
    type: str
    required: true
    aliases: [stack_set_name]
  instance_region:
    description: Return only instances in this region.
    type: str
  parameter_overrides:
    description:
      - Whether to read the parameter overrides of the instances. This takes one call for each
        instance.
    type: bool
    default: false
  template_body:
    description: A template to compare with, in the format of M(jumpaccount.aws.stackset).
    type: str
  newest_operations:
    description:
      - Number of operations to return, newest first, at most 100.
      - With V(0), no call is made to list operations.
    type: int
    default: 10
seealso:
  - module: jumpaccount.aws.stackset
  - module: jumpaccount.aws.stackset_instance
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.common.account
  - jumpaccount.aws.stack_sets
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: Find the accounts whose roles are up to date
  jumpaccount.aws.stackset_info:
    name: iam-roles
    instance_region: ap-northeast-1
  register: roles

- name: Show the other accounts
  ansible.builtin.debug:
    msg: "{{ roles.instances | rejectattr('status', 'equalto', 'CURRENT') }}"
"""

RETURN = r"""
exists:
  description: Whether the stack set exists.
  returned: always
  type: bool
  sample: true
stack_set:
  description: The stack set, or null if it does not exist.
  returned: always
  type: dict
  sample:
    name: iam-roles
    stack_set_id: iam-roles:5a1c1a36-6b52-4b62-9d26-6f7f9d2ad7ad
    template: {Resources: {}}
    description: Switch roles
    parameters: {}
    capabilities: [CAPABILITY_NAMED_IAM]
    tags: {}
    administration_role_arn: arn:aws:iam::111111111111:role/role-stackset-administration
    execution_role_name: AWSCloudFormationStackSetExecutionRole
    permission_model: SELF_MANAGED
    managed_execution: false
    auto_deployment: null
    drift_status: NOT_CHECKED
    drift_checked: ""
has_template:
  description: Whether the template of the stack set has the same meaning as O(template_body).
  returned: when O(template_body) is given
  type: bool
  sample: true
instances:
  description:
    - The instances, with one row for each account and region. C(status) is C(CURRENT), C(OUTDATED)
      or C(INOPERABLE). C(detail) is the result of the last operation.
    - C(parameter_overrides) is included with O(parameter_overrides=true).
  returned: always
  type: list
  elements: dict
  sample:
    - account_id: "222222222222"
      region: ap-northeast-1
      status: CURRENT
      detail: SUCCEEDED
      reason: ""
      stack_id: arn:aws:cloudformation:ap-northeast-1:222222222222:stack/StackSet-iam-roles-1/a
      organizational_unit_id: ""
      drift_status: NOT_CHECKED
      last_operation_id: 5a1c1a36-6b52-4b62-9d26-6f7f9d2ad7ad
current_accounts:
  description: Accounts that have instances in this result, all of them current.
  returned: always
  type: list
  elements: str
  sample: ["222222222222"]
operations:
  description: The most recent operations, newest first.
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
"""

from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    COMMON_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.info import (
    has_template,
    read_info,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.report import (
    CALLER_SPEC,
    build_address,
)

SPEC = {
    **COMMON_SPEC,
    **CALLER_SPEC,
    "name": {"type": "str", "required": True, "aliases": ["stack_set_name"]},
    "instance_region": {"type": "str"},
    "parameter_overrides": {"type": "bool", "default": False},
    "template_body": {"type": "str"},
    "newest_operations": {"type": "int", "default": 10},
}


def main() -> None:
    module = build_module(SPEC)
    params = module.params
    with sentences(module):
        address = build_address(build_account(module), params["name"], params)
        info = read_info(
            address,
            region=params["instance_region"],
            has_overrides=params["parameter_overrides"],
            newest_operations=params["newest_operations"],
        )
        if params["template_body"] is not None:
            info["has_template"] = has_template(info, params["template_body"])
    module.exit_json(changed=False, **info)


if __name__ == "__main__":
    main()
