"""AWS::S3::Bucket with a name only: what people make in stacks of their own."""

from __future__ import annotations

from typing import ClassVar

from sandbox.arns import arn_of
from sandbox.buckets import create_bucket, delete_bucket, owner_of
from sandbox.cloudformation.resources.base import Made, Place, Properties, Provider


class BucketProvider(Provider):
    name_property: ClassVar[str] = "BucketName"
    properties: ClassVar[frozenset[str]] = frozenset({"BucketName"})
    replaced_by: ClassVar[frozenset[str]] = frozenset({"BucketName"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        name = properties.get("BucketName") or place.generated_name(logical_id).lower()
        asked = place.ask("s3", "CreateBucket", Bucket=name)
        create_bucket(asked.account_id, place.region, name)
        return _made(name)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        del place, old, new
        return _made(physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        del properties
        place.ask("s3", "DeleteBucket", Bucket=physical_id)
        delete_bucket(physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        del properties
        place.ask("s3", "HeadBucket", Bucket=physical_id)
        return {"BucketName": physical_id} if owner_of(physical_id) else None


def _made(name: str) -> Made:
    return Made(name, {"Arn": arn_of("s3", "", name)})
