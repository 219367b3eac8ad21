# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every single way in which a document can be a little weaker, one change at a time."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.policy.company import ACCOUNT_IDS, JUMP

Json = Any
_FOREIGN_ROOT = f"arn:aws:iam::{ACCOUNT_IDS['attacker']}:root"
# The evaluator takes /0 for a single address, so everything is written in halves.
_EVERY_ADDRESS = ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"]
_INVERSE = {"true": "false", "false": "true"}
_EXEMPT = ("iam:*", "sts:*", "s3:*", "ssm:*", "cloudformation:*", "signin:*", "kms:*")


@dataclass(frozen=True)
class Mutant:
    """A weaker document: the statement before and after the change, None if it is dropped."""

    change: str
    document: Json
    before: Json
    after: Json | None

    @property
    def name(self) -> str:
        """Return statement and change in words."""
        return f"{self.before.get('Sid', 'statement')}: {self.change}"


def mutants_of(document: Json) -> Iterator[Mutant]:
    """Give every mutant of a document."""
    statements = document["Statement"]
    for number, before in enumerate(statements):
        for change, after in _mutations(before):
            kept = [] if after is None else [after]
            changed = [*statements[:number], *kept, *statements[number + 1 :]]
            yield Mutant(change, {**document, "Statement": changed}, before, after)


def _mutations(statement: Json) -> Iterator[tuple[str, Json | None]]:
    if statement["Effect"] == "Deny":
        yield "dropped", None
        yield from _narrowed(statement)
    else:
        yield from _widened_resources(statement)
        yield from _widened_actions(statement)
        yield from _widened_principals(statement)
    yield from _conditions(statement)


def _narrowed(statement: Json) -> Iterator[tuple[str, Json]]:
    """A Deny that says less: without one of its actions or resources, or with more exempt."""
    for key in ("Action", "Resource"):
        values = _list(statement.get(key, []))
        for value in values if len(values) > 1 else []:
            rest = [other for other in values if other != value]
            yield f"{key} without {value}", {**statement, key: rest}
    if "NotAction" in statement:
        for exempt in _exemptable(statement["Resource"]):
            longer = [*_list(statement["NotAction"]), exempt]
            yield f"exempts {exempt}", {**statement, "NotAction": longer}
    for resource in _list(statement.get("NotResource", [])):
        for change, looser in _looser(resource):
            longer = [*_list(statement["NotResource"]), looser]
            yield f"exempts {resource} {change}", {**statement, "NotResource": longer}


def _exemptable(resources: list[str]) -> Iterator[str]:
    """Give the services whose actions a Deny on these resources can concern at all."""
    services = {resource.split(":")[2] if resource != "*" else "*" for resource in resources}
    for exempt in _EXEMPT:
        if services & {"*", exempt.partition(":")[0]}:
            yield exempt


def _widened_resources(statement: Json) -> Iterator[tuple[str, Json]]:
    resources = _list(statement.get("Resource", []))
    for number, resource in enumerate(resources):
        for change, looser in _looser(resource):
            changed = [*resources[:number], looser, *resources[number + 1 :]]
            yield f"Resource {resource} {change}", {**statement, "Resource": changed}


def _looser(resource: str) -> Iterator[tuple[str, str]]:
    if resource == "*":
        return
    yield "is *", "*"
    *head, account, tail = resource.split(":", 5)
    if account.isdigit():
        yield "in any account", ":".join([*head, "*", tail])
    kind, slash, name = tail.rpartition("/")
    for change, pattern in (
        ("of any name", "*"),
        ("with anything before its name", f"*{name}"),
        ("with anything after its name", f"{name}*"),
        ("under any path", f"*/{name}"),
    ):
        if slash and name != "*" and kind != "user/*":
            yield change, ":".join([*head, account, f"{kind}/{pattern}"])
    if "/*/" in tail:
        glued = tail.replace("/*/", "/*")
        yield "with its name glued to the path", ":".join([*head, account, glued])


def _widened_actions(statement: Json) -> Iterator[tuple[str, Json]]:
    services = {action.partition(":")[0] for action in _list(statement.get("Action", []))}
    for service in sorted(services - {"*"}):
        yield f"allows {service}:*", {**statement, "Action": [f"{service}:*"]}


