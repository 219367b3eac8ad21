#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: switch_role
short_description: Manage switch roles directly in one account that StackSets cannot reach
version_added: 0.1.0
description:
  - Manages IAM roles that the people of the Jump account switch to. They have the same trust policy
    as the roles that M(jumpaccount.aws.stackset) deploys, so people see no difference.
  - The trust policy requires MFA and, by default, a session named after the user.
  - Reads all roles in one bulk call, plus one call for each listed role, in a single task. A
    failure for one role does not stop the others.
  - Roles created by this collection have the tag C(jumpaccount:owned). Other roles are not changed
    without O(adopt). Roles that are not listed are never changed.
options:
  roles:
    description: The roles.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the role, at most 64 characters.
        type: str
        required: true
      state:
        description:
          - Whether the role should exist. A role's policies are removed before it is deleted.
        type: str
        choices: [present, absent]
        default: present
      managed_policies:
        description:
          - Managed policies, by name for AWS managed policies and by ARN for others.
          - The path of an AWS managed policy is looked up. An unknown name is rejected.
        type: list
        elements: str
        default: []
      inline_policies:
        description: Inline policies, as a mapping of names to policy documents.
        type: dict
        default: {}
      max_session_duration:
        description: Maximum session duration, from 3600 to 43200 seconds.
        type: int
        default: 3600
      description:
        description: Description of the role.
        type: str
        default: ""
      path:
        description: IAM path of the role. It cannot be changed later.
        type: str
        default: /
      permissions_boundary:
        description:
          - ARN of the managed policy to use as the permissions boundary. Without this option, the
            role has none.
        type: str
      fenced:
        description:
          - Whether to give the role, in the Jump account, an inline policy that denies everything
            that would make it an administrator in all accounts - other roles, changes to IAM and to
            stack sets, initial passwords, the template bucket.
          - In other accounts, the inline policy denies changes to the stacks of this collection and
            to the types and hooks of CloudFormation.
          - By default, all roles except those with C(AdministratorAccess) are fenced.
        type: bool
      tags:
        description: Tags of the role.
        type: dict
        default: {}
  jump_account_id:
    description: The account whose users can switch to the roles, as a string of 12 digits.
    type: str
    required: true
  partition:
    description: Partition of the accounts.
    type: str
    default: aws
    choices: [aws, aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-us-gov]
  bind_session_name:
    description:
      - Whether a session must be named after its user. Logs and exceptions rely on this to
        distinguish people. The console sets the name automatically; CLI profiles need
        C(role_session_name).
    type: bool
    default: true
  mfa_max_age:
    description: Maximum MFA age when switching, in seconds. Without this option, there is no limit.
    type: int
  source_networks:
    description:
      - Networks, as CIDR blocks, from which people can switch. An empty list means any network.
    type: list
    elements: str
    default: []
  known_actions:
    description:
      - AWS actions that are newer than the action table of this collection, each as
        C(service:Action), or C(service:*) for all actions of a service.
      - Any other action in an inline policy that is not in the table is rejected as misspelled.
    type: list
    elements: str
    default: []
  names:
    description:
      - Names of this collection's objects that override the defaults, as in
        M(jumpaccount.aws.desired_state). Fenced roles are denied access to these objects.
    type: dict
    default: {}
  adopt:
    description:
      - What to do with a listed role that exists but was not created by this collection.
      - With V(false), the role is rejected. With V(true), it is marked as managed by this
        collection and then managed or deleted.
    type: bool
    default: false
  purge_policies:
    description: Whether to remove policies from listed roles if the policies are not listed.
    type: bool
    default: true
  purge_tags:
    description: Whether to remove tags that are not listed.
    type: bool
    default: false
seealso:
  - module: jumpaccount.aws.stackset
  - module: jumpaccount.aws.jump_group
  - module: amazon.aws.iam_role
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
- name: Manage two switch roles in one account
  jumpaccount.aws.switch_role:
    account_id: "222222222222"
    jump_account_id: "111111111111"
    roles:
      - name: role-developer
        managed_policies: [PowerUserAccess]
        max_session_duration: 28800
      - name: role-operator
        managed_policies: [ReadOnlyAccess]
        inline_policies:
          restart:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ec2:RebootInstances
                Resource: "*"

- name: Delete a role that nobody needs any more
  jumpaccount.aws.switch_role:
    account_id: "222222222222"
    jump_account_id: "111111111111"
    roles:
      - name: role-auditor
        state: absent
"""

RETURN = r"""
changes:
  description: The changes made, in order. In check mode, the changes that would be made.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: attached policy of role role-operator/arn:aws:iam::aws:policy/ReadOnlyAccess
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
unlisted:
  description: Roles that are managed by this collection but not listed. They stay as they are.
  returned: always
  type: list
  elements: str
  sample: [role-auditor]
