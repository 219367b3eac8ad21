# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The policy of the template bucket."""

from __future__ import annotations

from collections.abc import Iterable

from ..arns import account_root, bucket_arn
from ..change import Json
from ..quotas import BUCKET_POLICY_LONGEST
from .document import build_policy, canonical_policy, policy_size

_READER_COST = len('"222222222222",')


def build_bucket_policy(
    bucket: str, partition: str, jump_account_id: str, reader_ids: Iterable[str], shared_key: str
) -> dict[str, Json]:
    """Return the bucket policy: TLS only, the Jump account reads, members read one object."""
    arn = bucket_arn(partition, bucket)
    readers = sorted(account_root(partition, i) for i in set(reader_ids))
    shared = {
        "Sid": "MembersReadExecutionRoleTemplate",
        "Effect": "Allow",
        "Principal": {"AWS": readers},
        "Action": ["s3:GetObject", "s3:GetObjectVersion"],
        "Resource": [f"{arn}/{shared_key}"],
    }
    return build_policy(
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": {"AWS": ["*"]},
            "Action": ["s3:*"],
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
        },
        {
            "Sid": "JumpAccountReads",
            "Effect": "Allow",
            "Principal": {"AWS": [account_root(partition, jump_account_id)]},
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": [f"{arn}/*"],
        },
        *([shared] if readers else []),
    )


def readers_problem(policy: Json, readers: int) -> str | None:
    """Return why a bucket policy is too large for S3, with the numbers, if it is."""
    size = policy_size(canonical_policy(policy))
    if size <= BUCKET_POLICY_LONGEST:
        return None
    room = readers + (BUCKET_POLICY_LONGEST - size) // _READER_COST
    return (
        f"{readers} accounts result in a bucket policy of {size} bytes, but S3 allows "
        f"{BUCKET_POLICY_LONGEST}, which is enough for {room}"
    )
