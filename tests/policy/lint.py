# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of what conditions may say: the evaluator takes a misspelt word for one never met.

A Deny with a misspelt key or operator denies nothing, in the evaluator as in AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = Any
_STRINGS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
_ARNS = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringEquals", "StringLike")
_NUMBERS = (
    *("NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals"),
)
_DATES = ("DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals")
KEYS: dict[str, tuple[str, ...]] = {
    "aws:CurrentTime": _DATES,
    "aws:MultiFactorAuthAge": _NUMBERS,
    "aws:MultiFactorAuthPresent": ("Bool",),
    "aws:PrincipalArn": _ARNS,
    "aws:ResourceTag/jumpaccount:owned": _STRINGS,
    "aws:SecureTransport": ("Bool",),
    "aws:SourceAccount": _STRINGS,
    "aws:SourceArn": _ARNS,
    "aws:SourceIp": ("IpAddress", "NotIpAddress"),
    "aws:TokenIssueTime": _DATES,
    "aws:ViaAWSService": ("Bool",),
    "aws:userid": _STRINGS,
    "kms:EncryptionContext:PARAMETER_ARN": _STRINGS,
    "sts:RoleSessionName": _STRINGS,
}
"""The keys that the product uses and the operators that fit their type."""


def problems_of(document: Json) -> Iterator[str]:
    """Give what the evaluator would silently misread in a document."""
    if document.get("Version") != "2012-10-17":
        yield "without its version ${...} is plain text"
    for statement in document["Statement"]:
        for operator, keys in statement.get("Condition", {}).items():
            for key, values in keys.items():
                yield from _problems_of_test(operator, key, values)


def _problems_of_test(operator: str, key: str, values: Json) -> Iterator[str]:
    if key not in KEYS:
        yield f"unknown key {key}"
        return
    if operator == "Null":
        return
    if operator.removesuffix("IfExists") not in KEYS[key]:
        yield f"operator {operator} does not fit {key}"
    for value in values if isinstance(values, list) else [values]:
        # The evaluator takes a number for milliseconds and compares it with dates.
        if operator.startswith("Date") and not value.endswith("Z"):
            yield f"{key}: {value} must be a date in UTC such as 2027-03-31T00:00:00Z"
        # It takes /0 for a single address.
        if key == "aws:SourceIp" and value.endswith("/0"):
            yield f"{key}: {value} cannot be decided here"
