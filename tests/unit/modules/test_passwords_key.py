# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole runs with the KMS key of our own: who reads, what moves, what is refused."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.unit.modules.conftest import JUMP, LocalAws
from tests.unit.modules.estates import first_company
from tests.unit.modules.rehearsal import BOOTSTRAP, Rehearsal

PREFIX = "/jumpaccount/initial-password"
STACK = "jumpaccount-passwords-key"
USERS_ONLY = (("jump", "main"), ("jump_users", "main"))
NEW_USER = {"jump_preflight_parts": ["users"]}
PEOPLE = ["kim.minjun", "sato.yuki", "suzuki.ichiro", "yamada.taro"]
OF_AWS = {"jump_users_kms_key": "aws/ssm"}
MOST_MORE_CALLS = 3
ROLE = f"arn:aws:iam::{JUMP}:role/ops/pipeline"


def play(check: bool = False, roles: Any = BOOTSTRAP, **more: Any) -> Rehearsal:
    return Rehearsal({**first_company().variables(), **more}, check=check).play(roles)


def changes(run: Rehearsal) -> list[str]:
    return [
        f"{change['action']} {change['target']}"
        for _name, result in run.told()
        for change in result.get("changes", [])
    ]


def failures(run: Rehearsal) -> list[str]:
    return list(run.variables["jump_summary"]["failures"])


def stored(aws: LocalAws) -> dict[str, str]:
    """Return the stored passwords by person."""
    pages = aws.client("ssm").get_paginator("get_parameters_by_path")
    return {
        parameter["Name"].rpartition("/")[2]: parameter["Value"]
        for page in pages.paginate(Path=PREFIX, WithDecryption=True)
        for parameter in page["Parameters"]
        if not parameter["Name"].endswith("_issued")
    }


def keys(aws: LocalAws) -> set[str]:
    """Return the keys under which passwords lie."""
    found = aws.client("ssm").describe_parameters()["Parameters"]
    return {parameter["KeyId"] for parameter in found if "KeyId" in parameter}


def key_arn(aws: LocalAws) -> str:
    stack = aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return str(stack["Outputs"][0]["OutputValue"])


def maker(aws: LocalAws) -> str:
    stack = aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return str(stack["Parameters"][0]["ParameterValue"])


