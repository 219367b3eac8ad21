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
    A run that dies in between loses nothing - the next one stores and sets another one.
  - Only a password that this run chose is ever set, never one that it finds. What is stored for a
    user without login profile is replaced, so that no password serves twice.
  - An existing password is never overwritten or read.
  - A stored initial password is deleted by the first run after the person has signed in with it.
  - The password never appears in results, logs, diffs or temporary files.
  - Who has a password is read from the credential report, for all users in one call. The report
    can be four hours old, so users that it shows without password, and those whose stored password
    does not fit it, are asked for one by one. Who signed in is read as of now.
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
    C(iam:ListUsers), C(iam:CreateLoginProfile), C(iam:GetAccountPasswordPolicy),
    C(ssm:DescribeParameters), C(ssm:PutParameter), C(ssm:GetParameter) and
    C(ssm:DeleteParameter).
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
lost:
  description:
    - Users who never signed in and cannot, because their initial password is C(missing), or was
      C(overwritten) after the login profile was made.
    - Not looked for while nobody of more than a hundred people has signed in yet.
    - To give one of them another password, delete the login profile and run this module again.
  returned: always
  type: list
  elements: dict
  sample:
    - name: tanaka.hanako
      parameter: /jumpaccount/initial-password/tanaka.hanako
      reason: missing
"""

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.login_profiles import (
    login_profile_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_login_profile import (
    build_login_state,
    build_sign_in_states,
    issued_passwords,
    lost_passwords,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.sign_ins import (
    Asked,
    find_overwritten,
    read_sign_ins,
)

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


def build_asked(params):
    withheld = frozenset(params["withheld_users"])
    users = frozenset(params["users"])
    return Asked(users, users & frozenset(params["new_users"]) - withheld, withheld)


def main():
    module = build_module(SPEC)
    params = module.params
    prefix = params["parameter_prefix"]
    asked = build_asked(params)
    issued = {}
    with sentences(module, "initial passwords", issued=[], lost=[]):
        aws = build_account(module)
        found = read_sign_ins(aws, asked, prefix)
        states = build_sign_in_states(asked.users, found.waiting, found.profiles, found.stored)
        plan = plan_changes(*build_login_state(states, prefix))
        run_plan(
            module,
            aws,
            plan,
            lambda: login_profile_writers(aws, params["kms_key_id"], issued),
            alarm=lambda _outcome: find_overwritten(aws, issued, found.stored, prefix),
            issued=issued_passwords(plan),
            lost=lost_passwords(found.profiles, found.stored, prefix),
        )


if __name__ == "__main__":
    main()
