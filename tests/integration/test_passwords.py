# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Initial passwords: each for one login profile, gone after the first sign-in, missed when lost."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from sandbox.person import Person

from .conftest import JUMP, REGION, World, member, people

MEMBERS = {"project-a-prod": member("222222222222", "project-a", stage="prod")}
PREFIX = "/jumpaccount/initial-password"
PASSWORD = "A-new-Passw0rd-of-my-own!"
NAMES = ["ada", "bo", "cy", "di"]
"""More people than are asked for one by one."""


def stored(world: World, name: str) -> str | None:
    """Return a stored initial password."""
    ssm = world.sandbox.client("ssm")
    try:
        found = ssm.get_parameter(Name=f"{PREFIX}/{name}", WithDecryption=True)
    except ssm.exceptions.ParameterNotFound:
        return None
    return str(found["Parameter"]["Value"])


def sign_in(world: World, name: str) -> Any:
    """Sign in for the first time with what is stored."""
    person = Person(world.sandbox.address, JUMP, name, REGION)
    return person.sign_in(stored(world, name), new_password=PASSWORD)


def carry_out(world: World, text: str, name: str) -> None:
    """Do what a run says to give a person another password."""
    command = text[text.index("aws iam delete-login-profile") :].split(";")[0]
    user = shlex.split(command)[-1]
    assert user == name
    world.sandbox.client("iam").delete_login_profile(UserName=user)


@pytest.fixture
def estate(world: World) -> World:
    """People who have a password and have not signed in."""
    world.write(MEMBERS, people(NAMES, level="operator"))
    world.play_well("bootstrap")
    return world


def test_a_password_is_for_one_login_profile_and_goes_after_the_first_sign_in(estate: World):
    first = stored(estate, "ada")
    sign_in(estate, "ada")
    # Nobody waits four hours: the credential report is not what tells.
    estate.play_well("bootstrap")
    assert stored(estate, "ada") is None
    estate.sandbox.client("iam").delete_login_profile(UserName="ada")
    played = estate.play_well("new_user", "-e", "user_name=ada")
    assert "New people" in played.output
    second = stored(estate, "ada")
    assert second not in (None, first)

    # Before the parameter is deleted: the old password does not come back either.
    estate.sandbox.client("iam").delete_login_profile(UserName="ada")
    predicted = estate.play_well("new_user", "--check", "-e", "user_name=ada")
    played = estate.play_well("new_user", "-e", "user_name=ada")
    assert predicted.changes == played.changes != []
    assert stored(estate, "ada") not in (None, first, second)
    assert sign_in(estate, "ada")["has_mfa"] is False


def test_a_password_that_vanished_or_was_overwritten_is_told_with_a_reset_that_helps(estate: World):
    ssm = estate.sandbox.client("ssm")
    ssm.delete_parameter(Name=f"{PREFIX}/ada")
    estate.sandbox.post("clock", {"advance_seconds": 60})
    ssm.put_parameter(Name=f"{PREFIX}/bo", Value="planted", Overwrite=True)
    for playbook, options in (("bootstrap", ()), ("new_user", ("--check",))):
        played = estate.play_well(playbook, *options)
        assert played.changes == []
        (ada,) = (w for w in played.output.splitlines() if "user ada never signed in" in w)
        (bo,) = (w for w in played.output.splitlines() if "user bo never signed in" in w)
        assert f"{PREFIX}/ada, is gone" in ada
        assert f"{PREFIX}/bo, was overwritten" in bo
    carry_out(estate, ada, "ada")
    carry_out(estate, bo, "bo")
    played = estate.play_well("new_user")
    assert "never signed in" not in played.output
    for name in ("ada", "bo"):
        assert sign_in(estate, name)["has_mfa"] is False


def test_a_value_that_lay_there_before_is_nobodys_password(world: World):
    ssm = world.sandbox.client("ssm")
    planted = "Planted-Passw0rd-of-24-characters"
    ssm.put_parameter(Name=f"{PREFIX}/ada", Value=planted, Type="SecureString")
    world.write(MEMBERS, people(["ada"], level="admin"))
    world.play_well("bootstrap")
    assert stored(world, "ada") != planted
    assert sign_in(world, "ada")["has_mfa"] is False