def _widened_principals(statement: Json) -> Iterator[tuple[str, Json]]:
    principal = statement.get("Principal", {})
    if "AWS" in principal:
        more = {**principal, "AWS": [*_list(principal["AWS"]), _FOREIGN_ROOT]}
        yield "trusts everybody", {**statement, "Principal": {"AWS": ["*"]}}
        yield "trusts a foreign account too", {**statement, "Principal": more}
    if "Service" in principal:
        more = {**principal, "Service": [*_list(principal["Service"]), "lambda.amazonaws.com"]}
        yield "trusts another service too", {**statement, "Principal": more}
        own = {**principal, "AWS": [f"arn:aws:iam::{JUMP}:root"]}
        yield "trusts its own account too", {**statement, "Principal": own}


def _conditions(statement: Json) -> Iterator[tuple[str, Json]]:
    is_allow = statement["Effect"] == "Allow"
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            yield f"without {operator} {key}", _retested(statement, operator, key)
            for change, *test in _other_tests(operator, _list(values), is_allow):
                new = _retested(statement, operator, key, *test)
                yield f"{operator} {key} {change}", new


def _retested(
    statement: Json, operator: str, key: str, new_operator: str = "", values: Json = None
) -> Json:
    """Return the statement with the test of one key replaced, or left out."""
    condition = copy.deepcopy(statement["Condition"])
    del condition[operator][key]
    if new_operator:
        condition.setdefault(new_operator, {})[key] = values
    return {**statement, "Condition": {name: keys for name, keys in condition.items() if keys}}


def _other_tests(
    operator: str, values: list[str], is_allow: bool
) -> Iterator[tuple[str, str, list[str]]]:
    """Give weaker tests of a key: the change in words, the operator and the values."""
    base = operator.removesuffix("IfExists")
    if base != operator:
        yield "without IfExists", base, values
    elif is_allow and base != "Null":
        yield "if it exists", f"{base}IfExists", values
    if base in ("Bool", "Null"):
        yield "turned round", operator, [_INVERSE[value] for value in values]
    if base in ("IpAddress", "NotIpAddress"):
        yield "with any network", operator, _EVERY_ADDRESS
    yield from _other_limits(base, operator, values, is_allow)
    if base in ("StringEquals", "StringLike", "ArnEquals", "ArnLike") and is_allow:
        like = "ArnLike" if base.startswith("Arn") else "StringLike"
        looser = {_plain(loose) for value in values for loose in _looser_values(value)}
        # A pattern that is there already is no change.
        for loose in sorted(looser - (set(values) if base == like else set())):
            yield f"like {loose}", like, [loose]
    if not is_allow and len(values) > 1:
        for value in values:
            rest = [other for other in values if other != value]
            yield f"without {value}", operator, rest


def _other_limits(
    base: str, operator: str, values: list[str], is_allow: bool
) -> Iterator[tuple[str, str, list[str]]]:
    if base.startswith("Numeric"):
        yield "with a hundredfold number", operator, [str(int(value) * 100) for value in values]
    if base.startswith("Date"):
        later, earlier = "2199-01-01T00:00:00Z", "2001-01-01T00:00:00Z"
        yield "with another date", operator, [later if is_allow else earlier]


def _looser_values(value: str) -> Iterator[str]:
    if value.startswith("arn:"):
        yield "arn:*:*:*:*:*"
        yield value.replace(f":{JUMP}:", ":*:")
        yield value if value.endswith("*") else f"{value}*"
        yield value.rpartition("/")[0] + "/*"
        yield value.rpartition("/")[0] + "/*" + value.rpartition("/")[2]
        yield ":".join([*value.split(":")[:5], "*"])
    else:
        yield "*"
        yield f"*{value.removeprefix('*:')}"
        yield f"{value}*"


def _plain(pattern: str) -> str:
    return re.sub(r"\*+", "*", pattern)


def _list(value: Json) -> list[str]:
    return value if isinstance(value, list) else [value]
