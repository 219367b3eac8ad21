"""AWS::IAM::User, without login profile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from sandbox.cloudformation.resources.base import Made, Place, Properties, Provider, completing
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
        place.call(
            "iam",
            "CreateUser",
            UserName=name,
            Path=properties.get("Path"),
            PermissionsBoundary=properties.get("PermissionsBoundary"),
            Tags=place.tag_list(properties),
        )
        with completing(name):
            self._join(place, name, [], properties.get("Groups", []))
            PrincipalPolicies(place, "User", name).apply({}, properties)
            return _made(place, name)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        self._join(place, physical_id, old.get("Groups", []), new.get("Groups", []))
        PrincipalPolicies(place, "User", physical_id).apply(old, new)
        return _made(place, physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        found = place.call("iam", "ListGroupsForUser", UserName=physical_id)["Groups"]
        joined = {group["GroupName"] for group in found}
        self._join(place, physical_id, joined & set(properties.get("Groups", [])), ())
        PrincipalPolicies(place, "User", physical_id).remove_own(properties)
        place.call("iam", "DeleteUser", UserName=physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        try:
            user = place.call("iam", "GetUser", UserName=physical_id)["User"]
        except AwsError:
            return None
        policies = PrincipalPolicies(place, "User", physical_id).read(properties)
        return {"UserName": user["UserName"], "Path": user["Path"], **policies}

    def _join(self, place: Place, name: str, before: Iterable[str], wanted: Iterable[str]) -> None:
        for group in set(before) - set(wanted):
            place.call("iam", "RemoveUserFromGroup", UserName=name, GroupName=group)
        for group in wanted:
            place.call("iam", "AddUserToGroup", UserName=name, GroupName=group)


def _made(place: Place, name: str) -> Made:
    return Made(name, {"Arn": place.call("iam", "GetUser", UserName=name)["User"]["Arn"]})
