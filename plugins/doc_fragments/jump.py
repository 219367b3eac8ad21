# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  mfa_policy_name:
    description: Name of the managed policy that enforces MFA.
    type: str
    default: policy-enforce-mfa
  source_networks:
    description:
      - IPv4 or IPv6 networks, as CIDR blocks, from which members can make calls as themselves. An
        empty list means any network.
      - The MFA policy enforces this restriction. Calls that AWS services make on behalf of members
        are not affected.
    type: list
    elements: str
    default: []
  partition:
    description: Partition of the account.
    type: str
    default: aws
    choices: [aws, aws-cn, aws-eusc, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-us-gov]
"""

    INSPECTION = r"""
options:
  inspect:
    description:
      - What else to inspect in the account with the same read.
      - M(jumpaccount.aws.run_summary) compares it with the expected state.
    type: dict
    suboptions:
      roles:
        description: Names of the roles of this collection in the account.
        type: list
        elements: str
        required: true
      fence_policy_name:
        description: Name of the managed policy that fences switch roles.
        type: str
        required: true
      stack_set_name:
        description: Name of the stack set of switch roles.
        type: str
        required: true
      parameter_prefix:
        description: Prefix of the parameters with initial passwords.
        type: str
        required: true
      region:
        description: Region of the stack set and of the parameters.
        type: str
        required: true
      has_own_key:
        description:
          - Whether a customer managed KMS key encrypts initial passwords, so that reading one also
            requires permission to decrypt.
        type: bool
        default: false
      key_stack:
        description:
          - Name of the stack that created the KMS key of initial passwords. The policy of this key
            determines who can read them. If no such stack exists, this option has no effect.
        type: str
"""
