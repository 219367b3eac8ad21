"""AWS::IAM::ManagedPolicy and AWS::IAM::Policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import unquote

from sandbox.cloudformation.resources.base import (
    Made,
    Place,
    Properties,
    Provider,
    completing,
    document,
    is_missing,
)
from sandbox.errors import AwsError

_TARGETS = (("Roles", "Role"), ("Groups", "Group"), ("Users", "User"))


def _targets(properties: Properties) -> Iterator[tuple[str, str]]:
    for name, kind in _TARGETS:
        for target in properties.get(name, []):
            yield kind, target


class ManagedPolicyProvider(Provider):
    name_property: ClassVar[str] = "ManagedPolicyName"
    properties: ClassVar[frozenset[str]] = frozenset(
        {"Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"}
    )
    required: ClassVar[frozenset[str]] = frozenset({"PolicyDocument"})
    replaced_by: ClassVar[frozenset[str]] = frozenset({"ManagedPolicyName", "Path", "Description"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        arn = place.call(
            "iam",
            "CreatePolicy",
            PolicyName=properties.get("ManagedPolicyName") or place.generated_name(logical_id),
            Path=properties.get("Path"),
            Description=properties.get("Description"),
            PolicyDocument=document(properties["PolicyDocument"]),
        )["Policy"]["Arn"]
        with completing(arn):
            for kind, target in _targets(properties):
                self._attach(place, "Attach", kind, target, arn)
        return Made(arn, {"PolicyArn": arn})

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        if old["PolicyDocument"] != new["PolicyDocument"]:
            self._drop_oldest_version(place, physical_id)
            place.call(
                "iam",
                "CreatePolicyVersion",
                PolicyArn=physical_id,
                PolicyDocument=document(new["PolicyDocument"]),
                SetAsDefault=True,
            )
        before, wanted = set(_targets(old)), set(_targets(new))
        for kind, target in before - wanted:
            self._attach(place, "Detach", kind, target, physical_id)
        for kind, target in wanted - before:
            self._attach(place, "Attach", kind, target, physical_id)
        return Made(physical_id, {"PolicyArn": physical_id})

    def _drop_oldest_version(self, place: Place, arn: str) -> None:
        versions = place.call("iam", "ListPolicyVersions", PolicyArn=arn)["Versions"]
        if len(versions) >= 5:
            oldest = next(v for v in versions[::-1] if not v["IsDefaultVersion"])
            version = oldest["VersionId"]
            place.call("iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=version)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        for kind, target in _targets(properties):
            try:
                self._attach(place, "Detach", kind, target, physical_id)
            except AwsError as error:
                if not is_missing(error):
                    raise
        versions = place.call("iam", "ListPolicyVersions", PolicyArn=physical_id)["Versions"]
        for version in versions:
            if not version["IsDefaultVersion"]:
                place.call(
                    "iam",
                    "DeletePolicyVersion",
                    PolicyArn=physical_id,
                    VersionId=version["VersionId"],
                )
        place.call("iam", "DeletePolicy", PolicyArn=physical_id)

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        del properties
        try:
            policy = place.call("iam", "GetPolicy", PolicyArn=physical_id)["Policy"]
        except AwsError:
            return None
        version = place.call(
            "iam",
            "GetPolicyVersion",
            PolicyArn=physical_id,
            VersionId=policy["DefaultVersionId"],
        )["PolicyVersion"]
        return {
            "ManagedPolicyName": policy["PolicyName"],
            "Path": policy["Path"],
            "PolicyDocument": json.loads(unquote(version["Document"])),
        }

    def _attach(self, place: Place, verb: str, kind: str, target: str, arn: str) -> None:
        place.call("iam", f"{verb}{kind}Policy", **{f"{kind}Name": target}, PolicyArn=arn)


class PolicyProvider(Provider):
    """An inline policy, put into the roles, groups and users that it lists."""

    name_property: ClassVar[str] = "PolicyName"
    properties: ClassVar[frozenset[str]] = frozenset(
        {"Groups", "PolicyDocument", "PolicyName", "Roles", "Users"}
    )
    required: ClassVar[frozenset[str]] = frozenset({"PolicyDocument", "PolicyName"})

    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        physical_id = f"{place.stack_name[:5]}-{logical_id[:5]}-{properties['PolicyName']}"
        with completing(physical_id):
            self._put(place, properties)
        return Made(physical_id)

    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made:
        gone = set(_targets(old)) - set(_targets(new))
        if old["PolicyName"] != new["PolicyName"]:
            gone = set(_targets(old))
        self._remove(place, gone, old["PolicyName"])
        self._put(place, new)
        return Made(physical_id)

    def delete(self, place: Place, physical_id: str, properties: Properties) -> None:
        del physical_id
        self._remove(place, set(_targets(properties)), properties["PolicyName"])

    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        del physical_id
        for kind, target in _targets(properties):
            try:
                found = place.call(
                    "iam",
                    f"Get{kind}Policy",
                    **{f"{kind}Name": target},
                    PolicyName=properties["PolicyName"],
                )
            except AwsError:
                return None
            actual = json.loads(unquote(found["PolicyDocument"]))
            if actual != properties["PolicyDocument"]:
                return {**properties, "PolicyDocument": actual}
        return properties

    def _put(self, place: Place, properties: Properties) -> None:
        for kind, target in _targets(properties):
            place.call(
                "iam",
                f"Put{kind}Policy",
                **{f"{kind}Name": target},
                PolicyName=properties["PolicyName"],
                PolicyDocument=document(properties["PolicyDocument"]),
            )

    def _remove(self, place: Place, targets: set[tuple[str, str]], name: str) -> None:
        for kind, target in targets:
            try:
                who = {f"{kind}Name": target}
                place.call("iam", f"Delete{kind}Policy", **who, PolicyName=name)
            except AwsError as error:
                if not is_missing(error):
                    raise
