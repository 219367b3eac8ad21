# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and writing a bucket and its objects."""

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.buckets import (
    bucket_writers,
    read_bucket,
    region_of,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.bucket import (
    BucketObject,
    FoundBucket,
    FoundObject,
    TemplateBucket,
)

from tests.unit.scripted import play

BUCKET = TemplateBucket(
    name="templates",
    region="eu-west-1",
    partition="aws",
    jump_account_id="111111111111",
    objects=(BucketObject("a.yaml", "é"), BucketObject("b.yaml", "b", "text/plain")),
)
OWNED = {"Bucket": "templates", "ExpectedBucketOwner": "111111111111"}
SETTINGS = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
CLOSED = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}
TAGS = {"TagSet": [{"Key": "jumpaccount:owned", "Value": "true"}]}
LOCATION = {"LocationConstraint": "eu-west-1"}
CREATE = {"Bucket": "templates", "CreateBucketConfiguration": LOCATION}
OWNED_TAGS = {"tags": {"jumpaccount:owned": "true"}}
BOTH = [Action.CREATE, Action.UPDATE]


@pytest.fixture
def script(monkeypatch):
    yield from play(monkeypatch)


def head(script, key, answer=None):
    params = {**OWNED, "Key": key, "ChecksumMode": "ENABLED"}
    if answer is None:
        script.refuse("s3", "head_object", params, "404", "Not Found")
    else:
        script.answer("s3", "head_object", params, answer)


def write(script, kind, action, after=None, key=("templates",), bucket=BUCKET):
    versions = {}
    writers = bucket_writers(script.account, bucket, versions)
    writers[(kind, action)](Change(ObjectId(kind, key), action, None, after))
    return versions


def refusal(call, *arguments, **more):
    with pytest.raises(AwsError) as caught:
        call(*arguments, **more)
    return str(caught.value)


def test_a_whole_bucket_is_read_in_five_calls_and_one_for_each_object(script):
    policy = {"Version": "2012-10-17", "Statement": []}
    script.answer("s3", "get_bucket_tagging", OWNED, TAGS)
    block = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "IgnorePublicAcls": True}}
    script.answer("s3", "get_public_access_block", OWNED, block)
    script.answer("s3", "get_bucket_policy", OWNED, {"Policy": json.dumps(policy)})
    script.answer("s3", "get_bucket_location", OWNED, {"LocationConstraint": "us-west-2"})
    script.answer("s3", "get_bucket_versioning", OWNED, {"Status": "Suspended"})
    head(script, "a.yaml", {"ChecksumSHA256": "c", "ContentType": "t", "VersionId": "v"})
    head(script, "b.yaml", {"ContentType": "t", "VersionId": "null"})
    assert read_bucket(script.account, BUCKET) == FoundBucket(
        region="us-west-2",
        tags=(("jumpaccount:owned", "true"),),
        public_access_block={
            "block_public_acls": True,
            "block_public_policy": False,
            "ignore_public_acls": True,
            "restrict_public_buckets": False,
        },
        versioning="Suspended",
        policy=policy,
        objects={"a.yaml": FoundObject("c", "t", "v"), "b.yaml": FoundObject(None, "t", None)},
    )


def test_a_bare_bucket_is_read(script):
    script.refuse("s3", "get_bucket_tagging", OWNED, "NoSuchTagSet")
    code = "NoSuchPublicAccessBlockConfiguration"
    script.refuse("s3", "get_public_access_block", OWNED, code)
    script.refuse("s3", "get_bucket_policy", OWNED, "NoSuchBucketPolicy")
    script.answer("s3", "get_bucket_location", OWNED, {})
    script.answer("s3", "get_bucket_versioning", OWNED, {})
    head(script, "a.yaml")
    head(script, "b.yaml")
    assert read_bucket(script.account, BUCKET) == FoundBucket(region="us-east-1")


@pytest.mark.parametrize(
    ("location", "region"),
    [(None, "us-east-1"), ("", "us-east-1"), ("EU", "eu-west-1"), ("us-west-2", "us-west-2")],
)
def test_the_region_of_a_location(location, region):
    assert region_of(location) == region


def test_no_bucket_costs_one_call(script):
    script.refuse("s3", "get_bucket_tagging", OWNED, "NoSuchBucket")
    assert read_bucket(script.account, BUCKET) is None


