# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: desired_state
short_description: Validate inventory, levels and roster, and compute what should exist in AWS
version_added: 0.1.0
description:
  - Reads the accounts from the inventory groups C(jump_accounts) and C(member_accounts) and
    validates them together with the levels and the roster.
  - Reports all problems at once, each with its location, and makes no AWS calls.
  - Returns the templates, groups and users that the other modules of this collection take as input.
  - Runs on the controller as an action plugin. The role P(jumpaccount.aws.jump#role) calls it.
options:
  levels:
    description: The levels, as a mapping of level names to the permissions of their switch roles.
    type: raw
  roster:
    description: The people, as a list.
    type: raw
  region:
    description: Region of the stack set, stacks, bucket and parameters.
    type: raw
  names:
    description: Names and name patterns that override the defaults.
    type: dict
    default: {}
  users_path:
    description: IAM path of the users.
    type: str
    default: /
  security:
    description: Restrictions on access.
    type: dict
    default: {}
    suboptions:
      bind_session_name:
        description: Whether a session must be named after its user. Exceptions require this.
        type: bool
        default: true
      mfa_max_age:
        description: Maximum MFA age when switching, in seconds; V(0) means no limit.
        type: int
        default: 0
      source_networks:
        description:
          - IPv4 or IPv6 networks from which people can switch. An empty list means any network.
        type: list
        elements: str
        default: []
      users_source_networks:
        description:
          - Networks from which people can make calls in the Jump account as themselves. An empty
            list means any network.
          - Calls that AWS services make on behalf of a person are not affected.
        type: list
        elements: str
        default: []
      switch_roles_permissions_boundary:
        description:
          - Permissions boundary for the switch roles of levels that do not define one.
          - The name or ARN of an AWS managed policy, or a mapping with C(customer), the name of a
            customer managed policy that exists in every account.
        type: raw
      users_permissions_boundary:
        description:
          - Permissions boundary for all users, in the same format as for switch roles or as an ARN.
        type: raw
      trust_policy_size:
        description:
          - Maximum size of a role trust policy, in characters. Raise it only if AWS raised this
            quota in every account.
        type: int
        default: 2048
  kms_key:
    description:
      - KMS key for initial passwords. One of V(own), V(aws/ssm), or the id, alias or ARN of a key.
    type: raw
    default: own
  password_readers:
    description:
      - Additional principals that can decrypt initial passwords with the key V(own), as a list of
        role names, or ARNs of roles or users, in the Jump account.
    type: raw
    default: []
  watch:
    description:
      - Monitoring of the Jump account, and who is notified of events that should never be caused by
        hand.
    type: dict
    default: {}
    suboptions:
      is_wanted:
        description: Whether to monitor the Jump account.
        type: bool
        default: false
      emails:
        description: Email addresses to notify.
        type: list
        elements: str
        default: []
      break_glass:
        description: Names of emergency users. Their sign-ins trigger a notification.
        type: list
        elements: str
        default: []
      runners:
        description:
          - ARNs of the roles and users in the Jump account whose changes are expected, such as the
            role that runs the playbooks. If empty, every change triggers a notification.
        type: list
        elements: str
        default: []
  password_policy:
    description:
      - Numeric settings of the account password policy, validated with the rest of the input.
    type: dict
    default: {}
    suboptions:
      minimum_length:
        description: Minimum password length, V(6) to V(128).
        type: int
      max_age:
        description: Number of days after which a password expires, V(0) to V(1095).
        type: int
      reuse_prevention:
        description: Number of previous passwords that cannot be reused, V(0) to V(24).
        type: int
  template_readers:
    description:
      - The member accounts that can read the template of the execution role, as a list of inventory
        hosts or account ids. V(all) means all of them.
      - A bucket policy has room for about 1,300 accounts.
    type: raw
    default: all
  project_groups:
    description:
      - Which project-level groups to create. V(all) creates all of them. V(used) creates only those
        that somebody in the roster needs.
    type: raw
    default: all
  roles_in_jump_account:
    description:
      - Which levels have a switch role in the Jump account. V(all) means all levels. V(admin) means
        only levels that are not fenced.
    type: raw
    default: all
  known_actions:
    description:
      - AWS actions that are newer than the action table of this collection, as a list of
        C(service:Action), or C(service:*) for all actions of a service.
      - Any other action that is not in the table is rejected as misspelled.
    type: raw
  user_name:
    description: Return only this user from the roster.
    type: raw
  scope_hosts:
    description:
      - Inventory hosts whose accounts are in the scope of the run, for example
        C(ansible_play_hosts_all). Without this option, all accounts are in scope.
    type: list
    elements: str
  ignore_hosts:
    description:
      - Inventory hosts, or groups of hosts, that have an C(account_id) but do not belong to this
        Jump account. Any other host with an C(account_id) that is in neither C(jump_accounts) nor
        C(member_accounts) is rejected.
    type: list
    elements: str
    default: []
  ignore_variables:
    description:
      - Variables that look like misspelled variables of this collection but have another purpose.
        Any other such variable of an account, the play or the command line is rejected.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description:
      - Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
  diff_mode:
    description: Returns details of the changes when in C(diff) mode.
    support: none
    details:
      - It makes no changes.
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
- name: Validate the input
  jumpaccount.aws.desired_state:
    levels: "{{ levels }}"
    roster: "{{ roster }}"
    region: "{{ aws_region }}"
  register: desired

- name: Show the resulting groups
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
    - A folder for this run only, in which modules cache what they read (their option
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
    - Accounts in the scope of the run that it has no credentials for. Only their owners can create
      the execution role.
  returned: success
  type: list
  elements: str
  sample: ["444444444444"]
scope:
  description:
    - The accounts in the scope of the run, in the format that M(jumpaccount.aws.stackset_instance)
      expects.
    - Accounts that differ from others by stage or exceptions include their parameters.
  returned: success
  type: list
  elements: dict
  sample:
    - account_id: "222222222222"
    - account_id: "333333333333"
      parameter_overrides: {Stage: staging}
exceptions:
  description: Additional permissions of individual people, with their scope and last day.
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
    - Valid but overly broad permissions in the policies of levels and exceptions, such as an
      exception that allows every action, and what to do about them.
  returned: success
  type: list
  elements: str
  sample:
    - >-
      exception of tanaka.hanako in developer of project-a allows every action; list only the
      actions that are needed
users_source_networks:
  description: Networks from which people can make calls in the Jump account as themselves.
  returned: success
  type: list
  elements: str
  sample: []
bootstrap_credentials:
  description: How the run accesses member accounts in its scope that have no execution role yet.
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
  description: Ids of the member accounts that can read the template of the execution role.
  returned: success
  type: list
  elements: str
  sample: ["222222222222", "333333333333"]
execution_template_url:
  description: URL of the execution role template for account owners.
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
    - The CloudFormation templates as YAML. The monitoring template, C(watch), is included only when
      monitoring is enabled.
  returned: success
  type: dict
  sample: {administration: "...", execution: "...", switch_roles: "...", passwords_key: "..."}
roles:
  description:
    - The expected state of this collection's roles in the Jump account, by the step that deploys
      them and by name.
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
    - How the Jump account is monitored. The regions are the home region and, if different, the
      region of IAM.
  returned: success
  type: dict
  sample:
    is_wanted: true
    stack: jumpaccount-watch
    regions: [ap-northeast-1, us-east-1]
    emails: [security@example.com]
    runners: ["arn:aws:iam::111111111111:role/runner"]
inspect:
  description: Value for O(jumpaccount.aws.jump_group#module:inspect).
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
  description: KMS key for initial passwords, if it is neither V(own) nor V(aws/ssm).
  returned: success
  type: str
  sample: alias/passwords
passwords_key:
  description:
    - The KMS key V(own), with the stack that creates it, its key policy without the statement for
      its creator, and the other principals that can decrypt. Null with another key.
  returned: success
  type: dict
  sample:
    stack: jumpaccount-passwords-key
    policy: {Version: "2012-10-17", Statement: []}
    readers: ["arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/role-admin"]
roles_not_in_jump:
  description: Names of the switch roles that exist only in member accounts.
  returned: success
  type: list
  elements: str
  sample: []
stack_roles:
  description: Names of all roles that stacks create in the Jump account.
  returned: success
  type: list
  elements: str
  sample: [AWSCloudFormationStackSetExecutionRole, role-admin, role-stackset-administration]
stack_policies:
  description: Names of the managed policies that stacks create in the Jump account.
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
  description: The objects in the template bucket.
  returned: success
  type: list
  elements: dict
  sample: [{key: iam-roles.yaml, content: "..."}]
shared_key:
  description: The object that member accounts can read.
  returned: success
  type: str
  sample: stackset-execution-role.yaml
groups:
  description: The jump groups with the roles that members of each can assume.
  returned: success
  type: list
  elements: dict
  sample: [{name: group-admin, role_arns: ["arn:aws:iam::111111111111:role/role-admin"]}]
roster:
  description: The names of all people in the roster.
  returned: success
  type: list
  elements: str
  sample: [tanaka.hanako, yamada.taro]
users:
  description: The people as IAM users; with O(user_name), only that user.
  returned: success
  type: list
  elements: dict
  sample: [{name: yamada.taro, groups: [group-admin], path: /, tags: {}}]
reach:
  description:
    - For each person, the number of roles the person can switch to, and the first three of them.
      RV(groups) contains all role ARNs.
  returned: success
  type: dict
  sample:
    yamada.taro:
      count: 1
      first: [{account_id: "111111111111", host: jump, role: role-admin}]
partial:
  description:
    - The ways in which this run is limited, with one sentence each for C(--limit), O(user_name) and
      C(--start-at-task).
  returned: success
  type: list
  elements: str
  sample: ["user_name: tanaka.hanako, 1 of 6 people; the others remain unchanged"]
sources:
  description:
    - Where the input is defined. C(roster) and C(levels) are the locations of the effective values.
      Multiple locations, separated by commas, mean that the values were combined.
    - C(also) lists other locations that set the same variables but have no effect.
    - C(unread) lists files and folders of C(group_vars) and C(host_vars) that match no group or
      host of the inventory.
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
