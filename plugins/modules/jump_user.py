#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: jump_user
short_description: Manage the IAM users of the Jump account and their memberships in jump groups
version_added: 0.1.0
description:
  - Manages people as IAM users - path, tags, permissions boundary, and memberships in jump groups.
  - All users are read in one bulk call and processed in a single task, so pass the whole list
    instead of looping. A failure for one user does not stop the others.
  - Users never join a group that does not enforce MFA. Without O(protected_groups), any user in
    such a jump group is a failure, whether or not the user is listed.
  - Memberships in groups outside O(groups_path) are never changed.
  - After changing memberships, the module reads them again with one more bulk read. If the
    memberships of a listed user differ from what it wrote, something else changed them in the
    meantime, such as another run with another roster. Each such user is a failure and is not in
    RV(ready).
  - Unlisted users that are managed by this collection are reported in RV(unlisted). With O(roster),
    they are also marked. Otherwise, they are never changed.
  - A listed user that has this mark, or a policy that locks users out (C(left-the-company) or
    C(AWSDenyAll)), is rejected, because its password, keys and MFA device may belong to another
    person. To proceed, use O(returned_users) or O(replaced_users).
options:
  users:
    description: The users.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the user, at most 64 characters.
        type: str
        required: true
      groups:
        description: The jump groups that the user belongs to.
        type: list
        elements: str
        default: []
      path:
        description: IAM path of the user.
        type: str
        default: /
      tags:
        description: Tags of the user.
        type: dict
        default: {}
      permissions_boundary:
        description:
          - ARN of the managed policy to use as the permissions boundary. Without this option, the
            user has none.
        type: str
  groups_path:
    description: IAM path that marks jump groups.
    type: str
    default: /jumpaccount/
  protected_groups:
    description:
      - Groups that an earlier task read or created with their MFA policy,
        RV(jumpaccount.aws.jump_group#module:protected_groups). In check mode, they may not exist
        yet. Otherwise, it may take a moment until IAM returns them.
      - Without this option, these are the existing groups that have the exact version of the MFA
        policy that these settings require.
      - Users never join other groups; a user who would is rejected. Access is still removed from a
        rejected user.
      - A group that turns out to lack its MFA policy is not joined either, unless it is in
        O(changed_groups).
    type: list
    elements: str
  changed_groups:
    description:
      - Groups that an earlier task changed, RV(jumpaccount.aws.jump_group#module:changed_groups).
        IAM may return their previous state for a moment, so O(protected_groups) takes precedence.
    type: list
    elements: str
    default: []
  deleted_groups:
    description:
      - Groups that an earlier task deleted, RV(jumpaccount.aws.jump_group#module:deleted_groups).
        In check mode, they still exist, but their memberships are not counted as removals by this
        task.
    type: list
    elements: str
    default: []
  adopt:
    description:
      - What to do with a listed user that exists but was not created by this collection.
      - With V(false), the user is rejected. With V(true), it is marked as managed by this
        collection.
    type: bool
    default: false
  adopt_credentials:
    description:
      - What to do with the console password and keys of an adopted user.
      - V(require_mfa) rejects the user unless it has an MFA device.
      - V(withdraw) removes the password, access keys, SSH keys, signing certificates and
        service-specific credentials before the user joins a group. The user is then in
        RV(passwordless), and M(jumpaccount.aws.iam_login_profile) can issue a new password.
    type: str
    default: require_mfa
    choices: [require_mfa, withdraw]
  roster:
    description:
      - Names of all people in the roster, when O(users) contains only some of them.
      - With this option, users that are managed by this collection and in neither list are tagged
        once with C(jumpaccount:unlisted) and the current date. Nothing else about them changes. For
        more than three users, O(max_removal_ratio) limits their share.
    type: list
    elements: str
  returned_users:
    description:
      - Users in O(users) who left or were locked out and have returned as the same person. The mark
        and the policies that lock them out are removed in the last step; password, keys and MFA
        devices stay.
    type: list
    elements: str
    default: []
  replaced_users:
    description:
      - Users in O(users) whose name belonged to another person who left or was locked out. The user
        is deleted with its password, keys, MFA devices, policies and memberships, and a new user is
        created.
      - Users who neither left nor were locked out are not replaced.
    type: list
    elements: str
    default: []
  purge_memberships:
    description:
      - Whether to remove listed users from jump groups that are not in their O(users[].groups).
    type: bool
    default: true
  purge_tags:
    description: Whether to remove tags that are not listed.
    type: bool
    default: false
seealso:
  - module: jumpaccount.aws.jump_group
  - module: jumpaccount.aws.iam_login_profile
  - module: amazon.aws.iam_user
extends_documentation_fragment:
  - jumpaccount.aws.common
  - jumpaccount.aws.jump
  - jumpaccount.aws.jump.inspection
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
- name: Manage two people, one of them from a partner company
  jumpaccount.aws.jump_user:
    account_id: "111111111111"
    users:
      - name: yamada.taro
        groups: [group-admin]
      - name: tanaka.hanako
        groups: [group-operator-project-a]
        tags:
          company: partner-x
"""

RETURN = r"""
changes:
  description: The changes made, in order. In check mode, the changes that would be made.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: membership yamada.taro/group-admin
      before: null
      after: {}
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
created:
  description: Names of the users that did not exist before.
  returned: always
  type: list
  elements: str
  sample: [yamada.taro]
passwordless:
  description: Users in O(users) that this task creates or adopts and that have no console password.
  returned: always
  type: list
  elements: str
  sample: [yamada.taro]
ready:
  description:
    - Users in O(users) who can be issued a password. Nothing failed for them, and all their jump
      groups enforce MFA.
  returned: always
  type: list
  elements: str
  sample: [yamada.taro, tanaka.hanako]
unguarded:
  description:
    - Users in O(users) who have groups or policies from outside this collection but are in no group
      that enforces MFA. A password alone is enough to use what these allow.
    - These users are not in RV(ready).
  returned: always
  type: list
  elements: str
  sample: []
unlisted:
  description:
    - Users that are managed by this collection but not listed. They are kept, except that O(roster)
      marks them.
  returned: always
  type: list
  elements: str
  sample: [suzuki.ichiro]
unlisted_members:
  description:
    - Unlisted users in jump groups, whether or not this collection manages them. Their memberships
      are kept.
  returned: always
  type: list
  elements: dict
  sample: [{name: suzuki.ichiro, groups: [group-operator]}]
direct_policies:
  description:
    - Policies, by name or ARN, that are attached to or embedded in listed users and other users
      managed by this collection. This collection adds no such policies and leaves existing ones as
      they are.
  returned: always
  type: list
  elements: dict
  sample: [{name: yamada.taro, policy: arn:aws:iam::aws:policy/AdministratorAccess}]
inspection:
  description:
    - What O(inspect) requested. Null if the option was not given, if nothing could be read, or with
      O(protected_groups), because M(jumpaccount.aws.jump_group) then returns it.
    - See RV(jumpaccount.aws.jump_group#module:inspection).
  returned: always
  type: dict
  sample: {fence: null, roles: {}, principals: []}
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.details import read_quotas
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.user_credentials import (
    read_credentials,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.users import (
    read_users,
    user_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Json
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.adoption import (
    AdoptCredentials,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.decision import (
    Decision,
    UserOptions,
    decide_users,
    user_alarms,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import GroupSettings
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.user_findings import (
    FoundUsers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.users import (
    JumpUser,
    foreign_users,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.apply import Outcome
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.inspection import (
    INSPECTION_SPEC,
    inspect,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.jump_options import (
    MFA_SPEC,
    RETURNS_SPEC,
    USERS_SPEC,
    build_returns,
    build_settings,
    build_users,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    REMOVAL_SPEC,
    WRITING_SPEC,
    build_account,
    build_module,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.own_read import (
    decide_on_own_read,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.second_look import (
    Before,
    SecondLook,
)

SPEC = {
    **WRITING_SPEC,
    **REMOVAL_SPEC,
    **USERS_SPEC,
    **INSPECTION_SPEC,
    **RETURNS_SPEC,
    "groups_path": {"type": "str", "default": "/jumpaccount/"},
    "protected_groups": {"type": "list", "elements": "str"},
    "changed_groups": {"type": "list", "elements": "str", "default": []},
    "deleted_groups": {"type": "list", "elements": "str", "default": []},
    **MFA_SPEC,
    "adopt": {"type": "bool", "default": False},
    "adopt_credentials": {
        "type": "str",
        "default": "require_mfa",
        "choices": ["require_mfa", "withdraw"],
    },
    "purge_memberships": {"type": "bool", "default": True},
    "purge_tags": {"type": "bool", "default": False},
}


def build_options(params: Mapping[str, Json]) -> UserOptions:
    protected = params["protected_groups"]
    return UserOptions(
        adopt=params["adopt"],
        purge_memberships=params["purge_memberships"],
        purge_tags=params["purge_tags"],
        max_removal_ratio=params["max_removal_ratio"],
        protected_groups=None if protected is None else frozenset(protected),
        changed_groups=frozenset(params["changed_groups"]),
        deleted_groups=frozenset(params["deleted_groups"]),
        adopt_credentials=AdoptCredentials(params["adopt_credentials"]),
        returns=build_returns(params),
    )


def with_credentials(
    aws: AwsAccount, wanted: Sequence[JumpUser], found: FoundUsers, options: UserOptions
) -> FoundUsers:
    # Whom somebody else made is asked for as of now: the credential report may be hours old.
    adopted = foreign_users(wanted, found.state) if options.adopt else {}
    return replace(found, credentials=read_credentials(aws, adopted))


def decide(
    aws: AwsAccount,
    wanted: Sequence[JumpUser],
    found: FoundUsers,
    settings: GroupSettings,
    options: UserOptions,
) -> Decision:
    decision = decide_users(wanted, found, settings, options)
    if not decision.plan:
        return decision
    # Only a run that changes something pays for the read of the quota.
    quota = read_quotas(aws)["GroupsPerUserQuota"]
    return decide_users(wanted, found, settings, replace(options, groups_per_user=quota))


def still_ready(decision: Decision, outcome: Outcome, meddled: Collection[str]) -> dict[str, Json]:
    failed = {*meddled, *(change.subject for change in outcome.pending)}
    return {"ready": [name for name in decision.findings["ready"] if name not in failed]}


UNREAD: dict[str, Json] = {
    "created": [],
    "passwordless": [],
    "ready": [],
    "unguarded": [],
    "unlisted": [],
    "unlisted_members": [],
    "direct_policies": [],
    "inspection": None,
}


def main() -> None:
    module = build_module(SPEC)
    params = module.params
    wanted = build_users(params)
    with sentences(module, "users", **UNREAD):
        options = build_options(params)
        aws = build_account(module)
        settings = build_settings(aws, params, params["groups_path"])
        joined = {group for user in wanted for group in user.groups}
        found, decision = decide_on_own_read(
            aws,
            lambda: with_credentials(aws, wanted, read_users(aws, joined, settings), options),
            lambda found: decide(aws, wanted, found, settings, options),
        )
        is_first = options.protected_groups is None
        inspection = inspect(aws, params["inspect"] if is_first else None, settings)
        ours = (found.jump_groups | joined) - options.deleted_groups
        before = Before([user.name for user in wanted], found.state, ours)
        second = SecondLook(aws, before, is_check=module.check_mode)
        run_plan(
            module,
            aws,
            decision.plan,
            lambda: user_writers(aws),
            told=decision.refused,
            describe=lambda outcome: still_ready(decision, outcome, second.alarms(outcome)),
            alarm=lambda outcome: {
                **user_alarms(found, settings, options),
                **second.alarms(outcome),
            },
            inspection=inspection,
            **decision.findings,
        )


if __name__ == "__main__":
    main()
