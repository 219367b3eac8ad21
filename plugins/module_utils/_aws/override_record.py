# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""The list of accounts that may have parameters of their own, kept in the template bucket.

AWS tells the parameter overrides of stack instances one by one only. With this list a run asks for
those of a few accounts, and still finds overrides that the roster does not give any more.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from .account import AwsAccount
from .errors import ClientError, doing, error_code

_NOTHING_YET = ("NoSuchBucket", "NoSuchKey")


def read_record(aws: AwsAccount, bucket: str, key: str) -> frozenset[str]:
    """Return the recorded accounts; none when there is no record yet."""
    with doing(aws, f"read object {key} of bucket {bucket}"):
        try:
            answer = aws.client("s3").get_object(Bucket=bucket, Key=key, **aws.owning)
        except ClientError as error:
            if error_code(error) in _NOTHING_YET:
                return frozenset()
            raise
        return frozenset(json.loads(answer["Body"].read())["account_ids"])


def write_record(aws: AwsAccount, bucket: str, key: str, account_ids: Collection[str]) -> None:
    """Write the record; it must be there before the accounts get parameters of their own."""
    with doing(aws, f"write object {key} of bucket {bucket}"):
        aws.client("s3").put_object(
            Bucket=bucket,
            Key=key,
            **aws.owning,
            Body=json.dumps({"account_ids": sorted(account_ids)}).encode(),
            ContentType="application/json",
        )
