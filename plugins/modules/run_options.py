# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: run_options
short_description: Refuse tags with which a playbook of this collection would do nothing
version_added: 0.1.0
description:
  - No task of the playbooks of this collection has a tag. A run with C(--tags) would do nothing and
    look well, and one with C(--skip-tags) would do everything.
  - Fails then. A playbook that is imported under a tag hands the tag on, and any choice is right.
  - Give the task the tag C(always). Runs on the controller as an action plugin and makes no AWS
    call.
options: {}
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
- name: Refuse tags that no task has
  jumpaccount.aws.run_options:
  tags: always
"""

RETURN = r""" # """
