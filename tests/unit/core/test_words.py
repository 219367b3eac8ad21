# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers and lists in sentences."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.words import counted, listed


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (0, "person", "0 people"),
        (1, "person", "1 person"),
        (2, "more person", "2 more people"),
        (2, "account", "2 accounts"),
        (1, "policy", "1 policy"),
        (2, "policy", "2 policies"),
        (2, "key", "2 keys"),
        (3, "address", "3 addresses"),
        (3, "branch", "3 branches"),
    ],
)
def test_nouns_are_counted(number, noun, text):
    assert counted(number, noun) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, ""), (1, "a"), (3, "a, b, c"), (4, "a, b and 2 more"), (6, "a, b and 4 more")],
)
def test_long_lists_are_cut_where_that_makes_them_shorter(count, text):
    assert listed(list("abcdef")[:count], most=2) == text
