# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""What is remembered of accounts from run to run, kept in the template bucket.

AWS tells the parameter overrides of stack instances one by one only. With the list of accounts that
may have some, a run asks for those of a few, and still finds overrides that the roster does not
give any more. And nothing tells in which accounts an execution role was used once: it stays when an
account leaves.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ..account import AwsAccount
from ..errors import ClientError, doing, error_code

_NOTHING_YET = ("NoSuchBucket", "NoSuchKey")


@dataclass(frozen=True)
class Record:
    """Accounts that may have parameter overrides, and those that have had an execution role."""

    overrides: frozenset[str] = frozenset()
    prepared: frozenset[str] = frozenset()


def read_record(aws: AwsAccount, bucket: str, key: str) -> Record:
    """Return the record; an empty one when there is none yet."""
    with doing(aws, f"read object {key} of bucket {bucket}"):
        try:
            answer = aws.client("s3").get_object(Bucket=bucket, Key=key, **aws.owning)
        except ClientError as error:
            if error_code(error) in _NOTHING_YET:
                return Record()
            raise
        found = json.loads(answer["Body"].read())
        return Record(frozenset(found["account_ids"]), frozenset(found.get("prepared", [])))


def write_record(aws: AwsAccount, bucket: str, key: str, record: Record) -> None:
    """Write the record; overrides must be in it before the accounts get them."""
    content = {"account_ids": sorted(record.overrides), "prepared": sorted(record.prepared)}
    with doing(aws, f"write object {key} of bucket {bucket}"):
        aws.client("s3").put_object(
            Bucket=bucket,
            Key=key,
            **aws.owning,
            Body=json.dumps(content).encode(),
            ContentType="application/json",
        )
