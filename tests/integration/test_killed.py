# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that dies half-way is completed by the next one, and no password is lost."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from .conftest import JUMP, World, member, people

MEMBERS = {
    "project-a-prod": member("222222222222", "project-a"),
    "project-b-prod": member("333333333333", "project-b"),
}
ROSTER = [
    *people(["yamada.taro"], level="admin"),
    *people(["kim.minjun"], level="developer", project="project-a"),
]
WRITES = 48
"""A little fewer than a whole bootstrap of this inventory makes."""
POINTS = sorted(random.Random(20240611).sample(range(1, WRITES), 21))
CHAINS = [POINTS[start::5] for start in range(5)]
"""Four or five points of death for each story, from early to late."""


def kill_after(world: World, writes: int) -> bool:
    """Start a bootstrap and kill it once so many writes were made; tell whether it was running."""
    process, _log = world.start("bootstrap")
    while process.poll() is None:
        if world.sandbox.calls()["writes"] >= writes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return process.returncode == -signal.SIGKILL
        time.sleep(0.005)
    return False


def test_the_points_are_twenty_at_least_and_different():
    assert len({point for chain in CHAINS for point in chain}) >= 20


@pytest.mark.parametrize("points", CHAINS, ids=lambda chain: "-".join(map(str, chain)))
def test_the_next_run_completes_the_killed_ones(world: World, points: list[int]):
    world.write(MEMBERS, ROSTER)
    for writes in points:
        assert kill_after(world, writes)
    world.play_well("bootstrap")
    iam, ssm = world.sandbox.client("iam"), world.sandbox.client("ssm")
    for person in ROSTER:
        name = person["name"]
        assert iam.get_login_profile(UserName=name)
        stored = ssm.get_parameter(
            Name=f"/jumpaccount/initial-password/{name}", WithDecryption=True
        )["Parameter"]["Value"]
        signed_in = world.sandbox.post(
            "sign_in",
            {
                "account_id": JUMP,
                "user_name": name,
                "password": stored,
                "new_password": "A-new-Passw0rd-of-my-own!",
            },
        )
        assert signed_in.get("error") is None, signed_in
    assert [u["UserName"] for u in iam.list_users()["Users"]] == ["kim.minjun", "yamada.taro"]
    for account_id in (JUMP, "222222222222", "333333333333"):
        assert world.sandbox.client("iam", account_id).get_role(RoleName="role-operator")
