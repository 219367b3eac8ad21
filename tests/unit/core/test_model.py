# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory as a value."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Account, Inventory

JUMP = Account("111111111111", "jump", is_jump=True)
A1 = Account("222222222222", "a-prod", project="a")
A2 = Account("333333333333", "a-staging", project="a")
B1 = Account("444444444444", "b-prod", project="b")
LOOSE = Account("555555555555", "loose")
INVENTORY = Inventory(JUMP, (A1, A2, B1, LOOSE), ())


def test_the_jump_account_is_an_account_too() -> None:
    assert INVENTORY.accounts == (JUMP, A1, A2, B1, LOOSE)
    assert INVENTORY.accounts_of(None) == INVENTORY.accounts


def test_projects_are_those_of_member_accounts() -> None:
    assert INVENTORY.projects == ("a", "b")
    assert INVENTORY.accounts_of("a") == (A1, A2)
    assert INVENTORY.accounts_of("z") == ()
