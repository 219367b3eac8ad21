"""AWS::IAM::User, without login profile."""

from __future__ import annotations

from typing import ClassVar

from sandbox.cloudformation.resources.base import Made, Place, Properties, Provider
from sandbox.cloudformation.resources.iam_principal import PrincipalPolicies
from sandbox.errors import AwsError, validation_error


class UserProvider(Provider):
    name_property: ClassVar[str] = "UserName"
    properties: ClassVar[frozenset[str]] = frozenset(
        {
            "Groups",
            "LoginProfile",
            "ManagedPolicyArns",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "Tags",
            "UserName",
        }
    )
    replaced_by: ClassVar[frozenset[str]] = frozenset({"UserName"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        if "LoginProfile" in properties:
            raise validation_error("The sandbox makes no login profiles from templates.")
        name = properties.get("UserName") or place.generated_name(logical_id)
        user = place.call(
            "iam",
            "CreateUser",
            UserName=name,
            Path=properties.get("Path"),
            PermissionsBoundary=properties.get("PermissionsBoundary"),
            Tags=place.tag_list(properties),
        )["User"]
        self._join(place, name, [], properties.get("Groups", []))
        PrincipalPolicies(place, "User", name).apply({}, properties)
        return Made(name, {"Arn": user["Arn"]})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        self._join(place, physical_id, old.get("Groups", []), new.get("Groups", []))
        PrincipalPolicies(place, "User", physical_id).apply(old, new)
        user = place.call("iam", "GetUser", UserName=physical_id)["User"]
        return Made(physical_id, {"Arn": user["Arn"]})

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        self._join(place, physical_id, properties.get("Groups", []), [])
        PrincipalPolicies(place, "User", physical_id).remove_own(properties)
        place.call("iam", "DeleteUser", UserName=physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        try:
            user = place.call("iam", "GetUser", UserName=physical_id)["User"]
        except AwsError:
            return None
        policies = PrincipalPolicies(place, "User", physical_id).read(properties)
        return {"UserName": user["UserName"], "Path": user["Path"], **policies}

    def _join(self, place: Place, name: str, before: list[str], wanted: list[str]) -> None:
        for group in set(before) - set(wanted):
            place.call("iam", "RemoveUserFromGroup", UserName=name, GroupName=group)
        for group in wanted:
            place.call("iam", "AddUserToGroup", UserName=name, GroupName=group)
