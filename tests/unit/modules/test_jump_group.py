# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of the Jump account in the local AWS: what IAM cannot hold is refused before a write."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import jump_group, jump_user


def arns(count):
    return [f"arn:aws:iam::{n:012}:role/role-operator" for n in range(count)]


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        (
            {
                "groups": [
                    {"name": "small", "role_arns": arns(1)},
                    {"name": "g", "role_arns": arns(1200)},
                ]
            },
            [
                "  groups: group g is for 1200 accounts, which need 10",
                "holds 9, which is room for 11",
            ],
        ),
        (
            {"groups": [], "source_networks": [f"203.0.{n}.0/24" for n in range(250)]},
            ["  source_networks: with these 250 networks the policy policy-enforce-mfa has"],
        ),
    ],
)
def test_what_iam_cannot_hold_is_refused_before_any_write(aws, run, options, texts):
    for check in (True, False):
        message = run(jump_group, check=check, **options)["msg"]
        assert message.startswith("The input has 1 problem:\n")
        assert [text for text in texts if text not in message] == []
    assert aws.writes == 0


def test_check_mode_knows_that_memberships_go_with_their_group(aws, run):
    def play(groups, *, check):
        made = run(jump_group, check=check, prune=True, groups=[{"name": g} for g in groups])
        handed_on = {name: made[name] for name in ("protected_groups", "deleted_groups")}
        people = [{"name": "ana", "groups": groups}]
        return made["changes"], run(jump_user, check=check, users=people, **handed_on)["changes"]

    play(["group-a", "group-b"], check=False)
    predicted = play(["group-a"], check=True)
    assert "delete group group-b" in [f"{c['action']} {c['target']}" for c in predicted[0]]
    assert predicted == play(["group-a"], check=False)
    assert predicted[1] == []
    assert aws.client("iam").list_groups_for_user(UserName="ana")["Groups"][1:] == []
