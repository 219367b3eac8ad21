# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""ARNs, the names that AWS gives everything: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE."""

from __future__ import annotations

import re

from .change import Json

THIS_PARTITION, THIS_ACCOUNT = "${AWS::Partition}", "${AWS::AccountId}"
"""What stands for the partition and the account of a stack in a text for Fn::Sub."""
ADMINISTRATOR = "AdministratorAccess"
"""The policy of AWS that allows everything."""


def is_account_id(value: Json) -> bool:
    """Return whether a value is a string of 12 digits."""
    return isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value) is not None


def build_arn(
    partition: str, service: str, account_id: str, resource: str, region: str = ""
) -> str:
    """Return an ARN; a few services, such as IAM, have no regions."""
    return f"arn:{partition}:{service}:{region}:{account_id}:{resource}"


def iam_arn(partition: str, account_id: str, resource: str) -> str:
    """Return the ARN of an object of IAM, such as role/NAME, or the beginning of many."""
    return build_arn(partition, "iam", account_id, resource)


def account_root(partition: str, account_id: str) -> str:
    """Return the ARN that stands for a whole account in policies, and for its root user."""
    return iam_arn(partition, account_id, "root")


def aws_policy_arn(partition: str, name: str) -> str:
    """Return the ARN of a policy that AWS manages; name is with its path, if it has one."""
    return iam_arn(partition, "aws", f"policy/{name}")


def bucket_arn(partition: str, bucket: str) -> str:
    """Return the ARN of a bucket; names of buckets are shared by all accounts of a partition."""
    return build_arn(partition, "s3", "", bucket)
