# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a key policy lets principals of its account do, as far as it tells.

Conditions on how the Parameter Store calls KMS count as met, because that is how passwords are
read; of all others only those on the ARN of the principal are evaluated. Grants are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..change import Json
from ..patterns import matches
from ..policies.document import statements_of, texts_of
from ..policies.reach import Reach

_OF_THE_SERVICE = ("kms:calleraccount", "kms:viaservice")
_CONTEXT = "kms:encryptioncontext:"
_BY_ARN = ("arnequals", "arnlike", "stringequals", "stringlike")


@dataclass(frozen=True)
class KeyReach:
    """What the key policy says by itself, and of those whom IAM allows the same."""

    alone: Reach
    with_iam: Reach

    def of(self, by_iam: Reach) -> Reach:
        """Return what comes of it for a principal whom IAM allows so much."""
        return max(self.alone, min(self.with_iam, by_iam))


def key_reach(policy: Json, root: str, principal_arn: str, action: str) -> KeyReach:
    """Return what a key policy lets a principal do; root is the ARN of its account."""
    alone = with_iam = Reach.NO
    for statement in statements_of(policy):
        if not _names_action(statement, action):
            continue
        met = _met(statement.get("Condition", {}), principal_arn)
        named = _named(statement, root, principal_arn)
        if statement["Effect"] == "Deny":
            if named and met is Reach.YES:
                return KeyReach(Reach.NO, Reach.NO)
        elif named == "account":
            with_iam = max(with_iam, met)
        elif named:
            alone = max(alone, met)
    return KeyReach(alone, with_iam)


def _names_action(statement: Mapping[str, Json], action: str) -> bool:
    patterns = texts_of(statement.get("Action", statement.get("NotAction", [])))
    is_listed = any(matches(pattern.lower(), action.lower()) for pattern in patterns)
    return is_listed is ("Action" in statement)


def _named(statement: Mapping[str, Json], root: str, principal_arn: str) -> str:
    """Return how a statement names a principal: itself, through its account, or not at all."""
    principal = statement.get("Principal", {})
    names = ["*"] if principal == "*" else texts_of(principal.get("AWS", []))
    if "*" in names or principal_arn in names:
        return "itself"
    return "account" if root in names or root.split(":")[4] in names else ""


def _met(conditions: Json, principal_arn: str) -> Reach:
    found = [
        _is_met(operator.lower(), key.lower(), texts_of(values), principal_arn)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    ]
    return min(found, default=Reach.YES)


def _is_met(operator: str, key: str, values: list[str], principal_arn: str) -> Reach:
    if key in _OF_THE_SERVICE or key.startswith(_CONTEXT):
        return Reach.YES
    if key != "aws:principalarn" or operator not in _BY_ARN:
        return Reach.POSSIBLE
    return Reach.YES if any(matches(v, principal_arn) for v in values) else Reach.NO
