# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.rectangles import (
    Rectangle,
    build_rectangles,
)
from hypothesis import given
from hypothesis import strategies as st

pairs = st.sets(st.tuples(st.sampled_from("abcde"), st.sampled_from("vwxyz")))


@given(pairs)
def test_rectangles_cover_exactly_the_pairs_and_none_twice(wanted):
    covered = [pair for rectangle in build_rectangles(wanted) for pair in rectangle.pairs()]
    assert sorted(covered) == sorted(wanted)


@given(pairs, st.randoms())
def test_the_order_of_the_pairs_does_not_matter(wanted, random):
    shuffled = list(wanted)
    random.shuffle(shuffled)
    assert build_rectangles(shuffled) == build_rectangles(sorted(wanted))


@given(pairs)
def test_there_are_no_more_rectangles_than_accounts_or_regions(wanted):
    accounts, regions = ({pair[i] for pair in wanted} for i in (0, 1))
    assert len(build_rectangles(wanted)) <= min(len(accounts), len(regions))


@pytest.mark.parametrize(
    ("wanted", "rectangles"),
    [
        (set(), ()),
        ({("a", "v")}, (Rectangle(("a",), ("v",)),)),
        (
            {("a", "v"), ("b", "v"), ("a", "w"), ("b", "w")},
            (Rectangle(("a", "b"), ("v", "w")),),
        ),
        (
            {("a", "v"), ("b", "v"), ("b", "w")},
            (Rectangle(("a",), ("v",)), Rectangle(("b",), ("v", "w"))),
        ),
        (
            {("a", "v"), ("b", "w"), ("c", "v"), ("c", "w")},
            (Rectangle(("a", "c"), ("v",)), Rectangle(("b", "c"), ("w",))),
        ),
    ],
    ids=["nothing", "one", "full", "corner missing", "fewer by region"],
)
def test_rectangles(wanted, rectangles):
    assert build_rectangles(wanted) == rectangles
