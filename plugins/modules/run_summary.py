# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: run_summary
short_description: Show what a run of this collection did, and fail when a part was refused
version_added: 0.1.0
description:
  - Prints the accounts, groups and people, what changed, what to send to each new person, what was
    noticed and left alone, and what was refused.
  - Fails when a part of the run was refused, so that a run with O(results) of modules that
    deferred their failures ends with a failure after all the rest is done.
  - Runs on the controller as an action plugin and makes no AWS call.
options:
  desired:
    description: What M(jumpaccount.aws.desired_state) returned.
    type: dict
    required: true
  results:
    description:
      - Results of the modules by the name of the step, in the order of the run.
      - The names C(stack set), C(stack instances), C(groups), C(users) and C(initial passwords)
        are known.
    type: dict
    required: true
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status without changing anything.
    support: full
  diff_mode:
    description: Shows what changes in C(diff) mode.
    support: none
    details:
      - It changes nothing.
  idempotent:
    description: A second run with the same input changes nothing.
    support: full
seealso:
  - module: jumpaccount.aws.desired_state
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: What happened
  jumpaccount.aws.run_summary:
    desired: "{{ desired }}"
    results:
      groups: "{{ groups_result }}"
      users: "{{ users_result }}"
      initial passwords: "{{ passwords_result }}"
"""

RETURN = r"""
summary:
  description: The lines that were printed.
  returned: always
  type: list
  elements: str
  sample: ["Jump account 111111111111 in ap-northeast-1"]
failures:
  description: What was refused, as sentences.
  returned: always
  type: list
  elements: str
  sample: []
"""