def become(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs have the credentials of a role that may do everything."""
    trust = {"Effect": "Allow", "Principal": {"AWS": JUMP}, "Action": "sts:AssumeRole"}
    iam = aws.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    iam.create_role(RoleName="pipeline", Path="/ops/", AssumeRolePolicyDocument=document)
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="pipeline", PolicyArn=policy)
    session = aws.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="run")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", session["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", session["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", session["SessionToken"])


@pytest.fixture
def old(aws: LocalAws, instant: None) -> LocalAws:
    """A company whose passwords lie under the key aws/ssm."""
    del instant
    aws.build_once("passwords-under-aws-ssm", lambda: play(**OF_AWS))
    return aws


@pytest.fixture
def new(aws: LocalAws, instant: None) -> LocalAws:
    """A company with a key of its own from the first."""
    del instant
    aws.build_once("passwords-under-own-key", play)
    return aws


def test_the_key_is_made_before_the_passwords_that_lie_under_it(new):
    assert keys(new) == {key_arn(new)}
    assert sorted(stored(new)) == PEOPLE
    key = new.client("kms").describe_key(KeyId="alias/jumpaccount-passwords")["KeyMetadata"]
    assert key["Arn"] == key_arn(new)
    before = Counter(new.calls)
    assert changes(play()) == []
    calls = Counter(new.calls) - before
    assert calls["kms:GetKeyPolicy"] == 1
    assert calls["kms:DescribeKey"] == 0


def test_a_run_that_changes_nothing_costs_little_more(old):
    before = Counter(old.calls)
    assert changes(play(**OF_AWS)) == []
    usual = Counter(old.calls) - before
    play()
    before = Counter(old.calls)
    assert changes(play()) == []
    assert (Counter(old.calls) - before).total() <= usual.total() + MOST_MORE_CALLS


def test_passwords_move_with_one_bootstrap_as_check_mode_says(old):
    passwords = stored(old)
    predicted = play(check=True)
    assert keys(old) == {"alias/aws/ssm"}
    done = play()
    assert changes(predicted) == changes(done) != []
    assert (predicted.has_failed, done.has_failed) == (False, False)
    assert stored(old) == passwords
    assert keys(old) == {key_arn(old)}
    history = old.client("ssm").get_parameter_history(Name=f"{PREFIX}/{PEOPLE[0]}")["Parameters"]
    assert [version["KeyId"] for version in history] == [key_arn(old)]
    again = play()
    assert changes(again) == []
    told = again.variables["jump_users_passwords_result"]
    assert (told["lost"], told["missing"], told["orphaned"]) == ([], [], [])
    assert [person["name"] for person in told["unused"]] == PEOPLE


def test_passwords_move_back(new):
    passwords = stored(new)
    play(**OF_AWS)
    assert (stored(new), keys(new)) == (passwords, {"alias/aws/ssm"})
    assert changes(play(**OF_AWS)) == []


@pytest.mark.parametrize("check", [True, False])
def test_new_people_need_a_bootstrap_that_made_the_key(old, check):
    before = old.writes
    run = play(check, USERS_ONLY, **NEW_USER)
    assert run.has_failed
    (problem,) = run.variables["jump_preflight_result"]["problems"]
    assert "There is no KMS key for initial passwords" in problem
    assert "Run bootstrap first" in problem
    assert old.writes == before
    assert not play(check, USERS_ONLY, **NEW_USER, **OF_AWS).has_failed


@pytest.mark.parametrize(
    ("spoil", "state"),
    [("disable_key", "Disabled"), ("schedule_key_deletion", "PendingDeletion")],
)
def test_a_key_that_is_not_enabled_is_a_sentence_before_passwords_are_issued(new, spoil, state):
    getattr(new.client("kms"), spoil)(KeyId=key_arn(new))
    reset = {"jump_users_reset_password": [PEOPLE[0]]}
    for check in (True, False):
        before = new.writes
        run = play(check, USERS_ONLY, **NEW_USER, **reset)
        assert run.has_failed
        (problem,) = failures(run)
        assert f"AWS answered {state}: the key is not enabled" in problem
        assert new.writes == before


def test_who_made_the_key_reads_and_stays_whoever_runs_later(old, monkeypatch):
    with monkeypatch.context() as patch:
        become(old, patch)
        assert not play().has_failed
    assert maker(old) == ROLE
    run = play(jump_password_readers=["audit"])
    assert changes(run) == [f"update stack {JUMP}/{STACK}"]
    assert maker(old) == ROLE
    assert changes(play(jump_password_readers=["audit"])) == []
    policy = old.client("kms").get_key_policy(KeyId=key_arn(old))["Policy"]
    assert ROLE in policy
    assert f"arn:aws:iam::{JUMP}:role/*/audit" in policy


def test_a_run_that_cannot_decrypt_issues_passwords_and_says_who_reads_them(new, monkeypatch):
    become(new, monkeypatch)
    run = play(jump_users_reset_password=[PEOPLE[0]])
    assert not run.has_failed
    assert keys(new) == {key_arn(new)}
    (name,) = [p["name"] for p in run.variables["jump_users_passwords_result"]["issued"]]
    assert name == PEOPLE[0]
    assert maker(new) == f"arn:aws:iam::{JUMP}:root"


def test_a_password_that_this_run_cannot_decrypt_is_reported_and_stays(new, monkeypatch):
    passwords = stored(new)
    with monkeypatch.context() as patch:
        become(new, patch)
        run = play(**OF_AWS)
        assert run.has_failed
        assert len(failures(run)) == len(PEOPLE)
        assert "for its move to another key" in failures(run)[0]
    assert (stored(new), keys(new)) == (passwords, {key_arn(new)})


def test_a_changed_key_policy_is_an_alarm_of_every_playbook(new):
    kms = new.client("kms")
    policy = json.loads(kms.get_key_policy(KeyId=key_arn(new))["Policy"])
    del policy["Statement"][2]["Condition"]
    kms.put_key_policy(KeyId=key_arn(new), Policy=json.dumps(policy))
    for run in (play(), play(roles=USERS_ONLY, **NEW_USER)):
        assert run.has_failed
        (problem,) = failures(run)
        assert problem.startswith(f"The policy of KMS key {key_arn(new)}")
        command = problem.rpartition("--policy '")[2].removesuffix("'")
    kms.put_key_policy(KeyId=key_arn(new), Policy=command)
    assert not play().has_failed


@pytest.mark.parametrize("check", [True, False])
def test_a_key_that_cannot_be_looked_at_stops_passwords_and_nothing_else(new, check):
    new.fault(denied_operations=["kms:GetKeyPolicy"])
    run = play(check, jump_users_adopt=True, jump_account_password_reuse_prevention=12)
    assert run.has_failed
    assert changes(run) == [f"update password policy {JUMP}"]
    (problem,) = failures(run)
    assert problem.startswith(f"Could not read the policy of KMS key {key_arn(new)}")


def test_who_passes_the_key_policy_is_told(new):
    iam = new.client("iam")
    iam.create_user(UserName="auditor")
    read = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.attach_user_policy(UserName="auditor", PolicyArn=read)

    def principals() -> list[str]:
        found = play().variables["jump_preflight_result"]["settled"]["groups"]["inspection"][
            "principals"
        ]
        return [principal["principal"] for principal in found]

    assert principals() == []
    grant = {"Effect": "Allow", "Action": "kms:PutKeyPolicy", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": grant})
    iam.put_user_policy(UserName="auditor", PolicyName="p", PolicyDocument=document)
    assert principals() == ["user auditor"]
