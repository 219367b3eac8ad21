"""The buckets, which moto keeps, and their policies, which it would apply without conditions."""

from __future__ import annotations

from moto.s3.models import FakeBucket, s3_backends

from sandbox.arns import partition
from sandbox.errors import AwsError
from sandbox.world import World


class BucketPolicies:
    """The policy text of every bucket; bucket names are unique in the world."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        del world, account_id, region
        self.by_bucket: dict[str, str] = {}


def owner_of(bucket: str) -> str | None:
    found = s3_backends.bucket_accounts.get(bucket)
    return found[1] if found else None


def bucket_of(name: str) -> FakeBucket:
    owner = owner_of(name)
    if owner is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    return s3_backends[owner][partition()].get_bucket(name)


def object_text(bucket: str, key: str, version: str | None) -> str:
    owner = owner_of(bucket)
    found = owner and s3_backends[owner][partition()].get_object(bucket, key, version_id=version)
    if not found:
        raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
    return bytes(found.value).decode()


def create_bucket(account_id: str, region: str, name: str) -> None:
    if owner_of(name):
        raise AwsError("BucketAlreadyExists", f"{name} already exists", 409)
    s3_backends[account_id][partition()].create_bucket(name, region)


def delete_bucket(name: str) -> None:
    owner = bucket_of(name).account_id
    if s3_backends[owner][partition()].delete_bucket(name) is None:
        raise AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
