"""Parameters of one account and region: names, values, filters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.arns import arn_of
from sandbox.errors import AwsError
from sandbox.world import World

_NAME = re.compile(r"[A-Za-z0-9_.\-/]+")
_RESERVED = re.compile(r"/?(aws|ssm)", re.IGNORECASE)
_MAXIMUM_LEVELS = 15
_STANDARD_SIZE = 4096
_ADVANCED_SIZE = 8192


@dataclass
class Version:
    number: int
    value: str = field(repr=False)
    ciphertext: str
    key_id: str | None  # as it was given
    key_arn: str | None
    modified: datetime
    description: str
    modified_by: str


@dataclass
class Parameter:
    name: str
    type: str
    tier: str
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
        return arn_of("ssm", self.account_id, f"parameter/{name.lstrip('/')}", self.region)

    def find(self, name: str) -> Parameter:
        name = self.plain_name(name)
        if name not in self.parameters:
            raise AwsError("ParameterNotFound", f"Parameter {name} not found.")
        return self.parameters[name]

    def plain_name(self, name: str) -> str:
        """The name of a parameter that is given by name or by ARN."""
        if not name.startswith("arn:"):
            return name
        head, _separator, path = name.partition(":parameter")
        if f"{head}:parameter/" != self.arn(""):
            raise AwsError("ParameterNotFound", f"Parameter {name} not found.")
        return path if path.count("/") > 1 else path.lstrip("/")


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise invalid(
            f'Parameter name: "{name}": can\'t contain anything but letters, digits, "." "-" "_" '
            'and "/"; only a mix of these symbols is allowed.'
        )
    if "/" in name and not name.startswith("/"):
        raise invalid("Parameter name must be a fully qualified name.")
    if name.endswith("/") or "//" in name:
        raise invalid("Parameter name must not end with a slash or have empty levels.")
    if _RESERVED.match(name):
        raise invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
    if name.count("/") > _MAXIMUM_LEVELS:
        raise AwsError("HierarchyLevelLimitExceededException", "A hierarchy has at most 15 levels.")


def check_value(value: str, tier: str) -> None:
    if not value:
        raise invalid("Parameter value can't be empty.")
    maximum = _ADVANCED_SIZE if tier == "Advanced" else _STANDARD_SIZE
    if len(value) > maximum:
        raise invalid(
            f"{tier} tier parameters support a maximum parameter value of {maximum} characters."
        )


def is_below(name: str, path: str, *, recursive: bool) -> bool:
    prefix = path.rstrip("/") + "/"
    return name.startswith(prefix) and (recursive or "/" not in name[len(prefix) :])


def passes(parameter: Parameter, wanted: dict[str, Any]) -> bool:
    key, values = wanted["Key"], wanted.get("Values", [])
    if key == "Path":
        recursive = wanted.get("Option") == "Recursive"
        return any(is_below(parameter.name, path, recursive=recursive) for path in values)
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
        "KeyId": parameter.latest.key_id or "",
    }
    if key not in known:
        raise AwsError("InvalidFilterKey", f"The filter key {key} is not valid.")
    return known[key]


def invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message, 400)
