"""Lengths, ranges, patterns and enums of parameters, as the service models state them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from sandbox.errors import AwsError, validation_error

_TAG_CHARACTERS = r"[\w\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000.:/=+\-@]"


def check(shape: Shape | None, params: dict[str, Any]) -> None:
    """Raise AWS's ValidationError that lists every parameter outside its constraints."""
    if shape is None:
        return
    problems = list(_problems(shape, params, ""))
    if problems:
        plural = "s" if len(problems) > 1 else ""
        raise validation_error(
            f"{len(problems)} validation error{plural} detected: {'; '.join(problems)}"
        )


def require(shape: StructureShape, params: dict[str, Any]) -> None:
    for name in shape.required_members:
        if name not in params:
            raise AwsError(
                "MissingParameter", f"The request must contain the parameter {name}.", 400
            )


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if name in value:
                yield from _problems(member, value[name], _join(path, name))
    elif isinstance(shape, ListShape):
        yield from _size_problems(shape, value, len(value), path)
        for number, entry in enumerate(value, 1):
            yield from _problems(shape.member, entry, f"{path}.{number}.member")
    elif shape.type_name in ("integer", "long"):
        yield from _size_problems(shape, value, value, path)
    elif shape.type_name == "string":
        yield from _string_problems(shape, value, path)


def _join(path: str, name: str) -> str:
    camel = name[:1].lower() + name[1:]
    return f"{path}.{camel}" if path else camel


def _size_problems(shape: Shape, value: Any, size: int, path: str) -> Iterator[str]:
    kind = "value" if shape.type_name in ("integer", "long") else "length"
    for bound, is_outside, words in (
        ("min", lambda limit: size < limit, "greater than or equal to"),
        ("max", lambda limit: size > limit, "less than or equal to"),
    ):
        if bound in shape.metadata and is_outside(shape.metadata[bound]):
            yield (
                f"Value {_shown(shape, value)} at '{path}' failed to satisfy constraint: "
                f"Member must have {kind} {words} {shape.metadata[bound]}"
            )


def _string_problems(shape: Shape, value: str, path: str) -> Iterator[str]:
    yield from _size_problems(shape, value, len(value), path)
    pattern = shape.metadata.get("pattern")
    expression = _compiled(pattern) if pattern else None
    if expression and not expression.fullmatch(value):
        yield (
            f"Value {_shown(shape, value)} at '{path}' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {pattern}"
        )
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield (
            f"Value {_shown(shape, value)} at '{path}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        )


def _shown(shape: Shape, value: Any) -> str:
    return "'***'" if shape.metadata.get("sensitive") else f"'{value}'"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    if r"\p{" in pattern:
        # Java's Unicode classes, which only tags use in our services.
        return re.compile(_TAG_CHARACTERS + pattern[-1]) if pattern[-1] in "*+" else None
    return re.compile(pattern, re.ASCII)
