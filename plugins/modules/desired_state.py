# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: desired_state
short_description: Check inventory, levels and roster, and work out what should exist in AWS
version_added: 0.1.0
description:
  - Reads the accounts from the inventory groups C(jump_accounts) and C(member_accounts) and checks
    them together with the levels and the roster.
  - Reports every problem at once, each with its place, and makes no AWS call.
  - Returns the templates, groups and users that the other modules of this collection take.
  - Runs on the controller as an action plugin. The role P(jumpaccount.aws.jump#role) calls it.
options:
  levels:
    description: The levels, a mapping of level name to what its switch role may do.
    type: raw
  roster:
    description: The people, a list.
    type: raw
  region:
    description: Region of the stack set, the stacks, the bucket and the parameters.
    type: raw
  names:
    description: Names and name patterns that replace the defaults.
    type: dict
    default: {}
  users_path:
    description: IAM path of the users.
    type: str
    default: /
  security:
    description: How strict access is.
    type: dict
    default: {}
    suboptions:
      bind_session_name:
        description: Whether a session must be named after its user. Exceptions need it.
        type: bool
        default: true
      mfa_max_age:
        description: How many seconds ago MFA was used at most when switching; V(0) for any.
        type: int
        default: 0
      source_networks:
        description: Networks, IPv4 or IPv6, from which people may switch; none for any.
        type: list
        elements: str
        default: []
      users_source_networks:
        description:
          - Networks from which people may call the Jump account as themselves; none for any.
          - Calls of AWS services on behalf of a person are not concerned.
        type: list
        elements: str
        default: []
      switch_roles_permissions_boundary:
        description:
          - Permissions boundary of the switch roles of levels without one of their own.
          - The name or ARN of a policy of AWS, or a mapping with C(customer), the name of a policy
            that every account has.
        type: raw
      users_permissions_boundary:
        description: Permissions boundary of all users, like that of switch roles or as an ARN.
        type: raw
      trust_policy_size:
        description:
          - How many characters the trust policy of a role holds, where AWS raised this quota in
            every account.
        type: int
        default: 2048
  kms_key:
    description:
      - KMS key of the initial passwords, V(own), V(aws/ssm), or the id, an alias or the ARN of a
        key.
    type: raw
    default: own
  password_readers:
    description:
      - Who else decrypts initial passwords with the key V(own), a list of names of roles, or ARNs
        of roles or users, of the Jump account.
    type: raw
    default: []
  watch:
    description:
      - Whether the Jump account is watched, and who is told of what should never happen by hand.
    type: dict
    default: {}
    suboptions:
      is_wanted:
        description: Whether the Jump account is watched.
        type: bool
        default: false
      emails:
        description: Addresses that are told.
        type: list
        elements: str
        default: []
      break_glass:
        description: Names of users for emergencies, whose sign-ins are told.
        type: list
        elements: str
        default: []
      runners:
        description:
          - ARNs of the roles and users of the Jump account whose changes are expected, such as the
            role of the runs. Without any, every change is told.
        type: list
        elements: str
        default: []
  password_policy:
    description: Numbers of the account password policy, checked with the rest of the input.
    type: dict
    default: {}
    suboptions:
      minimum_length:
        description: Shortest password, in characters, V(6) to V(128).
        type: int
      max_age:
        description: Days after which a password expires, V(0) to V(1095).
        type: int
      reuse_prevention:
        description: How many earlier passwords cannot be used again, V(0) to V(24).
        type: int
  template_readers:
    description:
      - The member accounts that may read the template of the execution role, a list of inventory
        hosts or account ids. V(all) stands for all of them.
      - A bucket policy has room for about 1,300.
    type: raw
    default: all
  project_groups:
    description:
      - Which groups of levels in single projects exist, V(all) of them, or V(used), those that
        somebody in the roster needs.
    type: raw
    default: all
  roles_in_jump_account:
    description:
      - Which levels have a switch role in the Jump account, V(all) of them, or V(admin), those that
        are not fenced.
    type: raw
    default: all
  known_actions:
    description:
      - Actions of AWS services that are newer than the table that comes with this collection, a
        list of C(service:Action), or C(service:*) for all actions of a service.
      - Other actions that the table does not have are refused as misspelt.
    type: raw
  user_name:
    description: Restrict the returned users to this one of the roster.
    type: raw
  scope_hosts:
    description:
      - Inventory hosts whose accounts are in the scope of the run, C(ansible_play_hosts_all) for
        instance. Without it, all are.
    type: list
    elements: str
  ignore_hosts:
    description:
      - Inventory hosts, or groups of them, that have an C(account_id) and are no accounts of this
        Jump account. Any other host with an C(account_id) that is in neither of the groups
        C(jump_accounts) and C(member_accounts) is refused.
    type: list
    elements: str
    default: []
  ignore_variables:
    description:
      - Variables that look like misspelt ones of this collection, and are meant for something else.
        Any other such variable of an account, the play or the command line is refused.
    type: list
    elements: str
    default: []
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
  - module: jumpaccount.aws.jump_group
  - module: jumpaccount.aws.jump_user
author:
  - The jumpaccount.aws maintainers (@jumpaccount)
"""

EXAMPLES = r"""
- name: Check everything
  jumpaccount.aws.desired_state:
    levels: "{{ levels }}"
    roster: "{{ roster }}"
    region: "{{ aws_region }}"
  register: desired

- name: The groups that follow from it
  ansible.builtin.debug:
    var: desired.groups
"""

RETURN = r"""
region:
  description: The region.
  returned: success
  type: str
  sample: ap-northeast-1
partition:
  description: The partition of the region.
  returned: success
  type: str
  sample: aws
run_folder:
  description:
    - A folder for this run alone, in which modules keep what they read (their option
      O(jumpaccount.aws.jump_group#module:run_folder)). Ansible removes it at the end of the run.
  returned: success
  type: str
  sample: /home/ana/.ansible/tmp/ansible-local-4711/jumpaccount-8f14e45f
jump:
  description: The Jump account.
  returned: success
  type: dict
  sample: {account_id: "111111111111", host: jump, profile: null}
accounts:
  description: All accounts, the Jump account first.
  returned: success
  type: list
  elements: dict
  sample:
    - account_id: "222222222222"
      host: project-a-prod
      project: project-a
      stage: prod
      in_scope: true
unprepared_accounts:
  description:
    - The accounts in the scope of the run that it has no credentials for, so that only their owners
      can create the execution role.
  returned: success
  type: list
  elements: str
  sample: ["444444444444"]
scope:
  description:
    - The accounts in the scope of the run, as M(jumpaccount.aws.stackset_instance) takes them.
    - Accounts that differ from others by stage or exceptions have their parameters with them.
  returned: success
  type: list
  elements: dict
  sample:
    - account_id: "222222222222"
    - account_id: "333333333333"
      parameter_overrides: {Stage: staging}
exceptions:
  description: What single people may do more than others, where, and until which day.
  returned: success
  type: list
  elements: dict
  sample:
    - name: tanaka.hanako
      level: developer
      project: project-a
      stage: staging
      until: "2027-03-31"
      is_over: false
      lasting: [iam:PassRole]
      account_ids: ["333333333333"]
policy_notices:
  description:
    - What policies of levels and exceptions give away although nothing in them is wrong, such as
      an exception that allows every action, and what to do about it.
  returned: success
  type: list
  elements: str
  sample:
    - >-
      exception of tanaka.hanako in developer of project-a allows every action; list only the
      actions that are needed
users_source_networks:
  description: Networks from which people may call the Jump account as themselves.
  returned: success
  type: list
  elements: str
  sample: []
bootstrap_credentials:
  description: How the run reaches member accounts in its scope that have no execution role yet.
  returned: success
  type: list
  elements: dict
  sample: [{account_id: "222222222222", profile: project-a-prod}]
bucket:
  description: Name of the template bucket.
  returned: success
  type: str
  sample: aws-iam-templates-111111111111
template_readers:
  description: Ids of the member accounts that may read the template of the execution role.
  returned: success
  type: list
  elements: str
  sample: ["222222222222", "333333333333"]
execution_template_url:
  description: Where owners of accounts find the template of the execution role.
  returned: success
  type: str
  sample: https://templates.s3.eu-west-1.amazonaws.com/stackset-execution-role.yaml
administration_role_arn:
  description: ARN of the StackSets administration role.
  returned: success
  type: str
  sample: arn:aws:iam::111111111111:role/role-stackset-administration
templates:
  description:
    - The CloudFormation templates as YAML. The one that watches the account, C(watch), is there
      where it is wanted.
  returned: success
  type: dict
  sample: {administration: "...", execution: "...", switch_roles: "...", passwords_key: "..."}
roles:
  description:
    - What the roles of this collection in the Jump account must be, by the step that deploys them
      and by name.
  returned: success
  type: dict
  sample:
    administration_role:
      role-stackset-administration:
        trust_policy: {Version: "2012-10-17", Statement: []}
        managed_policies: []
        inline_policies: {assume-execution-roles: {Version: "2012-10-17", Statement: []}}
        permissions_boundary: null
watch:
  description:
    - How the Jump account is watched. The regions are the home region and, where it differs, that
      of IAM.
  returned: success
  type: dict
  sample:
    is_wanted: true
    stack: jumpaccount-watch
    regions: [ap-northeast-1, us-east-1]
    emails: [security@example.com]
    runners: ["arn:aws:iam::111111111111:role/runner"]
inspect:
  description: What O(jumpaccount.aws.jump_group#module:inspect) asks for.
  returned: success
  type: dict
  sample:
    roles: [AWSCloudFormationStackSetExecutionRole, role-admin, role-stackset-administration]
    fence_policy_name: policy-fence-jump-account
    stack_set_name: iam-roles
    parameter_prefix: /jumpaccount/initial-password
    region: eu-west-1
    has_own_key: false
    key_stack: jumpaccount-passwords-key
kms_key_id:
  description: KMS key of the initial passwords, if it is another one than V(own) and V(aws/ssm).
  returned: success
  type: str
  sample: alias/passwords
passwords_key:
  description:
    - The KMS key V(own), the stack that makes it, its policy without who made it, and who can
      decrypt beside that one. Null with another key.
  returned: success
  type: dict
  sample:
    stack: jumpaccount-passwords-key
    policy: {Version: "2012-10-17", Statement: []}
    readers: ["arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/role-admin"]
roles_not_in_jump:
  description: Names of the switch roles that are in member accounts only.
  returned: success
  type: list
  elements: str
  sample: []
stack_roles:
  description: Names of all roles that stacks make in the Jump account.
  returned: success
  type: list
  elements: str
  sample: [AWSCloudFormationStackSetExecutionRole, role-admin, role-stackset-administration]
stack_policies:
  description: Names of the managed policies that stacks make in the Jump account.
  returned: success
  type: list
  elements: str
  sample: [policy-fence-jump-account]
fence:
  description: The fence in the Jump account, or null when no level is fenced.
  returned: success
  type: dict
  sample:
    policy: policy/jumpaccount/policy-fence-jump-account
    document: {Version: "2012-10-17", Statement: []}
    roles: [role-operator]
stack_set:
  description: Name of the stack set.
  returned: success
  type: str
  sample: iam-roles
execution_stack:
  description: Name of the stack with the execution role in each account.
  returned: success
  type: str
  sample: stackset-execution-role
objects:
  description: What the template bucket holds.
  returned: success
  type: list
  elements: dict
  sample: [{key: iam-roles.yaml, content: "..."}]
shared_key:
  description: The object that member accounts may read.
  returned: success
  type: str
  sample: stackset-execution-role.yaml
groups:
  description: The jump groups with the roles that each may assume.
  returned: success
  type: list
  elements: dict
  sample: [{name: group-admin, role_arns: ["arn:aws:iam::111111111111:role/role-admin"]}]
roster:
  description: The names of all people of the roster.
  returned: success
  type: list
  elements: str
  sample: [tanaka.hanako, yamada.taro]
users:
  description: The people as IAM users; with O(user_name) only that one.
  returned: success
  type: list
  elements: dict
  sample: [{name: yamada.taro, groups: [group-admin], path: /, tags: {}}]
reach:
  description:
    - For each person, how many roles in accounts the person can switch to, and the first three of
      them. The role ARNs in RV(groups) tell all.
  returned: success
  type: dict
  sample:
    yamada.taro:
      count: 1
      first: [{account_id: "111111111111", host: jump, role: role-admin}]
partial:
  description:
    - In which respects this is no full run, a sentence for C(--limit), O(user_name) and
      C(--start-at-task) each.
  returned: success
  type: list
  elements: str
  sample: ["user_name: tanaka.hanako, 1 of 6 people; the others stay as they are"]
sources:
  description:
    - Where the input was written. C(roster) and C(levels) are the places of those that count;
      several, separated by commas, when they were put together.
    - C(also) has further places that set the same variables and do not count.
    - C(unread) has files and folders of C(group_vars) and C(host_vars) that belong to no group and
      no host of the inventory.
  returned: success
  type: dict
  sample:
    roster: inventories/example/group_vars/all/roster.yml:3
    levels: inventories/example/group_vars/all/levels.yml:6
    also: [{variable: roster, source: "inventories/example/group_vars/all/old.yml:2"}]
    unread: [inventories/example/group_vars/project_x]
empty_groups:
  description: Inventory groups without hosts, which may be forgotten projects.
  returned: success
  type: list
  elements: str
  sample: []
"""
