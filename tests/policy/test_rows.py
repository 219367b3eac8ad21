# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every row of the proof comes out as it says, in every company."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.policy.case import LAYERS, Case, build_case, wrong_cases
from tests.policy.companies import COMPANIES, STRICT, rows_of
from tests.policy.company import Company
from tests.policy.estate import Estate
from tests.policy.evaluator import Evaluator

LAYERS_OF_BOUNDARIES = {"boundary", "boundary alone"}


def _listing(wrong: list[tuple[Case, str]]) -> str:
    return "\n".join(f"{case.row}, is {word}" for case, word in wrong)


def _name_of(company: Company) -> str:
    return company.name


@pytest.mark.parametrize("company", COMPANIES, ids=_name_of)
def test_every_row_comes_out_as_written(
    evaluator: Evaluator, estate_of: Callable[[Company], Estate], company: Company
) -> None:
    estate = estate_of(company)
    cases = [build_case(estate, row) for row in rows_of(company)]
    wrong = wrong_cases(evaluator, estate, cases)
    assert not wrong, f"{len(wrong)} of {len(cases)} rows are wrong:\n{_listing(wrong)}"


def test_both_answers_occur_in_every_layer() -> None:
    """A layer that only ever denies would be right about an evaluator that always does."""
    found = {(row.layer, row.expected) for company in COMPANIES for row in rows_of(company)}
    both = {(layer, word) for layer in LAYERS for word in ("allowed", "denied")}
    # A boundary by itself gives nothing.
    assert found == both - {("boundary alone", "allowed")}


def test_every_layer_that_is_not_of_boundaries_is_looked_at_in_the_usual_company() -> None:
    assert {row.layer for row in rows_of(STRICT)} == set(LAYERS) - LAYERS_OF_BOUNDARIES
