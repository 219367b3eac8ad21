"""Template parameters: given values, defaults and their constraints."""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import validation_error

Given = list[dict[str, Any]]
Values = dict[str, str]


def resolve(declared: dict[str, Any], given: Given, previous: Values) -> Values:
    """The value of every declared parameter as text; previous ones where the caller says so."""
    unknown = [g["ParameterKey"] for g in given if g["ParameterKey"] not in declared]
    if unknown:
        raise validation_error(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {name: str(d["Default"]) for name, d in declared.items() if "Default" in d}
    for each in given:
        key = each["ParameterKey"]
        if each.get("UsePreviousValue"):
            _check_has_previous(key, previous)
            values[key] = previous[key]
        elif "ParameterValue" in each:
            values[key] = each["ParameterValue"]
    missing = [name for name in declared if name not in values]
    if missing:
        raise validation_error(f"Parameters: [{', '.join(missing)}] must have values")
    for name, declaration in declared.items():
        _check(name, declaration, values[name])
    return values


def _check_has_previous(key: str, previous: Values) -> None:
    if key not in previous:
        raise validation_error(
            f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true "
            "for a parameter key not in the previous template"
        )


def _check(name: str, declaration: dict[str, Any], value: str) -> None:
    allowed = [str(each) for each in declaration.get("AllowedValues", [])]
    entries = typed(declaration, value)
    for entry in entries if isinstance(entries, list) else [value]:
        if allowed and entry not in allowed:
            raise _violation(declaration, name, f"member [{', '.join(allowed)}]")
        pattern = declaration.get("AllowedPattern")
        if pattern and not re.fullmatch(pattern, entry):
            raise _violation(declaration, name, f"must match pattern {pattern}")
    if declaration["Type"] == "Number":
        _check_number(name, declaration, value)
    if len(value) < int(declaration.get("MinLength", 0)):
        raise _violation(declaration, name, f"minimum length {declaration['MinLength']}")
    if len(value) > int(declaration.get("MaxLength", len(value))):
        raise _violation(declaration, name, f"maximum length {declaration['MaxLength']}")


def _check_number(name: str, declaration: dict[str, Any], value: str) -> None:
    try:
        number = float(value)
    except ValueError:
        raise validation_error(f"Parameter '{name}' must be a number.") from None
    low, high = declaration.get("MinValue", number), declaration.get("MaxValue", number)
    if not float(low) <= number <= float(high):
        raise _violation(declaration, name, f"must be between {low} and {high}")


def _violation(declaration: dict[str, Any], name: str, constraint: str) -> Exception:
    words = declaration.get("ConstraintDescription", f"failed to satisfy constraint: {constraint}")
    return validation_error(f"Parameter '{name}' {words}")


def typed(declaration: dict[str, Any], value: str) -> str | list[str]:
    """What Ref gives: a list for the list types."""
    kind = declaration["Type"]
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [entry.strip() for entry in value.split(",")] if value else []
    return value


def shown(declared: dict[str, Any], values: Values) -> list[dict[str, str]]:
    return [
        {
            "ParameterKey": name,
            "ParameterValue": "****" if declared[name].get("NoEcho") else value,
        }
        for name, value in values.items()
    ]
