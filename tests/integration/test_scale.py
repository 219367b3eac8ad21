# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cost of a run for many accounts and people, in API calls."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import World, member, people


def many(accounts: int, persons: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return so many accounts, the Jump account included, in projects of four, and people."""
    members = {
        f"host-{n:03}": member(f"22{n:010}", f"project-{n // 4:03}") for n in range(1, accounts)
    }
    roster = people([f"person-{n:03}" for n in range(persons)], level="operator")
    return members, roster


@pytest.mark.parametrize(
    ("accounts", "persons", "most_calls"),
    [(40, 100, 40), (100, 500, 45)],
    ids=["40 accounts, 100 people", "100 accounts, 500 people"],
)
def test_a_run_without_changes_is_cheap(world: World, accounts, persons, most_calls):
    members, roster = many(accounts, persons)
    world.write(members, roster)
    world.play_well("bootstrap")
    before = world.sandbox.calls()
    again = world.play_well("bootstrap")
    after = world.sandbox.calls()
    assert again.changed == 0
    assert after["writes"] == before["writes"]
    assert after["total"] - before["total"] <= most_calls, world.sandbox.calls()["by_action"]

    if persons == 500:
        world.write(members, [*roster, *people(["the-new-one"], level="operator")])
        before = world.sandbox.calls()
        world.play_well("bootstrap")
        assert world.sandbox.calls()["writes"] - before["writes"] == 4
