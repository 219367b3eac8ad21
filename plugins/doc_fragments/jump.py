# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  mfa_policy_name:
    description: Name of the managed policy that forces MFA.
    type: str
    default: policy-enforce-mfa
  source_networks:
    description:
      - Networks, IPv4 or IPv6, as CIDR blocks, from which members may make calls of their own.
        Without any, from anywhere.
      - The MFA policy binds members to them. Calls that AWS services make on their behalf are not
        concerned.
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
      - What to look at in the account beside the work of the module, with the same read.
      - M(jumpaccount.aws.run_summary) compares it with what it must be.
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
          - Whether a KMS key of the company encrypts initial passwords, so that reading one takes
            the right to decrypt, too.
        type: bool
        default: false
      key_stack:
        description:
          - Name of the stack that made the KMS key of initial passwords, so that its policy decides
            who reads them. Without a stack of this name, it is as if the option were not given.
        type: str
"""
