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
  - Creates and updates one CloudFormation stack, the same in every listed account, and waits until
    it is complete.
  - All accounts are handled side by side in one module run, so give the whole list instead of a
    loop. An account that fails does not stop the others.
  - Stacks are compared by reading them - the template by meaning, whether JSON or YAML with short
    tags, the parameters with the defaults of the template, and the tags. No change sets are made.
  - What an earlier run left is completed. An operation that is under way is waited for; a stack
    whose first creation was rolled back, or never begun, is deleted and created anew.
  - A stack in a failed state is reported with the first resource that failed, and not touched.
options:
  name:
    description: Name of the stack.
    type: str
    required: true
  template_body:
    description: The template, at most 51,200 bytes; a mapping, or JSON or YAML as text.
    type: json
    required: true
  parameters:
    description:
      - Parameters of the template. One that is not given has the template's default.
      - The elements of a list are joined with commas, which is what CloudFormation takes for
        C(CommaDelimitedList) and C(List<...>) parameters.
      - A changed value of a C(NoEcho) parameter alone is not noticed, because it cannot be read.
    type: dict
    default: {}
  kept_parameters:
    description:
      - Parameters whose values count only when a stack is created. A stack that is there keeps what
        it has.
    type: list
    elements: str
    default: []
  capabilities:
    description: What the template is allowed to make. They are used, but not compared.
    type: list
    elements: str
    choices: [CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND]
    default: [CAPABILITY_NAMED_IAM]
  tags:
    description:
      - Tags of the stack; others are removed. Without this option tags stay as they are.
    type: dict
  termination_protection:
    description: Whether the stack is protected from being deleted.
    type: bool
    default: true
  accounts:
    description:
      - The accounts. One without O(accounts[].profile) and O(accounts[].role_arn) is reached with
        the credentials of the run itself, if these are for that account.
      - For a profile and for a role it is verified which account the credentials really act in.
    type: list
    elements: dict
    required: true
    suboptions:
      account_id:
        description: The account, as a string of 12 digits.
        type: str
        required: true
      profile:
        description: Name of the profile with credentials for the account.
        type: str
      role_arn:
        description:
          - A role of the account that the credentials of the run may assume. The session is named
            C(jumpaccount).
        type: str
  quick_create_url:
    description:
      - The link with which the owner of an account can launch the stack.
      - With it, an account that has neither O(accounts[].profile) nor O(accounts[].role_arn) and is
        not the account of the run is no failure; it is in RV(waiting).
    type: str
  wait_timeout:
    description: How many seconds to wait for one operation of one stack.
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
  description: What was changed, or would be in check mode, in order.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: termination protection of stack 222222222222/stackset-execution-role
      before: null
      after: {}
failures:
  description: What was refused, by AWS or before. The target names the account.
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
stacks:
  description:
    - What became of each account, sorted by account.
    - The status is V(created), V(updated), V(unchanged), V(waiting) or V(failed). In check mode it
      is what would become of it.
  returned: always
  type: list
  elements: dict
  sample:
    - account_id: "222222222222"
      status: created
unreachable:
  description: Those of the failed accounts that the run could not enter at all.
  returned: always
  type: list
  elements: str
  sample: ["444444444444"]
waiting:
  description:
    - The accounts that the run has no credentials for, with the link for their owners. They are no
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
