# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that return and users that are adopted, with real sign-ins: nobody inherits anything."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell import second_look
from ansible_collections.jumpaccount.aws.plugins.modules import (
    iam_login_profile,
    jump_group,
    jump_user,
)
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from sandbox.person import Person

from .conftest import JUMP, REGION

PASSWORD, KNOWN = "A-new-Passw0rd-of-my-own!", "Known-Passw0rd-of-24-characters"
PREFIX = "/jumpaccount/initial-password"
DENY = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
)


class Company:
    """One group, its people and the modules that see to them, as the roles run them."""

    def __init__(self, aws: Any, run: Any) -> None:
        self.aws, self.run = aws, run
        self.iam, self.ssm = aws.client("iam"), aws.client("ssm")

    def play(self, *names: str, check: bool = False, **options: Any) -> list[dict[str, Any]]:
        """Run the modules for these people; return the results of users and passwords."""
        passwords = {k: options.pop(k) for k in ("reset_users", "prune_orphaned") if k in options}
        groups = self.run(jump_group, check=check, groups=[{"name": "g"}])
        users = self.run(
            jump_user,
            check=check,
            users=[{"name": name, "groups": ["g"]} for name in names],
            protected_groups=groups["protected_groups"],
            roster=list(names),
            defer_failures=True,
            **options,
        )
        withheld = sorted(set(names) - set(users["ready"]))
        issued = self.run(
            iam_login_profile,
            check=check,
            users=list(names),
            withheld_users=withheld,
            new_users=sorted(set(users["passwordless"]) - set(withheld)),
            defer_failures=True,
            **passwords,
        )
        return [users, issued]

    def check_and_play(self, *names: str, **options: Any) -> list[dict[str, Any]]:
        """Return the results of a run that went as check mode predicted."""
        predicted = self.play(*names, check=True, **options)
        made = self.play(*names, **options)
        for before, after in zip(predicted, made, strict=True):
            assert before["changes"] == after["changes"]
            assert before["failures"] == after["failures"]
        return made

    def stored(self, name: str) -> str | None:
        try:
            found = self.ssm.get_parameter(Name=f"{PREFIX}/{name}", WithDecryption=True)
        except self.ssm.exceptions.ParameterNotFound:
            return None
        return str(found["Parameter"]["Value"])

    def person(self, name: str, password: str | None = None) -> Person:
        """Sign in with the initial password and enroll a device."""
        person = Person(self.aws.sandbox.url, JUMP, name, REGION)
        person.sign_in(password or self.stored(name), new_password=PASSWORD)
        person.enroll()
        return person

    def can_sign_in(self, name: str, password: str, **form: str) -> bool:
        try:
            Person(self.aws.sandbox.url, JUMP, name, REGION).sign_in(password, **form)
        except ClientError as error:
            return error.response["Error"]["Code"] == "PasswordResetRequired"
        return True

    def groups_of(self, name: str) -> list[str]:
        found = self.iam.list_groups_for_user(UserName=name)["Groups"]
        return [group["GroupName"] for group in found]


@pytest.fixture
def company(aws, run):
    """A company with two people; ana has signed in, has a device, two keys and more."""

    def build() -> None:
        company = Company(aws, run)
        company.play("ana", "bo")
        person = company.person("ana")
        person.sign_in(PASSWORD)
        for _number in range(2):
            company.iam.create_access_key(UserName="ana")
        company.iam.upload_ssh_public_key(UserName="ana", SSHPublicKeyBody="ssh-rsa AAAA")
        company.iam.create_service_specific_credential(
            UserName="ana", ServiceName="codecommit.amazonaws.com"
        )
        company.play("ana", "bo")

    aws.build_once("company-of-two", build)
    return Company(aws, run)


def shut_out(company: Company) -> None:
    """Do what every run advises to shut ana out."""
    company.iam.put_user_policy(UserName="ana", PolicyName="left-the-company", PolicyDocument=DENY)


def leave(company: Company) -> None:
    """Take ana out of the roster and run."""
    (change,) = company.check_and_play("bo")[0]["changes"]
    assert (change["action"], change["target"]) == ("update", "user ana")


