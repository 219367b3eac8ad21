# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people read at the end of a run."""

from __future__ import annotations

from typing import Any

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.summary import (
    all_failures,
    build_summary,
)

DESIRED: dict[str, Any] = {
    "jump": {"account_id": "111111111111"},
    "region": "eu-west-1",
    "partition": "aws",
    "accounts": [{}, {}],
    "groups": [{}],
    "roster": ["ana", "bo"],
    "users": [{"name": "ana", "groups": ["group-admin"]}, {"name": "bo", "groups": []}],
    "reach": {
        "ana": [
            {"account_id": f"{n}" * 12, "host": f"h{n}", "role": "role-admin"} for n in range(1, 6)
        ]
    },
}
ISSUED = [{"name": "ana", "parameter": "/p/ana"}, {"name": "bo", "parameter": "/p/bo"}]


def change(action: str) -> dict[str, Any]:
    """Return a change of a result."""
    return {"action": action, "target": "x", "before": None, "after": None}


def failure(subject: str, message: str) -> dict[str, str]:
    """Return a failure of a result."""
    return {"subject": subject, "target": subject, "message": message}


def text(results: dict[str, Any], check_mode: bool = False, **more: Any) -> str:
    """Return the summary as one text."""
    return "\n".join(build_summary({**DESIRED, **more}, results, check_mode))


def test_nothing_to_change():
    assert text({"groups": {"changes": []}, "users": {}}) == (
        "Jump account 111111111111 in eu-west-1\n"
        "  accounts  2 in the inventory\n"
        "  groups    1\n"
        "  people    2 in the roster\n"
        "\n"
        "Nothing to change: everything is as the inventory and the roster say.\n"
    )


def test_changes_are_counted_by_step():
    results = {
        "groups": {"changes": [change("create"), change("create"), change("delete")]},
        "users": {"changes": [change("update")]},
    }
    assert "Changed: 4 objects\n" in text(results)
    assert "  groups               2 created, 1 deleted\n" in text(results)
    assert "This run would change: 4 objects\n" in text(results, check_mode=True)
    assert "  groups               2 to create, 1 to delete\n" in text(results, check_mode=True)
    assert "  users                1 to update\n" in text(results, check_mode=True)


def test_only_what_was_applied_counts_after_a_failure():
    results = {"users": {"changes": [change("create")] * 3, "applied": [change("create")]}}
    assert "Changed: 1 objects\n" in text(results)


def test_a_new_person_gets_everything_needed_to_begin():
    shown = text({"initial passwords": {"issued": ISSUED}})
    assert "New people: send each of them these lines" in shown
    assert "  ana\n    sign in    https://111111111111.signin.aws.amazon.com/console\n" in shown
    assert "    groups     group-admin\n" in shown
    assert shown.count("switch to") == 3
    assert "               and 2 more accounts or roles\n" in shown
    assert "    password   /p/ana in the Parameter Store; you read it with\n" in shown
    assert "--name '/p/ana' --with-decryption" in shown
    assert "    groups     none\n" in shown


def test_in_check_mode_nobody_is_told_to_send_anything():
    shown = text({"initial passwords": {"issued": ISSUED}}, check_mode=True)
    assert "People who would get a password" in shown
    assert "send" not in shown


def test_a_person_whose_password_was_refused_is_not_announced():
    results = {"initial passwords": {"issued": ISSUED, "failures": [failure("bo", "Not bo.")]}}
    shown = text(results)
    assert "  ana\n" in shown
    assert "  bo\n" not in shown
    assert "Refused: 1\n  - Not bo.\n" in shown


def test_accounts_without_roles_are_counted():
    results = {"stack instances": {"failures": [failure("222222222222", "No role.")]}}
    assert "2 in the inventory, 1 without current switch roles" in text(results)


def test_what_was_left_alone():
    results = {"groups": {"unlisted": ["group-x"]}, "users": {"unlisted": ["bo", "old"]}}
    shown = text(results, empty_groups=["project_z"])
    assert "Noticed and left alone:\n" in shown
    assert "  inventory group project_z has no hosts" in shown
    assert "  group group-x is ours, but inventory and levels do not ask for it" in shown
    assert "  user old is ours, but not in the roster" in shown
    assert "user bo" not in shown


def test_exceptions_that_are_over_can_leave_the_roster():
    said = {"name": "bo", "level": "developer", "project": "p", "until": "2026-12-31"}
    exceptions = [{**said, "is_over": True}, {**said, "name": "ana", "is_over": False}]
    shown = text({}, exceptions=exceptions)
    assert "  exception of bo in developer of p was over after 2026-12-31\n" in shown
    assert "exception of ana" not in shown


def test_each_failure_is_said_once():
    results = {
        "one": {"failures": [failure("a", "Same."), failure("b", "Other.")]},
        "two": {"failures": [failure("a", "Same.")]},
    }
    assert all_failures(results) == ["Same.", "Other."]
