# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what AWS does in its own time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.waiting import Patience, wait_for
from hypothesis import given
from hypothesis import strategies as st


class Clock:
    """A clock that moves only by being slept by."""

    def __init__(self) -> None:
        self.time = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    def patience(self, timeout: float) -> Patience:
        return Patience(timeout, self.sleep, lambda: self.time)


@given(st.integers(0, 40), st.floats(0, 100))
def test_it_ends_when_done_or_when_patience_is_over(done_after, timeout):
    clock = Clock()
    answers = iter(range(1000))
    last = wait_for(lambda: next(answers), lambda n: n >= done_after, clock.patience(timeout))
    assert len(clock.pauses) == last
    assert last == done_after or clock.time >= timeout
    assert clock.time < timeout + 5


def test_what_is_done_is_not_waited_for():
    clock = Clock()
    assert wait_for(lambda: "done", lambda _answer: True, clock.patience(0)) == "done"
    assert clock.pauses == []


def test_pauses_grow_from_a_fifth_of_a_second_to_five():
    clock = Clock()
    wait_for(lambda: None, lambda _answer: False, clock.patience(60))
    assert clock.pauses[0] == 0.2
    assert clock.pauses[-1] == 5.0
    growth = [later / earlier for earlier, later in pairwise(clock.pauses) if later < 5]
    assert growth == [pytest.approx(1.5)] * len(growth)
