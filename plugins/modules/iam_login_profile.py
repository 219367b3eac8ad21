#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: iam_login_profile
short_description: Issue initial console passwords to IAM users without ever showing them
version_added: 0.1.0
description:
  - Gives every listed user a console password that must be changed at the first sign-in.
  - The password is generated from the operating system's random source, has at least 20
    characters and all character classes, and is stored as an SSM SecureString before it is set.
    A run that dies in between loses nothing - the next one sets what is stored.
  - An existing password is never overwritten or read.
  - A stored initial password is deleted once the person has signed in with it.
  - The password never appears in results, logs, diffs or temporary files.
  - Who has a password is read from the credential report, for all users in one call. The report
    can be four hours old, so users that it shows without password are asked for one by one.
options:
  users:
    description: Names of the users.
    type: list
    elements: str
    required: true
  withheld_users:
    description:
      - Those of O(users) who get no password in this run, because something of them was refused or
        they are in a group that does not force MFA. Passwords that they have stay.
    type: list
    elements: str
    default: []
  new_users:
    description:
      - Those of O(users) that were created a moment ago and so cannot have a password,
        RV(jumpaccount.aws.jump_user#module:created) for instance. It only saves calls.
    type: list
    elements: str
    default: []
  parameter_prefix:
    description:
      - Path of the SSM parameters. The name of a user follows, in which every character other
        than letters, digits, dot and hyphen is written as C(_) and its hexadecimal code.
    type: str
    default: /jumpaccount/initial-password
  kms_key_id:
    description: KMS key that encrypts the parameters. The default is the key C(aws/ssm).
    type: str
notes:
  - Needs C(iam:GetCredentialReport), C(iam:GenerateCredentialReport), C(iam:GetLoginProfile),
    C(iam:CreateLoginProfile), C(iam:GetAccountPasswordPolicy), C(ssm:DescribeParameters),
    C(ssm:PutParameter), C(ssm:GetParameter) and C(ssm:DeleteParameter).
seealso:
  - module: jumpaccount.aws.jump_user
  - module: amazon.aws.iam_user
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
- name: Two people can sign in
  jumpaccount.aws.iam_login_profile:
    account_id: "111111111111"
    region: ap-northeast-1
    users: [yamada.taro, tanaka.hanako]
  register: passwords

- name: Where the initial passwords lie
  ansible.builtin.debug:
    var: passwords.issued
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode, in order. No secrets.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: initial password yamada.taro
      before: null
      after: {parameter: /jumpaccount/initial-password/yamada.taro}
failures:
  description: What AWS refused.
  returned: always
  type: list
  elements: dict
  sample: []
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
issued:
  description: Who gets a password in this run, and the parameter that holds it.
  returned: always
  type: list
  elements: dict
  sample:
    - name: yamada.taro
      parameter: /jumpaccount/initial-password/yamada.taro
"""

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.credential_report import (
    generate_report,
    read_report,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.login_profiles import (
    login_profile_writers,
    read_parameters,
    read_without_profile,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_login_profile import (
    build_login_state,
    build_sign_in_states,
    issued_passwords,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan

SPEC = {
    **WRITING_SPEC,
    "users": {"type": "list", "elements": "str", "required": True},
    "withheld_users": {"type": "list", "elements": "str", "default": []},
    "new_users": {"type": "list", "elements": "str", "default": []},
    "parameter_prefix": {
        "type": "str",
        "default": "/jumpaccount/initial-password",
        "no_log": False,
    },
    "kms_key_id": {"type": "str", "no_log": False},
}


def main():
    module = build_module(SPEC)
    params = module.params
    prefix = params["parameter_prefix"]
    users, withheld = set(params["users"]), set(params["withheld_users"])
    new_users = set(params["new_users"]) - withheld
    with sentences(module, "initial passwords", issued=[]):
        aws = build_account(module)
        report = read_report(aws) if users - new_users else {}
        if report is None:
            # A report made while users are new would show them without password for four hours.
            report = {} if new_users else generate_report(aws)
        last_used = {name: use.last_used for name, use in report.items() if use.has_password}
        without = read_without_profile(aws, users - withheld - new_users - set(last_used))
        waiting = (without | (users & new_users)) - withheld
        signed_in = {name for name in users & set(last_used) if last_used[name]}
        stored = read_parameters(aws, prefix) if waiting or signed_in else {}
        states = build_sign_in_states(users, waiting, stored, last_used, prefix)
        desired, observed = build_login_state(states, prefix)
        plan = plan_changes(desired, observed)
        run_plan(
            module,
            aws,
            plan,
            lambda: login_profile_writers(aws, params["kms_key_id"]),
            issued=issued_passwords(plan),
        )


if __name__ == "__main__":
    main()
