# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS on a bad day: throttled, failing, dropping connections, slow to show what was written."""

from __future__ import annotations

from .conftest import World, member, people

MEMBERS = {"project-a-prod": member("222222222222", "project-a")}
ROSTER = people(["yamada.taro", "suzuki.ichiro"], level="operator")


def test_one_run_gets_through_a_bad_day(world: World):
    world.write(MEMBERS, ROSTER)
    world.sandbox.post(
        "faults",
        {
            "throttle": 0.2,
            "server_error": 0.05,
            "drop_connection": 0.03,
            "invisible_reads": 1,
            "seed": 7,
        },
    )
    world.play_well("bootstrap")
    world.sandbox.post("faults", {})
    before = world.sandbox.calls()["writes"]
    assert world.play_well("bootstrap").changes == []
    assert world.sandbox.calls()["writes"] == before
    iam = world.sandbox.client("iam")
    assert {u["UserName"] for u in iam.list_users()["Users"]} == {"yamada.taro", "suzuki.ichiro"}
    operations = world.sandbox.client("cloudformation").list_stack_set_operations(
        StackSetName="iam-roles"
    )["Summaries"]
    assert [o["Action"] for o in operations] == ["CREATE"]


def test_an_aws_that_never_answers_is_a_sentence(world: World):
    world.write(MEMBERS, ROSTER)
    world.sandbox.post("faults", {"server_error": 1.0})
    played = world.play("bootstrap")
    world.sandbox.post("faults", {})
    assert played.code != 0
    assert "Traceback" not in played.output
    assert "Run again later; finished work is not repeated." in played.output
