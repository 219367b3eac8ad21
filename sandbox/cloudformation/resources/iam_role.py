"""AWS::IAM::Role."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from urllib.parse import unquote

from sandbox.cloudformation.resources.base import (
    Made,
    Place,
    Properties,
    Provider,
    completing,
    document,
)
from sandbox.cloudformation.resources.iam_principal import PrincipalPolicies
from sandbox.errors import AwsError

_DEFAULT_SESSION = 3600


class RoleProvider(Provider):
    name_property: ClassVar[str] = "RoleName"
    properties: ClassVar[frozenset[str]] = frozenset(
        {
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "RoleName",
            "Tags",
        }
    )
    required: ClassVar[frozenset[str]] = frozenset({"AssumeRolePolicyDocument"})
    replaced_by: ClassVar[frozenset[str]] = frozenset({"RoleName", "Path"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        name = properties.get("RoleName") or place.generated_name(logical_id)
        place.call(
            "iam",
            "CreateRole",
            RoleName=name,
            Path=properties.get("Path"),
            AssumeRolePolicyDocument=document(properties["AssumeRolePolicyDocument"]),
            Description=properties.get("Description"),
            MaxSessionDuration=_seconds(properties),
            PermissionsBoundary=properties.get("PermissionsBoundary"),
            Tags=place.tag_list(properties),
        )
        with completing(name):
            PrincipalPolicies(place, "Role", name).apply({}, properties)
            return _made(place, name)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        who = {"RoleName": physical_id}
        trust = document(new["AssumeRolePolicyDocument"])
        place.call("iam", "UpdateAssumeRolePolicy", **who, PolicyDocument=trust)
        place.call(
            "iam",
            "UpdateRole",
            **who,
            Description=new.get("Description", ""),
            MaxSessionDuration=_seconds(new),
        )
        _update_boundary(place, physical_id, new.get("PermissionsBoundary"))
        _update_tags(place, physical_id, old, new)
        PrincipalPolicies(place, "Role", physical_id).apply(old, new)
        return _made(place, physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        PrincipalPolicies(place, "Role", physical_id).remove_own(properties)
        place.call("iam", "DeleteRole", RoleName=physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        try:
            role = place.call("iam", "GetRole", RoleName=physical_id)["Role"]
        except AwsError:
            return None
        boundary = (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        actual: Properties = {
            "RoleName": role["RoleName"],
            "Path": role["Path"],
            "AssumeRolePolicyDocument": json.loads(unquote(role["AssumeRolePolicyDocument"])),
            "Description": role.get("Description") or "",
            "MaxSessionDuration": role["MaxSessionDuration"],
            **PrincipalPolicies(place, "Role", physical_id).read(properties),
        }
        if boundary or "PermissionsBoundary" in properties:
            actual["PermissionsBoundary"] = boundary
        return actual


def _made(place: Place, name: str) -> Made:
    role = place.call("iam", "GetRole", RoleName=name)["Role"]
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _seconds(properties: Properties) -> int:
    return int(properties.get("MaxSessionDuration", _DEFAULT_SESSION))


def _update_boundary(place: Place, name: str, boundary: str | None) -> None:
    if boundary:
        place.call("iam", "PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=boundary)
    elif place.call("iam", "GetRole", RoleName=name)["Role"].get("PermissionsBoundary"):
        place.call("iam", "DeleteRolePermissionsBoundary", RoleName=name)


def _update_tags(place: Place, name: str, old: Properties, new: Properties) -> None:
    wanted: list[dict[str, Any]] = place.tag_list(new)
    kept = {tag["Key"] for tag in wanted}
    gone = [tag["Key"] for tag in old.get("Tags", []) if tag["Key"] not in kept]
    if gone:
        place.call("iam", "UntagRole", RoleName=name, TagKeys=gone)
    if wanted:
        place.call("iam", "TagRole", RoleName=name, Tags=wanted)
