#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_stack
short_description: Manage the same CloudFormation stack in one or many accounts
version_added: 0.1.0
description:
  - Creates or updates the same CloudFormation stack in every listed account and waits for it to
    complete.
  - Processes all accounts in parallel in a single task, so pass the whole list instead of looping.
    A failure in one account does not stop the others.
  - Compares the template, the parameters (including template defaults), and the tags of each stack.
    Templates are compared by meaning, whether written in JSON or in YAML with short tags. No change
    sets are created.
  - Resumes the work of an interrupted run. The module waits for an operation that is in progress. A
    stack whose initial creation was rolled back or never started is deleted and created again.
  - A stack in a failed state is reported with the first resource that failed and is left unchanged.
options:
  name:
    description: Name of the stack.
    type: str
    required: true
  template_body:
    description: The template as a mapping, or as JSON or YAML text. At most 51,200 bytes.
    type: json
    required: true
  parameters:
    description:
      - Parameters of the template. A parameter that is not listed uses the template's default.
      - The elements of a list are joined with commas, as CloudFormation expects for
        C(CommaDelimitedList) and C(List<...>) parameters.
      - A change to nothing but the value of a C(NoEcho) parameter is not detected, because that
        value cannot be read.
    type: dict
    default: {}
  kept_parameters:
    description:
      - Parameters whose values are used only when a stack is created. An existing stack keeps its
        own values.
    type: list
    elements: str
    default: []
  capabilities:
    description:
      - Capabilities to acknowledge for the template. They are sent to CloudFormation but not
        compared.
    type: list
    elements: str
    choices: [CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND]
    default: [CAPABILITY_NAMED_IAM]
  tags:
    description:
      - Tags of the stack. Tags that are not listed are removed. Without this option, tags stay as
        they are.
    type: dict
  termination_protection:
    description: Whether termination protection is enabled for the stack.
    type: bool
    default: true
  accounts:
    description:
      - The accounts. An account without O(accounts[].profile) and O(accounts[].role_arn) is
        accessed with the credentials of the run, provided that they belong to that account.
      - For a profile or a role, the module verifies which account the credentials belong to.
    type: list
    elements: dict
    required: true
    suboptions:
      account_id:
        description: The account id, as a string of 12 digits.
        type: str
        required: true
      profile:
        description: Name of the AWS profile with credentials for the account.
        type: str
      role_arn:
        description:
          - A role in the account that the credentials of the run can assume. The session is named
            C(jumpaccount).
        type: str
  quick_create_url:
    description:
      - Link with which the owner of an account can launch the stack.
      - When set, an account that has neither O(accounts[].profile) nor O(accounts[].role_arn) and
        is not the account of the run is not a failure. It is listed in RV(waiting).
    type: str
  wait_timeout:
    description: Maximum time to wait for one operation on one stack, in seconds.
    type: int
    default: 600
seealso:
  - module: jumpaccount.aws.stackset
  - module: amazon.aws.cloudformation
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.common.account
  - jumpaccount.aws.common.writing
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: The execution role in the Jump account and in two member accounts
  jumpaccount.aws.account_stack:
    region: ap-northeast-1
    name: stackset-execution-role
    template_body: "{{ lookup('ansible.builtin.file', 'stackset-execution-role.yaml') }}"
    parameters:
      AdminAccountId: "111111111111"
    accounts:
      - account_id: "111111111111"
      - account_id: "222222222222"
        profile: project-a-prod
      - account_id: "333333333333"
        role_arn: arn:aws:iam::333333333333:role/bootstrap

- name: See which accounts still need the stack
  jumpaccount.aws.account_stack:
    region: ap-northeast-1
    name: stackset-execution-role
    template_body: "{{ lookup('ansible.builtin.file', 'stackset-execution-role.yaml') }}"
    accounts:
      - account_id: "222222222222"
        profile: project-a-prod
    defer_failures: true
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
      target: termination protection of stack 222222222222/stackset-execution-role
      before: null
      after: {}
failures:
  description: Failures, reported by AWS or by earlier checks. The target names the account.
  returned: always
  type: list
  elements: dict
  sample:
    - target: "444444444444"
      message: >-
        No credentials for account 444444444444 are known: set aws_profile or bootstrap_role_arn
        in the inventory.
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
stacks:
  description:
    - The result for each account, sorted by account.
    - The status is V(created), V(updated), V(unchanged), V(waiting) or V(failed). In check mode, it
      is the predicted status.
  returned: always
  type: list
  elements: dict
  sample:
    - account_id: "222222222222"
      status: created
