"""SSM Parameter Store, written anew: moto's ciphertext shows the plaintext."""

from __future__ import annotations

import base64
import os
import re
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.kms import SSM_ALIAS, use_through_ssm
from sandbox.parameter_store import (
    Parameter,
    ParameterStore,
    Version,
    check_name,
    check_value,
    invalid,
    is_below,
    passes,
)
from sandbox.registry import operation, resources

_HISTORY = 100


@resources("ssm")
def resources_of_ssm(call: Call) -> list[str]:
    """The parameters that policies name for a call."""
    store = call.regional(ParameterStore)
    single = [call.get(param) for param in ("Name", "Path", "ResourceId")]
    names: list[str] = [name for name in single if name] + call.get("Names", [])
    return [store.arn(store.plain_name(name)) for name in names] or ["*"]


@operation("ssm", "PutParameter")
def put_parameter(call: Call) -> dict[str, Any]:
    store = call.regional(ParameterStore)
    name = call["Name"]
    check_name(name)
    existing = store.parameters.get(name)
    parameter = _new_parameter(call) if existing is None else _overwritten(call, existing)
    check_value(call["Value"], parameter.tier)
    number = parameter.latest.number + 1 if parameter.versions else 1
    parameter.versions.append(_version(call, parameter, number))
    store.parameters[name] = parameter
    del parameter.versions[:-_HISTORY]
    return {"Version": number, "Tier": parameter.tier}


def _new_parameter(call: Call) -> Parameter:
    if "Type" not in call.params:
        raise invalid("A parameter type is required when you create a parameter.")
    tags = {tag["Key"]: tag["Value"] for tag in call.get("Tags", [])}
    return Parameter(call["Name"], call["Type"], call.get("Tier", "Standard"), tags=tags)


def _overwritten(call: Call, existing: Parameter) -> Parameter:
    if not call.get("Overwrite"):
        raise AwsError(
            "ParameterAlreadyExists",
            "The parameter already exists. To overwrite this value, set the overwrite option in "
            "the request to true.",
        )
    if call.get("Tags"):
        raise invalid("Invalid request: tags and overwrite can't be used together.")
    if call.get("Type", existing.type) != existing.type:
        raise AwsError(
            "HierarchyTypeMismatchException",
            f"The parameter {existing.name} has the type {existing.type}; it can't be changed.",
        )
    return existing


def _version(call: Call, parameter: Parameter, number: int) -> Version:
    key_id = call.get("KeyId", SSM_ALIAS) if parameter.type == "SecureString" else None
    arn = call.regional(ParameterStore).arn(parameter.name)
    key_arn = use_through_ssm(call, "Encrypt", key_id, arn) if key_id else None
    ciphertext = base64.b64encode(b"\x01\x02\x02" + os.urandom(len(call["Value"]) + 96)).decode()
    now = call.world.clock.now()
    description = call.get("Description", "")
    value, writer = call["Value"], call.caller.arn
    return Version(number, value, ciphertext, key_id, key_arn, now, description, writer)


@operation("ssm", "GetParameter")
def get_parameter(call: Call) -> dict[str, Any]:
    return {"Parameter": _by_selector(call, call["Name"])}


@operation("ssm", "GetParameters")
def get_parameters(call: Call) -> dict[str, Any]:
    found, unknown = [], []
    for name in call["Names"]:
        try:
            found.append(_by_selector(call, name))
        except AwsError:
            unknown.append(name)
    return {"Parameters": found, "InvalidParameters": unknown}


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
        raise invalid("The parameter doesn't meet the parameter name requirements.")
    found = [
        parameter
        for name, parameter in sorted(store.parameters.items())
        if is_below(name, path, recursive=call.get("Recursive", False))
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
        if all(passes(parameter, each) for each in filters)
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
    if version.key_arn is None:
        return version.value
    if not call.get("WithDecryption"):
        return version.ciphertext
    use_through_ssm(
        call, "Decrypt", version.key_arn, call.regional(ParameterStore).arn(parameter.name)
    )
    return version.value


def _metadata_view(store: ParameterStore, parameter: Parameter, version: Version) -> dict[str, Any]:
    optional = {"KeyId": version.key_id, "Description": version.description}
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


def _cut(call: Call, items: list[Any], default: int) -> tuple[list[Any], dict[str, str]]:
    token = call.get("NextToken") or "0"
    if not token.isdigit():
        raise AwsError("InvalidNextToken", "The specified token isn't valid.")
    end = int(token) + call.get("MaxResults", default)
    return items[int(token) : end], {"NextToken": str(end)} if end < len(items) else {}
