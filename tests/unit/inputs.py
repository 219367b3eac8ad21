# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of input checking share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
)
from hypothesis import strategies as st

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | st.integers() | st.none(), inner, max_size=3)
    ),
    max_leaves=8,
)
"""Whatever a YAML file can hold."""


def one_edit(word: str) -> st.SearchStrategy[str]:
    """Return spellings of a word with one letter put in, left out, replaced or exchanged."""
    letters = st.sampled_from("abcdefghijklmnopqrstuvwxyzAZ_-0189")
    places = st.integers(0, len(word) - 1)
    return st.one_of(
        places.map(lambda n: word[:n] + word[n + 1 :]),
        places.filter(bool).map(lambda n: word[: n - 1] + word[n] + word[n - 1] + word[n + 1 :]),
        st.builds(lambda n, c: word[:n] + c + word[n:], st.integers(0, len(word)), letters),
        st.builds(lambda n, c: word[:n] + c + word[n + 1 :], places, letters),
    ).filter(lambda spelling: spelling not in ("", word))


def either(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return mostly the usual, sometimes anything."""
    return st.one_of(usual, usual, usual, ANYTHING)


def record(**usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return mappings with some of the usual keys, whose values may be anything."""
    return st.fixed_dictionaries({}, optional={key: either(value) for key, value in usual.items()})


def problems_of(parse: Callable[[Problems], Any]) -> tuple[Any, list[str]]:
    """Return what a parser returns and the problems that it recorded."""
    problems = Problems()
    result = parse(problems)
    try:
        problems.raise_if_any()
    except InputError as error:
        return result, list(error.problems)
    return result, []
