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
  - A password is issued once in the lifetime of a user that M(jumpaccount.aws.jump_user) created. A
    user whose password was removed gets no new one and is listed in RV(missing). Users that were
    not created by that module get a password only with O(new_users) or O(reset_users).
  - The password is generated from the random source of the operating system. It has at least 20
    characters from all character classes. It is stored as an SSM SecureString before it is set. If
    a run is interrupted in between, nothing is lost - the next run stores and sets a new password.
  - The module only sets passwords that it generated in the same run, never one that it finds. The
    stored password of a user without a login profile is replaced, so that no password is used
    twice.
  - An existing password is never read, and never overwritten unless O(reset_users) requests it.
  - A stored password is labeled with the unique id of its user. It is orphaned if it belongs to a
    deleted user of the same name or is older than its user. Orphaned passwords are listed in
    RV(orphaned).
  - An additional parameter, C(_issued), records a creation time up to which every user has received
    a password. An interrupted run can therefore be resumed, and removed passwords are not issued
    again.
  - A stored initial password is deleted by the first run after the person has signed in with it.
  - The password never appears in results, logs, diffs or temporary files.
  - The credential report shows which users have a password, for all users in one call. The report
    can be four hours old. Users without a password in the report, and users whose stored password
    does not match it, are therefore checked individually. Sign-ins are always read live.
options:
  users:
    description: Names of the users.
    type: list
    elements: str
    required: true
  withheld_users:
    description:
      - Users in O(users) who get no password in this run, because a change to them failed or
        because they are in a group that does not enforce MFA. Existing passwords stay.
    type: list
    elements: str
    default: []
  new_users:
    description:
      - Users in O(users) that were just created or adopted and have no password, for example
        RV(jumpaccount.aws.jump_user#module:passwordless). They get a password.
    type: list
    elements: str
    default: []
  reset_users:
    description:
      - Users in O(users) who get a new password, whether or not they have one. Their current
        password stops working during this run, and they must change the new one at the next
        sign-in.
      - Every run with this option issues another password.
    type: list
    elements: str
    default: []
  prune_orphaned:
    description:
      - Whether to delete orphaned passwords under O(parameter_prefix), see RV(orphaned).
      - With V(false), they are reported but not deleted.
    type: bool
    default: false
  parameter_prefix:
    description:
      - Path of the SSM parameters, followed by the user name. In the user name, every character
        other than letters, digits, dots and hyphens is written as C(_) and its hexadecimal code.
    type: str
    default: /jumpaccount/initial-password
  kms_key_id:
    description:
      - KMS key that encrypts the parameters. The default is the key C(aws/ssm).
      - An unused password that is encrypted with another key is moved. The parameter is deleted and
        created again, because earlier versions would otherwise stay encrypted with the old key.
    type: str
  kms_key_stack:
    description:
      - Name of the stack that created the KMS key. Its output C(KeyArn) identifies the key.
      - If the stack does not exist or the key is not enabled, no password is issued or moved.
    type: str
  kms_key_changed:
    description:
      - Whether an earlier step of the run created or changed the key of O(kms_key_stack), or would
        do so in check mode. The stored passwords are then listed even if nobody has signed in.
    type: bool
    default: false
  rest_of_names:
    description:
      - Seconds to wait between deleting a parameter that is moved and creating it again under the
        same name. AWS requires 30. The wait happens once for all parameters.
    type: int
    default: 30
notes:
  - Needs C(iam:GetCredentialReport), C(iam:GenerateCredentialReport), C(iam:GetLoginProfile),
    C(iam:ListUsers), C(iam:GetAccountAuthorizationDetails), C(iam:GetUser),
    C(iam:CreateLoginProfile), C(iam:GetAccountPasswordPolicy), C(ssm:DescribeParameters),
    C(ssm:PutParameter), C(ssm:GetParameter) and C(ssm:DeleteParameter); with O(reset_users) also
    C(iam:DeleteLoginProfile); with O(kms_key_stack) also C(cloudformation:DescribeStacks),
    C(kms:GetKeyPolicy), C(kms:DescribeKey) and C(kms:Encrypt).
  - The only passwords that are decrypted are those that are moved, with their old key.
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
- name: Issue passwords to two people, one of them new
  jumpaccount.aws.iam_login_profile:
    account_id: "111111111111"
    region: ap-northeast-1
    users: [yamada.taro, tanaka.hanako]
    new_users: [tanaka.hanako]
  register: passwords

- name: Show where the initial passwords are stored
  ansible.builtin.debug:
    var: passwords.issued

- name: Reset a lost password
  jumpaccount.aws.iam_login_profile:
    account_id: "111111111111"
    region: ap-northeast-1
    users: [yamada.taro]
    reset_users: [yamada.taro]
"""

RETURN = r"""
changes:
  description:
    - The changes made, in order. In check mode, the changes that would be made. No secrets are
      included.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: initial password yamada.taro
      before: null
      after: {parameter: /jumpaccount/initial-password/yamada.taro}
failures:
  description: Failures reported by AWS.
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
issued:
  description: Users who get a password in this run, and the parameter that holds it.
  returned: always
  type: list
  elements: dict
  sample:
    - name: yamada.taro
      parameter: /jumpaccount/initial-password/yamada.taro
lost:
  description:
    - Users who never signed in and cannot do so, because their initial password is C(missing), or
      was C(overwritten) after the login profile was created.
    - Not checked if there are more than 100 users and none of them has ever signed in.
    - Use O(reset_users) to issue a new one.
  returned: always
  type: list
  elements: dict
  sample:
    - name: tanaka.hanako
      parameter: /jumpaccount/initial-password/tanaka.hanako
      reason: missing
missing:
  description:
    - Users without a console password who get none, because they had one before or were not created
      by this collection. Use O(reset_users) to issue one.
  returned: always
  type: list
  elements: str
  sample: []
orphaned:
  description:
    - Parameters under O(parameter_prefix) that no longer belong to any user, and why.
    - Not checked when parameters are not listed, see RV(lost).
  returned: always
  type: list
  elements: dict
  sample:
    - parameter: /jumpaccount/initial-password/suzuki.ichiro
      reason: no user has this name
unused:
  description: Users who have not used their initial password yet, and its age in days.
  returned: always
  type: list
  elements: dict
  sample: [{name: tanaka.hanako, days: 3}]
without_mfa:
  description:
    - Users with a console password but no MFA device that are listed here, or were created or
      adopted by this collection, as of RV(report_made).
  returned: always
  type: list
  elements: str
  sample: [tanaka.hanako]
access_keys:
  description:
    - Users with active access keys, limited in the same way, and the number of keys, as of
      RV(report_made).
  returned: always
  type: list
  elements: dict
  sample: [{name: yamada.taro, keys: 1}]
report_made:
  description:
    - When AWS generated the credential report that shows MFA devices and access keys. It can be up
      to four hours old.
    - Empty when there is no report. No report is generated while users are new.
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
