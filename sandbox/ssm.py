"""SSM Parameter Store, written anew: moto's ciphertext shows the plaintext."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.registry import operation
from sandbox.world import World

_NAME = re.compile(r"[A-Za-z0-9_.\-/]+")
_RESERVED = re.compile(r"/?(aws|ssm)", re.IGNORECASE)
_MAXIMUM_LEVELS = 15
_STANDARD_SIZE = 4096
_ADVANCED_SIZE = 8192
_HISTORY = 100


@dataclass
class Version:
    number: int
    value: str = field(repr=False)
    ciphertext: str
    modified: datetime
    description: str
    modified_by: str


@dataclass
class Parameter:
    name: str
    type: str
    tier: str
    key_id: str | None
    versions: list[Version] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def latest(self) -> Version:
        return self.versions[-1]


class ParameterStore:
    def __init__(self, world: World, account_id: str, region: str) -> None:
        del world
        self.account_id = account_id
        self.region = region
        self.parameters: dict[str, Parameter] = {}

    def arn(self, name: str) -> str:
        return f"arn:aws:ssm:{self.region}:{self.account_id}:parameter/{name.lstrip('/')}"

    def find(self, name: str) -> Parameter:
        name = self.plain_name(name)
        if name not in self.parameters:
            raise AwsError("ParameterNotFound", f"Parameter {name} not found.")
        return self.parameters[name]

    def plain_name(self, name: str) -> str:
        """The name of a parameter that is given by name or by ARN."""
        if not name.startswith("arn:"):
            return name
        path = name.split(":parameter", 1)[-1]
        return path if path.count("/") > 1 else path.lstrip("/")


@operation("ssm", "PutParameter")
def put_parameter(call: Call) -> dict[str, Any]:
    store = call.regional(ParameterStore)
    name = call["Name"]
    _check_name(name)
    existing = store.parameters.get(name)
    parameter = _new_parameter(call) if existing is None else _overwritten(call, existing)
    _check_value(call["Value"], parameter.tier)
    store.parameters[name] = parameter
    number = parameter.latest.number + 1 if parameter.versions else 1
    parameter.versions.append(_version(call, number))
    del parameter.versions[:-_HISTORY]
    return {"Version": number, "Tier": parameter.tier}


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise _invalid(
            f'Parameter name: "{name}": can\'t contain anything but letters, digits, "." "-" "_" '
            'and "/"; only a mix of these symbols is allowed.'
        )
    if "/" in name and not name.startswith("/"):
        raise _invalid("Parameter name must be a fully qualified name.")
    if name.endswith("/") or "//" in name:
        raise _invalid("Parameter name must not end with a slash or have empty levels.")
    if _RESERVED.match(name):
        raise _invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
    if name.count("/") > _MAXIMUM_LEVELS:
        raise AwsError("HierarchyLevelLimitExceededException", "A hierarchy has at most 15 levels.")


def _check_value(value: str, tier: str) -> None:
    if not value:
        raise _invalid("Parameter value can't be empty.")
    maximum = _ADVANCED_SIZE if tier == "Advanced" else _STANDARD_SIZE
    if len(value) > maximum:
        raise _invalid(
            f"{tier} tier parameters support a maximum parameter value of {maximum} characters."
        )


def _new_parameter(call: Call) -> Parameter:
    if "Type" not in call.params:
        raise _invalid("A parameter type is required when you create a parameter.")
    key_id = call.get("KeyId", "alias/aws/ssm") if call["Type"] == "SecureString" else None
    tags = {tag["Key"]: tag["Value"] for tag in call.get("Tags", [])}
    return Parameter(call["Name"], call["Type"], call.get("Tier", "Standard"), key_id, tags=tags)


def _overwritten(call: Call, existing: Parameter) -> Parameter:
    if not call.get("Overwrite"):
        raise AwsError(
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in "
            "the request to true.",
        )
    if call.get("Tags"):
        raise _invalid("Invalid request: tags and overwrite can't be used together.")
    if call.get("Type", existing.type) != existing.type:
        raise AwsError(
            "HierarchyTypeMismatchException",
            f"The parameter {existing.name} has the type {existing.type}; it can't be changed.",
        )
    return existing


def _version(call: Call, number: int) -> Version:
    ciphertext = base64.b64encode(b"\x01\x02\x02" + os.urandom(len(call["Value"]) + 96)).decode()
    now = call.world.clock.now()
    description = call.get("Description", "")
    return Version(number, call["Value"], ciphertext, now, description, call.caller.arn)


@operation("ssm", "GetParameter")
def get_parameter(call: Call) -> dict[str, Any]:
    return {"Parameter": _by_selector(call, call["Name"])}


@operation("ssm", "GetParameters")
def get_parameters(call: Call) -> dict[str, Any]:
    found, invalid = [], []
    for name in call["Names"]:
        try:
            found.append(_by_selector(call, name))
        except AwsError:
            invalid.append(name)
    return {"Parameters": found, "InvalidParameters": invalid}


def _by_selector(call: Call, name: str) -> dict[str, Any]:
    store = call.regional(ParameterStore)
    base, _, selector = name.rpartition(":") if re.search(r":\d+$", name) else (name, "", "")
    parameter = store.find(base)
    version = parameter.latest
    if selector:
        numbered = [v for v in parameter.versions if v.number == int(selector)]
        if not numbered:
            raise AwsError("ParameterVersionNotFound", f"{base} has no version {selector}.")
        version = numbered[0]
    return _value_view(call, store, parameter, version)


@operation("ssm", "GetParametersByPath")
def get_parameters_by_path(call: Call) -> dict[str, Any]:
    store = call.regional(ParameterStore)
    path = call["Path"]
    if not path.startswith("/"):
        raise _invalid("The parameter doesn't meet the parameter name requirements.")
    found = [
        parameter
        for name, parameter in sorted(store.parameters.items())
        if _is_below(name, path, recursive=call.get("Recursive", False))
    ]
    chosen, rest = _cut(call, found, 10)
    return {"Parameters": [_value_view(call, store, p, p.latest) for p in chosen], **rest}


@operation("ssm", "DescribeParameters")
def describe_parameters(call: Call) -> dict[str, Any]:
    store = call.regional(ParameterStore)
    filters = [
        *call.get("ParameterFilters", []),
        *({**each, "Option": "BeginsWith"} for each in call.get("Filters", [])),
    ]
    found = [
        parameter
        for _, parameter in sorted(store.parameters.items())
        if all(_passes(parameter, each) for each in filters)
    ]
    chosen, rest = _cut(call, found, 50)
    return {"Parameters": [_metadata_view(store, p, p.latest) for p in chosen], **rest}


@operation("ssm", "GetParameterHistory")
def get_parameter_history(call: Call) -> dict[str, Any]:
    store = call.regional(ParameterStore)
    parameter = store.find(call["Name"])
    chosen, rest = _cut(call, parameter.versions, 50)
    views = [
        {
            **_metadata_view(store, parameter, version),
            "Value": _shown_value(call, parameter, version),
        }
        for version in chosen
    ]
    return {"Parameters": views, **rest}


@operation("ssm", "DeleteParameter")
def delete_parameter(call: Call) -> dict[str, Any]:
    store = call.regional(ParameterStore)
    del store.parameters[store.find(call["Name"]).name]
    return {}


@operation("ssm", "DeleteParameters")
def delete_parameters(call: Call) -> dict[str, Any]:
    parameters = call.regional(ParameterStore).parameters
    deleted = [name for name in call["Names"] if parameters.pop(name, None)]
    missing = [name for name in call["Names"] if name not in deleted]
    return {"DeletedParameters": deleted, "InvalidParameters": missing}


@operation("ssm", "AddTagsToResource")
def add_tags(call: Call) -> dict[str, Any]:
    tags = {tag["Key"]: tag["Value"] for tag in call["Tags"]}
    _tagged(call).tags.update(tags)
    return {}


@operation("ssm", "RemoveTagsFromResource")
def remove_tags(call: Call) -> dict[str, Any]:
    tags = _tagged(call).tags
    for key in call["TagKeys"]:
        tags.pop(key, None)
    return {}


@operation("ssm", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any]:
    tags = _tagged(call).tags
    return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _tagged(call: Call) -> Parameter:
    if call["ResourceType"] != "Parameter":
        raise AwsError("NotImplemented", "The sandbox tags parameters only.", 501)
    try:
        return call.regional(ParameterStore).find(call["ResourceId"])
    except AwsError:
        raise AwsError("InvalidResourceId", "The resource ID isn't valid.") from None


def _value_view(
    call: Call, store: ParameterStore, parameter: Parameter, version: Version
) -> dict[str, Any]:
    return {
        "Name": parameter.name,
        "Type": parameter.type,
        "Value": _shown_value(call, parameter, version),
        "Version": version.number,
        "LastModifiedDate": version.modified,
        "ARN": store.arn(parameter.name),
        "DataType": "text",
    }


def _shown_value(call: Call, parameter: Parameter, version: Version) -> str:
    is_hidden = parameter.type == "SecureString" and not call.get("WithDecryption")
    return version.ciphertext if is_hidden else version.value


def _metadata_view(store: ParameterStore, parameter: Parameter, version: Version) -> dict[str, Any]:
    optional = {"KeyId": parameter.key_id, "Description": version.description}
    return {
        "Name": parameter.name,
        "ARN": store.arn(parameter.name),
        "Type": parameter.type,
        "LastModifiedDate": version.modified,
        "LastModifiedUser": version.modified_by,
        "Version": version.number,
        "Tier": parameter.tier,
        "Policies": [],
        "DataType": "text",
        **{key: value for key, value in optional.items() if value},
    }


def _is_below(name: str, path: str, *, recursive: bool) -> bool:
    prefix = path.rstrip("/") + "/"
    return name.startswith(prefix) and (recursive or "/" not in name[len(prefix) :])


def _passes(parameter: Parameter, wanted: dict[str, Any]) -> bool:
    key, values = wanted["Key"], wanted.get("Values", [])
    if key == "Path":
        recursive = wanted.get("Option") == "Recursive"
        return any(_is_below(parameter.name, path, recursive=recursive) for path in values)
    if key.startswith("tag:"):
        value = parameter.tags.get(key.removeprefix("tag:"))
        return value is not None and (not values or value in values)
    actual = _field(parameter, key)
    tests = {"BeginsWith": actual.startswith, "Contains": lambda value: value in actual}
    test = tests.get(wanted.get("Option", "Equals"), lambda value: value == actual)
    return any(test(value) for value in values)


def _field(parameter: Parameter, key: str) -> str:
    known = {
        "Name": parameter.name,
        "Type": parameter.type,
        "Tier": parameter.tier,
        "KeyId": parameter.key_id or "",
    }
    if key not in known:
        raise AwsError("InvalidFilterKey", f"The filter key {key} is not valid.")
    return known[key]


def _cut(call: Call, items: list[Any], default: int) -> tuple[list[Any], dict[str, str]]:
    token = call.get("NextToken") or "0"
    if not token.isdigit():
        raise AwsError("InvalidNextToken", "The specified token isn't valid.")
    end = int(token) + call.get("MaxResults", default)
    return items[int(token) : end], {"NextToken": str(end)} if end < len(items) else {}


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message, 400)
