"""Intrinsic functions, conditions and pseudo parameters."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.arns import partition, url_suffix
from sandbox.errors import validation_error

_SUBSTITUTION = re.compile(r"\$\{([^!{}][^{}]*)\}")
NO_VALUE = object()


@dataclass
class Scope:
    """What references can see: parameters, pseudo parameters, conditions, made resources."""

    values: dict[str, Any]
    conditions: dict[str, Any] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)
    physical_ids: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def resolve(self, node: Any) -> Any:
        """A template node with every function replaced by its value."""
        if isinstance(node, list):
            resolved = [self.resolve(each) for each in node]
            return [each for each in resolved if each is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            function = _FUNCTIONS.get(name)
            if function:
                return function(self, argument)
        resolved_items = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved_items.items() if value is not NO_VALUE}

    def holds(self, condition: str) -> bool:
        if condition not in self.conditions:
            raise validation_error(
                f"Template format error: Unresolved condition dependency {condition}"
            )
        return bool(self.resolve(self.conditions[condition]))


def pseudo_parameters(account_id: str, region: str, name: str, arn: str) -> dict[str, Any]:
    return {
        "AWS::AccountId": account_id,
        "AWS::Region": region,
        "AWS::Partition": partition(),
        "AWS::URLSuffix": url_suffix(),
        "AWS::StackName": name,
        "AWS::StackId": arn,
        "AWS::NotificationARNs": [],
        "AWS::NoValue": NO_VALUE,
    }


def references(node: Any) -> Iterator[str]:
    """The names that a node refers to with Ref, GetAtt or Sub."""
    if isinstance(node, list):
        for each in node:
            yield from references(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref":
                yield value
            elif key == "Fn::GetAtt":
                yield (value if isinstance(value, list) else value.split("."))[0]
            elif key == "Fn::Sub":
                yield from _sub_references(value)
            else:
                yield from references(value)


def depends_on(declaration: dict[str, Any]) -> list[str]:
    explicit = declaration.get("DependsOn", [])
    return [explicit] if isinstance(explicit, str) else list(explicit)


def _sub_references(argument: Any) -> Iterator[str]:
    text, variables = argument if isinstance(argument, list) else (argument, {})
    yield from references(variables)
    for name in _SUBSTITUTION.findall(text):
        if name not in variables:
            yield name.split(".")[0]


def _ref(scope: Scope, name: str) -> Any:
    if name in scope.values:
        return scope.values[name]
    if name in scope.physical_ids:
        return scope.physical_ids[name]
    raise validation_error(
        f"Template format error: Unresolved resource dependencies [{name}] in the Resources block "
        "of the template"
    )


def _get_att(scope: Scope, argument: Any) -> Any:
    logical_id, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
    attributes = scope.attributes.get(logical_id)
    if attributes is None:
        return _ref(scope, logical_id)
    if attribute not in attributes:
        raise validation_error(
            f"Template error: resource {logical_id} does not support attribute type {attribute} "
            "in Fn::GetAtt"
        )
    return attributes[attribute]


def _sub(scope: Scope, argument: Any) -> str:
    text, variables = argument if isinstance(argument, list) else (argument, {})
    own = scope.resolve(variables)

    def replacement(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in own:
            return str(own[name])
        value = _get_att(scope, name) if "." in name else _ref(scope, name)
        return ",".join(value) if isinstance(value, list) else str(value)

    return _SUBSTITUTION.sub(replacement, text).replace("${!", "${")


def _join(scope: Scope, argument: Any) -> str:
    separator, parts = argument
    return str(separator).join(str(part) for part in scope.resolve(parts))


def _if(scope: Scope, argument: Any) -> Any:
    condition, when_true, when_false = argument
    return scope.resolve(when_true if scope.holds(condition) else when_false)


def _equals(scope: Scope, argument: Any) -> bool:
    left, right = (_text(scope.resolve(each)) for each in argument)
    return bool(left == right)


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _select(scope: Scope, argument: Any) -> Any:
    index, entries = scope.resolve(argument)
    return entries[int(index)]


def _split(scope: Scope, argument: Any) -> list[str]:
    separator, text = scope.resolve(argument)
    return str(text).split(separator)


def _find_in_map(scope: Scope, argument: Any) -> Any:
    name, first, second = scope.resolve(argument)
    try:
        return scope.mappings[name][first][second]
    except KeyError:
        raise validation_error(
            f"Template error: Unable to get mapping for {name}::{first}::{second}"
        ) from None


def _base64(scope: Scope, argument: Any) -> str:
    return base64.b64encode(str(scope.resolve(argument)).encode()).decode()


_FUNCTIONS: dict[str, Callable[[Scope, Any], Any]] = {
    "Ref": _ref,
    "Condition": lambda scope, name: (
        scope.holds(name) if isinstance(name, str) else {"Condition": scope.resolve(name)}
    ),
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::And": lambda scope, each: all(scope.resolve(each)),
    "Fn::Or": lambda scope, each: any(scope.resolve(each)),
    "Fn::Not": lambda scope, each: not scope.resolve(each)[0],
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::Base64": _base64,
}
