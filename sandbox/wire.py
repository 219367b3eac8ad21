"""The query protocol of IAM, STS and CloudFormation, driven by botocore's service models."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    OperationNotFoundError,
    ServiceModel,
    Shape,
    StructureShape,
)

from sandbox.errors import AwsError

Tree = dict[str, Any]


@cache
def service_model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def operation_model(service: str, operation: str) -> OperationModel:
    try:
        return service_model(service).operation_model(operation)
    except OperationNotFoundError:
        raise AwsError(
            "InvalidAction", f"Could not find operation {operation} for {service}", 400
        ) from None


@cache
def http_status_of(service: str, code: str) -> int:
    """The HTTP status that the service model gives an error code; 400 when it gives none."""
    for shape in service_model(service).error_shapes:
        error = shape.metadata.get("error", {})
        if code in (error.get("code"), shape.name):
            return int(error.get("httpStatusCode", 400))
    return 400


def parse_query(shape: Shape | None, form: dict[str, str]) -> dict[str, Any]:
    """The parameters of a call as botocore's caller gave them."""
    if shape is None:
        return {}
    tree: Tree = {}
    for key, value in form.items():
        node = tree
        *parents, last = key.split(".")
        for parent in parents:
            below = node.setdefault(parent, {})
            node = below if isinstance(below, dict) else node
        node[last] = value
    parsed: dict[str, Any] = _parse(shape, tree)
    return parsed


def _parse(shape: Shape, node: Any) -> Any:
    if isinstance(shape, StructureShape):
        names = {name: _wire_name(member, name) for name, member in shape.members.items()}
        return {
            name: _parse(shape.members[name], node[wire])
            for name, wire in names.items()
            if isinstance(node, dict) and wire in node
        }
    if isinstance(shape, ListShape):
        entries = _numbered(node, _wire_name(shape.member, "member"))
        return [_parse(shape.member, entry) for entry in entries]
    if isinstance(shape, MapShape):
        return {entry["key"]: entry["value"] for entry in _numbered(node, "entry")}
    return _scalar(shape, node)


def _numbered(node: Any, name: str) -> list[Any]:
    # An empty list is sent as an empty string.
    below = node.get(name, {}) if isinstance(node, dict) else {}
    return [below[number] for number in sorted(below, key=int)]


def _scalar(shape: Shape, text: str) -> Any:
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name == "boolean":
        return text.lower() == "true"
    if shape.type_name == "blob":
        return base64.b64decode(text)
    return text


def _wire_name(shape: Shape, default: str) -> str:
    return str(shape.serialization.get("name", default))


def serialise_result(model: OperationModel, result: dict[str, Any], request_id: str) -> str:
    namespace = model.service_model.metadata["xmlNamespace"]
    parts = [f'<{model.name}Response xmlns="{namespace}">']
    if model.output_shape is not None:
        wrapper = model.output_shape.serialization.get("resultWrapper", f"{model.name}Result")
        parts += [f"<{wrapper}>", *_members(model.output_shape, result), f"</{wrapper}>"]
    parts.append(f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>")
    parts.append(f"</{model.name}Response>")
    return "".join(parts)


def serialise_error(error: AwsError, status: int, request_id: str) -> str:
    fault = "Sender" if status < 500 else "Receiver"
    return (
        f"<ErrorResponse><Error><Type>{fault}</Type><Code>{escape(error.code)}</Code>"
        f"<Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _members(shape: Shape, value: dict[str, Any]) -> Iterator[str]:
    members: dict[str, Shape] = shape.members
    unknown = value.keys() - members.keys()
    if unknown:
        raise TypeError(f"{shape.name} has no {', '.join(sorted(unknown))}")
    for name, content in value.items():
        if content is not None:
            wire = _wire_name(members[name], name)
            yield f"<{wire}>"
            yield from _content(members[name], content)
            yield f"</{wire}>"


def _content(shape: Shape, value: Any) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _members(shape, value)
    elif isinstance(shape, ListShape):
        wire = _wire_name(shape.member, "member")
        for entry in value:
            yield f"<{wire}>"
            yield from _content(shape.member, entry)
            yield f"</{wire}>"
    elif isinstance(shape, MapShape):
        for key, entry in value.items():
            yield f"<entry><key>{escape(str(key))}</key><value>"
            yield from _content(shape.value, entry)
            yield "</value></entry>"
    else:
        yield _TEXT.get(shape.type_name, _plain)(value)


def _plain(value: Any) -> str:
    # A bare carriage return would become a newline in the client's XML parser.
    return escape(str(value), {"\r": "&#13;"})


def _timestamp(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


_TEXT: dict[str, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "timestamp": _timestamp,
    "blob": lambda value: base64.b64encode(value).decode(),
}
