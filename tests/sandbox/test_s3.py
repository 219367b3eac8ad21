"""S3: the template bucket and its policy."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.sandbox.helpers import JUMP, PROD, REGION, STAGING

BUCKET = f"aws-iam-templates-{JUMP}"
ARNS = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ARNS,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def s3(aws):
    client = aws("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


def test_tls_only_policy_does_not_block_the_loopback(s3) -> None:
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(TLS_ONLY))
    assert s3.put_object(Bucket=BUCKET, Key="t.yaml", Body=b"x")["ETag"]
    assert s3.get_object(Bucket=BUCKET, Key="t.yaml")["Body"].read() == b"x"


def test_unconditional_deny_blocks_even_the_owner(s3, refused) -> None:
    deny = {key: value for key, value in TLS_ONLY.items() if key != "Condition"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy({**deny, "Action": "s3:PutObject"}))
    refused("AccessDenied", s3.put_object, Bucket=BUCKET, Key="t.yaml", Body=b"x")
    s3.delete_bucket_policy(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="t.yaml", Body=b"x")


def test_other_accounts_read_only_what_the_policy_allows(aws, s3, refused) -> None:
    s3.put_object(Bucket=BUCKET, Key="execution.yaml", Body=b"x")
    s3.put_object(Bucket=BUCKET, Key="roles.yaml", Body=b"x")
    readable = {
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{PROD}:root"]},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/execution.yaml",
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(TLS_ONLY, readable))
    prod = aws("s3", PROD)
    assert prod.get_object(Bucket=BUCKET, Key="execution.yaml")["Body"].read() == b"x"
    refused("AccessDenied", prod.get_object, Bucket=BUCKET, Key="roles.yaml")
    refused("AccessDenied", prod.put_object, Bucket=BUCKET, Key="execution.yaml", Body=b"y")
    stranger = aws("s3", STAGING)
    refused("AccessDenied", stranger.get_object, Bucket=BUCKET, Key="execution.yaml")


def test_bucket_is_closed_to_anonymous_requests(s3, control) -> None:
    s3.put_object(Bucket=BUCKET, Key="t.yaml", Body=b"x")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{control.url}/{BUCKET}/t.yaml")
    assert caught.value.code == 403


def test_bucket_policy_is_returned_and_checked(s3, refused) -> None:
    refused("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket=BUCKET)
    foreign = {**TLS_ONLY, "Resource": "arn:aws:s3:::other/*"}
    for wrong in ("no json", policy(foreign), policy({"Effect": "Deny"})):
        refused("MalformedPolicy", s3.put_bucket_policy, Bucket=BUCKET, Policy=wrong)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(TLS_ONLY))
    assert json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"] == [TLS_ONLY]
    assert not s3.get_bucket_policy_status(Bucket=BUCKET)["PolicyStatus"]["IsPublic"]


def test_public_policies_can_be_blocked(s3, refused) -> None:
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": ARNS[1]}
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block = dict.fromkeys(flags, True)
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=block)
    assert s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"] == block
    refused("AccessDenied", s3.put_bucket_policy, Bucket=BUCKET, Policy=policy(public))
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(TLS_ONLY))


def test_versions_of_an_object_stay_readable(s3) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=BUCKET, Key="t.yaml", Body=b"one")
    second = s3.put_object(Bucket=BUCKET, Key="t.yaml", Body=b"two")
    assert first["VersionId"] != second["VersionId"]
    old = s3.get_object(Bucket=BUCKET, Key="t.yaml", VersionId=first["VersionId"])
    assert old["Body"].read() == b"one"
    assert s3.head_object(Bucket=BUCKET, Key="t.yaml")["VersionId"] == second["VersionId"]


def test_bucket_settings_are_kept(s3) -> None:
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == REGION
    ownership = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    s3.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls=ownership)
    assert s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"] == ownership
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging=tags)
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == tags["TagSet"]


def test_bucket_names_are_unique_in_the_world(aws, s3, refused) -> None:
    where = {"LocationConstraint": REGION}
    again = {"Bucket": BUCKET, "CreateBucketConfiguration": where}
    refused("BucketAlreadyOwnedByYou", s3.create_bucket, **again)
    refused("BucketAlreadyExists", aws("s3", PROD).create_bucket, **again)
