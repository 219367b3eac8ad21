# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State of the template bucket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.bucket import (
    BucketObject,
    FoundBucket,
    FoundObject,
    TemplateBucket,
    build_bucket_state,
    check_bucket,
    content_checksum,
    describe_objects,
    foreign_bucket,
    known_versions,
    misplaced_bucket,
    object_url,
    observed_bucket_state,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.laws import applied, check_plan

CLOSED = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}
BUCKET = TemplateBucket(
    name="templates",
    region="eu-west-1",
    partition="aws",
    jump_account_id="111111111111",
    reader_ids=("222222222222",),
    shared_key="execution.yaml",
    objects=(BucketObject("execution.yaml", "a: 1"), BucketObject("roles.yaml", "b: 2")),
)
FOREIGN_POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "Theirs", "Effect": "Deny"}]}
AS_WANTED = FoundBucket(
    tags=(("jumpaccount:owned", "true"),),
    public_access_block=CLOSED,
    versioning="Enabled",
    policy=BUCKET.policy,
    objects={
        o.key: FoundObject(content_checksum(o.content), "text/yaml", f"v-{o.key}")
        for o in BUCKET.objects
    },
)

found_objects = st.builds(
    FoundObject,
    checksum=st.sampled_from([None, content_checksum("a: 1"), content_checksum("other")]),
    content_type=st.sampled_from(["text/yaml", "binary/octet-stream"]),
    version_id=st.sampled_from([None, "v1"]),
)
found_buckets = st.builds(
    FoundBucket,
    tags=st.sampled_from([(), (("a", "1"),), (("jumpaccount:owned", "true"), ("z", "2"))]),
    public_access_block=st.sampled_from([None, CLOSED, {**CLOSED, "block_public_acls": False}]),
    versioning=st.sampled_from([None, "Enabled", "Suspended"]),
    policy=st.sampled_from([None, BUCKET.policy, FOREIGN_POLICY]),
    objects=st.dictionaries(st.sampled_from(["execution.yaml", "roles.yaml"]), found_objects),
)


def plan_for(bucket, found):
    return check_plan(build_bucket_state(bucket, found), observed_bucket_state(bucket, found))


def problems_of(**changes):
    problems = Problems()
    check_bucket(problems, replace(BUCKET, **changes))
    try:
        problems.raise_if_any()
    except InputError as error:
        return list(error.problems)
    return []


@given(st.none() | found_buckets)
def test_the_plan_makes_the_bucket_as_wanted_and_deletes_nothing(found):
    plan = plan_for(BUCKET, found)
    state = applied(plan, observed_bucket_state(BUCKET, found))
    assert state[ObjectId(Kind.BUCKET_PUBLIC_ACCESS_BLOCK, ("templates",))] == CLOSED
    assert state[ObjectId(Kind.BUCKET_VERSIONING, ("templates",))] == {"status": "Enabled"}
    assert all(change.action is not Action.DELETE for change in plan)
    tags = state[ObjectId(Kind.BUCKET, ("templates",))]["tags"]
    assert tags == {**dict(found.tags if found else ()), "jumpaccount:owned": "true"}


@given(st.none() | found_buckets)
def test_nothing_is_put_into_an_open_bucket(found):
    kinds = [change.id.kind for change in plan_for(BUCKET, found)]
    expected = [
        Kind.BUCKET,
        Kind.BUCKET_PUBLIC_ACCESS_BLOCK,
        Kind.BUCKET_POLICY,
        Kind.BUCKET_VERSIONING,
        Kind.OBJECT,
        Kind.OBJECT,
    ]
    assert kinds == sorted(kinds, key=expected.index)


def test_a_bucket_as_wanted_is_left_alone():
    assert plan_for(BUCKET, AS_WANTED) == ()


def test_nothing_there():
    assert [str(change.id) for change in plan_for(BUCKET, None)] == [
        "bucket templates",
        "public access block of bucket templates",
        "policy of bucket templates",
        "versioning of bucket templates",
        "object templates/execution.yaml",
        "object templates/roles.yaml",
    ]


@pytest.mark.parametrize(
    ("there", "is_same"),
    [
        (FoundObject(content_checksum("a: 1"), "text/yaml", "v"), True),
        (FoundObject(content_checksum("a: 2"), "text/yaml", "v"), False),
        (FoundObject(content_checksum("a: 1"), "text/plain", "v"), False),
        (FoundObject(None, "text/yaml", "v"), False),
    ],
    ids=["same", "content", "type", "checksum unknown"],
)
def test_an_object_is_written_when_it_differs(there, is_same):
    objects = {**AS_WANTED.objects, "execution.yaml": there}
    plan = plan_for(BUCKET, replace(AS_WANTED, objects=objects))
    assert [change.id.key[1] for change in plan] == ([] if is_same else ["execution.yaml"])


