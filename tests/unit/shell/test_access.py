# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials for several accounts; with real profiles in modules/test_account_stack.py."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell import access
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.access import (
    Access,
    Entry,
    NoAccessError,
    NoWayInError,
)

from tests.unit.scripted import play

OWN, OTHER = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{OTHER}:role/bootstrap"
KEYS = {
    "AccessKeyId": "ASIAEXAMPLEEXAMPLE",
    "SecretAccessKey": "hush",
    "SessionToken": "token",
    "Expiration": "2026-01-01",
}
ASSUME = {"RoleArn": ROLE, "RoleSessionName": "jumpaccount"}
ARN = f"arn:aws:sts::{OTHER}:assumed-role/bootstrap/jumpaccount"
FOUND_KEYS = {
    "aws_access_key_id": "ASIAEXAMPLEEXAMPLE",
    "aws_secret_access_key": "hush",
    "aws_session_token": "token",
}
MODULE = SimpleNamespace(
    params={
        "region": "eu-west-1",
        "endpoint_url": "http://127.0.0.1:1",
        "access_key": "AKIAEXAMPLEEXAMPLE",
        "secret_key": "own",
        "validate_certs": True,
    }
)


@pytest.fixture
def script(monkeypatch):
    yield from play(monkeypatch)


@pytest.fixture
def connected(script, monkeypatch):
    """Return what clients are made with; they answer from the script."""
    made = []

    class ScriptedSessions:
        def __init__(self, *settings):
            self.settings = settings

        def _makes(self, **credentials):
            def make_client(service):
                made.append({"settings": self.settings, "service": service, **credentials})
                return script.stubbers[service].client

            return make_client

        def by_keys(self, keys):
            return self._makes(keys=keys)

        def by_profile(self, name):
            return self._makes(profile=name)

    monkeypatch.setattr(access, "Sessions", ScriptedSessions)
    return made


def caller(script, account_id):
    arn = f"arn:aws:iam::{account_id}:user/someone"
    script.answer("sts", "get_caller_identity", {}, {"Account": account_id, "Arn": arn})


def assumed(script, arn=ARN):
    user = {"AssumedRoleId": "AROAEXAMPLEEXAMPLE:jumpaccount", "Arn": arn}
    script.answer("sts", "assume_role", ASSUME, {"Credentials": KEYS, "AssumedRoleUser": user})


def opened(script, entry):
    return Access(MODULE, script.account, [entry]).open(entry).enter()


def test_the_account_of_the_run(script, connected):
    caller(script, OWN)
    found = opened(script, Entry(OWN))
    assert (found.account_id, found.client("iam")) == (OWN, script.account.client("iam"))
    assert connected == []


def test_an_account_that_nothing_leads_to(script):
    caller(script, OWN)
    with pytest.raises(NoWayInError) as caught:
        opened(script, Entry(OTHER))
    assert str(caught.value) == (
        f"No credentials for account {OTHER} are known: set aws_profile or bootstrap_role_arn in "
        "the inventory."
    )


def test_one_look_at_the_own_credentials_is_enough(script):
    caller(script, OWN)
    entries = [Entry(OWN), Entry(OTHER), Entry("333333333333")]
    doors = Access(MODULE, script.account, entries)
    for entry in entries[1:]:
        with pytest.raises(NoAccessError, match=entry.account_id):
            doors.open(entry)
    assert doors.open(entries[0]).account_id == OWN


def test_broken_credentials_of_the_run_are_told_for_each_account(script):
    script.refuse("sts", "get_caller_identity", {}, "ExpiredToken", "too old")
    said = r"are known \(Could not identify .* too old\. Renew"
    with pytest.raises(NoAccessError, match=said) as caught:
        opened(script, Entry(OWN))
    assert not isinstance(caught.value, NoWayInError)


def test_credentials_of_another_account_than_said_end_the_run(script):
    caller(script, OTHER)
    with pytest.raises(InputError, match=f"for account {OTHER} .*, but account_id is {OWN}"):
        opened(script, Entry(OWN))


def test_a_role_is_assumed_by_the_run_itself_and_proves_its_account(script, connected):
    caller(script, OWN)
    assumed(script)
    found = opened(script, Entry(OTHER, role_arn=ROLE))
    assert found.label == f"account {OTHER}"
    assert connected == []
    assert found.client("cloudformation") is script.stubbers["cloudformation"].client
    (made,) = connected
    assert made["settings"] == ("eu-west-1", "http://127.0.0.1:1", True, None)
    assert made["keys"] == FOUND_KEYS


def test_clients_end_with_a_visit_and_the_credentials_stay(script, connected):
    caller(script, OWN)
    assumed(script)
    entry = Entry(OTHER, role_arn=ROLE)
    door = Access(MODULE, script.account, [entry]).open(entry)
    for _visit in range(2):
        assert door.enter().client("cloudformation") is not None
    assert [made["keys"] for made in connected] == [FOUND_KEYS] * 2


def test_a_role_that_cannot_be_assumed(script):
    caller(script, OWN)
    script.refuse("sts", "assume_role", ASSUME, "AccessDenied", "no")
    with pytest.raises(AwsError) as caught:
        opened(script, Entry(OTHER, role_arn=ROLE))
    assert str(caught.value) == (
        f"Could not assume role {ROLE} in account {OWN}: AWS answered AccessDenied: no. Check "
        "that the role exists and trusts the credentials of this run."
    )


def test_a_profile_needs_no_credentials_of_the_run(script, connected):
    caller(script, OTHER)
    assert opened(script, Entry(OTHER, profile="prod")).account_id == OTHER
    (made,) = connected
    assert (made["service"], made["profile"]) == ("sts", "prod")


@pytest.mark.parametrize(
    ("entry", "variable"),
    [
        (Entry(OTHER, profile="prod"), "aws_profile"),
        (Entry(OTHER, role_arn=ROLE), "bootstrap_role_arn"),
    ],
    ids=["profile", "role"],
)
def test_credentials_that_lead_elsewhere_are_refused(script, connected, entry, variable):
    if entry.profile:
        caller(script, "333333333333")
    else:
        caller(script, OWN)
        assumed(script, "arn:aws:iam::333333333333:user/someone")
    with pytest.raises(NoAccessError) as caught:
        opened(script, entry)
    assert str(caught.value) == (
        f"The credentials for account {OTHER} are for account 333333333333 "
        f"(arn:aws:iam::333333333333:user/someone); they were not used. Correct {variable} in "
        "the inventory."
    )
    assert [made.get("profile") for made in connected] == ([entry.profile] if entry.profile else [])


def test_a_run_that_is_of_no_account(script):
    caller(script, OTHER)
    own = AwsAccount(None, script.account.client)
    entry = Entry(OTHER)
    assert Access(MODULE, own, [entry]).open(entry).enter().label == f"account {OTHER}"