unreachable:
  description: Failed accounts that the run could not access at all.
  returned: always
  type: list
  elements: str
  sample: ["444444444444"]
waiting:
  description:
    - Accounts that the run has no credentials for, with the link for their owners. These are not
      failures.
  returned: always
  type: list
  elements: dict
  sample:
    - account_id: "555555555555"
      url: https://ap-northeast-1.console.aws.amazon.com/cloudformation/home
      reason: >-
        No credentials for account 555555555555 are known: set aws_profile or bootstrap_role_arn in
        the inventory.
"""

from collections.abc import Mapping

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.cfn_yaml import parse_template
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stacks import (
    Launch,
    stack_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.waiting import Patience
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Json
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import Problems
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.account_stack import (
    Stack,
    account_outcomes,
    build_stack_state,
    check_stack,
    observed_stack_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.canonical import (
    parameter_text,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.hand_over import (
    hand_over,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.access import Access, Entry
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.account_stacks import (
    check_entries,
    survey_stacks,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.apply import Outcome
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan

SPEC = {
    **WRITING_SPEC,
    "name": {"type": "str", "required": True},
    "template_body": {"type": "json", "required": True},
    "parameters": {"type": "dict", "default": {}},
    "kept_parameters": {"type": "list", "elements": "str", "default": []},
    "capabilities": {
        "type": "list",
        "elements": "str",
        "choices": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "default": ["CAPABILITY_NAMED_IAM"],
    },
    "tags": {"type": "dict"},
    "termination_protection": {"type": "bool", "default": True},
    "accounts": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "account_id": {"type": "str", "required": True},
            "profile": {"type": "str"},
            "role_arn": {"type": "str"},
        },
        "mutually_exclusive": [("profile", "role_arn")],
    },
    "quick_create_url": {"type": "str"},
    "wait_timeout": {"type": "int", "default": 600},
}


def read_request(params: Mapping[str, Json]) -> tuple[Stack, Launch, list[Entry]]:
    body = params["template_body"]
    tags = params["tags"]
    parameters = {name: parameter_text(value) for name, value in params["parameters"].items()}
    stack = Stack(
        name=params["name"],
        template=parse_template(body),
        parameters=tuple(sorted(parameters.items())),
        tags=None if tags is None else tuple(sorted((k, str(v)) for k, v in tags.items())),
        termination_protection=params["termination_protection"],
        kept_parameters=tuple(params["kept_parameters"]),
    )
    launch = Launch(
        template_body=body,
        patience=Patience(params["wait_timeout"]),
        parameters=stack.parameters,
        capabilities=tuple(params["capabilities"]),
        termination_protection=stack.termination_protection,
        kept_parameters=stack.kept_parameters,
    )
    entries = [Entry(**account) for account in params["accounts"]]
    problems = Problems()
    check_stack(problems, stack, body)
    check_entries(problems, entries)
    problems.raise_if_any()
    return stack, launch, entries


def main() -> None:
    module = build_module(SPEC)
    params = module.params
    with sentences(module, params["name"], stacks=[], unreachable=[], waiting=[]):
        stack, launch, entries = read_request(params)
        access = Access(module, build_account(module), entries)
        survey = survey_stacks(
            access, entries, stack.name, launch.patience, params["quick_create_url"]
        )
        plan = plan_changes(
            build_stack_state(stack, survey.found, survey.found),
            observed_stack_state(stack.name, survey.found),
        )

        def describe(outcome: Outcome) -> dict[str, Json]:
            failed = {*survey.refused, *(change.subject for change in outcome.pending)}
            ids = [entry.account_id for entry in entries]
            return {"stacks": account_outcomes(ids, outcome.applied, failed, survey.waiting)}

        run_plan(
            module,
            None,
            plan,
            lambda: stack_writers(lambda i: survey.doors[i].enter(), launch),
            refused=survey.refused,
            describe=describe,
            unreachable=sorted(survey.unreachable),
            waiting=hand_over(survey.waiting, params["quick_create_url"]),
        )


if __name__ == "__main__":
    main()
