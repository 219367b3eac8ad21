# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading and writing a bucket and its objects; every call names the account that must own it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, MutableMapping
from functools import partial
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._core.change import Action, Change, Kind
from .._core.policies.document import policy_text
from .._core.templates.bucket import BucketObject, FoundBucket, FoundObject, TemplateBucket
from .account import AwsAccount
from .errors import ClientError, doing, error_code
from .transformations import Answer, tags_from, tags_to
from .writing import Writers

_NO_TAGS, _NO_BUCKET = "NoSuchTagSet", "NoSuchBucket"
_NOT_OURS = (
    "Bucket names are unique across all AWS accounts, so it may belong to another account. "
    "Check this and the permissions of this run, or choose another name."
)
_REMEDIES = {
    "AccessDenied": _NOT_OURS,
    "403": _NOT_OURS,
    "BucketAlreadyExists": "The bucket belongs to another account; choose another name.",
    "MalformedPolicy": "Check that all accounts that need to read the bucket exist.",
}
_BLOCK = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}

when_bucket_visible = AWSRetry.jittered_backoff(
    retries=6,
    delay=0.5,
    max_delay=4,
    catch_extra_error_codes=[_NO_BUCKET, "OperationAborted"],
)
"""The settings of a bucket are eventually consistent: it may not be seen right after its birth."""


def read_bucket(aws: AwsAccount, bucket: TemplateBucket) -> FoundBucket | None:
    """Return the bucket with the wanted objects, in five calls and one for each object."""
    owned = {"Bucket": bucket.name, "ExpectedBucketOwner": bucket.jump_account_id}
    s3 = aws.client("s3")
    with doing(aws, f"read bucket {bucket.name}", _REMEDIES):
        tags = _unless(_NO_BUCKET, lambda: _read_tags(s3, owned))
        if tags is None:
            return None
        block = _unless(
            "NoSuchPublicAccessBlockConfiguration",
            lambda: s3.get_public_access_block(**owned)["PublicAccessBlockConfiguration"],
        )
        policy = _unless(
            "NoSuchBucketPolicy", lambda: json.loads(s3.get_bucket_policy(**owned)["Policy"])
        )
        return FoundBucket(
            region=region_of(s3.get_bucket_location(**owned).get("LocationConstraint")),
            tags=tuple(sorted(tags.items())),
            public_access_block=block and {ours: block.get(_BLOCK[ours], False) for ours in _BLOCK},
            versioning=s3.get_bucket_versioning(**owned).get("Status"),
            policy=policy,
            objects=_read_objects(s3, owned, bucket.objects),
        )


def _unless(code: str, read: Callable[[], Any]) -> Any:
    """Return what is read, or None when AWS answers with this code."""
    try:
        return read()
    except ClientError as error:
        if error_code(error) != code:
            raise
    return None


def _read_tags(s3: Any, owned: dict[str, str]) -> dict[str, str]:
    return tags_from(_unless(_NO_TAGS, lambda: s3.get_bucket_tagging(**owned)["TagSet"]) or [])


