# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that return and users that are adopted: nobody inherits a password, keys or a device."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.person import Person

from .conftest import JUMP, REGION, Played, World, member, people

MEMBERS = {"project-a-prod": member("222222222222", "project-a", stage="prod")}
PREFIX = "/jumpaccount/initial-password"
PASSWORD, KNOWN = "A-new-Passw0rd-of-my-own!", "Known-Passw0rd-of-24-characters"
ADMIN = "arn:aws:iam::222222222222:role/role-admin"


def stored(world: World, name: str) -> str:
    """Return a stored initial password."""
    ssm = world.sandbox.client("ssm")
    return str(
        ssm.get_parameter(Name=f"{PREFIX}/{name}", WithDecryption=True)["Parameter"]["Value"]
    )


def person(world: World, name: str, password: str) -> Person:
    """Return a person after the first day, in a console session with MFA."""
    found = Person(world.sandbox.address, JUMP, name, REGION)
    found.sign_in(password, new_password=PASSWORD)
    found.enroll()
    found.sign_in(PASSWORD)
    return found


def refused(call: Any, *arguments: Any, **params: Any) -> str:
    """Return the code with which AWS refuses."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **params)
    return str(caught.value.response["Error"]["Code"])


def check_and_run(world: World, playbook: str, *options: str) -> Played:
    """Return a run that went as check mode predicted."""
    predicted = world.play(playbook, "--check", *options)
    made = world.play(playbook, *options)
    assert predicted.code == made.code, made.output
    assert predicted.changes == made.changes
    return made


def change_roster(world: World, *names: str) -> None:
    world.write(MEMBERS, people(names, level="admin"))


@pytest.fixture
def company(world: World) -> World:
    """A company whose administrator ada works with MFA and a key; bo never signed in."""
    change_roster(world, "ada", "bo")
    world.bootstrap_once()
    ada = person(world, "ada", stored(world, "ada"))
    ada.client("iam").create_access_key()
    assert ada.switch(ADMIN)
    # What the first run after the sign-in does.
    world.sandbox.client("ssm").delete_parameter(Name=f"{PREFIX}/ada")
    return world


def test_a_new_person_under_a_leavers_name(company: World):
    change_roster(company, "bo")
    left = company.play_well("bootstrap")
    assert "1 marked as having left: ada" in left.output
    change_roster(company, "ada", "bo")
    made = check_and_run(company, "bootstrap")
    assert made.code == 2
    assert made.changes == []
    assert "User ada is from before: it was missing from the roster on 20" in made.output
    replaced = check_and_run(company, "new_user", "-e", "jump_users_replaced=ada")
    assert replaced.code == 0
    assert "1 deleted with all credentials: ada" in replaced.output
    old = Person(company.sandbox.address, JUMP, "ada", REGION)
    assert refused(old.sign_in, PASSWORD) == "AuthenticationFailed"
    new = person(company, "ada", stored(company, "ada"))
    assert new.switch(ADMIN)
    assert new.client("iam").list_access_keys()["AccessKeyMetadata"] == []
    company.play_well("new_user", "-e", "jump_users_replaced=ada")
    assert new.sign_in(PASSWORD)["has_mfa"] is True


def test_who_was_shut_out_comes_back_by_a_decision(company: World):
    change_roster(company, "bo")
    output = company.play_well("new_user").output
    (command,) = (w for w in output.splitlines() if "aws iam put-user-policy --user-name ada" in w)
    words = shlex.split(command)
    iam = company.sandbox.client("iam")
    document = words[words.index("--policy-document") + 1]
    assert json.loads(document)["Statement"]["Effect"] == "Deny"
    policy = words[words.index("--policy-name") + 1]
    iam.put_user_policy(UserName="ada", PolicyName=policy, PolicyDocument=document)
    iam.untag_user(UserName="ada", TagKeys=["jumpaccount:unlisted"])
    change_roster(company, "ada", "bo")
    made = check_and_run(company, "bootstrap")
    assert made.code == 2
    assert "User ada is from before: policy left-the-company shuts it out" in made.output
    assert "detach it with" not in made.output
    back = check_and_run(company, "bootstrap", "-e", "jump_users_returned=ada")
    assert back.code == 0
    assert "1 no longer shut out: ada" in back.output
    (key,) = iam.list_access_keys(UserName="ada")["AccessKeyMetadata"]
    assert key["Status"] == "Active"


def test_a_namesake_of_somebody_deleted_by_hand_gets_another_password(company: World):
    iam = company.sandbox.client("iam")
    first = stored(company, "bo")
    iam.delete_login_profile(UserName="bo")
    iam.remove_user_from_group(UserName="bo", GroupName="group-admin")
    iam.delete_user(UserName="bo")
    change_roster(company, "ada")
    told = company.play_well("bootstrap").output
    assert f"{PREFIX}/bo is not the password of any user: no user has this name" in told
    change_roster(company, "ada", "bo")
    assert check_and_run(company, "new_user", "-e", "user_name=bo").code == 0
    bo = Person(company.sandbox.address, JUMP, "bo", REGION)
    assert refused(bo.sign_in, first) == "AuthenticationFailed"
    assert person(company, "bo", stored(company, "bo")).switch(ADMIN)


def test_adoption_into_a_jump_group(company: World):
    iam = company.sandbox.client("iam")
    iam.create_user(UserName="eve")
    iam.create_login_profile(UserName="eve", Password=KNOWN)
    key = iam.create_access_key(UserName="eve")["AccessKey"]
    change_roster(company, "ada", "bo", "eve")
    adopt = ("-e", "jump_users_adopt=true")
    eve = Person(company.sandbox.address, JUMP, "eve", REGION)
    made = check_and_run(company, "new_user", *adopt)
    assert made.code == 2
    assert "User eve has console password, access keys (1) and no MFA device" in made.output
    assert iam.list_groups_for_user(UserName="eve")["Groups"] == []
    withdraw = (*adopt, "-e", "jump_users_adopt_credentials=withdraw")
    made = check_and_run(company, "new_user", *withdraw)
    assert made.code == 0
    assert "credentials of user eve" in [c["target"] for c in made.changes]
    assert "1 lost password and keys: eve" in made.output
    assert refused(eve.sign_in, KNOWN) == "AuthenticationFailed"
    assert refused(eve.client("sts", key).get_caller_identity) == "InvalidClientTokenId"
    assert person(company, "eve", stored(company, "eve")).switch(ADMIN)


def test_an_estate_of_the_version_before_keeps_every_password(company: World):
    iam, ssm = company.sandbox.client("iam"), company.sandbox.client("ssm")
    for name in ("ada", "bo"):
        iam.untag_user(UserName=name, TagKeys=["jumpaccount:made"])
    password = stored(company, "bo")
    held = {p["Name"]: p.get("KeyId") for p in ssm.describe_parameters()["Parameters"]}
    ssm.put_parameter(
        Name=f"{PREFIX}/bo",
        Value=password,
        KeyId=held[f"{PREFIX}/bo"],
        Description="Initial console password; deleted once the person has signed in (0123)",
        Overwrite=True,
    )
    ssm.delete_parameter(Name=f"{PREFIX}/_issued")
    made = check_and_run(company, "bootstrap")
    assert made.code == 0
    assert made.changes == []
    for name in ("ada", "bo"):
        assert f"user {name} has no console password" not in made.output
    assert person(company, "bo", password).switch(ADMIN)
    # An administrator of the time before who took a password away is not overruled either.
    iam.delete_login_profile(UserName="ada")
    company.sandbox.post("clock", {"advance_seconds": 5 * 3600})
    assert "user ada has no console password" in company.play_well("bootstrap").output
