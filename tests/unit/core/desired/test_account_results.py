# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What roles are told about the accounts."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.account_results import (
    build_accounts,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Account, Inventory
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names

JUMP = Account("111111111111", "jump", is_jump=True, aws_profile="jump")
INVENTORY = Inventory(
    JUMP,
    (
        Account("222222222222", "a", project="p", aws_profile="a"),
        Account("333333333333", "b", bootstrap_role_arn="arn:aws:iam::333333333333:role/x"),
        Account("444444444444", "c"),
    ),
    (),
)


@pytest.mark.parametrize(
    ("scope_hosts", "in_scope", "prepared", "unprepared"),
    [
        (None, "1234", "23", "4"),
        ([], "", "", ""),
        (["jump", "b", "c", "other"], "134", "3", "4"),
    ],
)
def test_scope_and_ways_in(
    scope_hosts: list[str] | None, in_scope: str, prepared: str, unprepared: str
) -> None:
    found = build_accounts(INVENTORY, Names(), "2026-01-01", scope_hosts)
    assert [a["account_id"] for a in found["scope"]] == [digit * 12 for digit in in_scope]
    assert "".join(a["account_id"][0] for a in found["accounts"] if a["in_scope"]) == in_scope
    assert [a["account_id"] for a in found["bootstrap_credentials"]] == [
        digit * 12 for digit in prepared
    ]
    assert found["unprepared_accounts"] == [digit * 12 for digit in unprepared]


def test_ways_in_are_profiles_and_roles() -> None:
    found = build_accounts(INVENTORY, Names(), "2026-01-01", None)
    assert found["jump"] == {"account_id": "111111111111", "host": "jump", "profile": "jump"}
    assert found["bootstrap_credentials"] == [
        {"account_id": "222222222222", "profile": "a"},
        {"account_id": "333333333333", "role_arn": "arn:aws:iam::333333333333:role/x"},
    ]
