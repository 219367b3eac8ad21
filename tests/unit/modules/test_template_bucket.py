# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The template bucket of the local AWS."""

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import template_bucket
from botocore.exceptions import ClientError

JUMP, PROD = "111111111111", "222222222222"
NAME = f"aws-iam-templates-{JUMP}"
FOREIGN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Theirs",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{NAME}/*",
        }
    ],
}


@pytest.fixture
def bucket(aws, run):
    """Return a function that runs the module."""

    def run_bucket(check=False, **options):
        given = {
            "region": "ap-northeast-1",
            "name": NAME,
            "jump_account_id": JUMP,
            "objects": [{"key": "e.yaml", "content": "a: 1\n"}, {"key": "r.yaml", "content": "é"}],
            "shared_key": "e.yaml",
            "reader_account_ids": [PROD],
        }
        return run(template_bucket, check=check, **{**given, **options})

    assert aws.writes == 0
    return run_bucket


def content(aws, key, version, account_id=JUMP):
    s3 = aws.client("s3", account_id)
    return s3.get_object(Bucket=NAME, Key=key, VersionId=version)["Body"].read().decode()


def test_the_dialogue(aws, bucket):
    predicted = bucket(check=True)
    assert aws.writes == 0
    assert [o["version_id"] for o in predicted["objects"]] == [None, None]
    created = bucket()
    assert created["changes"] == predicted["changes"]
    versions = {o["key"]: o["version_id"] for o in created["objects"]}
    assert content(aws, "e.yaml", versions["e.yaml"]) == "a: 1\n"
    assert content(aws, "r.yaml", versions["r.yaml"]) == "é"
    assert created["objects"][0]["url"] == (
        f"https://{NAME}.s3.ap-northeast-1.amazonaws.com/e.yaml?versionId={versions['e.yaml']}"
    )
    before, calls = aws.writes, sum(aws.calls.values())
    again = bucket()
    assert (again["changed"], again["objects"]) == (False, created["objects"])
    assert (aws.writes, sum(aws.calls.values()) - calls) == (before, 5 + 2)
    newer = {"objects": [{"key": "e.yaml", "content": "a: 2\n"}], "reader_account_ids": []}
    predicted = bucket(check=True, **newer)
    assert aws.writes == before
    updated = bucket(**newer)
    assert updated["changes"] == predicted["changes"]
    assert [change["target"] for change in updated["changes"]] == [
        f"policy of bucket {NAME}",
        f"object {NAME}/e.yaml",
    ]
    assert content(aws, "e.yaml", updated["objects"][0]["version_id"]) == "a: 2\n"
    assert content(aws, "e.yaml", versions["e.yaml"]) == "a: 1\n"
    assert content(aws, "r.yaml", versions["r.yaml"]) == "é"


def test_what_stands_in_aws(aws, bucket):
    bucket()
    s3 = aws.client("s3")
    block = s3.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"]
    assert len(block) == 4
    assert all(block.values())
    assert s3.get_bucket_versioning(Bucket=NAME)["Status"] == "Enabled"
    assert s3.get_bucket_location(Bucket=NAME)["LocationConstraint"] == "ap-northeast-1"
    tags = s3.get_bucket_tagging(Bucket=NAME)["TagSet"]
    assert tags == [{"Key": "jumpaccount:owned", "Value": "true"}]


def test_members_read_one_object_only(aws, bucket):
    versions = {o["key"]: o["version_id"] for o in bucket()["objects"]}
    assert content(aws, "e.yaml", versions["e.yaml"], PROD) == "a: 1\n"
    for key, account_id in (("r.yaml", PROD), ("e.yaml", "333333333333")):
        with pytest.raises(ClientError, match="AccessDenied"):
            content(aws, key, versions[key], account_id)


def test_what_others_changed_is_put_right(aws, bucket):
    bucket()
    s3 = aws.client("s3")
    s3.put_object(Bucket=NAME, Key="e.yaml", Body=b"evil")
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_public_access_block(Bucket=NAME)
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(FOREIGN))
    result = bucket()
    assert [change["target"] for change in result["changes"]] == [
        f"public access block of bucket {NAME}",
        f"policy of bucket {NAME}",
        f"versioning of bucket {NAME}",
        f"object {NAME}/e.yaml",
    ]
    assert bucket()["changed"] is False


def test_a_bucket_whose_creator_died_is_completed(aws, bucket):
    where = {"LocationConstraint": "ap-northeast-1"}
    aws.client("s3").create_bucket(Bucket=NAME, CreateBucketConfiguration=where)
    result = bucket()
    assert (result["changes"][0]["target"], result["changes"][0]["action"]) == (
        f"bucket {NAME}",
        "update",
    )
    assert bucket()["changed"] is False


def test_a_bucket_with_a_policy_of_its_own_is_adopted_only_when_told(aws, bucket):
    s3 = aws.client("s3")
    where = {"LocationConstraint": "ap-northeast-1"}
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration=where)
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(FOREIGN))
    s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [{"Key": "team", "Value": "x"}]})
    before = aws.writes
    refused = bucket()
    assert refused["failed"] is True
    assert "was not created by this collection; it was not changed" in refused["msg"]
    assert (aws.writes, refused["changes"]) == (before, [])
    assert bucket(adopt=True)["changed"] is True
    tags = {t["Key"]: t["Value"] for t in s3.get_bucket_tagging(Bucket=NAME)["TagSet"]}
    assert tags == {"team": "x", "jumpaccount:owned": "true"}
    assert bucket()["changed"] is False


def test_a_bucket_of_another_account_is_a_sentence(aws, bucket):
    where = {"LocationConstraint": "ap-northeast-1"}
    aws.client("s3", PROD).create_bucket(Bucket=NAME, CreateBucketConfiguration=where)
    before = aws.writes
    result = bucket()
    assert result["failed"] is True
    assert "it may belong to another account" in result["msg"]
    assert aws.writes == before


def test_credentials_of_another_account_write_nothing(aws, bucket):
    result = bucket(jump_account_id=PROD, reader_account_ids=[])
    assert result["failed"] is True
    assert aws.writes == 0


def test_all_problems_at_once(aws, bucket):
    result = bucket(
        jump_account_id="1",
        reader_account_ids=["x"],
        shared_key="",
        objects=[{"key": "a", "content": ""}, {"key": "a", "content": ""}],
    )
    assert result["msg"].count("\n") == 4
    assert aws.calls == {}
