# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Comparing and measuring policies: what all policies of the product have in common."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from ..change import Json

VERSION = "2012-10-17"

_LIST_KEYS = ("Action", "NotAction", "Resource", "NotResource")
_STATEMENT_KEYS = ("Sid", "Effect", "Principal", "NotPrincipal", *_LIST_KEYS, "Condition")
_ACCOUNT_ROOT = re.compile(r"arn:[\w-]+:iam::([0-9]{12}):root")


def canonical_policy(document: Json) -> Json:
    """Return a policy document in the one form in which equal meaning is equal text.

    Lists without order are sorted and scalars become lists; statements are sorted; an account
    principal is written as its id.
    """
    return {
        "Version": document.get("Version", "2008-10-17"),
        **({"Id": document["Id"]} if "Id" in document else {}),
        "Statement": sorted(
            (_canonical_statement(s) for s in statements_of(document)), key=_text_of
        ),
    }


def statements_of(document: Json) -> Sequence[Mapping[str, Json]]:
    """Return the statements of a policy, also of one that holds its only statement bare."""
    statements = document.get("Statement", [])
    return [statements] if isinstance(statements, Mapping) else statements


def _canonical_statement(statement: Mapping[str, Json]) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key, value in statement.items():
        if key in _LIST_KEYS:
            result[key] = texts_of(value)
        elif key in ("Principal", "NotPrincipal"):
            result[key] = _canonical_principal(value)
        elif key == "Condition":
            result[key] = {
                operator: {name: texts_of(v) for name, v in sorted(keys.items())}
                for operator, keys in sorted(value.items())
            }
        else:
            result[key] = value
    return {key: result[key] for key in sorted(result, key=_statement_order)}


def _statement_order(key: str) -> int:
    return _STATEMENT_KEYS.index(key) if key in _STATEMENT_KEYS else len(_STATEMENT_KEYS)


def _canonical_principal(value: Json) -> Json:
    if value == "*":
        return {"AWS": ["*"]}
    return {
        kind: sorted({_ACCOUNT_ROOT.sub(r"\1", p) for p in texts_of(members)})
        for kind, members in sorted(value.items())
    }


def texts_of(value: Json) -> list[str]:
    """Return an element that may be one value or a list of them, sorted."""
    values = value if isinstance(value, list | tuple) else [value]
    return sorted({str(v).lower() if isinstance(v, bool) else str(v) for v in values})


def _text_of(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def policy_text(document: Json) -> str:
    """Return the compact JSON that is sent to AWS."""
    return json.dumps(document, separators=(",", ":"))


def policy_size(document: Json) -> int:
    """Return the size that IAM's quotas count: characters without white space."""
    return len(re.sub(r"\s", "", policy_text(document)))


def build_policy(*statements: Json) -> dict[str, Json]:
    """Return a policy document of these statements."""
    return {"Version": VERSION, "Statement": list(statements)}