def region_of(location: str | None) -> str:
    """Return the region of a bucket's location, which has two old names of its own."""
    return {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(location, str(location))


def _read_objects(
    s3: Any, owned: dict[str, str], wanted: Iterable[BucketObject]
) -> dict[str, FoundObject]:
    found: dict[str, FoundObject] = {}
    for item in wanted:
        answer = _unless("404", partial(_head, s3, owned, item.key))
        if answer is not None:
            found[item.key] = _object_from(answer)
    return found


def _head(s3: Any, owned: dict[str, str], key: str) -> Answer:
    return dict(s3.head_object(**owned, Key=key, ChecksumMode="ENABLED"))


def _object_from(answer: Answer) -> FoundObject:
    version = answer.get("VersionId")
    return FoundObject(
        checksum=answer.get("ChecksumSHA256"),
        content_type=answer.get("ContentType", ""),
        version_id=None if version == "null" else version,
    )


def bucket_writers(
    aws: AwsAccount, bucket: TemplateBucket, versions: MutableMapping[str, str | None]
) -> Writers:
    """Return the calls for each change of the bucket; versions receives those of new objects."""
    return {
        (Kind.BUCKET, Action.CREATE): lambda c: create_bucket(aws, c, bucket),
        (Kind.BUCKET, Action.UPDATE): lambda c: tag_bucket(aws, c, bucket),
        **dict.fromkeys(
            _both(Kind.BUCKET_PUBLIC_ACCESS_BLOCK),
            lambda c: put_public_access_block(aws, c, bucket),
        ),
        **dict.fromkeys(_both(Kind.BUCKET_VERSIONING), lambda c: put_versioning(aws, c, bucket)),
        **dict.fromkeys(_both(Kind.BUCKET_POLICY), lambda c: put_policy(aws, c, bucket)),
        **dict.fromkeys(_both(Kind.OBJECT), lambda c: put_object(aws, c, bucket, versions)),
    }


def _both(kind: Kind) -> tuple[tuple[Kind, Action], ...]:
    return ((kind, Action.CREATE), (kind, Action.UPDATE))


def _owned(bucket: TemplateBucket) -> dict[str, str]:
    return {"Bucket": bucket.name, "ExpectedBucketOwner": bucket.jump_account_id}


def create_bucket(aws: AwsAccount, change: Change, bucket: TemplateBucket) -> None:
    """Create the bucket and mark it as ours; us-east-1 is the region that may not be named."""
    where = {"CreateBucketConfiguration": {"LocationConstraint": bucket.region}}
    with doing(aws, f"create bucket {bucket.name}", _REMEDIES):
        _unless(
            "BucketAlreadyOwnedByYou",
            lambda: aws.client("s3").create_bucket(
                Bucket=bucket.name, **({} if bucket.region == "us-east-1" else where)
            ),
        )
    tag_bucket(aws, change, bucket)


def tag_bucket(aws: AwsAccount, change: Change, bucket: TemplateBucket) -> None:
    """Write the tags of the bucket, all of them: S3 knows no other way."""
    with doing(aws, f"tag bucket {bucket.name}", _REMEDIES):
        when_bucket_visible(aws.client("s3").put_bucket_tagging)(
            **_owned(bucket), Tagging={"TagSet": tags_to(change.after["tags"])}
        )


def put_public_access_block(aws: AwsAccount, change: Change, bucket: TemplateBucket) -> None:
    """Close the bucket to the public."""
    settings = {theirs: change.after[ours] for ours, theirs in _BLOCK.items()}
    with doing(aws, f"block public access to bucket {bucket.name}", _REMEDIES):
        when_bucket_visible(aws.client("s3").put_public_access_block)(
            **_owned(bucket), PublicAccessBlockConfiguration=settings
        )


def put_versioning(aws: AwsAccount, change: Change, bucket: TemplateBucket) -> None:
    """Switch versioning of the bucket on."""
    with doing(aws, f"enable versioning of bucket {bucket.name}", _REMEDIES):
        when_bucket_visible(aws.client("s3").put_bucket_versioning)(
            **_owned(bucket), VersioningConfiguration={"Status": change.after["status"]}
        )


def put_policy(aws: AwsAccount, change: Change, bucket: TemplateBucket) -> None:
    """Write the policy of the bucket."""
    with doing(aws, f"write the policy of bucket {bucket.name}", _REMEDIES):
        when_bucket_visible(aws.client("s3").put_bucket_policy)(
            **_owned(bucket), Policy=policy_text(change.after)
        )


def put_object(
    aws: AwsAccount,
    change: Change,
    bucket: TemplateBucket,
    versions: MutableMapping[str, str | None],
) -> None:
    """Write an object; S3 keeps its SHA-256, so that it is compared without downloading it."""
    key = change.id.key[1]
    (wanted,) = (item for item in bucket.objects if item.key == key)
    with doing(aws, f"write object {key} of bucket {bucket.name}", _REMEDIES):
        answer = when_bucket_visible(aws.client("s3").put_object)(
            **_owned(bucket),
            Key=key,
            Body=wanted.content.encode(),
            ContentType=wanted.content_type,
            ChecksumAlgorithm="SHA256",
        )
    versions[key] = answer.get("VersionId")
