"""Resource types outside IAM: a parameter, and a handle that is nothing at all."""

from __future__ import annotations

from typing import ClassVar

from sandbox.cloudformation.resources.base import Made, Place, Properties, Provider
from sandbox.errors import AwsError


class ParameterProvider(Provider):
    """AWS::SSM::Parameter."""

    name_property: ClassVar[str] = "Name"
    properties: ClassVar[frozenset[str]] = frozenset({"Description", "Name", "Type", "Value"})
    required: ClassVar[frozenset[str]] = frozenset({"Type", "Value"})
    replaced_by: ClassVar[frozenset[str]] = frozenset({"Name"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        name = properties.get("Name") or place.generated_name(logical_id)
        self._put(place, name, properties, overwrite=False)
        return Made(name, {"Type": properties["Type"], "Value": properties["Value"]})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        del old
        self._put(place, physical_id, new, overwrite=True)
        return Made(physical_id, {"Type": new["Type"], "Value": new["Value"]})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        del properties
        place.call("ssm", "DeleteParameter", Name=physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        del properties
        try:
            found = place.call("ssm", "GetParameter", Name=physical_id)["Parameter"]
        except AwsError:
            return None
        return {"Name": found["Name"], "Type": found["Type"], "Value": found["Value"]}

    def _put(self, place: Place, name: str, properties: Properties, *, overwrite: bool) -> None:
        place.call(
            "ssm",
            "PutParameter",
            Name=name,
            Type=properties["Type"],
            Value=properties["Value"],
            Description=properties.get("Description"),
            Overwrite=overwrite,
        )


class WaitHandleProvider(Provider):
    """AWS::CloudFormation::WaitConditionHandle: the usual placeholder of empty templates."""

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        del properties
        return Made(f"https://cloudformation-waitcondition/{place.generated_name(logical_id)}")

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        del place, old, new
        return Made(physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        """Nothing to delete."""

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        del place, physical_id
        return properties
