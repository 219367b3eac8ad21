# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Initial passwords: each for one login profile, gone after the first sign-in, missed when lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

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


def carry_out(world: World, text: str, name: str) -> Any:
    """Do what a run says to give a person another password."""
    (option,) = re.findall(r"run new_user with -e (reset_password=\S+?)[.,;]?(?=\s|$)", text)
    assert option == f"reset_password={name}"
    return world.play_well("new_user", "-e", option)


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
    reset = ("-e", "reset_password=ada")
    predicted = estate.play_well("new_user", "--check", *reset)
    played = estate.play_well("new_user", *reset)
    assert predicted.changes == played.changes != []
    assert "New people" in played.output
    second = stored(estate, "ada")
    assert second not in (None, first)
    with pytest.raises(ClientError, match="AuthenticationFailed"):
        Person(estate.sandbox.address, JUMP, "ada", REGION).sign_in(PASSWORD)

    # Before the parameter is deleted: the old password does not come back either.
    estate.play_well("new_user", "-e", "user_name=ada", *reset)
    assert stored(estate, "ada") not in (None, first, second)
    assert sign_in(estate, "ada")["has_mfa"] is False
    refused = estate.play("new_user", "-e", "reset_password=nobody")
    assert refused.code == 2
    assert [c["target"] for c in refused.changes] == ["initial password ada"]
    assert "The password of nobody was not reset" in refused.output


def test_a_password_that_was_taken_away_comes_back_on_request_only(estate: World):
    iam = estate.sandbox.client("iam")
    sign_in(estate, "ada")
    for name in ("ada", "bo"):
        iam.delete_login_profile(UserName=name)
    estate.sandbox.post("clock", {"advance_seconds": 5 * 3600})
    for playbook in ("bootstrap", "new_user"):
        predicted = estate.play_well(playbook, "--check")
        played = estate.play_well(playbook)
        assert predicted.changes == played.changes == []
        for name in ("ada", "bo"):
            assert f"user {name} has no console password" in played.output
            with pytest.raises(iam.exceptions.NoSuchEntityException):
                iam.get_login_profile(UserName=name)
            assert f"{PREFIX}/{name} is not the password of any user" in played.output
    (ada,) = (w for w in played.output.splitlines() if "user ada has no console password" in w)
    assert "New people" in carry_out(estate, ada, "ada").output
    assert sign_in(estate, "ada")["has_mfa"] is False
    assert iam.list_users()["Users"][1]["UserName"] == "bo"
    pruned = estate.play_well("new_user", "-e", "jump_users_prune_passwords=true")
    gone = [c["target"] for c in pruned.changes if c["action"] == "delete"]
    assert gone == ["initial password ada", "initial password bo"]
    assert stored(estate, "bo") is None


def test_every_run_tells_of_unused_passwords_of_people_without_mfa_and_of_keys(estate: World):
    iam = estate.sandbox.client("iam")
    cy = Person(estate.sandbox.address, JUMP, "cy", REGION)
    cy.sign_in(stored(estate, "cy"), new_password=PASSWORD)
    cy.enroll()
    for name in ("bo", "cy", "ci-server"):
        if name == "ci-server":
            iam.create_user(UserName=name)
        iam.create_access_key(UserName=name)
    estate.sandbox.post("clock", {"advance_seconds": 3 * 86400 + 60})
    for playbook, options in (("bootstrap", ()), ("new_user", ("-e", "user_name=di"))):
        output = estate.play_well(playbook, *options).output
        unused = "ada (3 days), bo (3 days), di (3 days)" if not options else "di (3 days)"
        assert f"not used yet: {unused};" in output
        assert "3 people with a console password and no MFA device, as of 20" in output
        assert ": ada, bo, di; anyone with such a password" in output
        assert "2 people with active access keys" in output
        assert ": bo (1 key), cy (1 key); delete those" in output


def test_a_password_that_vanished_or_was_overwritten_is_told_with_a_reset_that_helps(estate: World):
    ssm = estate.sandbox.client("ssm")
    ssm.delete_parameter(Name=f"{PREFIX}/ada")
    estate.sandbox.post("clock", {"advance_seconds": 60})
    held = {p["Name"]: p.get("KeyId") for p in ssm.describe_parameters()["Parameters"]}
    key = held[f"{PREFIX}/bo"]
    ssm.put_parameter(Name=f"{PREFIX}/bo", Value="planted", Overwrite=True, KeyId=key)
    for playbook, options in (("bootstrap", ()), ("new_user", ("--check",))):
        played = estate.play_well(playbook, *options)
        assert played.changes == []
        (ada,) = (w for w in played.output.splitlines() if "user ada never signed in" in w)
        (bo,) = (w for w in played.output.splitlines() if "user bo never signed in" in w)
        assert f"{PREFIX}/ada, is gone" in ada
        assert f"{PREFIX}/bo, was overwritten" in bo
    carry_out(estate, ada, "ada")
    played = carry_out(estate, bo, "bo")
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
