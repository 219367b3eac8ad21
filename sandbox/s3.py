"""S3 stays moto's, but for bucket policies, which moto applies without their conditions.

The policies are decided on before moto sees a request; one over the sandbox's loopback counts as
TLS, or nobody could use a bucket that demands it.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from sandbox.acting import forwarded
from sandbox.arns import SUFFIXES, arn_of, is_here, url_suffix
from sandbox.buckets import BucketPolicies, bucket_of, object_text, owner_of
from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam.documents import as_list
from sandbox.registry import operation
from sandbox.s3_access import authorise

_SUFFIXES = tuple(f".{suffix}" for suffix in set(SUFFIXES.values()))
_HOST_STYLE = re.compile(rf"(?P<bucket>.+)\.s3[.-](?:.+)?(?:{'|'.join(map(re.escape, _SUFFIXES))})")


@operation("s3", "PutBucketPolicy")
def put_bucket_policy(call: Call) -> dict[str, Any]:
    bucket = bucket_of(call["Bucket"])
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
    bucket = bucket_of(call["Bucket"])
    call.world.part(BucketPolicies, "").by_bucket.pop(bucket.name, None)
    return {"status": 204}


@operation("s3", "GetBucketPolicyStatus")
def get_bucket_policy_status(call: Call) -> dict[str, Any]:
    public = str(_is_public(as_list(json.loads(_policy(call))["Statement"]))).lower()
    return {"status": 200, "body": f"<PolicyStatus><IsPublic>{public}</IsPublic></PolicyStatus>"}


def _policy(call: Call) -> str:
    bucket = bucket_of(call["Bucket"])
    policy = call.world.part(BucketPolicies, "").by_bucket.get(bucket.name)
    if policy is None:
        raise AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return policy


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicy", message, 400)


def read_text(call: Call, url: str) -> str:
    """The text of the object behind an S3 URL of any style, if the caller may read it."""
    bucket, key, version = _parts(url)
    params = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
    reading = forwarded(call.caller).call(call.world, call.region, "s3", "GetObject", params)
    if owner_of(bucket) is None:
        raise AwsError("AccessDenied", "Access Denied", 403)
    authorise(reading)
    return object_text(bucket, key, version)


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
