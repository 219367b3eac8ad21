"""What roles, groups and users have in common: attached and inline policies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from sandbox.cloudformation.resources.base import Place, Properties, document
from sandbox.errors import AwsError, validation_error


class PrincipalPolicies:
    """The policies of one principal, as the properties of its template give them."""

    def __init__(self, place: Place, kind: str, name: str) -> None:
        self._place = place
        self._kind = kind
        self._who = {f"{kind}Name": name}

    def apply(self, old: Properties, new: Properties) -> None:
        """Bring the policies from what the old properties said to what the new ones say."""
        self._attach(set(old.get("ManagedPolicyArns", [])), new.get("ManagedPolicyArns", []))
        wanted = {policy["PolicyName"]: policy["PolicyDocument"] for policy in inline_policies(new)}
        for policy in inline_policies(old):
            if policy["PolicyName"] not in wanted:
                self._forget("Delete{}Policy", PolicyName=policy["PolicyName"])
        for name, content in wanted.items():
            self._call("Put{}Policy", PolicyName=name, PolicyDocument=document(content))

    def _attach(self, before: set[str], wanted: list[str]) -> None:
        if len(set(wanted)) < len(wanted):
            raise validation_error("Properties validation failed: ManagedPolicyArns repeats an ARN")
        for arn in before - set(wanted):
            self._forget("Detach{}Policy", PolicyArn=arn)
        for arn in wanted:
            self._call("Attach{}Policy", PolicyArn=arn)

    def remove_own(self, properties: Properties) -> None:
        """Before a delete: only what the template gave; foreign ones block the delete."""
        attached = self._call("ListAttached{}Policies")["AttachedPolicies"]
        names = self._call("List{}Policies")["PolicyNames"]
        arns = {each["PolicyArn"] for each in attached} & set(
            properties.get("ManagedPolicyArns", [])
        )
        own = [each for each in inline_policies(properties) if each["PolicyName"] in names]
        self.apply({"ManagedPolicyArns": list(arns), "Policies": own}, {})

    def read(self, properties: Properties) -> Properties:
        attached = self._call("ListAttached{}Policies")["AttachedPolicies"]
        actual: Properties = {"ManagedPolicyArns": sorted(each["PolicyArn"] for each in attached)}
        names = self._call("List{}Policies")["PolicyNames"]
        if "Policies" in properties or names:
            actual["Policies"] = [self._inline(name) for name in sorted(names)]
        return actual

    def _inline(self, name: str) -> dict[str, Any]:
        encoded = self._call("Get{}Policy", PolicyName=name)["PolicyDocument"]
        return {"PolicyName": name, "PolicyDocument": json.loads(unquote(encoded))}

    def _forget(self, operation: str, **params: Any) -> None:
        # Somebody may have removed it by hand.
        try:
            self._call(operation, **params)
        except AwsError as error:
            if error.code != "NoSuchEntity":
                raise

    def _call(self, operation: str, **params: Any) -> dict[str, Any]:
        return self._place.call("iam", operation.format(self._kind), **self._who, **params)


def inline_policies(properties: Properties) -> list[dict[str, Any]]:
    policies: list[dict[str, Any]] = properties.get("Policies", [])
    return policies
