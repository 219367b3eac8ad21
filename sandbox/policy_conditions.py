"""The Condition element of policies: operators, IfExists, sets and policy variables."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Context = dict[str, str | list[str]]
KNOWN_KEYS = frozenset(
    key.lower()
    for key in (
        *("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"),
        *("aws:CurrentTime", "aws:EpochTime", "aws:MultiFactorAuthAge"),
        *("aws:MultiFactorAuthPresent", "aws:PrincipalAccount", "aws:PrincipalArn"),
        *("aws:PrincipalType", "aws:RequestedRegion", "aws:ResourceAccount"),
        *("aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:SourceIp"),
        *("aws:TokenIssueTime", "aws:userid", "aws:username", "aws:ViaAWSService"),
        *("iam:PassedToService", "iam:PermissionsBoundary", "iam:PolicyARN"),
        *("kms:CallerAccount", "kms:ViaService"),
        *("sts:ExternalId", "sts:RoleSessionName", "sts:SourceIdentity"),
    )
)
"""Keys that a call here carries or is known not to carry; any other is no reason to guess."""
_KNOWN_PREFIXES = ("aws:resourcetag/", "kms:encryptioncontext:")


class UnknownPolicyElementError(Exception):
    """A policy says something that this evaluator does not understand."""


_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def holds(conditions: dict[str, Any], context: Context) -> bool:
    """Whether every operator and key of a Condition element holds."""
    lowered = {key.lower(): value for key, value in context.items()}
    return all(
        _key_holds(operator, key, _strings(expected), lowered)
        for operator, keys in conditions.items()
        for key, expected in keys.items()
    )


def resolve(text: str, context: Context) -> str | None:
    """Put in policy variables; None when one has no value, and then nothing matches."""
    lowered = {key.lower(): value for key, value in context.items()}
    return _resolve(text, lowered)


def matches(pattern: str, text: str) -> bool:
    """``*`` and ``?`` as policies understand them."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _resolve(text: str, lowered: Context) -> str | None:
    names = _VARIABLE.findall(text)
    odd = [name for name in names if not re.fullmatch(r"[\w:/.-]+", name)]
    if odd:
        raise UnknownPolicyElementError(f"policy variable {odd[0]!r} in {text!r}")
    values = {name: lowered.get(name.lower()) for name in names}
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return _VARIABLE.sub(lambda found: str(values[found.group(1)]), text)


def _key_holds(operator: str, key: str, expected: list[str], context: Context) -> bool:
    quantifier, _, operator = operator.rpartition(":")
    _check(quantifier, operator, key, context)
    value = context.get(key.lower())
    if operator == "Null":
        return (value is None) == (expected[0].lower() == "true")
    base = operator.removesuffix("IfExists")
    is_negated = "Not" in base
    if value is None:
        # Of no values at all, any is none and all is none of them that fails; IfExists is about
        # each value, so that it says nothing here.
        return quantifier == "ForAllValues" or (not quantifier and (operator != base or is_negated))
    resolved = [each for each in (_resolve(text, context) for text in expected) if each is not None]
    if is_negated and not all(_can_differ(base, t, _strings(value), context) for t in expected):
        return False
    test = _TESTS[base.replace("Not", "")]
    hits = [any(_passes(test, actual, each) for each in resolved) for actual in _strings(value)]
    outcomes = [hit != is_negated for hit in hits]
    return any(outcomes) if quantifier == "ForAnyValue" or not quantifier else all(outcomes)


def _can_differ(base: str, wanted: str, actuals: list[str], context: Context) -> bool:
    """Nothing can be said to differ from a variable without value, unless it does before it."""
    if _resolve(wanted, context) is not None:
        return True
    return base.startswith("Arn") and all(is_of_another_head(wanted, each) for each in actuals)


def is_of_another_head(pattern: str, arn: str) -> bool:
    """Whether partition, service, region or account differ."""
    heads = zip(pattern.split(":")[:5], arn.split(":")[:5], strict=False)
    return any("$" not in wanted and not matches(wanted, actual) for wanted, actual in heads)


def _check(quantifier: str, operator: str, key: str, context: Context) -> None:
    base = operator.removesuffix("IfExists").replace("Not", "")
    if quantifier not in _QUANTIFIERS or (base not in _TESTS and operator != "Null"):
        raise UnknownPolicyElementError(f"condition operator {operator!r}")
    is_known = key.lower() in KNOWN_KEYS or key.lower().startswith(_KNOWN_PREFIXES)
    if not is_known and key.lower() not in context:
        raise UnknownPolicyElementError(f"condition key {key!r}")


def _passes(test: Callable[[str, str], bool], actual: str, wanted: str) -> bool:
    try:
        return test(actual, wanted)
    except ValueError:
        return False  # what is not a number, date or address matches none


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def _address_in(actual: str, network: str) -> bool:
    return ipaddress.ip_address(actual) in ipaddress.ip_network(network, strict=False)


def _arn_like(actual: str, pattern: str) -> bool:
    actual_parts, parts = actual.split(":", 5), pattern.split(":", 5)
    pairs = zip(actual_parts, parts, strict=False)
    return len(actual_parts) == len(parts) and all(matches(p, a) for a, p in pairs)


def _moment(text: str) -> float:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _ordered(
    convert: Callable[[str], float], compare: Callable[[float, float], bool]
) -> Callable[[str, str], bool]:
    return lambda actual, wanted: compare(convert(actual), convert(wanted))


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}
_QUANTIFIERS = ("", "ForAllValues", "ForAnyValue")
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda actual, wanted: actual == wanted,
    "StringEqualsIgnoreCase": lambda actual, wanted: actual.lower() == wanted.lower(),
    "StringLike": lambda actual, pattern: matches(pattern, actual),
    "Bool": lambda actual, wanted: actual.lower() == wanted.lower(),
    "BinaryEquals": lambda actual, wanted: actual == wanted,
    "IpAddress": _address_in,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    **{f"Numeric{name}": _ordered(float, compare) for name, compare in _ORDERS.items()},
    **{f"Date{name}": _ordered(_moment, compare) for name, compare in _ORDERS.items()},
}
