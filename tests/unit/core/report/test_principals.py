# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of strong principals."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.notices import noticed

from tests.unit.runs import make_run

FENCE = {"policy": "policy/jumpaccount/fence", "document": {}, "roles": []}


def entry(name: str, *reach: str, is_certain: bool = True, path: str = "/") -> dict[str, Any]:
    """Return what a step tells of a principal."""
    return {"principal": name, "path": path, "reach": list(reach), "is_certain": is_certain}


def told(*principals: dict[str, Any], step: str = "users", **more: Any) -> list[str]:
    """Return the lines about principals."""
    inspection = {"fence": None, "roles": {}, "principals": list(principals)}
    results = {step: {"changes": [], "inspection": inspection}, "stack_set": {"changes": []}}
    return noticed(make_run(results, **more))


@pytest.mark.parametrize("step", ["groups", "users"])
def test_who_can_change_what_is_ours(step):
    assert told(entry("user a", "groups", "passwords", "roles", "stack set"), step=step) == [
        "  user a can change the groups, roles and stack set of this collection, which makes "
        "it an administrator of every account; remove these rights in IAM unless they are "
        "intended"
    ]


def test_those_who_can_do_the_same_are_one_line_the_strongest_first():
    lines = told(
        entry("role a", "passwords"),
        entry("role b", "stack set"),
        entry("role c", "passwords"),
        entry("role d", "groups", "roles"),
        entry("user e", "stack set", is_certain=False),
        fence=FENCE,
    )
    assert [line.partition(", wh")[0].partition(" and sign in")[0] for line in lines] == [
        "  role d can change the groups and roles of this collection",
        "  role b can change the stack set of this collection",
        (
            "  user e can, under the conditions of their policies, change the stack set of this "
            "collection"
        ),
        "  role a, role c can read initial passwords",
    ]
    assert lines[-1].endswith(
        "remove these rights in IAM, or attach the fence, which denies them, to each of them: "
        "arn:aws:iam::111111111111:policy/jumpaccount/fence"
    )


def test_without_a_fence_none_is_offered():
    assert told(entry("role a", "passwords"))[0].endswith("remove these rights in IAM")


def test_many_are_counted_and_permission_sets_named():
    path = "/aws-reserved/sso.amazonaws.com/eu-west-1/"
    (line,) = told(*(entry(f"role {n}", "passwords", path=path) for n in range(9)))
    assert line.startswith(
        "  role 0, role 1, role 2, role 3, role 4 and 4 more (all in the JSON result) can read "
    )
    assert line.endswith("; change permission sets of IAM Identity Center there")


def test_a_step_that_could_not_look_has_no_notice():
    refused = {"failures": [], "inspection": None}
    assert noticed(make_run({"groups": refused, "stack_set": {"changes": []}})) == []
