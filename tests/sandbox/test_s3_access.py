"""S3: what identity policies and the owner that a call names decide."""

from __future__ import annotations

import pytest

from tests.sandbox.helpers import JUMP, PROD, REGION, STAGING, allow, document
from tests.sandbox.stack import deny

OURS, THEIRS = "our-bucket", "their-bucket"
NEW = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
ANYBODY = {"Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"}}


@pytest.fixture
def s3(aws):
    """The administrator's client; one bucket is ours, another is that of another account."""
    aws("s3").create_bucket(Bucket=OURS, **NEW)
    aws("s3", PROD).create_bucket(Bucket=THEIRS, **NEW)
    aws("s3").put_object(Bucket=OURS, Key="a/b", Body=b"x")
    aws("s3", PROD).put_object(Bucket=THEIRS, Key="a/b", Body=b"y")
    return aws("s3")


@pytest.fixture
def ana(aws, s3, key):
    assert s3
    return aws("s3", credentials=key)


def arn(path: str) -> str:
    return f"arn:aws:s3:::{path}"


def test_without_a_policy_a_user_does_nothing_and_is_told_why(ana, refused) -> None:
    refused("AccessDenied", ana.list_buckets)
    refused("AccessDenied", ana.create_bucket, Bucket="mine-alone", **NEW)
    message = refused("AccessDenied", ana.get_object, Bucket=OURS, Key="a/b")
    assert message == (
        f"User: arn:aws:iam::{JUMP}:user/ana is not authorized to perform: s3:GetObject on "
        f'resource: "{arn(OURS)}/a/b" because no identity-based policy allows the s3:GetObject '
        "action"
    )


@pytest.mark.parametrize(
    ("action", "resource", "call", "params"),
    [
        ("ListAllMyBuckets", "*", "list_buckets", {}),
        ("CreateBucket", arn("new-bucket"), "create_bucket", {"Bucket": "new-bucket", **NEW}),
        ("ListBucket", arn(OURS), "list_objects_v2", {"Bucket": OURS}),
        ("ListBucketVersions", arn(OURS), "list_object_versions", {"Bucket": OURS}),
        ("GetBucketVersioning", arn(OURS), "get_bucket_versioning", {"Bucket": OURS}),
        ("PutBucketTagging", arn(OURS), "delete_bucket_tagging", {"Bucket": OURS}),
        (
            "PutEncryptionConfiguration",
            arn(OURS),
            "delete_bucket_encryption",
            {"Bucket": OURS},
        ),
        (
            "PutBucketPublicAccessBlock",
            arn(OURS),
            "delete_public_access_block",
            {"Bucket": OURS},
        ),
        ("PutObject", arn(f"{OURS}/c"), "put_object", {"Bucket": OURS, "Key": "c"}),
        ("DeleteObject", arn(f"{OURS}/c"), "delete_object", {"Bucket": OURS, "Key": "c"}),
        (
            "DeleteObject",
            arn(f"{OURS}/c"),
            "delete_objects",
            {"Bucket": OURS, "Delete": {"Objects": [{"Key": "c"}]}},
        ),
    ],
)
def test_the_action_and_resource_of_a_call(
    ana, give, refused, action, resource, call, params
) -> None:
    give(allow("s3:*"), deny(f"s3:{action}", resource))
    assert f"s3:{action}" in refused("AccessDenied", getattr(ana, call), **params)
    give(allow(f"s3:{action}", resource))
    assert getattr(ana, call)(**params)


def test_a_version_is_an_action_of_its_own(s3, ana, give, refused) -> None:
    s3.put_bucket_versioning(Bucket=OURS, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=OURS, Key="v", Body=b"1")["VersionId"]
    give(allow("s3:GetObject"))
    assert ana.get_object(Bucket=OURS, Key="v")
    refused("AccessDenied", ana.get_object, Bucket=OURS, Key="v", VersionId=version)


def test_several_deletions_need_each(ana, give, refused) -> None:
    give(allow("s3:DeleteObject"), deny("s3:DeleteObject", arn(f"{OURS}/a/*")))
    objects = [{"Key": "c"}, {"Key": "a/b"}]
    refused("AccessDenied", ana.delete_objects, Bucket=OURS, Delete={"Objects": objects})


def test_a_copy_needs_the_source_as_well(s3, ana, give, refused) -> None:
    copy = {"Bucket": OURS, "Key": "copy", "CopySource": f"{OURS}/a/b"}
    give(allow("s3:PutObject"))
    assert "s3:GetObject" in refused("AccessDenied", ana.copy_object, **copy)
    give(allow("s3:PutObject"), allow("s3:GetObject", arn(f"{OURS}/a/b")))
    ana.copy_object(**copy)
    assert s3.get_object(Bucket=OURS, Key="copy")["Body"].read() == b"x"


