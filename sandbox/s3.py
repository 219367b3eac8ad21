"""S3 stays moto's, but for bucket policies, which moto applies without their conditions.

The policies live here and decide here, before moto sees the request; a request over the
sandbox's loopback counts as TLS, or nobody could use a bucket that demands it.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from moto.s3.models import FakeBucket, s3_backends

from sandbox.arns import SUFFIXES, arn_of, is_here, partition, url_suffix
from sandbox.call import Call
from sandbox.call_context import principal_context
from sandbox.errors import AwsError
from sandbox.iam.documents import as_list
from sandbox.identity import Identity
from sandbox.policy_evaluation import Decision, decide_resource_policy
from sandbox.registry import operation
from sandbox.world import World

_READS_AS = {
    "HeadObject": "s3:GetObject",
    "HeadBucket": "s3:ListBucket",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "DeleteObjects": "s3:DeleteObject",
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
}
_SUFFIXES = tuple(f".{suffix}" for suffix in set(SUFFIXES.values()))
_HOST_STYLE = re.compile(rf"(?P<bucket>.+)\.s3[.-](?:.+)?(?:{'|'.join(map(re.escape, _SUFFIXES))})")
# The owner can always repair a policy that locks it out.
_ALWAYS_OWNERS = {"PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"}


class BucketPolicies:
    """The policy text of every bucket; bucket names are unique in the world."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        del world, account_id, region
        self.by_bucket: dict[str, str] = {}


def authorise(call: Call) -> None:
    """Raise AccessDenied where the bucket's policy denies, or fails to allow a stranger."""
    bucket = call.get("Bucket")
    owner = _owner(bucket)
    if not bucket or not owner or call.operation == "CreateBucket":
        return
    is_owner = call.account_id == owner
    if is_owner and call.operation in _ALWAYS_OWNERS:
        return
    decision = _decision(call.world, call.caller, call.operation, bucket, call.get("Key"), call)
    if decision is Decision.DENY or (decision is Decision.SILENT and not is_owner):
        raise AwsError("AccessDenied", "Access Denied", 403)


def _decision(
    world: World, caller: Identity, name: str, bucket: str, key: str | None, call: Call | None
) -> Decision:
    policy = world.part(BucketPolicies, "").by_bucket.get(bucket)
    if policy is None:
        return Decision.SILENT
    action = _READS_AS.get(name, f"s3:{name}")
    if call and call.get("VersionId") and action in ("s3:GetObject", "s3:DeleteObject"):
        action += "Version"
    resource = arn_of("s3", "", bucket) + (f"/{key}" if key else "")
    context = {
        **principal_context(caller),
        "aws:SecureTransport": "true",
        "aws:SourceIp": "127.0.0.1",
        "s3:TlsVersion": "1.3",
    }
    return decide_resource_policy(policy, action, resource, caller, context)


def _owner(bucket: str | None) -> str | None:
    found = s3_backends.bucket_accounts.get(bucket or "")
    return found[1] if found else None


def _bucket(name: str) -> FakeBucket:
    owner = _owner(name)
    if owner is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    return s3_backends[owner][partition()].get_bucket(name)


@operation("s3", "PutBucketPolicy")
def put_bucket_policy(call: Call) -> dict[str, Any]:
    bucket = _bucket(call["Bucket"])
    text = call["Policy"]
    statements = _checked_statements(text, bucket.name)
    block = bucket.public_access_block
    if block and str(block.block_public_policy).lower() == "true" and _is_public(statements):
        raise AwsError(
            "AccessDenied",
            "User is not authorized to perform: s3:PutBucketPolicy because public policies are "
            "blocked by the BlockPublicPolicy block public access setting.",
            403,
        )
    call.world.part(BucketPolicies, "").by_bucket[bucket.name] = text
    return {"status": 204}


def _checked_statements(text: str, bucket: str) -> list[dict[str, Any]]:
    try:
        statements = as_list(json.loads(text)["Statement"])
    except (ValueError, KeyError, TypeError):
        raise _malformed("This policy contains invalid Json") from None
    own = arn_of("s3", "", bucket)
    for statement in statements:
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise _malformed("Invalid effect")
        if not {"Principal", "NotPrincipal"} & statement.keys():
            raise _malformed("Missing required field Principal")
        for resource in as_list(statement.get("Resource", statement.get("NotResource", ""))):
            if resource != own and not resource.startswith(own + "/"):
                raise _malformed("Policy has invalid resource")
        if not all(map(_is_known, _accounts(statement.get("Principal")))):
            raise _malformed("Invalid principal in policy")
    return statements


def _accounts(principal: Any) -> list[str]:
    return as_list(principal.get("AWS", [])) if isinstance(principal, dict) else []


def _is_known(principal: str) -> bool:
    return not principal.startswith("arn:") or is_here(principal)


def _is_public(statements: list[dict[str, Any]]) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and "Condition" not in statement
        and statement.get("Principal") in ("*", {"AWS": "*"})
        for statement in statements
    )


@operation("s3", "GetBucketPolicy")
def get_bucket_policy(call: Call) -> dict[str, Any]:
    return {"status": 200, "body": _policy(call)}


@operation("s3", "DeleteBucketPolicy")
def delete_bucket_policy(call: Call) -> dict[str, Any]:
    bucket = _bucket(call["Bucket"])
    call.world.part(BucketPolicies, "").by_bucket.pop(bucket.name, None)
    return {"status": 204}


@operation("s3", "GetBucketPolicyStatus")
def get_bucket_policy_status(call: Call) -> dict[str, Any]:
    public = str(_is_public(as_list(json.loads(_policy(call))["Statement"]))).lower()
    return {"status": 200, "body": f"<PolicyStatus><IsPublic>{public}</IsPublic></PolicyStatus>"}


def _policy(call: Call) -> str:
    bucket = _bucket(call["Bucket"])
    policy = call.world.part(BucketPolicies, "").by_bucket.get(bucket.name)
    if policy is None:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return policy


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicy", message, 400)


def read_text(world: World, caller: Identity, url: str) -> str:
    """The text of the object behind an S3 URL of any style, if the caller may read it."""
    bucket, key, version = _parts(url)
    owner = _owner(bucket)
    decision = _decision(world, caller, "GetObject", bucket, key, None)
    if owner is None or decision is Decision.DENY:
        raise AwsError("AccessDenied", "Access Denied", 403)
    if owner != caller.account_id and decision is not Decision.ALLOW:
        raise AwsError("AccessDenied", "Access Denied", 403)
    found = s3_backends[owner][partition()].get_object(bucket, key, version_id=version)
    if found is None:
        raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
    return bytes(found.value).decode()


def _parts(url: str) -> tuple[str, str, str | None]:
    parsed = urlsplit(url)
    path = unquote(parsed.path).lstrip("/")
    query = dict(pair.partition("=")[::2] for pair in parsed.query.split("&") if pair)
    hostname = parsed.hostname or ""
    host = _HOST_STYLE.fullmatch(hostname)
    bucket, _, key = (host["bucket"], "", path) if host else path.partition("/")
    is_foreign = hostname.endswith(_SUFFIXES) and not hostname.endswith(f".{url_suffix()}")
    if not key or is_foreign:
        raise AwsError("ValidationError", "TemplateURL must be a supported URL.", 400)
    return bucket, key, query.get("versionId")
