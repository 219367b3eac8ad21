# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every row of the proof comes out as it says."""

from __future__ import annotations

import pytest

from tests.policy.case import LAYERS, Case, wrong_cases
from tests.policy.estate import Estate
from tests.policy.evaluator import Evaluator


def _listing(wrong: list[tuple[Case, str]]) -> str:
    return "\n".join(f"{case.row}, is {word}" for case, word in wrong)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_row_comes_out_as_written(
    evaluator: Evaluator, estate: Estate, cases: list[Case], layer: str
) -> None:
    chosen = [case for case in cases if case.row.layer == layer]
    assert chosen, f"no row looks at: {layer}"
    wrong = wrong_cases(evaluator, estate, chosen)
    assert not wrong, f"{len(wrong)} of {len(chosen)} rows are wrong:\n{_listing(wrong)}"


def test_both_answers_occur_in_every_layer(cases: list[Case]) -> None:
    """A layer that only ever denies would be right about an evaluator that always does."""
    found = {(case.row.layer, case.row.expected) for case in cases}
    assert found == {(layer, word) for layer in LAYERS for word in ("allowed", "denied")}
