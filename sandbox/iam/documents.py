"""Policy documents: IAM's grammar in the basics, and sizes without white space."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from sandbox.arns import is_here
from sandbox.errors import AwsError

_VERSIONS = ("2012-10-17", "2008-10-17")
_KEYS = {"Version", "Id", "Statement"}
_STATEMENT_KEYS = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
}
_SID = re.compile(r"[A-Za-z0-9]*")
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_OPERATOR = re.compile(
    r"(?:ForAllValues:|ForAnyValue:)?(?:Null|(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)"
    r"|(?:Numeric|Date)(?:Not)?Equals|(?:Numeric|Date)(?:Less|Greater)Than(?:Equals)?"
    r"|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like))(?:IfExists)?)"
)


def size(document: str) -> int:
    """The size that counts against quotas: IAM does not count white space."""
    return len(re.sub(r"\s", "", document))


def encoded(document: str) -> str:
    """As IAM returns documents: percent-encoded."""
    return quote(document, safe="")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def check_identity_policy(document: str) -> None:
    for statement in _statements(document):
        if {"Principal", "NotPrincipal"} & statement.keys():
            raise _malformed("Policy document should not specify a principal.")
        if not {"Resource", "NotResource"} & statement.keys():
            raise _malformed("Policy statement must contain resources.")
        _check_resources(statement)


def check_trust_policy(document: str) -> None:
    for statement in _statements(document):
        if {"Resource", "NotResource"} & statement.keys():
            raise _malformed("Has prohibited field Resource")
        if not {"Principal", "NotPrincipal"} & statement.keys():
            raise _malformed("Missing required field Principal")
        _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
        for action in as_list(statement.get("Action", [])):
            if action != "*" and not action.startswith("sts:"):
                raise _malformed("AssumeRole policy may only specify STS AssumeRole actions.")


def _statements(document: str) -> list[dict[str, Any]]:
    try:
        content = json.loads(document)
    except ValueError:
        raise _malformed("This policy contains invalid Json") from None
    if not isinstance(content, dict) or content.keys() - _KEYS or "Statement" not in content:
        raise _malformed("Syntax errors in policy.")
    if content.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise _malformed("Syntax errors in policy.")
    statements = as_list(content["Statement"])
    if not statements:
        raise _malformed("Syntax errors in policy.")
    for statement in statements:
        _check_statement(statement)
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(sids)) < len(sids):
        raise _malformed("Statement IDs (SID) in a single policy must be unique.")
    return statements


def _check_statement(statement: Any) -> None:
    if not isinstance(statement, dict) or statement.keys() - _STATEMENT_KEYS:
        raise _malformed("Syntax errors in policy.")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed("Syntax errors in policy.")
    if not _SID.fullmatch(statement.get("Sid", "")):
        raise _malformed("Statement IDs (SID) must be alpha-numeric.")
    if ("Action" in statement) == ("NotAction" in statement):
        raise _malformed("Policy statement must contain actions.")
    for action in as_list(statement.get("Action", statement.get("NotAction"))):
        if not isinstance(action, str) or not _ACTION.fullmatch(action):
            raise _malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb")
    _check_conditions(statement.get("Condition", {}))


def _check_conditions(conditions: Any) -> None:
    if not isinstance(conditions, dict):
        raise _malformed("Syntax errors in policy.")
    for operator, keys in conditions.items():
        if not _OPERATOR.fullmatch(operator):
            raise _malformed(f"Invalid Condition type : {operator}.")
        if not isinstance(keys, dict):
            raise _malformed("Syntax errors in policy.")


def _check_resources(statement: dict[str, Any]) -> None:
    for resource in as_list(statement.get("Resource", statement.get("NotResource"))):
        if resource != "*" and not str(resource).startswith("arn:"):
            raise _malformed(f'Resource {resource} must be in ARN format or "*".')
        if resource != "*" and not is_here(resource):
            partition = resource.split(":")[1]
            raise _malformed(f'Partition "{partition}" is not valid for resource "{resource}".')


def _check_principal(principal: Any) -> None:
    if principal == "*":
        return
    if not isinstance(principal, dict) or not principal:
        raise _malformed("Syntax errors in policy.")
    if principal.keys() - {"AWS", "Service", "Federated", "CanonicalUser"}:
        raise _malformed("Invalid principal in policy.")
    for entry in as_list(principal.get("AWS", [])):
        if entry != "*" and not re.fullmatch(r"\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+", entry):
            raise _malformed(f'Invalid principal in policy: "AWS":"{entry}"')
        if entry.startswith("arn:") and not is_here(entry):
            raise _malformed(f'Invalid principal in policy: "AWS":"{entry}"')
        if entry != "*" and "*" in entry:
            raise _malformed(f'Invalid principal in policy: "AWS":"{entry}"')


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message, 400)
