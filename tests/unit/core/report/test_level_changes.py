# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which levels an update changes."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.level_changes import (
    level_rows,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.switch_roles import (
    FENCE,
    GUARD,
)

from tests.unit.runs import change

LEVELS = {"role-a": "a", "role-b": "b"}


def template(fence=None, guard=None, **roles):
    """Return a template with these roles, by their names without the dash."""
    resources = {
        name: {"Properties": {"RoleName": name.replace("_", "-"), "ManagedPolicyArns": arns}}
        for name, arns in roles.items()
    }
    for logical_id, document in ((FENCE, fence), (GUARD, guard)):
        if document:
            resources[logical_id] = {"Properties": {"PolicyDocument": document}}
    return {"template": {"Resources": resources}}


def rows(before, after, *, is_check=False, failures=()):
    result = {
        "changes": [change("stack set iam-roles", "update", before=before, after=after)],
        "updates_instances": [{"account_id": n * 12, "region": "r"} for n in "123"],
        "failures": list(failures),
    }
    return level_rows(result, LEVELS, is_check=is_check)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (template(role_a=[1]), template(role_a=[1]), []),
        (template(role_a=[1]), template(role_a=[2]), [("level", "a changed in 3 accounts")]),
        (template(), template(role_b=[2]), [("level", "b added in 3 accounts")]),
        (template(role_old=[2]), template(), [("level", "role-old removed from 3 accounts")]),
        (template("x"), template("y"), [("fence", "changed in the Jump account")]),
        (template("x"), template("x", "z"), [("guard", "added in the member accounts")]),
    ],
)
def test_each_level_is_told(before, after, told):
    assert rows(before, after) == told


FENCED = {
    "anywhere": {"Fn::If": ["IsJumpAccount", {"Ref": FENCE}, {"Ref": GUARD}]},
    "elsewhere": {"Ref": GUARD},
}


def where(place, arn=1):
    """Return a template whose role-a is anywhere, or in member accounts only."""
    made = template(role_a=[arn, FENCED[place]], fence="x" if place == "anywhere" else None)
    if place == "elsewhere":
        made["template"]["Resources"]["role_a"]["Condition"] = "IsMemberAccount"
        made["template"]["Resources"][GUARD] = {"Condition": "IsMemberAccount", "Properties": {}}
    return made


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            where("anywhere"),
            where("elsewhere"),
            [
                ("guard", "added in the member accounts"),
                ("fence", "removed from the Jump account"),
                ("level", "a removed from the Jump account"),
            ],
        ),
        (
            where("elsewhere"),
            where("anywhere"),
            [
                ("fence", "added in the Jump account"),
                ("guard", "removed from the member accounts"),
                ("level", "a added in the Jump account"),
            ],
        ),
        (
            where("elsewhere"),
            where("elsewhere", 2),
            [("level", "a changed in 3 accounts")],
        ),
        (
            where("anywhere"),
            where("elsewhere", 2),
            [
                ("guard", "added in the member accounts"),
                ("level", "a changed in 3 accounts"),
                ("fence", "removed from the Jump account"),
                ("level", "a removed from the Jump account"),
            ],
        ),
    ],
)
def test_a_level_that_leaves_the_jump_account_or_comes_back(before, after, told):
    assert rows(before, after) == told


def test_a_level_that_is_new_in_member_accounts_only_is_told_once():
    before, after = template(role_b=[1]), where("elsewhere")
    after["template"]["Resources"] |= before["template"]["Resources"]
    assert rows(before, after) == [
        ("guard", "added in the member accounts"),
        ("level", "a added in 3 accounts"),
    ]


def test_check_mode_and_accounts_that_refuse():
    before, after = template(role_a=[1]), template(role_a=[2])
    assert rows(before, after, is_check=True) == [("level", "a to change in 3 accounts")]
    failures = [{"subject": n * 12, "account_id": n * 12} for n in "12"]
    assert rows(before, after, failures=failures) == [("level", "a changed in 1 account")]


def test_a_new_stack_set_changes_no_level():
    assert level_rows({"changes": [change("stack set iam-roles")]}, LEVELS, is_check=False) == []
    assert level_rows({}, LEVELS, is_check=False) == []
