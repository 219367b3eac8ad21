# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs as the tests of the summary need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.step import Run, Step, parse_run

DESIRED: dict[str, Any] = {
    "jump": {"account_id": "1" * 12},
    "region": "eu-west-1",
    "partition": "aws",
    "stack_set": "iam-roles",
    "fence": None,
    "roles": {},
    "role_levels": {"role-developer": "developer", "role-operator": "operator"},
    "accounts": [
        {"account_id": "1" * 12, "host": "jump"},
        {"account_id": "2" * 12, "host": "a-prod"},
        {"account_id": "3" * 12, "host": "b-prod"},
    ],
    "groups": [{}],
    "roster": ["ana", "bo"],
    "users": [{"name": "ana", "groups": ["group-admin"]}, {"name": "bo", "groups": []}],
    "reach": {
        "ana": {
            "count": 5,
            "first": [
                {"account_id": f"{n}" * 12, "host": f"h{n}", "role": "role-admin"}
                for n in range(1, 4)
            ],
        }
    },
}


UNREMARKABLE: dict[str, Any] = {"fence": None, "roles": {}, "principals": []}
"""What a step tells of a Jump account in which nothing is to be told."""


def make_run(
    results: Mapping[str, Any],
    *,
    is_check: bool = False,
    last_step: str = "initial_passwords",
    is_finished: bool = True,
    **desired: Any,
) -> Run:
    """Return a run with these results, of which the last step ran unless it is told otherwise."""
    ended = {last_step: {"changes": []}} if is_finished else {}
    every = {**{step.value: {} for step in Step}, **ended, **results}
    for step in ("groups", "users"):
        if every[step]:
            every[step] = {"inspection": UNREMARKABLE, **every[step]}
    return parse_run({**DESIRED, **desired}, every, last_step, is_check=is_check)


def change(target: str, action: str = "create", **more: Any) -> dict[str, Any]:
    """Return a change of a result."""
    return {"action": action, "target": target, "before": None, "after": None, **more}


def failure(subject: str, message: str, target: str | None = None) -> dict[str, str]:
    """Return a failure of a result."""
    return {"subject": subject, "target": target or subject, "message": message}
