#!/usr/bin/python

# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: switch_role
short_description: Manage switch roles directly in one account, where StackSets cannot
version_added: 0.1.0
description:
  - Manages IAM roles that the people of the Jump account switch to. They have the same trust as
    those that M(jumpaccount.aws.stackset) rolls out, so people see no difference.
  - The trust demands MFA and, unless told otherwise, that the session is named after the user.
  - Roles are read in one bulk call and one call for each listed role, and handled in one module
    run. A role that AWS refuses does not stop the others.
  - Roles that this collection made carry the tag C(jumpaccount:owned). Others are not touched
    without O(adopt). Roles that are not listed are never touched.
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
        description: Whether the role shall be there. A role that goes loses its policies first.
        type: str
        choices: [present, absent]
        default: present
      managed_policies:
        description:
          - Managed policies, by name for those of AWS, by ARN for others.
          - The path of a policy of AWS is looked up. A name that AWS does not have is refused.
        type: list
        elements: str
        default: []
      inline_policies:
        description: Inline policies, a mapping of name to policy document.
        type: dict
        default: {}
      max_session_duration:
        description: How long a session may last, from 3600 to 43200 seconds.
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
        description: ARN of the managed policy that limits the role. Without it, none is set.
        type: str
      fenced:
        description:
          - Whether the role gets, in the Jump account, an inline policy that keeps it from what
            would make it administrator everywhere - other roles, changes of IAM and of stack sets,
            initial passwords, the template bucket.
          - In other accounts such a role gets an inline policy that keeps it from changing the
            stacks of this collection, and the types and hooks of CloudFormation.
          - By default, all roles are fenced but those with C(AdministratorAccess).
        type: bool
      tags:
        description: Tags of the role.
        type: dict
        default: {}
  jump_account_id:
    description: The account whose users may switch to the roles, as a string of 12 digits.
    type: str
    required: true
  partition:
    description: Partition of the accounts.
    type: str
    default: aws
    choices: [aws, aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-us-gov]
  bind_session_name:
    description:
      - Whether a session must be named after its user, which makes logs and exceptions tell people
        apart. The console does so by itself, profiles need C(role_session_name).
    type: bool
    default: true
  mfa_max_age:
    description: How many seconds ago MFA was used at most. Without it, any MFA sign-in counts.
    type: int
  source_networks:
    description: Networks, as CIDR blocks, from which people may switch. Without any, from anywhere.
    type: list
    elements: str
    default: []
  known_actions:
    description:
      - Actions of AWS services that are newer than the table that comes with this collection, each
        as C(service:Action), or C(service:*) for all actions of a service.
      - Other actions in inline policies that the table does not have are refused as misspelt.
    type: list
    elements: str
    default: []
  names:
    description:
      - Names of the product's objects that replace the defaults, as in
        M(jumpaccount.aws.desired_state). Fenced roles are kept from these objects.
    type: dict
    default: {}
  adopt:
    description:
      - What to do with a listed role that is there but was not made by this collection.
      - With V(false) it is refused. With V(true) it is marked as ours and managed, or deleted.
    type: bool
    default: false
  purge_policies:
    description: Whether to remove policies of listed roles that are not in their lists.
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
- name: Two switch roles in one account
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

- name: A role that nobody needs any more
  jumpaccount.aws.switch_role:
    account_id: "222222222222"
    jump_account_id: "111111111111"
    roles:
      - name: role-auditor
        state: absent
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode, in order.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: attached policy of role role-operator/arn:aws:iam::aws:policy/ReadOnlyAccess
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
unlisted:
  description: Roles that are ours but not listed; they stay as they are.
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
