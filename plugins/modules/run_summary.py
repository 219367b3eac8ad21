# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: run_summary
short_description: Show what a run of this collection did, and fail if anything failed
version_added: 0.1.0
description:
  - Prints the accounts, groups and people, the changes, what to send to each new person, the
    accounts that wait for their owners, the findings that were left as they are, and the failures.
    Failures with the same cause are combined into one sentence.
  - Fails if anything failed or is not in the expected state. A run whose modules deferred their
    failures therefore ends with an error after everything else is done. Accounts that wait for
    their owners are not failures.
  - Use it under C(always) in a block, so that interrupted runs are summarized, too. In such runs,
    the step that caused the error remains the one that fails.
  - Runs on the controller as an action plugin and makes no AWS calls.
options:
  desired:
    description:
      - The result of M(jumpaccount.aws.desired_state), or an empty mapping if there is none.
    type: dict
    required: true
  results:
    description:
      - The result of each module by the name of its step. Use an empty mapping for a step that did
        not run.
      - All steps must be present and no others, because security checks read them by name.
    type: dict
    required: true
    suboptions:
      password_policy:
        description: Result of M(jumpaccount.aws.password_policy).
        type: dict
        required: true
      template_bucket:
        description: Result of M(jumpaccount.aws.template_bucket).
        type: dict
        required: true
      administration_role:
        description: Result of M(jumpaccount.aws.account_stack) for the administration role.
        type: dict
        required: true
      own_execution_role:
        description:
          - Result of M(jumpaccount.aws.account_stack) for the execution role of the Jump account.
        type: dict
        required: true
      stack_set:
        description: Result of M(jumpaccount.aws.stackset).
        type: dict
        required: true
      groups:
        description: Result of M(jumpaccount.aws.jump_group).
        type: dict
        required: true
      watching:
        description: Result of M(jumpaccount.aws.account_stack) for monitoring in the home region.
        type: dict
        required: true
      watching_of_iam:
        description:
          - Result of M(jumpaccount.aws.account_stack) for monitoring in the region of IAM, if that
            is a different region.
        type: dict
        required: true
      execution_roles:
        description:
          - Result of M(jumpaccount.aws.account_stack) for the execution roles of member accounts.
        type: dict
        required: true
      stack_instances:
        description: Result of M(jumpaccount.aws.stackset_instance).
        type: dict
        required: true
      users:
        description: Result of M(jumpaccount.aws.jump_user).
        type: dict
        required: true
      initial_passwords:
        description: Result of M(jumpaccount.aws.iam_login_profile).
        type: dict
        required: true
  settled:
    description:
      - The results of steps that the run skipped because they had nothing to do, see
        RV(jumpaccount.aws.preflight#module:settled). They replace the results of the skipped steps.
    type: dict
    default: {}
  notices:
    description: Additional lines to show, see RV(jumpaccount.aws.preflight#module:notices).
    type: list
    elements: str
    default: []
  last_step:
    description:
      - The last step of the run. If it has no result or failed, the run ended early.
    type: str
    default: initial_passwords
  defer_failures:
    description:
      - Whether to return RV(verdict) instead of failing with it. Ansible prints the whole result of
        a task that fails, so failing in a separate task keeps the output short.
    type: bool
    default: false
attributes:
  check_mode:
    description:
      - Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
  diff_mode:
    description: Returns details of the changes when in C(diff) mode.
    support: none
    details:
      - It makes no changes.
  idempotent:
    description: A second run with the same input changes nothing.
    support: full
seealso:
  - module: jumpaccount.aws.desired_state
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: Run a step and summarize the result
  block:
    - name: Groups
      jumpaccount.aws.jump_group:
        account_id: "111111111111"
        groups: "{{ desired.groups }}"
        defer_failures: true
      register: groups_result
  always:
    - name: Show the summary
      jumpaccount.aws.run_summary:
        desired: "{{ desired }}"
        last_step: groups
        results:
          password_policy: {}
          template_bucket: {}
          administration_role: {}
          own_execution_role: {}
          stack_set: {}
          groups: "{{ groups_result }}"
          watching: {}
          watching_of_iam: {}
          execution_roles: {}
          stack_instances: {}
          users: {}
          initial_passwords: {}
"""

RETURN = r"""
summary:
  description: The lines that were printed.
  returned: when it does not fail
  type: list
  elements: str
  sample: ["Jump account 111111111111 in ap-northeast-1"]
failures:
  description: All failures and unexpected states, with one sentence for each object.
  returned: always
  type: list
  elements: str
  sample: []
verdict:
  description:
    - The error message of the run. Empty if there are no failures or if the run has already failed.
  returned: when it does not fail
  type: str
  sample: ""
waiting:
  description: Accounts that wait for their owners, with the link for the owner and the reason.
  returned: when it does not fail
  type: list
  elements: dict
  sample:
    - account_id: "222222222222"
      url: https://ap-northeast-1.console.aws.amazon.com/cloudformation/home
      reason: The run has no credentials for account 222222222222.
people:
  description:
    - What to send to each new person, with the first three of C(role_count) roles. The password
      itself is not included.
  returned: when it does not fail
  type: list
  elements: dict
  sample:
    - name: yamada.taro
      sign_in_url: https://111111111111.signin.aws.amazon.com/console
      groups: [group-admin]
      roles: []
      role_count: 0
      parameter: /jumpaccount/initial-password/yamada.taro
      command: aws ssm get-parameter --name /jumpaccount/initial-password/yamada.taro
"""
