# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: run_options
short_description: Refuse tags that do nothing and data that could run commands
version_added: 0.1.0
description:
  - No task of the playbooks of this collection has a tag. A run with C(--tags) would do nothing and
    look well, and one with C(--skip-tags) would do everything.
  - Fails then. A playbook that is imported under a tag hands the tag on, and any choice is right.
  - Fails as well when roster, levels, C(user_name), or the variables of an account hold Jinja
    expressions, which can run commands as the user of the run. It looks at what is written, so
    none of them is evaluated. The name of a variable alone is allowed, as in C({{ division }}), and
    its value is looked at in turn. C(jump_allow_expressions=true) allows them all.
  - Make it the first task of a play, before the roles of this collection, because checking the
    arguments of a role evaluates them. Give the task the tag C(always). Runs on the controller as
    an action plugin and makes no AWS call.
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
- name: Refuse tags that no task has, and expressions in roster, levels and accounts
  jumpaccount.aws.run_options:
  tags: always
"""

RETURN = r""" # """
