"""Who may do what with buckets and objects: own policies, the bucket's policy, the owner named."""

from __future__ import annotations

from sandbox.arns import arn_of
from sandbox.authorisation import Guarded, refusal_on
from sandbox.buckets import BucketPolicies, owner_of
from sandbox.call import Call
from sandbox.call_context import call_context
from sandbox.errors import AwsError, access_denied
from sandbox.policy_conditions import Context
from sandbox.registry import authorises

_WITHOUT_OWNER = {"CreateBucket", "ListBuckets", "ListDirectoryBuckets"}
"""Operations that ask no bucket: there is none yet, or all are meant."""
_REPAIRS = {"PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"}
"""What the root user may do even where a bucket's policy denies it."""
_ACTIONS = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
"""Operations whose action is called otherwise."""
_OF_VERSIONS = {"GetObject", "DeleteObject"}


@authorises("s3")
def authorise(call: Call) -> None:
    """Raise AccessDenied unless a call on a bucket is meant for its owner, and allowed."""
    bucket, action = call.get("Bucket", ""), _ACTIONS.get(call.operation, call.operation)
    if call.operation in _WITHOUT_OWNER:
        _ask(call, action, bucket, call.account_id, None)
        return
    for each in call.get("Objects") or [call.params]:
        path, version = _path(bucket, each.get("Key")), each.get("VersionId")
        _authorise_on(call, _of_version(action, version), path, "ExpectedBucketOwner")
    if call.get("CopySource"):
        path, _, version = call["CopySource"].lstrip("/").partition("?versionId=")
        reading = _of_version("GetObject", version)
        _authorise_on(call, reading, path, "ExpectedSourceBucketOwner")


def _path(bucket: str, key: str | None) -> str:
    return f"{bucket}/{key}" if key else bucket


def _of_version(action: str, version: str | None) -> str:
    return f"{action}Version" if version and action in _OF_VERSIONS else action


def _authorise_on(call: Call, action: str, path: str, named: str) -> None:
    bucket = path.partition("/")[0]
    owner = owner_of(bucket)
    expected = call.get(named)
    if owner and expected is not None and expected != owner:
        raise _denied()
    is_repair = call.caller.is_administrator and call.operation in _REPAIRS
    if is_repair and call.account_id == owner:
        return
    policy = call.world.part(BucketPolicies, "").by_bucket.get(bucket)
    _ask(call, action, path, owner or call.account_id, policy)


def _ask(call: Call, action: str, path: str, owner: str, policy: str | None) -> None:
    resource = arn_of("s3", "", path) if path else "*"
    name = f"s3:{action}"
    context: Context = {**call_context(call, call.caller.mfa_time), "s3:TlsVersion": "1.3"}
    reason = refusal_on(call, name, Guarded(resource, owner, policy), context)
    if reason is None:
        return
    if call.caller.has_policies and call.account_id == owner:
        raise access_denied(call.caller.arn, name, f'"{resource}"', reason)
    raise _denied()


def _denied() -> AwsError:
    return AwsError("AccessDenied", "Access Denied", 403)
