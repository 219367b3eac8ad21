# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an inventory says about our accounts, and what it says beside that."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ansible import context
from ansible.parsing.dataloader import DataLoader
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._inventory import (
    InventoryReader,
    role_variables,
)

JUMP, A, B = "111111111111", "222222222222", "333333333333"
HOSTVARS = {
    "jump": {"account_id": JUMP, "company_cidr": "10.0.0.0/8"},
    "a": {"account_id": A, "stage": "prod", "ansible_user": "root"},
    "both": {"account_id": B},
    "stray": {"account_id": "444444444444"},
    "web": {"ansible_host": "10.0.0.1"},
}
GROUPS = {
    "all": ["jump", "a", "both", "stray", "web"],
    "jump_accounts": ["jump", "both"],
    "member_accounts": ["a", "both"],
    "project_a": ["a", "stray"],
    "elsewhere": ["stray", "web"],
}


def reader(**variables: Any) -> InventoryReader:
    """Return a reader of the inventory, with these variables of the task."""
    return InventoryReader({"groups": GROUPS, "hostvars": HOSTVARS, **variables})


def test_hosts_of_our_groups_with_our_variables_only() -> None:
    assert reader().hosts() == [
        {"account_id": JUMP, "host": "jump", "is_jump": True, "is_member": False, "ini": []},
        {"account_id": B, "host": "both", "is_jump": True, "is_member": True, "ini": []},
        {
            **{"account_id": A, "stage": "prod"},
            **{"host": "a", "is_jump": False, "is_member": True, "ini": []},
        },
    ]


def test_an_inventory_without_our_groups_has_no_accounts() -> None:
    assert InventoryReader({}).hosts() == []
    assert InventoryReader({"groups": {"all": []}}).strays([]) == []


def test_values_and_dates_are_handed_on_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HOSTVARS["a"], "stage", date(2026, 1, 2))
    assert next(h["stage"] for h in reader().hosts() if h["host"] == "a") == "2026-01-02"
    assert date(2026, 1, 2) in reader().values


def test_variables_of_an_ini_inventory_are_named(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("account_id: '222222222222'\nstage: prod\n")
    said = DataLoader().load_from_file(str(tmp_path / "hosts"))
    groups = {"all": ["a"], "member_accounts": ["a"]}
    (host,) = InventoryReader({"groups": groups, "hostvars": {"a": said}}).hosts()
    assert sorted(host["ini"]) == ["account_id", "stage"]


@pytest.mark.parametrize(
    ("ignored", "found"),
    [([], ["stray"]), (["stray"], []), (["elsewhere"], []), (["a"], ["stray"])],
)
def test_accounts_in_neither_group(ignored: list[str], found: list[str]) -> None:
    strays = reader().strays(ignored)
    assert [stray["host"] for stray in strays] == found
    assert all(stray["groups"] == ["all", "project_a", "elsewhere"] for stray in strays)


def test_names_that_limit_can_say() -> None:
    assert reader().names == {*GROUPS, *HOSTVARS}


def test_names_of_variables_with_the_accounts_that_have_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(context, "CLIARGS", {"extra_vars": ("user_name=ana",)})
    found = reader(jump_region="eu-west-1").variable_names(DataLoader())
    assert found.extra == ("user_name",)
    assert found.of_hosts["account_id"] == ["jump", "both", "a"]
    assert found.of_hosts["ansible_user"] == ["a"]
    assert found.of_hosts["jump_region"] == []
    assert "ansible_host" not in found.of_hosts
    assert "jump_region" in found.of_roles


def test_variables_of_roles_are_those_with_a_default() -> None:
    names = list(role_variables())
    assert {"jump_region", "jump_account_parts", "member_account_released"} <= {*names}
    assert all(name.startswith(("jump_", "member_account_")) for name in names)
