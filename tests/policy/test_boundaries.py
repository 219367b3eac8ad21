# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows about boundaries see whether one is missing, is too narrow or is too wide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.policy.case import build_case, wrong_cases
from tests.policy.companies import BOUNDARIES, BOUNDED
from tests.policy.company import ACCOUNTS, Company
from tests.policy.estate import Estate, Identity
from tests.policy.evaluator import Evaluator
from tests.policy.table import Row, read_tables

NEEDED, SWITCH = BOUNDARIES["boundary-users"]["Statement"]


@pytest.fixture(scope="module")
def bounded(estate_of: Callable[[Company], Estate]) -> Estate:
    """The company whose people have boundaries."""
    return estate_of(BOUNDED)


def _wrong(evaluator: Evaluator, estate: Estate) -> list[Row]:
    cases = [build_case(estate, row) for row in read_tables(BOUNDED.tables)]
    return [case.row for case, _word in wrong_cases(evaluator, estate, cases)]


def _free(identity: Identity) -> Identity:
    return replace(identity, boundary=None)


def _with_users_boundary(estate: Estate, *statements: Any) -> Estate:
    arn = BOUNDED.arn("iam", ACCOUNTS["jump"], "policy/boundary-users")
    document = {**BOUNDARIES["boundary-users"], "Statement": list(statements)}
    return estate.with_documents({arn: document})


def test_users_without_boundary_are_noticed(evaluator: Evaluator, bounded: Estate) -> None:
    users = {name: _free(user) for name, user in bounded.users.items()}
    assert _wrong(evaluator, replace(bounded, users=users))


@pytest.mark.parametrize("account", ["jump", "a-prod"])
@pytest.mark.parametrize("level", ["admin", "developer", "operator", "builder"])
def test_a_switch_role_without_boundary_is_noticed(
    evaluator: Evaluator, bounded: Estate, account: str, level: str
) -> None:
    key = (ACCOUNTS[account], f"role-{level}")
    roles = {**bounded.roles, key: _free(bounded.roles[key])}
    assert _wrong(evaluator, replace(bounded, roles=roles))


@pytest.mark.parametrize("action", NEEDED["Action"])
def test_a_boundary_of_users_cannot_do_without(
    evaluator: Evaluator, bounded: Estate, action: str
) -> None:
    rest = [each for each in NEEDED["Action"] if each != action]
    narrower = _with_users_boundary(bounded, {**NEEDED, "Action": rest}, SWITCH)
    missed = _wrong(evaluator, narrower)
    assert missed
    assert {row.does for row in missed} == {action}


@pytest.mark.parametrize("statement", [NEEDED, SWITCH])
def test_a_wider_boundary_of_users_is_noticed(
    evaluator: Evaluator, bounded: Estate, statement: Any
) -> None:
    wider = {**statement, "Action": ["*"], "Resource": "*"}
    assert _wrong(evaluator, _with_users_boundary(bounded, NEEDED, SWITCH, wider))


def test_a_boundary_without_switching_is_noticed(evaluator: Evaluator, bounded: Estate) -> None:
    missed = _wrong(evaluator, _with_users_boundary(bounded, NEEDED))
    assert {row.does for row in missed} == {"sts:AssumeRole"}