def suspend(company: Company) -> None:
    company.iam.attach_user_policy(UserName="ana", PolicyArn="arn:aws:iam::aws:policy/AWSDenyAll")


GONE = [leave, shut_out, suspend]
READING = ("Get", "List", "Describe", "Generate")


class KilledError(BaseException):
    """The process of a run dies."""


def dies(company: Company, writes: int, **options: Any) -> bool:
    """Run, and die before the write of this number; tell whether it came to that."""
    made = itertools.count(1)
    call = BaseClient._make_api_call

    def until_then(client: Any, operation: str, params: Any) -> Any:
        if not operation.startswith(READING) and next(made) >= writes:
            raise KilledError
        return call(client, operation, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", until_then)
        try:
            company.play("ana", "bo", **options)
        except KilledError:
            return True
    return False


@pytest.mark.parametrize("go", GONE)
def test_a_name_that_returns_is_refused_until_somebody_says_who_it_is(company, go):
    go(company)
    company.iam.remove_user_from_group(UserName="ana", GroupName="g")
    for _time in range(2):
        users, passwords = company.check_and_play("ana", "bo")
        assert [f["subject"] for f in users["failures"]] == ["ana"]
        assert users["changes"] == passwords["changes"] == []
        assert (users["ready"], passwords["missing"]) == (["bo"], [])
        assert users["direct_policies"] == []
    assert company.groups_of("ana") == []
    (told,) = (f["message"] for f in users["failures"])
    assert "jump_users_returned=ana" in told
    assert "jump_users_replaced=ana" in told


@pytest.mark.parametrize("go", GONE)
def test_the_same_person_returns_with_password_keys_and_device(company, go):
    before = company.iam.get_user(UserName="ana")["User"]
    go(company)
    company.check_and_play("ana", "bo", returned_users=["ana"])
    after = company.iam.get_user(UserName="ana")["User"]
    assert (after["UserId"], after["Tags"]) == (before["UserId"], before["Tags"])
    assert company.iam.list_user_policies(UserName="ana")["PolicyNames"] == []
    assert company.iam.list_attached_user_policies(UserName="ana")["AttachedPolicies"] == []
    assert company.groups_of("ana") == ["g"]
    assert len(company.iam.list_mfa_devices(UserName="ana")["MFADevices"]) == 1
    assert [r["changes"] for r in company.check_and_play("ana", "bo")] == [[], []]


@pytest.mark.parametrize("go", GONE)
def test_somebody_else_of_the_name_inherits_nothing(company, go):
    before = company.iam.get_user(UserName="ana")["User"]
    company.iam.create_group(GroupName="theirs")
    company.iam.add_user_to_group(UserName="ana", GroupName="theirs")
    go(company)
    _users, passwords = company.check_and_play("ana", "bo", replaced_users=["ana"])
    assert [one["name"] for one in passwords["issued"]] == ["ana"]
    assert company.iam.get_user(UserName="ana")["User"]["UserId"] != before["UserId"]
    assert not company.can_sign_in("ana", PASSWORD)
    assert company.groups_of("ana") == ["g"]
    for call, rows in (
        (company.iam.list_mfa_devices, "MFADevices"),
        (company.iam.list_access_keys, "AccessKeyMetadata"),
        (company.iam.list_ssh_public_keys, "SSHPublicKeys"),
        (company.iam.list_service_specific_credentials, "ServiceSpecificCredentials"),
    ):
        assert call(UserName="ana")[rows] == []
    assert company.iam.list_user_policies(UserName="ana")["PolicyNames"] == []
    # The virtual device is gone, too, so the new person can enroll one of this name.
    assert company.person("ana").sign_in(PASSWORD)["has_mfa"] is True
    # The same command again replaces nobody.
    changes = [
        c for r in company.check_and_play("ana", "bo", replaced_users=["ana"]) for c in r["changes"]
    ]
    assert [c["target"] for c in changes] == ["initial password ana"]


def test_a_replacement_that_dies_at_any_write_is_completed_by_the_next_run(company):
    leave(company)
    company.aws.sandbox.snapshot("ana-left")
    writes = 1
    while dies(company, writes, replaced_users=["ana"]):
        users, passwords = company.play("ana", "bo", replaced_users=["ana"])
        assert users["failures"] == passwords["failures"] == []
        assert passwords["missing"] == []
        assert not company.can_sign_in("ana", PASSWORD)
        assert company.can_sign_in("ana", company.stored("ana"))
        assert company.iam.list_access_keys(UserName="ana")["AccessKeyMetadata"] == []
        assert company.iam.list_mfa_devices(UserName="ana")["MFADevices"] == []
        company.aws.sandbox.restore("ana-left")
        writes += 1
    assert writes > 12


def test_a_namesake_of_somebody_whose_user_was_deleted_by_hand_gets_another_password(company):
    first = company.stored("bo")
    company.iam.delete_login_profile(UserName="bo")
    company.iam.remove_user_from_group(UserName="bo", GroupName="g")
    company.iam.delete_user(UserName="bo")
    _users, passwords = company.check_and_play("ana")
    (orphan,) = passwords["orphaned"]
    assert orphan == {"parameter": f"{PREFIX}/bo", "reason": "no user has this name"}
    company.check_and_play("ana", "bo")
    assert company.stored("bo") not in (None, first)
    assert not company.can_sign_in("bo", first)
    assert company.can_sign_in("bo", company.stored("bo"))


def test_a_stored_password_of_the_user_before_is_told_and_goes_when_it_is_asked_for(company):
    company.iam.delete_login_profile(UserName="bo")
    company.iam.remove_user_from_group(UserName="bo", GroupName="g")
    company.iam.delete_user(UserName="bo")
    company.iam.create_user(UserName="bo")
    company.iam.create_login_profile(UserName="bo", Password=KNOWN)
    users, passwords = company.check_and_play("ana", "bo", adopt=True)
    assert "User bo has console password and no MFA device" in users["failures"][0]["message"]
    (orphan,) = passwords["orphaned"]
    assert orphan["reason"].startswith("it was issued to a deleted user")
    assert passwords["changes"] == []
    passwords = company.check_and_play("ana", "bo", prune_orphaned=True)[1]
    assert [c["target"] for c in passwords["changes"]] == ["initial password bo"]
    assert company.stored("bo") is None


@pytest.fixture
def stranger(company):
    """A user of somebody else with a password that is known, a key, and no MFA device."""
    iam = company.iam
    iam.create_user(UserName="eve")
    iam.create_login_profile(UserName="eve", Password=KNOWN)
    iam.create_access_key(UserName="eve")
    return company


def test_adoption_asks_for_mfa(stranger):
    users, _passwords = stranger.check_and_play("ana", "bo", "eve", adopt=True)
    assert users["changes"] == []
    assert stranger.groups_of("eve") == []
    person = Person(stranger.aws.sandbox.url, JUMP, "eve", REGION)
    person.enroll(stranger.iam)
    users, passwords = stranger.check_and_play("ana", "bo", "eve", adopt=True)
    assert users["failures"] == passwords["changes"] == []
    assert stranger.groups_of("eve") == ["g"]
    assert person.sign_in(KNOWN)["has_mfa"] is True
    assert [r["changes"] for r in stranger.check_and_play("ana", "bo", "eve")] == [[], []]


def test_adoption_withdraws_what_somebody_may_know(stranger):
    options = {"adopt": True, "adopt_credentials": "withdraw"}
    users, passwords = stranger.check_and_play("ana", "bo", "eve", **options)
    first = users["changes"][0]
    assert (first["action"], first["target"]) == ("delete", "credentials of user eve")
    assert first["before"] == {"console_password": True, "access_keys": 1}
    assert [one["name"] for one in passwords["issued"]] == ["eve"]
    assert not stranger.can_sign_in("eve", KNOWN)
    assert stranger.iam.list_access_keys(UserName="eve")["AccessKeyMetadata"] == []
    assert stranger.can_sign_in("eve", stranger.stored("eve"))
    assert [r["changes"] for r in stranger.check_and_play("ana", "bo", "eve", **options)] == [
        [],
        [],
    ]


def test_an_adopted_user_without_password_gets_one(company):
    company.iam.create_user(UserName="eve")
    passwords = company.check_and_play("ana", "bo", "eve", adopt=True)[1]
    assert [one["name"] for one in passwords["issued"]] == ["eve"]
    company.iam.delete_login_profile(UserName="eve")
    assert company.check_and_play("ana", "bo", "eve")[1]["issued"] == []


READ = "iam:GetAccountAuthorizationDetails"
GROUPS = ["group-admin", "group-operator"]


@pytest.fixture
def rivals(aws, run, monkeypatch):
    """Return a run of one person's groups, during which somebody acts before a call of it."""
    assert aws.writes == 0
    monkeypatch.setattr(second_look, "VISIBLE_WITHIN", 0.0)
    run(jump_group, groups=[{"name": name} for name in GROUPS])
    call = BaseClient._make_api_call

    def play(group, act=None, operation="AddUserToGroup", **options):
        acts = iter([act] if callable(act) else act or [])

        def with_rival(client, name, params):
            if name == operation:
                next(acts, lambda: None)()
            return call(client, name, params)

        users = [{"name": "ana", "groups": [group]}, {"name": "bo", "groups": ["group-operator"]}]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(BaseClient, "_make_api_call", with_rival)
            return run(jump_user, users=users, defer_failures=True, **options)

    return play


def test_two_runs_with_different_rosters_do_not_both_end_well(rivals):
    inner = []
    outer = rivals("group-admin", lambda: inner.append(rivals("group-operator")))
    assert inner[0]["failures"] == []
    (failure,) = outer["failures"]
    assert failure["subject"] == "ana"
    assert "User ana is in group-admin, group-operator, but" in failure["message"]
    assert "a run with a different roster, added group-operator. " in failure["message"]
    assert outer["ready"] == ["bo"]
    # The next run finds what both left and does as its own roster says.
    again = rivals("group-admin")
    assert [f"{c['action']} {c['target']}" for c in again["changes"]] == [
        "delete membership ana/group-operator"
    ]
    assert (again["failures"], again["ready"]) == ([], ["ana", "bo"])


def test_a_membership_that_somebody_took_away_meanwhile_is_told(aws, rivals):
    iam = aws.client("iam")

    def take_away():
        iam.remove_user_from_group(UserName="bo", GroupName="group-operator")

    rivals("group-admin")
    told = rivals("group-operator", take_away)
    assert [failure["subject"] for failure in told["failures"]] == ["bo"]
    assert "User bo is in no jump group" in told["failures"][0]["message"]


def test_what_the_run_itself_wrote_and_somebody_undid_is_told(aws, rivals):
    iam = aws.client("iam")
    rivals("group-admin")

    def undo():
        iam.add_user_to_group(UserName="ana", GroupName="group-admin")

    # The read after the writes is the second one, which comes after the removal.
    reads = iter([lambda: None, undo])
    told = rivals("group-operator", reads, operation="GetAccountAuthorizationDetails")
    (failure,) = told["failures"]
    assert "added group-admin" in failure["message"]


def test_only_a_run_that_wrote_memberships_looks_again(aws, rivals):
    def reads(**options):
        before = aws.calls.get(READ, 0)
        result = rivals("group-admin", **options)
        assert result["failures"] == []
        return aws.calls[READ] - before

    assert [reads(check=True), reads(), reads(), reads(check=True)] == [1, 2, 1, 1]


def test_a_second_look_that_aws_refuses_is_a_failure_beside_what_was_done(aws, rivals):
    def refuse():
        aws.fault(denied_operations=[READ])

    told = rivals("group-admin", refuse)
    assert [c["action"] for c in told["applied"]] == ["create"] * 4
    (failure,) = told["failures"]
    assert failure["message"].startswith("Memberships were written, but could not be verified: ")
