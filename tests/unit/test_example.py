# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example inventory does what it says: nothing in it is idle, and it is as recommended."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    Request,
    parse_request,
)
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._catalog import read_catalog

EXAMPLE = Path(__file__).resolve().parents[2] / "inventories" / "example"


def load(path: str) -> Any:
    return yaml.safe_load((EXAMPLE / path).read_text(encoding="utf-8"))


ACCOUNTS = load("accounts.yml")["all"]
ROSTER = load("group_vars/all/roster.yml")["roster"]
DAY = "2026-12-01"


def desired(roster: Any = ROSTER) -> dict[str, Any]:
    """Return what the example asks for."""
    children = ACCOUNTS["children"]
    project = children["member_accounts"]["children"]["project_a"]
    (jump,) = children["jump_accounts"]["hosts"].values()
    request = Request(
        hosts=[
            {"host": "jump", "is_jump": True, **jump},
            *(
                {"host": host, "is_member": True, **project["vars"], **account}
                for host, account in project["hosts"].items()
            ),
        ],
        levels=load("group_vars/all/levels.yml")["levels"],
        roster=roster,
        region=ACCOUNTS["vars"]["aws_region"],
        names={},
        roles_in_jump_account=ACCOUNTS["vars"]["jump_roles_in_jump_account"],
        catalog=read_catalog(),
        current_day=DAY,
    )
    return build_desired(parse_request(request), request)


def test_nothing_in_it_is_idle() -> None:
    assert desired()["policy_notices"] == []
    assert [e["is_over"] for e in desired()["exceptions"]] == [False]


def test_an_exception_of_what_the_level_has_is_told() -> None:
    roster = copy.deepcopy(ROSTER)
    (person,) = (person for person in roster if "exceptions" in person)
    person["exceptions"][0]["actions"] = ["iam:CreateServiceLinkedRole", "iam:ListRoles"]
    (line,) = desired(roster)["policy_notices"]
    assert line.startswith("exception of kim.minjun in developer of project-a adds nothing")


def test_only_administrators_enter_the_jump_account() -> None:
    made = desired()
    assert made["roles_not_in_jump"] == ["role-developer", "role-operator"]
    jump = f"arn:aws:iam::{made['jump']['account_id']}:role/"
    reached = {arn for group in made["groups"] for arn in group["role_arns"] if jump in arn}
    assert reached == {f"{jump}role-admin"}
