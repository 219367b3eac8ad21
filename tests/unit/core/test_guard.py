# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals before anything is written."""

from __future__ import annotations

import re

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
    Plan,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.guard import (
    SMALL_REMOVAL,
    GuardError,
    refuse_large_removal,
)
from hypothesis import given
from hypothesis import strategies as st


def removals(count: int, kind: Kind = Kind.MEMBERSHIP) -> Plan:
    return tuple(Change(ObjectId(kind, (f"u{n}", "g")), Action.DELETE) for n in range(count))


def is_refused(count: int, observed: int, ratio: float) -> bool:
    try:
        refuse_large_removal(removals(count), Kind.MEMBERSHIP, observed, ratio)
    except GuardError:
        return True
    return False


@pytest.mark.parametrize(
    ("count", "observed", "ratio", "refused"),
    [
        (0, 0, 0.0, False),
        (3, 3, 0.0, False),
        (4, 4, 0.25, True),
        (4, 16, 0.25, False),
        (5, 16, 0.25, True),
        (29, 100, 0.29, False),
        (100, 100, 1.0, False),
        (100, 100, 0.99, True),
    ],
)
def test_where_the_limit_lies(count: int, observed: int, ratio: float, refused: bool) -> None:
    assert is_refused(count, observed, ratio) is refused


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0, 1))
def test_only_large_shares_are_refused(removed: int, kept: int, ratio: float) -> None:
    observed = removed + kept
    large = removed > SMALL_REMOVAL and removed / observed > ratio
    assert is_refused(removed, observed, ratio) is large


@given(st.integers(SMALL_REMOVAL + 1, 500), st.integers(0, 5000))
def test_following_the_advice_is_enough(removed: int, kept: int) -> None:
    observed = removed + kept
    with pytest.raises(GuardError) as caught:
        refuse_large_removal(removals(removed), Kind.MEMBERSHIP, observed, 0.0)
    (advised,) = re.findall(r"at least ([0-9.]+)\. Nothing was", str(caught.value))
    assert 0 < float(advised) <= 1
    assert not is_refused(removed, observed, float(advised))


def test_only_removals_of_the_kind_count() -> None:
    created = tuple(Change(c.id, Action.CREATE) for c in removals(9))
    refuse_large_removal(removals(9, Kind.GROUP) + created, Kind.MEMBERSHIP, 9, 0.0)


def test_the_sentence_has_the_numbers_and_the_way_on() -> None:
    with pytest.raises(GuardError) as caught:
        refuse_large_removal(removals(6), Kind.MEMBERSHIP, 12, 0.25)
    assert str(caught.value) == (
        "This would remove 6 of 12 objects of type 'membership' (u0/g, u1/g, u2/g, u3/g, u4/g, "
        "...), more than the 25% that max_removal_ratio (jump_max_removal_ratio in the roles "
        "of this collection) allows. If this is intended, run again with a value of at least "
        "0.50. Nothing was changed in this step."
    )
