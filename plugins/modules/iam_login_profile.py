#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_login_profile
short_description: Issue initial console passwords to IAM users without ever showing them
version_added: 0.1.0
description:
  - Gives every listed user a console password that must be changed at the first sign-in.
  - A password is issued once in the life of a user that M(jumpaccount.aws.jump_user) made. Whose
    password somebody took away gets none again, and is named in RV(missing). Others get one with
    O(new_users) or O(reset_users).
  - The password is generated from the operating system's random source, has at least 20
    characters and all character classes, and is stored as an SSM SecureString before it is set.
    A run that dies in between loses nothing - the next one stores and sets another one.
  - Only a password that this run chose is ever set, never one that it finds. What is stored for a
    user without login profile is replaced, so that no password serves twice.
  - An existing password is never overwritten or read, unless O(reset_users) asks for it.
  - A stored password bears the unique id of its user. One that was issued to a user of the same
    name that is gone, or that is older than its user, is nobody's; it is named in RV(orphaned).
  - One parameter beside the passwords, C(_issued), records until when users were made that all got
    one, so that a run that ends halfway is continued and what was taken away is not made again.
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
      - Those of O(users) that were taken in a moment ago and have no password,
        RV(jumpaccount.aws.jump_user#module:passwordless) for instance. They get one.
    type: list
    elements: str
    default: []
  reset_users:
    description:
      - Those of O(users) who get another password, whether they have one or not. The one that they
        have ends with this run, and they have to change the new one at the next sign-in.
      - Each run with this option does it again.
    type: list
    elements: str
    default: []
  prune_orphaned:
    description:
      - Whether to delete what lies under O(parameter_prefix) and is nobody's password,
        RV(orphaned).
      - Without it, they stay and are named.
    type: bool
    default: false
  parameter_prefix:
    description:
      - Path of the SSM parameters. The name of a user follows, in which every character other
        than letters, digits, dot and hyphen is written as C(_) and its hexadecimal code.
    type: str
    default: /jumpaccount/initial-password
  kms_key_id:
    description:
      - KMS key that encrypts the parameters. The default is the key C(aws/ssm).
      - A password that nobody has used yet and that lies under another key is moved. The parameter
        is deleted and made again, because earlier versions would stay under the old key.
    type: str
  kms_key_stack:
    description:
      - Name of the stack that made the KMS key; its output C(KeyArn) tells which one it is.
      - Without the stack, or with a key that is not enabled, no password is issued or moved.
    type: str
  kms_key_changed:
    description:
      - Whether an earlier step of the run made or changed the key of O(kms_key_stack), or would in
        check mode. Then the stored passwords are listed whoever has signed in.
    type: bool
    default: false
  rest_of_names:
    description:
      - Seconds from the deletion of a parameter that moves to the creation of that of the same
        name. AWS asks for 30. They pass once for all of them.
    type: int
    default: 30
notes:
  - Needs C(iam:GetCredentialReport), C(iam:GenerateCredentialReport), C(iam:GetLoginProfile),
    C(iam:ListUsers), C(iam:GetAccountAuthorizationDetails), C(iam:GetUser),
    C(iam:CreateLoginProfile), C(iam:GetAccountPasswordPolicy), C(ssm:DescribeParameters),
    C(ssm:PutParameter), C(ssm:GetParameter) and C(ssm:DeleteParameter); with O(reset_users) also
    C(iam:DeleteLoginProfile); with O(kms_key_stack) also C(cloudformation:DescribeStacks),
    C(kms:GetKeyPolicy), C(kms:DescribeKey) and C(kms:Encrypt).
  - Nothing is decrypted but a password that moves, with its old key.
seealso:
  - module: jumpaccount.aws.jump_user
  - module: amazon.aws.iam_user
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.common.account
  - jumpaccount.aws.common.writing
  - jumpaccount.aws.common.removal
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: Two people, one of them new
  jumpaccount.aws.iam_login_profile:
    account_id: "111111111111"
    region: ap-northeast-1
    users: [yamada.taro, tanaka.hanako]
    new_users: [tanaka.hanako]
  register: passwords

- name: Where the initial passwords lie
  ansible.builtin.debug:
    var: passwords.issued

- name: Somebody lost the password
  jumpaccount.aws.iam_login_profile:
    account_id: "111111111111"
    region: ap-northeast-1
    users: [yamada.taro]
    reset_users: [yamada.taro]
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
    - O(reset_users) gives them another one.
  returned: always
  type: list
  elements: dict
  sample:
    - name: tanaka.hanako
      parameter: /jumpaccount/initial-password/tanaka.hanako
      reason: missing
missing:
  description:
    - Users without console password who get none, because they had one once, or were not made by
      this collection. O(reset_users) gives them one.
  returned: always
  type: list
  elements: str
  sample: []
orphaned:
  description:
    - Parameters under O(parameter_prefix) that are nobody's password any more, and why.
    - Not looked for when no parameters are listed, see RV(lost).
  returned: always
  type: list
  elements: dict
  sample:
    - parameter: /jumpaccount/initial-password/suzuki.ichiro
      reason: no user has this name
unused:
  description: Users whose initial password nobody has used yet, and its age in days.
  returned: always
  type: list
  elements: dict
  sample: [{name: tanaka.hanako, days: 3}]
without_mfa:
  description:
    - Users with a console password and no MFA device, listed or made or adopted by this
      collection, as of RV(report_made).
  returned: always
  type: list
  elements: str
  sample: [tanaka.hanako]
access_keys:
  description: Such users with active access keys, and how many, as of RV(report_made).
  returned: always
  type: list
  elements: dict
  sample: [{name: yamada.taro, keys: 1}]
report_made:
  description:
    - When AWS made the credential report that tells of MFA devices and keys, up to four hours ago.
    - Empty when there is none. It is not made while users are new.
  returned: always
  type: str
  sample: "2027-03-31T09:00:00+00:00"
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.login_profiles import (
    login_profile_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Json
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.login_profiles import (
    plan_login_profiles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    REMOVAL_SPEC,
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.passwords import (
    UNREAD,
    find_key,
    find_leftovers,
    passwords_told,
    require_key,
    start_issuing,
    unknown_users,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.sign_ins import (
    Asked,
    build_sign_in_states,
    find_overwritten,
    read_sign_ins,
)

NAMES = {"type": "list", "elements": "str", "default": []}
SPEC = {
    **WRITING_SPEC,
    **REMOVAL_SPEC,
    "users": {"type": "list", "elements": "str", "required": True},
    "withheld_users": NAMES,
    "new_users": NAMES,
    "reset_users": NAMES,
    "prune_orphaned": {"type": "bool", "default": False},
    "parameter_prefix": {
        "type": "str",
        "default": "/jumpaccount/initial-password",
        "no_log": False,
    },
    "kms_key_id": {"type": "str", "no_log": False},
    "kms_key_stack": {"type": "str", "no_log": False},
    "kms_key_changed": {"type": "bool", "default": False, "no_log": False},
    "rest_of_names": {"type": "int", "default": 30},
}


def build_asked(params: Mapping[str, Json]) -> Asked:
    users, withheld = frozenset(params["users"]), frozenset(params["withheld_users"])
    return Asked(
        users,
        new=users & frozenset(params["new_users"]) - withheld,
        withheld=withheld,
        reset=users & frozenset(params["reset_users"]),
        looks=params["kms_key_changed"],
    )


def main() -> None:
    module = build_module(SPEC, mutually_exclusive=[("kms_key_id", "kms_key_stack")])
    params = module.params
    prefix = params["parameter_prefix"]
    asked = build_asked(params)
    with sentences(module, "initial passwords", **UNREAD):
        aws = build_account(module)
        key = find_key(aws, params, is_check=module.check_mode)
        found = read_sign_ins(aws, asked, prefix)
        states = build_sign_in_states(asked, found, key)
        leftovers = find_leftovers(found, prefix, prune=params["prune_orphaned"])
        plan = plan_login_profiles(
            states, prefix, leftovers, params["max_removal_ratio"], key.label
        )
        require_key(aws, key, plan)
        issuing = start_issuing(found, key, prefix, params["rest_of_names"])
        run_plan(
            module,
            aws,
            plan,
            lambda: login_profile_writers(aws, issuing),
            told=unknown_users(params["reset_users"], asked.users),
            alarm=lambda _outcome: find_overwritten(aws, issuing.issued, found.stored, prefix),
            **passwords_told(asked, found, states, plan, prefix, datetime.now(UTC)),
        )


if __name__ == "__main__":
    main()
