"""AWS::KMS::Key and AWS::KMS::Alias."""

from __future__ import annotations

from typing import ClassVar

from sandbox.cloudformation.resources.base import (
    Made,
    Place,
    Properties,
    Provider,
    completing,
    document,
)
from sandbox.errors import AwsError


class KeyProvider(Provider):
    properties: ClassVar[frozenset[str]] = frozenset(
        {"Description", "EnableKeyRotation", "KeyPolicy", "Tags"}
    )

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        del logical_id
        found = place.call(
            "kms",
            "CreateKey",
            Description=properties.get("Description"),
            Policy=document(properties["KeyPolicy"]) if "KeyPolicy" in properties else None,
            Tags=[{"TagKey": t["Key"], "TagValue": t["Value"]} for t in place.tag_list(properties)],
        )["KeyMetadata"]
        with completing(found["KeyId"]):
            if properties.get("EnableKeyRotation"):
                place.call("kms", "EnableKeyRotation", KeyId=found["KeyId"])
        return Made(found["KeyId"], {"Arn": found["Arn"], "KeyId": found["KeyId"]})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        if old.get("KeyPolicy") != new.get("KeyPolicy"):
            policy = document(new["KeyPolicy"])
            place.call(
                "kms", "PutKeyPolicy", KeyId=physical_id, PolicyName="default", Policy=policy
            )
        if old.get("Description") != new.get("Description"):
            text = new.get("Description", "")
            place.call("kms", "UpdateKeyDescription", KeyId=physical_id, Description=text)
        arn = place.call("kms", "DescribeKey", KeyId=physical_id)["KeyMetadata"]["Arn"]
        return Made(physical_id, {"Arn": arn, "KeyId": physical_id})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        del properties
        place.call("kms", "ScheduleKeyDeletion", KeyId=physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        try:
            place.call("kms", "DescribeKey", KeyId=physical_id)
        except AwsError:
            return None
        return properties


class AliasProvider(Provider):
    name_property: ClassVar[str] = "AliasName"
    properties: ClassVar[frozenset[str]] = frozenset({"AliasName", "TargetKeyId"})
    required: ClassVar[frozenset[str]] = frozenset({"AliasName", "TargetKeyId"})
    replaced_by: ClassVar[frozenset[str]] = frozenset({"AliasName"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        del logical_id
        place.call("kms", "CreateAlias", **properties)
        return Made(properties["AliasName"])

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        del old
        place.call("kms", "UpdateAlias", **new)
        return Made(physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        del properties
        place.call("kms", "DeleteAlias", AliasName=physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        aliases = place.call("kms", "ListAliases")["Aliases"]
        return properties if physical_id in [a["AliasName"] for a in aliases] else None