def test_a_bucket_of_somebody_else_is_a_sentence(script):
    script.refuse("s3", "get_bucket_tagging", OWNED, "AccessDenied", "Access Denied")
    assert refusal(read_bucket, script.account, BUCKET) == (
        "Could not read bucket templates in account 111111111111: AWS answered AccessDenied: "
        "Access Denied. Bucket names are unique across all AWS accounts, so it may belong to "
        "another account. Check this and the permissions of this run, or choose another name."
    )


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_a_bucket_is_created_in_its_region_and_marked(script, region):
    bucket = TemplateBucket("templates", region, "aws", "111111111111")
    script.answer(
        "s3", "create_bucket", CREATE if region != "us-east-1" else {"Bucket": "templates"}
    )
    script.answer("s3", "put_bucket_tagging", {**OWNED, "Tagging": TAGS})
    write(script, Kind.BUCKET, Action.CREATE, OWNED_TAGS, bucket=bucket)


def test_a_lost_answer_is_no_failure(script):
    script.refuse("s3", "create_bucket", CREATE, "BucketAlreadyOwnedByYou")
    script.answer("s3", "put_bucket_tagging", {**OWNED, "Tagging": TAGS})
    write(script, Kind.BUCKET, Action.CREATE, OWNED_TAGS)


def test_a_name_that_somebody_else_has_is_a_sentence(script):
    script.refuse("s3", "create_bucket", CREATE, "BucketAlreadyExists", "not available")
    assert refusal(write, script, Kind.BUCKET, Action.CREATE, {"tags": {}}) == (
        "Could not create bucket templates in account 111111111111: AWS answered "
        "BucketAlreadyExists: not available. The bucket belongs to another account; choose "
        "another name."
    )


def test_all_tags_are_written(script):
    tags = {"TagSet": [{"Key": "a", "Value": "1"}, *TAGS["TagSet"]]}
    script.answer("s3", "put_bucket_tagging", {**OWNED, "Tagging": tags})
    write(script, Kind.BUCKET, Action.UPDATE, {"tags": {"jumpaccount:owned": "true", "a": "1"}})


@pytest.mark.parametrize("action", BOTH)
def test_the_public_is_kept_out(script, action):
    params = {**OWNED, "PublicAccessBlockConfiguration": SETTINGS}
    script.answer("s3", "put_public_access_block", params)
    write(script, Kind.BUCKET_PUBLIC_ACCESS_BLOCK, action, CLOSED)


@pytest.mark.parametrize("action", BOTH)
def test_versions_are_kept(script, action):
    params = {**OWNED, "VersioningConfiguration": {"Status": "Enabled"}}
    script.answer("s3", "put_bucket_versioning", params)
    write(script, Kind.BUCKET_VERSIONING, action, {"status": "Enabled"})


@pytest.mark.parametrize("action", BOTH)
def test_the_policy_is_written(script, action):
    script.answer("s3", "put_bucket_policy", {**OWNED, "Policy": '{"Version":"1"}'})
    write(script, Kind.BUCKET_POLICY, action, {"Version": "1"})


def test_a_policy_with_an_account_that_is_not_there(script):
    params = {**OWNED, "Policy": "{}"}
    script.refuse("s3", "put_bucket_policy", params, "MalformedPolicy", "Invalid principal")
    text = refusal(write, script, Kind.BUCKET_POLICY, Action.UPDATE, {})
    assert text.endswith(
        "Invalid principal. Check that all accounts that need to read the bucket exist."
    )


@pytest.mark.parametrize("action", BOTH)
def test_an_object_is_written_and_its_version_remembered(script, action):
    params = {
        **OWNED,
        "Key": "a.yaml",
        "Body": "é".encode(),
        "ContentType": "text/yaml",
        "ChecksumAlgorithm": "SHA256",
    }
    script.answer("s3", "put_object", params, {"VersionId": "v2"})
    assert write(script, Kind.OBJECT, action, {}, ("templates", "a.yaml")) == {"a.yaml": "v2"}


@pytest.mark.parametrize("code", ["NoSuchBucket", "OperationAborted"])
def test_a_new_bucket_may_take_a_moment_to_be_seen(script, code):
    params = {**OWNED, "VersioningConfiguration": {"Status": "Enabled"}}
    script.refuse("s3", "put_bucket_versioning", params, code)
    script.answer("s3", "put_bucket_versioning", params)
    write(script, Kind.BUCKET_VERSIONING, Action.CREATE, {"status": "Enabled"})
