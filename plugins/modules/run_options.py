# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: run_options
short_description: Reject tags that have no effect and data that could run commands
version_added: 0.1.0
description:
  - No task in the playbooks of this collection has a tag. A run with C(--tags) would do nothing and
    still succeed, and one with C(--skip-tags) would do everything.
  - The module fails for such runs. If a playbook is imported with a tag, its tasks inherit the tag,
    and any selection is allowed.
  - The module also fails if the roster, the levels, C(user_name) or the variables of an account
    contain Jinja expressions, which can run commands as the user of the run. It checks the
    unevaluated text, so no expression is evaluated. The name of a variable alone is allowed, as in
    C({{ division }}), and its value is checked in the same way. C(jump_allow_expressions=true)
    allows all expressions.
  - Make this the first task of a play, before the roles of this collection, because validating the
    arguments of a role evaluates them. Give the task the tag C(always). It runs on the controller
    as an action plugin and makes no AWS calls.
options: {}
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
- name: Reject tags that no task has, and expressions in roster, levels and accounts
  jumpaccount.aws.run_options:
  tags: always
"""

RETURN = r""" # """
