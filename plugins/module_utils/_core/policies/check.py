# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Checking policies before AWS sees them, for what AWS accepts and yet voids or opens them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from ..change import Json
from ..checking import Problems, known_list, suggest, type_name
from ..shown import quoted
from .conditions import check_condition, check_presence, check_variables, demands
from .document import VERSION


class PolicyKind(Enum):
    """Where a policy stands, which decides what its statements must say."""

    IDENTITY = auto()
    RESOURCE = auto()
    TRUST = auto()


_DOCUMENT_KEYS = ("Version", "Id", "Statement")
_STATEMENT_KEYS = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
)
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?-]+", flags=re.ASCII)
_RESOURCE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+", flags=re.DOTALL)


def check_policy(
    problems: Problems, place: str, document: Json, kind: PolicyKind = PolicyKind.IDENTITY
) -> None:
    """Record everything that is wrong with a policy, with its place."""
    if not isinstance(document, Mapping) or "Statement" not in document:
        problems.add(place, "is not a policy document; it has no Statement")
        return
    _check_keys(problems, place, document, _DOCUMENT_KEYS)
    if document.get("Version") != VERSION:
        problems.add(
            f"{place}.Version",
            f"must be '{VERSION}'; with any other version AWS treats ${{...}} as plain text, found "
            f"{type_name(document.get('Version'))}",
        )
    given = document["Statement"]
    if isinstance(given, Mapping):
        _check_statement(problems, f"{place}.Statement", given, kind)
    elif not isinstance(given, list | tuple) or not given:
        problems.add(
            f"{place}.Statement", f"expected a list of statements, found {type_name(given)}"
        )
    else:
        for number, statement in enumerate(given):
            _check_statement(problems, f"{place}.Statement[{number}]", statement, kind)
        _check_sids(problems, f"{place}.Statement", given)


def _check_keys(
    problems: Problems, place: str, given: Mapping[str, Json], known: Sequence[str]
) -> None:
    for key in given:
        if key not in known:
            problems.add(
                place, f"unknown key {quoted(key)}{suggest(str(key), known)}; {known_list(known)}"
            )


def _check_sids(problems: Problems, place: str, statements: Sequence[Json]) -> None:
    sids = [s["Sid"] for s in statements if isinstance(s, Mapping) and "Sid" in s]
    for sid in sorted({str(s) for s in sids if sids.count(s) > 1}):
        problems.add(place, f"Sid {quoted(sid)} is used {sids.count(sid)} times")


def _check_statement(problems: Problems, place: str, given: Json, kind: PolicyKind) -> None:
    if not isinstance(given, Mapping):
        problems.add(place, f"expected a statement, found {type_name(given)}")
        return
    _check_keys(problems, place, given, _STATEMENT_KEYS)
    sid = given.get("Sid", "a")
    if not isinstance(sid, str) or not re.fullmatch(r"[A-Za-z0-9]+", sid):
        problems.add(
            f"{place}.Sid", f"must contain only letters and digits, found {type_name(sid)}"
        )
    if given.get("Effect") not in ("Allow", "Deny"):
        problems.add(
            f"{place}.Effect", f"must be Allow or Deny, found {type_name(given.get('Effect'))}"
        )
    _check_list(
        problems, place, given, "Action", _ACTION, "service:Action (with * and ? as wildcards) or *"
    )
    if kind is PolicyKind.TRUST:
        _check_absent(problems, place, given, "Resource", "a trust policy applies to its own role")
    else:
        _check_list(problems, place, given, "Resource", _RESOURCE, "an ARN with six parts, or *")
    if kind is PolicyKind.IDENTITY:
        _check_absent(
            problems,
            place,
            given,
            "Principal",
            "the principal is whoever the policy is attached to",
        )
    else:
        _check_principal(problems, place, given)
    if "Condition" in given:
        check_condition(problems, f"{place}.Condition", given["Condition"])
        if given.get("Effect") == "Allow":
            check_presence(problems, f"{place}.Condition", given["Condition"])
    if kind is PolicyKind.TRUST and given.get("Effect") == "Allow":
        _check_trust(problems, place, given)


def _check_absent(
    problems: Problems, place: str, given: Mapping[str, Json], key: str, reason: str
) -> None:
    for name in (key, f"Not{key}"):
        if name in given:
            problems.add(f"{place}.{name}", f"is not allowed here: {reason}")


def _check_list(
    problems: Problems,
    place: str,
    given: Mapping[str, Json],
    key: str,
    form: re.Pattern[str],
    rule: str,
) -> None:
    names = [name for name in (key, f"Not{key}") if name in given]
    if len(names) != 1:
        problems.add(
            place, f"needs either {key} or Not{key}, found {' and '.join(names) or 'none'}"
        )
    for name in names:
        value = given[name]
        values = value if isinstance(value, list | tuple) else [value]
        if not values:
            problems.add(f"{place}.{name}", "is an empty list")
        for entry in values:
            if not isinstance(entry, str) or not form.fullmatch(entry):
                problems.add(f"{place}.{name}", f"must be {rule}, found {type_name(entry)}")
            else:
                check_variables(problems, f"{place}.{name}", entry)


_PRINCIPALS = ("AWS", "CanonicalUser", "Federated", "Service")


def _check_principal(problems: Problems, place: str, given: Mapping[str, Json]) -> None:
    names = [name for name in ("Principal", "NotPrincipal") if name in given]
    if len(names) != 1:
        problems.add(place, f"needs a Principal, found {' and '.join(names) or 'none'}")
        return
    value, at = given[names[0]], f"{place}.{names[0]}"
    if value == "*":
        return
    if not isinstance(value, Mapping) or not value:
        problems.add(
            at, f"expected '*' or a mapping of types to principals, found {type_name(value)}"
        )
        return
    _check_keys(problems, at, value, _PRINCIPALS)
    for kind, listed in value.items():
        entries = listed if isinstance(listed, list | tuple) else [listed]
        if not entries or not all(isinstance(e, str) and e for e in entries):
            problems.add(f"{at}.{kind}", f"expected principals, found {type_name(listed)}")


def _check_trust(problems: Problems, place: str, given: Mapping[str, Json]) -> None:
    """Record who may assume a role without what keeps strangers out."""
    if "NotPrincipal" in given:
        problems.add(place, "trusts everyone except the NotPrincipal; use Principal instead")
    principal = given.get("Principal")
    kinds = principal if isinstance(principal, Mapping) else {"AWS": principal}
    condition = given.get("Condition")
    if principal is not None and "*" in _entries(kinds.get("AWS")):
        problems.add(place, "trusts everyone; name the account")
    if "Service" in kinds and not demands(condition, ("aws:SourceArn", "aws:SourceAccount")):
        problems.add(
            place,
            "trusts a service without aws:SourceArn or aws:SourceAccount, so other accounts can "
            "use the role through that service",
        )
    if "AWS" in kinds and not demands(
        condition, ("aws:MultiFactorAuthPresent", "aws:PrincipalArn"), only_exact=True
    ):
        problems.add(
            place,
            "trusts an account without MFA; require Bool aws:MultiFactorAuthPresent true, or "
            "ArnEquals aws:PrincipalArn for one role",
        )


def _entries(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else [value]
