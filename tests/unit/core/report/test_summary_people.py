# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What new people need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.summary_people import (
    new_people,
    people_lines,
)

from tests.unit.runs import failure, make_run

ISSUED = [{"name": "ana", "parameter": "/p/ana"}, {"name": "bo", "parameter": "/p/bo"}]


def text(issued: Any = ISSUED, *, is_check: bool = False, **results: Any) -> str:
    """Return the lines about people as one text."""
    steps = {**results, "initial_passwords": {"issued": issued}}
    return "\n".join(people_lines(make_run(steps, is_check=is_check)))


def test_a_new_person_gets_everything_needed_to_begin():
    shown = text()
    assert "New people: send each of them these lines" in shown
    assert "  ana\n    sign in    https://111111111111.signin.aws.amazon.com/console\n" in shown
    assert "    groups     group-admin\n" in shown
    assert shown.count("switch to") == 3
    assert "               and 2 more roles\n" in shown
    assert "    password   /p/ana in Parameter Store; read it with\n" in shown
    assert "--name '/p/ana' --with-decryption" in shown
    assert "    groups     none\n" in shown


def test_in_check_mode_nobody_is_told_to_send_anything():
    shown = text(is_check=True)
    assert "People who would receive a password" in shown
    assert "send" not in shown


def test_nobody_is_new():
    assert text([]) == ""


def test_a_person_whose_password_was_refused_is_not_announced():
    step = {"issued": ISSUED, "failures": [failure("bo", "Not bo.")]}
    run = make_run({"initial_passwords": step})
    assert [person["name"] for person in new_people(run)] == ["ana"]


def test_roles_that_are_not_there_yet_are_marked():
    waits = {"waiting": [{"account_id": "2" * 12, "url": "https://x"}]}
    lines = text(stack_instances=waits).splitlines()
    marked = [line for line in lines if line.endswith("  (not available yet)")]
    assert len(marked) == 1
    assert "account=222222222222&" in marked[0]


def test_a_long_list_names_the_others():
    many = [{"name": f"p{n:02}", "parameter": f"/pre/fix/p{n:02}"} for n in range(40)]
    shown = text(many)
    assert shown.count("sign in") == 3
    assert (
        "  and 37 more people: p03, p04, p05, p06, p07 and 32 more; all in the JSON result.\n"
        "  Their passwords are parameters under /pre/fix." in shown
    )
    assert text(many[:4]).count("sign in") == 4


def test_a_run_that_cannot_read_the_passwords_says_who_can():
    run = make_run(
        {
            "groups": {"inspection": {"caller": "arn:me", "key": None}},
            "initial_passwords": {"issued": ISSUED},
        }
    )
    run = replace(run, desired={**run.desired, "passwords_key": {"readers": ["arn:you"]}})
    line = people_lines(run)[1]
    assert "arn:me, cannot read these passwords. These can: arn:you. " in line
