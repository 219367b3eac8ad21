# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Checking the conditions of policies: keys, operators, values and variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_network

from ..change import Json
from ..checking import Problems, suggest, type_name
from ..shown import quoted
from .vocabulary import (
    KEYS,
    OPERATORS,
    fitting_operators,
    is_fit,
    is_known_key,
    key_type,
    operator_family,
)

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_LITERALS = ("*", "?", "$")


def check_variables(problems: Problems, place: str, text: str) -> None:
    """Record policy variables such as ${aws:usrname} that AWS would fill with nothing."""
    for inside in _VARIABLE.findall(text):
        key = inside.split(",")[0].strip()
        if key not in _LITERALS and not is_known_key(key):
            hint = suggest(key, KEYS)
            problems.add(place, f"unknown policy variable '${{{inside}}}'{hint}")
    if "${" in _VARIABLE.sub("", text):
        problems.add(
            place, f"{quoted(text)} starts a policy variable with '${{' but does not close it"
        )


def check_condition(problems: Problems, place: str, condition: Json) -> None:
    """Record unknown operators and keys, and operators or values that do not fit their key."""
    if not isinstance(condition, Mapping):
        problems.add(place, f"expected a mapping of operators, found {type_name(condition)}")
        return
    for operator, keys in condition.items():
        at = f"{place}.{operator}"
        family = operator_family(str(operator))
        if family is None:
            problems.add(at, f"unknown operator{suggest(str(operator), OPERATORS)}")
        elif not isinstance(keys, Mapping) or not keys:
            problems.add(at, f"expected a mapping of condition keys, found {type_name(keys)}")
        else:
            for key, value in keys.items():
                _check_key(problems, f"{at}.{key}", str(operator), str(key), family)
                _check_values(problems, f"{at}.{key}", value, family)


def check_presence(problems: Problems, place: str, condition: Json) -> None:
    """Record what a permission demands in a way that a request without the key meets, too.

    Tags that are asked for are left alone: without them nothing is asked for.
    """
    for operator, key in _met_without_key(condition):
        if not _is_of_tags(key):
            problems.add(
                f"{place}.{operator}.{key}",
                f"also matches requests without {key}; require the key with Null {key} false, or "
                "use another operator",
            )
    for operator, key in _pairs(condition):
        if key.lower() == "aws:multifactorauthpresent" and operator.endswith("BoolIfExists"):
            problems.add(
                f"{place}.{operator}.{key}",
                "also matches requests without MFA information, such as those made with an access "
                "key; use Bool",
            )


def tags_without_presence(condition: Json) -> list[str]:
    """Return the keys of tags that a permission compares with ForAllValues and does not demand."""
    return [key for _operator, key in _met_without_key(condition) if _is_of_tags(key)]


def _met_without_key(condition: Json) -> list[tuple[str, str]]:
    """Return the operators ForAllValues with keys that no Null of the condition demands."""
    present = {
        key.lower()
        for operator, key in _pairs(condition)
        if operator == "Null" and _is_false(condition[operator][key])
    }
    return [
        (operator, key)
        for operator, key in _pairs(condition)
        if operator.startswith("ForAllValues:") and key.lower() not in present
    ]


def _pairs(condition: Json) -> list[tuple[str, str]]:
    """Return each operator of a condition with each of its keys."""
    if not isinstance(condition, Mapping):
        return []
    return [
        (str(operator), str(key))
        for operator, keys in condition.items()
        if isinstance(keys, Mapping)
        for key in keys
    ]


def _is_false(value: Json) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return str(first).lower() == "false"


def _is_of_tags(key: str) -> bool:
    return key.lower().startswith(("aws:tagkeys", "aws:requesttag/"))


def _check_key(problems: Problems, place: str, operator: str, key: str, family: str) -> None:
    if not is_known_key(key):
        problems.add(place, f"unknown condition key{suggest(key, KEYS)}")
        return
    value_type = key_type(key)
    if value_type is not None and not is_fit(family, value_type):
        problems.add(
            place,
            f"is {value_type.value}, which {operator} cannot compare; use one of "
            f"{', '.join(fitting_operators(value_type))}",
        )


def _check_values(problems: Problems, place: str, value: Json, family: str) -> None:
    values = value if isinstance(value, list | tuple) else [value]
    if not values:
        problems.add(place, "has no values, so it never matches")
    for entry in values:
        text = str(entry).lower() if isinstance(entry, bool) else entry
        if isinstance(text, int | float):
            text = str(text)
        if not isinstance(text, str):
            problems.add(place, f"expected a value, found {type_name(entry)}")
            continue
        check_variables(problems, place, text)
        problem = None if "${" in text else _value_problem(family, text)
        if problem:
            problems.add(place, f"{type_name(entry)} {problem}")


def _value_problem(family: str, text: str) -> str | None:
    check = _CHECKS.get(family)
    return check(text) if check else None


def network_problem(text: str) -> str | None:
    """Return what is wrong with a network in CIDR form or an address, if anything.

    IAM refuses some ways of writing that Python knows, such as masks, and reads others differently.
    """
    try:
        network = ip_network(text.partition("%")[0] if "%" in text else text, strict=False)
    except ValueError:
        return "is not a network such as 203.0.113.0/24 or 2001:db8::/32"
    if network.prefixlen == 0:
        return "covers the whole internet; remove it"
    if "%" in text:
        return "has a zone, which is meaningful on one machine only"
    normal = str(network if "/" in text else network.network_address)
    return None if text == normal else f"is not in the form that IAM expects; write {normal}"


def _boolean_problem(text: str) -> str | None:
    return None if text in ("true", "false") else "is neither true nor false"


def _number_problem(text: str) -> str | None:
    return None if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else "is not a number"


def _date_problem(text: str) -> str | None:
    if re.fullmatch(r"[0-9]+", text):
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return "is not a date such as 2027-03-31T00:00:00Z"
    return None


def _arn_problem(text: str) -> str | None:
    return None if text == "*" or text.count(":") >= 5 else "is not an ARN with six parts"


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "Bool": _boolean_problem,
    "Null": _boolean_problem,
    "Numeric": _number_problem,
    "Date": _date_problem,
    "IpAddress": network_problem,
    "Arn": _arn_problem,
}


def demands(condition: Json, keys: Sequence[str], *, only_exact: bool = False) -> bool:
    """Return whether a condition demands a value of one of the keys, so that it must be there.

    With only_exact a boolean must be true, and others equal to values without wildcards.
    """
    if not isinstance(condition, Mapping):
        return False
    wanted = {key.lower() for key in keys}
    return any(
        _is_demand(str(operator), value, only_exact=only_exact)
        for operator, listed in condition.items()
        if isinstance(listed, Mapping)
        for key, value in listed.items()
        if str(key).lower() in wanted
    )


_DEMANDING = ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool")


def _is_demand(operator: str, value: Json, *, only_exact: bool) -> bool:
    values = [str(v).lower() for v in (value if isinstance(value, list | tuple) else [value])]
    if operator not in _DEMANDING or not only_exact:
        return operator in _DEMANDING
    if operator == "Bool":
        return values == ["true"]
    return not any("*" in v or "?" in v for v in values)
