#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: password_policy
short_description: Manage the password policy of an account
version_added: 0.1.0
description:
  - Manages the rules that console passwords of IAM users must follow.
  - Reads the policy with one call and writes it only if a rule differs.
  - Passwords issued by M(jumpaccount.aws.iam_login_profile) comply with every policy that this
    module can set.
options:
  minimum_length:
    description: Minimum password length, from 6 to 128 characters.
    type: int
    default: 20
  require_symbols:
    description: Whether a password must contain a character that is neither a letter nor a digit.
    type: bool
    default: true
  require_numbers:
    description: Whether a password must contain a digit.
    type: bool
    default: true
  require_uppercase:
    description: Whether a password must contain an uppercase letter.
    type: bool
    default: true
  require_lowercase:
    description: Whether a password must contain a lowercase letter.
    type: bool
    default: true
  allow_users_to_change:
    description:
      - Whether users can change their own password even if no policy allows it.
    type: bool
    default: true
  max_age:
    description: Number of days after which a password expires, at most 1095. V(0) means never.
    type: int
    default: 0
  reuse_prevention:
    description: Number of previous passwords that cannot be reused, at most 24. V(0) allows reuse.
    type: int
    default: 24
  hard_expiry:
    description:
      - Whether users whose password has expired are locked out until an administrator resets it.
      - Requires O(max_age).
    type: bool
    default: false
seealso:
  - module: jumpaccount.aws.iam_login_profile
  - module: amazon.aws.iam_password_policy
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
- name: Set the default rules - 20 characters of all four kinds, none of the last 24 passwords
  jumpaccount.aws.password_policy:
    account_id: "111111111111"

- name: Allow shorter passwords that expire after a year
  jumpaccount.aws.password_policy:
    account_id: "111111111111"
    minimum_length: 14
    max_age: 365
"""

RETURN = r"""
changes:
  description: The changes made, in order. In check mode, the changes that would be made.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: password policy 111111111111
      before: null
      after:
        minimum_length: 20
        require_symbols: true
        require_numbers: true
        require_uppercase: true
        require_lowercase: true
        allow_users_to_change: true
        max_age: 0
        reuse_prevention: 24
        hard_expiry: false
failures:
  description: Failures, reported by AWS or by earlier checks.
  returned: always
  type: list
  elements: dict
  sample: []
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

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.password_policy import (
    password_policy_writers,
    read_password_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import Problems
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password import (
    PasswordPolicy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password_policy import (
    build_password_policy_state,
    check_password_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan

RULES = {
    "minimum_length": {"type": "int", "default": 20},
    "require_symbols": {"type": "bool", "default": True},
    "require_numbers": {"type": "bool", "default": True},
    "require_uppercase": {"type": "bool", "default": True},
    "require_lowercase": {"type": "bool", "default": True},
    "allow_users_to_change": {"type": "bool", "default": True},
    "max_age": {"type": "int", "default": 0},
    "reuse_prevention": {"type": "int", "default": 24},
    "hard_expiry": {"type": "bool", "default": False},
}


def main() -> None:
    module = build_module({**WRITING_SPEC, **RULES})
    policy = PasswordPolicy(**{name: module.params[name] for name in RULES})
    problems = Problems()
    check_password_policy(problems, policy)
    with sentences(module):
        problems.raise_if_any()
        aws = build_account(module)
        name = aws.account_id or "of this account"
        plan = plan_changes(
            build_password_policy_state(policy, name),
            build_password_policy_state(read_password_policy(aws), name),
        )
        run_plan(module, aws, plan, lambda: password_policy_writers(aws))


if __name__ == "__main__":
    main()