"""

from collections.abc import Mapping, Sequence

from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.details import read_quotas
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.switch_roles import (
    read_roles,
    role_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Json, Kind
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import Problems
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import (
    refuse_large_removal,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role import (
    SwitchRole,
    managed_policy_arn,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role_plan import (
    build_role_state,
    check_roles,
    check_sizes,
    check_trust,
    is_fenced,
    keep_unlisted_parts,
    limited_roles,
    needs_raised_quota,
    refused_roles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import parse_names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.partitions import PARTITIONS
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.fence import Fence
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    TrustOptions,
    build_switch_trust,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.quotas import TRUST_SIZE
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.module import (
    REMOVAL_SPEC,
    WRITING_SPEC,
    build_account,
    build_module,
    require_account,
    sentences,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.run import run_plan

SPEC = {
    **WRITING_SPEC,
    **REMOVAL_SPEC,
    "roles": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "managed_policies": {"type": "list", "elements": "str", "default": []},
            "inline_policies": {"type": "dict", "default": {}},
            "max_session_duration": {"type": "int", "default": 3600},
            "description": {"type": "str", "default": ""},
            "path": {"type": "str", "default": "/"},
            "permissions_boundary": {"type": "str"},
            "fenced": {"type": "bool"},
            "tags": {"type": "dict", "default": {}},
        },
    },
    "jump_account_id": {"type": "str", "required": True},
    "partition": {
        "type": "str",
        "default": "aws",
        "choices": list(PARTITIONS),
    },
    "bind_session_name": {"type": "bool", "default": True},
    "mfa_max_age": {"type": "int"},
    "source_networks": {"type": "list", "elements": "str", "default": []},
    "known_actions": {"type": "list", "elements": "str", "default": []},
    "names": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "purge_policies": {"type": "bool", "default": True},
    "purge_tags": {"type": "bool", "default": False},
}


def read_request(
    params: Mapping[str, Json],
) -> tuple[list[SwitchRole], list[str], Fence, TrustOptions]:
    trust = TrustOptions(
        jump_account_id=params["jump_account_id"],
        partition=params["partition"],
        bind_session_name=params["bind_session_name"],
        mfa_max_age=params["mfa_max_age"],
        source_networks=tuple(params["source_networks"]),
    )
    wanted = [build_role(role, trust) for role in params["roles"] if role["state"] == "present"]
    absent = [role["name"] for role in params["roles"] if role["state"] == "absent"]
    problems = Problems()
    check_trust(problems, trust)
    check_roles(problems, wanted, absent)
    fence = Fence(trust.jump_account_id, parse_names(problems, params["names"]), trust.partition)
    problems.raise_if_any()
    return wanted, absent, fence, trust


def refuse_sizes(aws: AwsAccount, roles: Sequence[SwitchRole], trust: TrustOptions) -> None:
    is_large = needs_raised_quota(trust)
    trust_size = read_quotas(aws)["AssumeRolePolicySizeQuota"] if is_large else TRUST_SIZE
    problems = Problems()
    check_sizes(problems, roles, trust, trust_size)
    problems.raise_if_any()


def build_role(role: Mapping[str, Json], trust: TrustOptions) -> SwitchRole:
    arns = {managed_policy_arn(policy, trust.partition) for policy in role["managed_policies"]}
    return SwitchRole(
        name=role["name"],
        trust_policy=build_switch_trust(trust),
        managed_policy_arns=tuple(sorted(arns)),
        inline_policies=tuple(sorted(role["inline_policies"].items())),
        max_session_duration=role["max_session_duration"],
        description=role["description"],
        permissions_boundary=role["permissions_boundary"],
        path=role["path"],
        tags=tuple(sorted((key, str(value)) for key, value in role["tags"].items())),
        is_fenced=is_fenced(role["fenced"], arns),
    )


def main() -> None:
    module = build_module(SPEC)
    params = module.params
    with sentences(module):
        wanted, absent, fence, trust = read_request(params)
        aws = build_account(module)
        wanted = limited_roles(wanted, fence, aws.account_id or require_account(aws))
        refuse_sizes(aws, wanted, trust)
        listed = {*(role.name for role in wanted), *absent}
        observed, owned = read_roles(aws, listed)
        desired = keep_unlisted_parts(
            build_role_state(wanted),
            observed,
            purge_policies=params["purge_policies"],
            purge_tags=params["purge_tags"],
        )
        plan = plan_changes(desired, observed)
        refuse_large_removal(plan, Kind.ROLE, len(owned | listed), params["max_removal_ratio"])
        run_plan(
            module,
            aws,
            plan,
            lambda: role_writers(aws),
            refused=refused_roles(desired, observed, adopt=params["adopt"]),
            unlisted=sorted(owned - listed),
        )


if __name__ == "__main__":
    main()
