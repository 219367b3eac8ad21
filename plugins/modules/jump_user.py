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
  - Manages people as IAM users - path, tags, permissions boundary, memberships in jump groups.
  - All users are read in one bulk call and handled in one module run, so give the whole list
    instead of a loop. A user that AWS refuses does not stop the others.
  - Nobody joins a group that does not force MFA. Without O(protected_groups), a user in a jump
    group that does not is a failure, whether listed or not.
  - Memberships in groups outside of O(groups_path) are never touched.
  - A task that wrote memberships reads them again at the end, which is one more bulk read. Where
    those of listed users are not as it left them, somebody else changed them meanwhile, such as
    another run with another roster. That is a failure for each such user, who is not in RV(ready).
  - Users that are not listed are reported in RV(unlisted) when they are ours. With O(roster), they
    get a mark; else they are never touched.
  - A listed user that bears this mark, or a policy that shuts users out (C(left-the-company) or
    C(AWSDenyAll)), is refused, because its password, keys and MFA device may be those of another
    person. O(returned_users) and O(replaced_users) are the two ways on.
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
        description: ARN of the managed policy that limits the user. Without it, none is set.
        type: str
  groups_path:
    description: IAM path that marks jump groups.
    type: str
    default: /jumpaccount/
  protected_groups:
    description:
      - Groups that a task before this one read or made with their MFA policy,
        RV(jumpaccount.aws.jump_group#module:protected_groups). In check mode they may not be there
        yet, and for a moment IAM may not show them.
      - Without it, the groups that have the MFA policy of these settings, in exactly this version,
        and are there.
      - Users join no other groups, a user who would is refused. What is withdrawn from a refused
        user goes on.
      - A group that this task reads without its MFA policy is not joined either, unless it is one
        of O(changed_groups).
    type: list
    elements: str
  changed_groups:
    description:
      - Groups that a task before this one changed,
        RV(jumpaccount.aws.jump_group#module:changed_groups). For a moment IAM may show them as they
        were, so O(protected_groups) counts.
    type: list
    elements: str
    default: []
  deleted_groups:
    description:
      - Groups that a task before this one deleted,
        RV(jumpaccount.aws.jump_group#module:deleted_groups). In check mode they are still there,
        but the memberships in them are not what this task would remove.
    type: list
    elements: str
    default: []
  adopt:
    description:
      - What to do with a listed user that is there but was not made by this collection.
      - With V(false) the user is refused. With V(true) it is marked as ours and managed.
    type: bool
    default: false
  adopt_credentials:
    description:
      - What to do with a console password and keys that a user has who is adopted.
      - V(require_mfa) refuses the user unless it has an MFA device.
      - V(withdraw) takes away the password, access keys, SSH keys, signing certificates and
        credentials of single services, before the user joins a group. The user is in
        RV(passwordless) then, so that M(jumpaccount.aws.iam_login_profile) issues a password.
    type: str
    default: require_mfa
    choices: [require_mfa, withdraw]
  roster:
    description:
      - Names of everybody who is wanted, when O(users) has only some of them.
      - With it, users that are ours and in neither list get the tag C(jumpaccount:unlisted) with
        the day, once. Nothing else of them changes. Of more than three, O(max_removal_ratio) limits
        the share.
    type: list
    elements: str
  returned_users:
    description:
      - Those of O(users) that left or were shut out, and come back as the same person. What marks
        and shuts them out is taken off, last of all; password, keys and MFA devices stay.
    type: list
    elements: str
    default: []
  replaced_users:
    description:
      - Those of O(users) whose name belonged to somebody that left or was shut out. The user is
        deleted with its password, keys, MFA devices, policies and memberships, and a new one made.
      - Users that neither left nor were shut out are not replaced.
    type: list
    elements: str
    default: []
  purge_memberships:
    description: Whether to remove listed users from jump groups that are not in their list.
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
- name: Two people, one of them from a partner company
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
  description: What was changed, or would be in check mode, in order.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: membership yamada.taro/group-admin
      before: null
      after: {}
failures:
  description: What was refused, by AWS or before.
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
created:
  description: Names of the users that did not exist before.
  returned: always
  type: list
  elements: str
  sample: [yamada.taro]
passwordless:
  description: Those of O(users) that this task takes in and that have no console password.
  returned: always
  type: list
  elements: str
  sample: [yamada.taro]
ready:
  description:
    - Those of O(users) who may get a password. Of them nothing was refused, and all their jump
      groups force MFA.
  returned: always
  type: list
  elements: str
  sample: [yamada.taro, tanaka.hanako]
unguarded:
  description:
    - Those of O(users) who are in groups or have policies that are not ours, and in no group that
      forces MFA, so that a password alone is enough for what these allow.
    - They are not in RV(ready).
  returned: always
  type: list
  elements: str
  sample: []
unlisted:
  description: Users that are ours but not listed; but for a mark, see O(roster), they stay.
  returned: always
  type: list
  elements: str
  sample: [suzuki.ichiro]
unlisted_members:
  description: Users, ours or not, that are in jump groups but not listed; they stay there.
  returned: always
  type: list
  elements: dict
  sample: [{name: suzuki.ichiro, groups: [group-operator]}]
direct_policies:
  description:
    - Policies, by name or ARN, that listed users and others of ours have by themselves. This
      collection gives none, and leaves them alone.
  returned: always
  type: list
  elements: dict
  sample: [{name: yamada.taro, policy: arn:aws:iam::aws:policy/AdministratorAccess}]
inspection:
  description:
    - What O(inspect) asked for; null when it was not given, when nothing could be read, and with
      O(protected_groups), because M(jumpaccount.aws.jump_group) looks then.
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
