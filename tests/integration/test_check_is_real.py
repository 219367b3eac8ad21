# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a playbook tells in check mode and does from the same state, its end included.

Hundreds of such pairs run without processes in tests/unit/modules/test_check_is_real.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import JUMP, LEVELS, MEMBERS, ROSTER, Played, World, member, people

NEW = {
    "c-prod": member("555555555555", "project-c"),
    "c-closed": {"account_id": "666666666666", "project": "project-c"},
}


def much_at_once(estate: World) -> None:
    """Edit every file, and let others have made, taken away and changed things."""
    iam = estate.sandbox.client("iam")
    iam.create_group(GroupName="group-auditor")
    iam.create_user(UserName="lee.sora")
    iam.add_user_to_group(UserName="suzuki.ichiro", GroupName="group-admin")
    mfa = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-enforce-mfa"
    iam.detach_group_policy(GroupName="group-operator", PolicyArn=mfa)
    estate.write(
        {**MEMBERS, **NEW},
        [*ROSTER[:2], *people(["mori.ken", "lee.sora"], level="auditor")],
        levels={**LEVELS, "auditor": {"managed_policies": ["SecurityAudit"]}},
    )


def a_read_that_is_denied(estate: World) -> None:
    """Add an account where the run may not read the instances of the stack set."""
    estate.write({**MEMBERS, **NEW}, ROSTER)
    estate.sandbox.post("faults", {"denied_operations": ["cloudformation:ListStackInstances"]})


def a_person_without_a_group(estate: World) -> None:
    """Add people, one of them of a project whose groups only bootstrap makes."""
    late = [*people(["mori.ken"], level="admin"), *people(["late.comer"], level="auditor")]
    levels = {**LEVELS, "auditor": {"managed_policies": ["SecurityAudit"]}}
    estate.write(MEMBERS, [*ROSTER, *late], levels=levels)


def told(played: Played) -> list[dict[str, Any]]:
    """Return what each task tells people: its changes, refusals, and accounts that wait."""
    keys = ("task", "changed", "changes", "failures", "waiting", "is_failed", "people")
    return [{key: result.get(key) for key in keys} for result in played.results]


@pytest.mark.parametrize(
    ("playbook", "prepare"),
    [
        ("bootstrap", much_at_once),
        ("new_account", a_read_that_is_denied),
        ("new_user", a_person_without_a_group),
    ],
)
def test_check_mode_tells_what_the_run_does(
    estate: World, playbook: str, prepare: Callable[[World], None]
):
    prepare(estate)
    writes = estate.sandbox.calls()["writes"]
    checked = estate.play(playbook, "--check")
    assert estate.sandbox.calls()["writes"] == writes
    done = estate.play(playbook)
    assert told(done) == told(checked)
    assert done.code == checked.code != 0
