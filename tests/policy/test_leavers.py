# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions of a person who left end in every role that was shared with others.

No playbook writes this policy yet, so it is the one document that comes from its builder.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.leaver import (
    build_leaver_policy,
)

from tests.policy.case import Case, build_case
from tests.policy.estate import Estate
from tests.policy.evaluator import Evaluator
from tests.policy.mutations import mutants_of
from tests.policy.table import Row

LEFT = "2026-12-01T10:00:00Z"
ROWS = [
    ("alice", "2026-12-01T09:00:00Z", "denied"),
    ("alice", "2026-12-01T09:59:59Z", "denied"),
    ("alice", "2026-12-01T10:00:00Z", "allowed"),
    ("malice", "2026-12-01T09:00:00Z", "allowed"),
    ("alice2", "2026-12-01T09:00:00Z", "allowed"),
    ("xalice", "2026-12-01T09:00:00Z", "allowed"),
    ("bob", "2026-12-01T09:00:00Z", "allowed"),
]
ROLES = ["jump/role-admin", "a-prod/role-admin", "b-prod/role-developer"]


def _case(estate: Estate, role: str, person: str, began: str, expected: str) -> Case:
    given = f"aws:TokenIssueTime={began}"
    cells = ("ec2:StopInstances", "instance/i-0123456789abcdef0", given, "all", expected)
    return build_case(estate, Row("leavers", f"{role}:{person}", "mfa", "office", *cells))


def _wrong(evaluator: Evaluator, estate: Estate, document: Any) -> list[Row]:
    """Return the rows that come out wrong with the document among the role's policies."""
    cases = [_case(estate, role, *row) for role in ROLES for row in ROWS]
    asked = [case.request(estate) for case in cases]
    with_leaver = [replace(each, identity=[*each.identity, document]) for each in asked]
    answers = evaluator.decide(with_leaver)
    pairs = zip(cases, answers, strict=True)
    return [c.row for c, answer in pairs if (answer == "Allowed") != (c.row.expected == "allowed")]


def test_only_the_leavers_older_sessions_end(evaluator: Evaluator, estate: Estate) -> None:
    assert _wrong(evaluator, estate, build_leaver_policy({"alice": LEFT})) == []


def test_every_weaker_policy_is_noticed(evaluator: Evaluator, estate: Estate) -> None:
    mutants = list(mutants_of(build_leaver_policy({"alice": LEFT})))
    unnoticed = [m.name for m in mutants if not _wrong(evaluator, estate, m.document)]
    assert mutants
    assert unnoticed == []


@pytest.mark.parametrize("target", ["jump:role/role-admin", "b-prod:role/role-developer"])
def test_a_leaver_cannot_go_on_under_another_name(
    evaluator: Evaluator, estate: Estate, target: str
) -> None:
    row = Row(
        *("leavers", "a-prod/role-admin:alice", "mfa", "office", "sts:AssumeRole", target),
        *("as=bob", "all", "denied"),
    )
    assert evaluator.decide([build_case(estate, row).request(estate)]) != ["Allowed"]