def test_the_checksum_is_the_one_that_s3_writes():
    assert content_checksum("") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    ("tags", "policy", "is_refused"),
    [
        ((), None, False),
        ((), BUCKET.policy, False),
        ((), FOREIGN_POLICY, True),
        ((("jumpaccount:owned", "false"),), FOREIGN_POLICY, True),
        ((("jumpaccount:owned", "true"),), FOREIGN_POLICY, False),
    ],
    ids=["bare", "our policy", "their policy", "marked as theirs", "ours"],
)
def test_whose_bucket_it_is(tags, policy, is_refused):
    refused = foreign_bucket(BUCKET, replace(AS_WANTED, tags=tags, policy=policy))
    assert set(refused) == ({"templates"} if is_refused else set())
    assert all(
        "take over the bucket and replace its policy with the adopt option" in text
        for text in refused.values()
    )


def test_a_bucket_that_is_not_there_is_nobodys():
    assert foreign_bucket(BUCKET, None) == {}


@pytest.mark.parametrize(
    ("found", "is_refused"),
    [
        (None, False),
        (replace(AS_WANTED, region=""), False),
        (replace(AS_WANTED, region="eu-west-1"), False),
        (replace(AS_WANTED, region="us-east-1"), True),
    ],
    ids=["none", "unknown", "here", "elsewhere"],
)
def test_a_bucket_in_another_region_is_refused_with_that_region(found, is_refused):
    refused = misplaced_bucket(BUCKET, found)
    assert set(refused) == ({"templates"} if is_refused else set())
    assert all("Set aws_region to us-east-1" in text for text in refused.values())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"jump_account_id": "1"}, ["jump_account_id: '1' is not 12 digits"]),
        ({"reader_ids": ("222222222222", "x")}, ["reader_account_ids[1]: 'x' is not 12 digits"]),
        ({"region": ""}, ["region: is missing; a bucket needs a region"]),
        ({"reader_ids": (), "shared_key": ""}, []),
        (
            {"shared_key": ""},
            ["shared_key: is missing; it is the only object that reader_account_ids can read"],
        ),
        (
            {"objects": (BucketObject("a", ""), BucketObject("a", ""), BucketObject("b", ""))},
            ["objects: key 'a' is listed 2 times"],
        ),
    ],
    ids=["good", "jump", "reader", "region", "nothing shared", "shared key", "twice"],
)
def test_problems(changes, said):
    assert problems_of(**changes) == said


@pytest.mark.parametrize(
    ("partition", "key", "version", "url"),
    [
        ("aws", "a.yaml", None, "https://templates.s3.eu-west-1.amazonaws.com/a.yaml"),
        ("aws", "a/b c", "v", "https://templates.s3.eu-west-1.amazonaws.com/a/b%20c?versionId=v"),
        ("aws", "a", "v+/=", "https://templates.s3.eu-west-1.amazonaws.com/a?versionId=v%2B%2F%3D"),
        ("aws-cn", "a", None, "https://templates.s3.eu-west-1.amazonaws.com.cn/a"),
        ("aws-us-gov", "a", None, "https://templates.s3.eu-west-1.amazonaws.com/a"),
    ],
)
def test_addresses(partition, key, version, url):
    assert object_url(replace(BUCKET, partition=partition), key, version) == url


def test_versions_of_objects():
    changed = [("templates", "roles.yaml")]
    versions = known_versions(BUCKET, AS_WANTED, changed)
    assert versions == {"execution.yaml": "v-execution.yaml"}
    assert known_versions(BUCKET, None, []) == {}
    base = "https://templates.s3.eu-west-1.amazonaws.com"
    assert describe_objects(BUCKET, versions) == [
        {
            "key": "execution.yaml",
            "version_id": "v-execution.yaml",
            "url": f"{base}/execution.yaml?versionId=v-execution.yaml",
        },
        {"key": "roles.yaml", "version_id": None, "url": f"{base}/roles.yaml"},
    ]


@pytest.mark.parametrize(("accounts", "problems"), [(1000, 0), (1400, 1), (5000, 1)])
def test_so_many_accounts_can_read_and_more_are_refused_with_the_numbers(accounts, problems):
    readers = tuple(f"{n:012}" for n in range(accounts))
    bucket = TemplateBucket("b" * 63, "r", "aws-us-gov", "1" * 12, readers, "key.yaml")
    found = Problems()
    check_bucket(found, bucket)
    if not problems:
        found.raise_if_any()
        return
    with pytest.raises(
        InputError, match=rf"{accounts} accounts result in a bucket policy of \d+ bytes"
    ):
        found.raise_if_any()
