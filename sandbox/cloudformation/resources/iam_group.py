"""AWS::IAM::Group."""

from __future__ import annotations

from typing import ClassVar

from sandbox.cloudformation.resources.base import Made, Place, Properties, Provider, completing
from sandbox.cloudformation.resources.iam_principal import PrincipalPolicies
from sandbox.errors import AwsError


class GroupProvider(Provider):
    name_property: ClassVar[str] = "GroupName"
    properties: ClassVar[frozenset[str]] = frozenset(
        {"GroupName", "ManagedPolicyArns", "Path", "Policies"}
    )
    replaced_by: ClassVar[frozenset[str]] = frozenset({"GroupName"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        name = properties.get("GroupName") or place.generated_name(logical_id)
        place.call("iam", "CreateGroup", GroupName=name, Path=properties.get("Path"))
        with completing(name):
            PrincipalPolicies(place, "Group", name).apply({}, properties)
            return _made(place, name)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        path = new.get("Path", "/")
        place.call("iam", "UpdateGroup", GroupName=physical_id, NewPath=path)
        PrincipalPolicies(place, "Group", physical_id).apply(old, new)
        return _made(place, physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        PrincipalPolicies(place, "Group", physical_id).remove_own(properties)
        place.call("iam", "DeleteGroup", GroupName=physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        try:
            group = place.call("iam", "GetGroup", GroupName=physical_id)["Group"]
        except AwsError:
            return None
        return {
            "GroupName": group["GroupName"],
            "Path": group["Path"],
            **PrincipalPolicies(place, "Group", physical_id).read(properties),
        }


def _made(place: Place, name: str) -> Made:
    return Made(name, {"Arn": place.call("iam", "GetGroup", GroupName=name)["Group"]["Arn"]})
