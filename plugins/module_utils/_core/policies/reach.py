# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What principals may do by the policies that they have: evaluated as far as policies tell it.

Conditions depend on the request, so what they allow is only possible, and what they deny is not
certain. Policies of resources, of organizations and of sessions are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from ..change import Json
from ..patterns import covers, matches, touches
from .document import statements_of, texts_of

PolicyKey = tuple[str, ...]
"""Which policy: an ARN, or an owner and a name."""


class Reach(IntEnum):
    """Whether somebody may do something; POSSIBLE depends on conditions or unknown policies."""

    NO = 0
    POSSIBLE = 1
    YES = 2


@dataclass(frozen=True)
class Deed:
    """An action on a resource, whose ARN may hold ``*`` for any of several."""

    action: str
    resource: str


@dataclass(frozen=True)
class Principal:
    """A user, with the policies of its groups, or a role; boundary is a managed policy's key."""

    kind: str
    name: str
    path: str
    policies: tuple[PolicyKey, ...]
    boundary: PolicyKey | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class _Answer:
    """What one policy says of a deed."""

    allowed: Reach
    is_denied: bool = False


_UNKNOWN = _Answer(Reach.POSSIBLE)
_UNLIMITED = _Answer(Reach.YES)


@dataclass
class Evaluator:
    """Answers for an account whose policies are known by their keys.

    People share groups, and groups policies: every policy is looked at once for each deed.
    """

    documents: Mapping[PolicyKey, Json]
    _answers: dict[tuple[PolicyKey, Deed], _Answer] = field(default_factory=dict)
    _reach: dict[tuple[tuple[PolicyKey, ...], PolicyKey | None, Deed], Reach] = field(
        default_factory=dict
    )
    _statements: dict[PolicyKey, list[_Statement]] = field(default_factory=dict)

    def reach(self, principal: Principal, deed: Deed) -> Reach:
        """Return whether a principal may do a deed."""
        asked = (principal.policies, principal.boundary, deed)
        if asked not in self._reach:
            self._reach[asked] = self._evaluate(principal, deed)
        return self._reach[asked]

    def reach_any(self, principal: Principal, deeds: Iterable[Deed]) -> Reach:
        """Return whether a principal may do at least one of several deeds."""
        return max((self.reach(principal, deed) for deed in deeds), default=Reach.NO)

    def _evaluate(self, principal: Principal, deed: Deed) -> Reach:
        own = [self._answer(key, deed) for key in principal.policies]
        key = principal.boundary
        limit = _UNLIMITED if key is None else self._answer(key, deed)
        if any(answer.is_denied for answer in (*own, limit)):
            return Reach.NO
        return min(limit.allowed, max((answer.allowed for answer in own), default=Reach.NO))

    def _answer(self, key: PolicyKey, deed: Deed) -> _Answer:
        if (key, deed) not in self._answers:
            self._answers[key, deed] = self._ask(key, deed)
        return self._answers[key, deed]

    def _ask(self, key: PolicyKey, deed: Deed) -> _Answer:
        if key not in self.documents:
            return _UNKNOWN
        if key not in self._statements:
            self._statements[key] = [_Statement(s) for s in statements_of(self.documents[key])]
        statements = self._statements[key]
        return _Answer(
            max((s.allows(deed) for s in statements), default=Reach.NO),
            any(s.denies(deed) for s in statements),
        )


class _Statement:
    """A statement of a policy; which actions it names is found once for each of them."""

    def __init__(self, statement: Mapping[str, Json]) -> None:
        self._is_allow = statement["Effect"] == "Allow"
        self._has_conditions = bool(statement.get("Condition"))
        self._is_not_action = "NotAction" in statement
        self._is_not_resource = "NotResource" in statement
        self._actions = [text.lower() for text in _element(statement, "Action", "NotAction")]
        self._resources = _element(statement, "Resource", "NotResource")
        self._named: dict[str, bool] = {}

    def allows(self, deed: Deed) -> Reach:
        """Return whether the statement may allow any of what a deed means."""
        if not self._is_allow or not self._names(deed.action):
            return Reach.NO
        # What is left over by NotResource is anything that it does not cover.
        is_met = self._meets(covers, deed) if self._is_not_resource else self._meets(touches, deed)
        if is_met is self._is_not_resource:
            return Reach.NO
        return Reach.POSSIBLE if self._has_conditions else Reach.YES

    def denies(self, deed: Deed) -> bool:
        """Return whether the statement denies all of what a deed means, whatever the request."""
        if self._is_allow or self._has_conditions or not self._names(deed.action):
            return False
        if self._is_not_resource:
            return not self._meets(touches, deed)
        return self._meets(covers, deed)

    def _meets(self, compare: Callable[[str, str], bool], deed: Deed) -> bool:
        return any(compare(pattern, deed.resource) for pattern in self._resources)

    def _names(self, action: str) -> bool:
        if action not in self._named:
            lower = action.lower()
            is_listed = any(matches(pattern, lower) for pattern in self._actions)
            self._named[action] = is_listed is not self._is_not_action
        return self._named[action]


def _element(statement: Mapping[str, Json], name: str, negated: str) -> Sequence[str]:
    return texts_of(statement.get(name, statement.get(negated, [])))
