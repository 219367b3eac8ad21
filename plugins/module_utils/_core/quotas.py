# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The limits of AWS that are known before a run asks, from the pages of AWS on quotas.

"IAM", "CloudFormation" and so on name the page; what is adjustable may be higher in an account, and
GetAccountSummary tells what an account has of IAM.
"""

from __future__ import annotations

USER_NAME_LONGEST = 64
"""Characters. IAM, fixed."""
GROUP_NAME_LONGEST = 128
"""Characters. IAM, fixed."""
ROLE_NAME_LONGEST = 64
"""Characters. IAM, fixed."""
POLICY_NAME_LONGEST = 128
"""Characters. IAM, fixed."""
PATH_LONGEST = 512
"""Characters. IAM, fixed."""
ARN_LONGEST = 2048
"""Characters. IAM, fixed."""
ROLE_DESCRIPTION_LONGEST = 1000
"""Characters. IAM, fixed."""
TAG_KEY_LONGEST = 128
"""Characters. IAM, fixed."""
TAG_VALUE_LONGEST = 256
"""Characters. IAM, fixed."""
TAGS_MOST = 50
"""Tags of an object. IAM, fixed."""
GROUPS_PER_USER = 10
"""Groups that a user can be in. IAM, fixed."""
POLICIES_PER_GROUP = 10
"""Managed policies attached to a group. IAM, adjustable."""
POLICIES_PER_ROLE = 10
"""Managed policies attached to a role. IAM, adjustable."""
GROUP_INLINE_SIZE = 5120
"""Characters of all inline policies of a group, without white space. IAM, fixed."""
ROLE_INLINE_SIZE = 10_240
"""Characters of all inline policies of a role, without white space. IAM, fixed."""
POLICY_SIZE = 6144
"""Characters of a managed policy, without white space. IAM, fixed."""
TRUST_SIZE = 2048
"""Characters of the trust policy of a role. IAM, adjustable."""
SESSION_SHORTEST = 3600
"""Seconds, and what a role has that says nothing. IAM, fixed."""
SESSION_LONGEST = 43_200
"""Seconds. IAM, fixed."""
PASSWORD_SHORTEST = 6
"""Characters that a password policy asks for at least. IAM, fixed."""
PASSWORD_LONGEST = 128
"""Characters. IAM, fixed."""
PASSWORD_AGE_LONGEST = 1095
"""Days. IAM, fixed."""
PASSWORDS_REMEMBERED = 24
"""Passwords that a policy can forbid to use again. IAM, fixed."""
STACK_NAME_LONGEST = 128
"""Characters. CloudFormation, fixed."""
TEMPLATE_BODY_LONGEST = 51_200
"""Bytes of a template within a call. CloudFormation, fixed."""
TEMPLATE_LONGEST = 1_048_576
"""Bytes of a template in S3. CloudFormation, fixed."""
TEMPLATE_PARAMETERS = 200
"""Parameters of a template. CloudFormation, fixed."""
PARAMETER_VALUE_LONGEST = 4096
"""Bytes of the value of a parameter of a template. CloudFormation, fixed."""
BUCKET_POLICY_LONGEST = 20_480
"""Bytes. S3, fixed."""
SSM_NAME_LEVELS = 15
"""Levels in the name of a parameter. Systems Manager, fixed."""
EVENT_PATTERN_LONGEST = 2048
"""Characters. EventBridge, adjustable."""
