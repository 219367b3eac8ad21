# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts that are not ready yet."""

from __future__ import annotations

from typing import Any

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.summary_accounts import (
    accounts_with_old_roles,
    accounts_without_roles,
    waiting_accounts,
    waiting_lines,
)

from tests.unit.runs import change, make_run

URL = "https://console/create"


def waiting(*numbers: int, url: str | None = URL) -> dict[str, Any]:
    """Return the result of a step with these waiting accounts."""
    return {"waiting": [{"account_id": f"{n:012}", "url": url, "reason": "No."} for n in numbers]}


def test_accounts_wait_until_a_later_step_reached_them():
    made = {**waiting(3), "applied": [change(f"stack instance {1:012}/r")]}
    run = make_run({"execution_roles": waiting(1, 2), "stack_instances": made})
    assert [w["account_id"] for w in waiting_accounts(run)] == [f"{2:012}", f"{3:012}"]


def test_accounts_that_have_no_stack_after_the_run_have_no_roles_yet():
    run = make_run({"stack_instances": {**waiting(1), "absent_accounts": [f"{4:012}"]}})
    assert accounts_without_roles(run) == {f"{1:012}", f"{4:012}"}


def test_accounts_that_refused_an_update_keep_their_old_roles():
    failures = [{"account_id": f"{n:012}"} for n in (4, 5)] + [{"subject": "iam-roles"}]
    result = {"failures": failures, "absent_accounts": [f"{4:012}"]}
    assert accounts_with_old_roles(make_run({"stack_instances": result})) == {f"{5:012}"}


def test_nothing_is_said_when_nobody_waits():
    assert waiting_lines(make_run({})) == []


def test_one_account():
    run = make_run({"stack_instances": {"waiting": [{"account_id": "2" * 12, "url": URL}]}})
    assert waiting_lines(run) == [
        "1 account waits for its owner. The owner signs in there as an administrator, opens the",
        "link, and creates the stack. Then run this playbook again; every run repeats this list",
        "until it is empty.",
        "  a-prod (222222222222)",
        f"    {URL}",
    ]


def test_each_account_has_its_link():
    lines = waiting_lines(make_run({"stack_instances": waiting(1, 2)}))
    assert lines[0].startswith("2 accounts wait for their owners. Each owner signs in there ")
    assert lines.count(f"    {URL}") == 2


def test_a_long_list_shows_a_common_link_once():
    lines = waiting_lines(make_run({"stack_instances": waiting(*range(1, 60))}))
    assert lines.count(f"    {URL}") == 1
    assert lines[-2].endswith(f"account ({40:012}) and 19 more")


def test_an_account_without_a_link():
    lines = waiting_lines(make_run({"stack_instances": waiting(1, url=None)}))
    assert lines[-1].startswith("    no link: ")
