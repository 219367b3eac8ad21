# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""State of the template bucket and of the objects in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..arns import is_account_id
from ..change import Json, Kind, ObjectId, State
from ..checking import Problems
from ..ownership import OWNED_TAG
from ..policies.bucket import build_bucket_policy, readers_problem
from ..policies.document import canonical_policy
from ..shown import quoted
from ..stacks.canonical import build_template_url

_CLOSED = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}


@dataclass(frozen=True)
class BucketObject:
    """An object that the bucket shall hold."""

    key: str
    content: str
    content_type: str = "text/yaml"


@dataclass(frozen=True)
class TemplateBucket:
    """The bucket; readers are accounts that may read the shared object only."""

    name: str
    region: str
    partition: str
    jump_account_id: str
    reader_ids: tuple[str, ...] = ()
    shared_key: str = ""
    objects: tuple[BucketObject, ...] = ()

    @property
    def policy(self) -> dict[str, Json]:
        """Return the bucket policy."""
        return build_bucket_policy(
            self.name, self.partition, self.jump_account_id, self.reader_ids, self.shared_key
        )


@dataclass(frozen=True)
class FoundObject:
    """An object as it lies in the bucket; checksum None when S3 knows none that compares."""

    checksum: str | None
    content_type: str
    version_id: str | None


@dataclass(frozen=True)
class FoundBucket:
    """The bucket as it is; None for what is not set."""

    region: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    public_access_block: Json = None
    versioning: str | None = None
    policy: Json = None
    objects: Mapping[str, FoundObject] = field(default_factory=dict)


def content_checksum(content: str) -> str:
    """Return the SHA-256 of a content, written as S3 writes it."""
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def check_bucket(problems: Problems, bucket: TemplateBucket) -> None:
    """Record what is no account, objects that are listed twice, readers without an object."""
    for place, account_id in (
        ("jump_account_id", bucket.jump_account_id),
        *((f"reader_account_ids[{n}]", i) for n, i in enumerate(bucket.reader_ids)),
    ):
        if not is_account_id(account_id):
            problems.add(place, f"{quoted(account_id)} is not 12 digits")
    if not bucket.region:
        problems.add("region", "is missing; a bucket needs a region")
    keys = [wanted.key for wanted in bucket.objects]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        problems.add("objects", f"key {quoted(key)} is listed {keys.count(key)} times")
    problem = readers_problem(bucket.policy, len(bucket.reader_ids))
    if problem:
        problems.add(
            "reader_account_ids",
            f"{problem}; list only accounts whose owners launch the template themselves",
        )
    if bucket.reader_ids and not bucket.shared_key:
        problems.add(
            "shared_key", "is missing; it is the only object that reader_account_ids can read"
        )


def build_bucket_state(bucket: TemplateBucket, found: FoundBucket | None) -> State:
    """Return the desired objects; tags of the bucket beside our mark stay."""
    name = bucket.name
    tags = {**dict(found.tags if found else ()), OWNED_TAG: "true"}
    return {
        ObjectId(Kind.BUCKET, (name,)): {"tags": tags},
        ObjectId(Kind.BUCKET_PUBLIC_ACCESS_BLOCK, (name,)): _CLOSED,
        ObjectId(Kind.BUCKET_VERSIONING, (name,)): {"status": "Enabled"},
        ObjectId(Kind.BUCKET_POLICY, (name,)): canonical_policy(bucket.policy),
        **{
            _object_id(name, wanted.key): _object(
                content_checksum(wanted.content), wanted.content_type
            )
            for wanted in bucket.objects
        },
    }


def observed_bucket_state(bucket: TemplateBucket, found: FoundBucket | None) -> State:
    """Return what there is of the bucket."""
    if found is None:
        return {}
    name = bucket.name
    state: dict[ObjectId, Json] = {ObjectId(Kind.BUCKET, (name,)): {"tags": dict(found.tags)}}
    if found.public_access_block is not None:
        state[ObjectId(Kind.BUCKET_PUBLIC_ACCESS_BLOCK, (name,))] = found.public_access_block
    if found.versioning is not None:
        state[ObjectId(Kind.BUCKET_VERSIONING, (name,))] = {"status": found.versioning}
    if found.policy is not None:
        state[ObjectId(Kind.BUCKET_POLICY, (name,))] = canonical_policy(found.policy)
    for key, there in found.objects.items():
        state[_object_id(name, key)] = _object(there.checksum, there.content_type)
    return state


def _object_id(bucket: str, key: str) -> ObjectId:
    return ObjectId(Kind.OBJECT, (bucket, key))


def _object(checksum: str | None, content_type: str) -> dict[str, Json]:
    return {"sha256": checksum, "content_type": content_type}


def foreign_bucket(bucket: TemplateBucket, found: FoundBucket | None) -> dict[str, str]:
    """Return why a bucket that something else made is not touched, or nothing.

    One without our mark is taken as ours when it holds no policy that we would replace: either we
    died between creating and marking it, or somebody made it for us.
    """
    if found is None or dict(found.tags).get(OWNED_TAG) == "true" or found.policy is None:
        return {}
    if canonical_policy(found.policy) == canonical_policy(bucket.policy):
        return {}
    return {
        bucket.name: (
            f"Bucket {bucket.name} already exists with a policy of its own and was not created by "
            "this collection; it was not changed. Choose another name (jump_template_bucket in "
            "the roles of this collection), or take over the bucket and replace its policy with "
            "the adopt option of jumpaccount.aws.template_bucket."
        )
    }


def misplaced_bucket(bucket: TemplateBucket, found: FoundBucket | None) -> dict[str, str]:
    """Return why a bucket in another region is not touched, or nothing.

    Stack sets and stacks lie in a region, while IAM's names are the same in all: what a run makes
    in a second region would meet the roles that belong to the first one.
    """
    if found is None or found.region in ("", bucket.region):
        return {}
    return {
        bucket.name: (
            f"Bucket {bucket.name} is in {found.region}, but this run is for {bucket.region}: the "
            f"Jump account was set up in {found.region}, including its stacks and stack set. "
            f"Nothing was changed. Set aws_region to {found.region}. To move to another region, "
            f"first remove the stack instances, stack set, stacks and bucket in {found.region}."
        )
    }


def object_url(bucket: TemplateBucket, key: str, version_id: str | None) -> str:
    """Return the https address of one version of an object."""
    return build_template_url(bucket.name, key, bucket.region, bucket.partition, version_id)


def describe_objects(
    bucket: TemplateBucket, versions: Mapping[str, str | None]
) -> list[dict[str, Json]]:
    """Return key, version and address of each object, in the order in which they were given."""
    return [
        {
            "key": wanted.key,
            "version_id": versions.get(wanted.key),
            "url": object_url(bucket, wanted.key, versions.get(wanted.key)),
        }
        for wanted in bucket.objects
    ]


def known_versions(
    bucket: TemplateBucket, found: FoundBucket | None, changed: Iterable[Sequence[str]]
) -> dict[str, str | None]:
    """Return the versions of the objects that stay as they are; changed are keys of changes."""
    there = found.objects if found else {}
    gone = {key[-1] for key in changed}
    return {o.key: there[o.key].version_id for o in bucket.objects if o.key in set(there) - gone}