def test_another_account_s_bucket_needs_both_sides(aws, ana, give, refused) -> None:
    read = {"Bucket": THEIRS, "Key": "a/b"}
    give(allow("s3:*"))
    assert refused("AccessDenied", ana.get_object, **read) == "Access Denied"
    opened = document(allow("s3:GetObject", arn(f"{THEIRS}/*"), **ANYBODY))
    aws("s3", PROD).put_bucket_policy(Bucket=THEIRS, Policy=opened)
    assert ana.get_object(**read)["Body"].read() == b"y"
    give(allow("s3:List*"))
    refused("AccessDenied", ana.get_object, **read)


def test_only_the_root_user_repairs_a_policy_that_locks_out(s3, ana, give, refused) -> None:
    give(allow("s3:*"))
    closed = {**deny("s3:*", [arn(OURS), arn(f"{OURS}/*")]), "Principal": "*"}
    s3.put_bucket_policy(Bucket=OURS, Policy=document(closed))
    refused("AccessDenied", ana.delete_bucket_policy, Bucket=OURS)
    s3.delete_bucket_policy(Bucket=OURS)
    ana.get_object(Bucket=OURS, Key="a/b")


@pytest.mark.parametrize(
    ("call", "params"),
    [
        ("get_object", {"Key": "a/b"}),
        ("put_object", {"Key": "a/b"}),
        ("delete_object", {"Key": "a/b"}),
        ("delete_objects", {"Delete": {"Objects": [{"Key": "a/b"}]}}),
        ("copy_object", {"Key": "copy", "CopySource": f"{OURS}/a/b"}),
        ("create_multipart_upload", {"Key": "m"}),
        ("list_objects_v2", {}),
        ("list_object_versions", {}),
        ("get_bucket_location", {}),
        ("get_bucket_policy", {}),
        ("delete_bucket_policy", {}),
        ("put_bucket_policy", {"Policy": "{}"}),
        ("get_bucket_versioning", {}),
        ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Enabled"}}),
        ("get_bucket_tagging", {}),
        ("get_public_access_block", {}),
        ("delete_bucket", {}),
    ],
)
def test_a_call_is_for_the_owner_that_it_names(s3, refused, call, params) -> None:
    given = {"Bucket": OURS, **params}
    for owner in (PROD, "jump"):
        refused("AccessDenied", getattr(s3, call), **given, ExpectedBucketOwner=owner)
    assert s3.get_object(Bucket=OURS, Key="a/b", ExpectedBucketOwner=JUMP)["Body"].read() == b"x"


@pytest.mark.parametrize(("call", "params"), [("head_object", {"Key": "a/b"}), ("head_bucket", {})])
def test_a_head_request_has_no_more_than_its_status(s3, refused, call, params) -> None:
    refused("403", getattr(s3, call), Bucket=OURS, **params, ExpectedBucketOwner=PROD)
    assert getattr(s3, call)(Bucket=OURS, **params, ExpectedBucketOwner=JUMP)


def test_a_bucket_that_is_not_there_has_no_owner(s3, refused) -> None:
    missing = {"Bucket": "no-such-bucket", "ExpectedBucketOwner": PROD}
    refused("NoSuchBucket", s3.list_objects_v2, **missing)


def test_a_bucket_that_a_stranger_took_is_refused(aws, s3, refused) -> None:
    open_to_all = document(allow("s3:*", [arn(THEIRS), arn(f"{THEIRS}/*")], Principal={"AWS": "*"}))
    aws("s3", PROD).put_bucket_policy(Bucket=THEIRS, Policy=open_to_all)
    put = {"Bucket": THEIRS, "Key": "template", "Body": b"secret"}
    refused("AccessDenied", s3.put_object, **put, ExpectedBucketOwner=JUMP)
    assert s3.put_object(**put)


@pytest.mark.parametrize("key", ["a/b", "é x"])
def test_the_source_of_a_copy_has_an_owner_of_its_own(s3, refused, key) -> None:
    s3.put_object(Bucket=OURS, Key=key, Body=b"x")
    copy = {"Bucket": OURS, "Key": "copy", "CopySource": f"{OURS}/{key}"}
    refused("AccessDenied", s3.copy_object, **copy, ExpectedSourceBucketOwner=STAGING)
    owners = {"ExpectedBucketOwner": JUMP, "ExpectedSourceBucketOwner": JUMP}
    assert s3.copy_object(**copy, **owners)
