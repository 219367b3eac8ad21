# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once, kills and planted values: only a password that a run chose is ever set."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.login_profiles import (
    login_profile_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.initial_password import (
    describe_record,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.login_profiles import (
    plan_login_profiles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.apply import apply_plan
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.passwords import (
    find_leftovers,
    passwords_told,
    start_issuing,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.sign_ins import (
    Asked,
    PasswordKey,
    build_sign_in_states,
    find_overwritten,
    read_sign_ins,
)
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

PREFIX, NAME, RECORD, COPY = "/p", "/p/ana", "/p/_issued", "/p/_move.ana"
OLD = PasswordKey()
NEW = PasswordKey("own", "arn:aws:kms:eu-west-1:111111111111:key/1")
PLANTED = "planted"
ANA = frozenset({"ana"})
ASKED, RESET = Asked(ANA), Asked(ANA, reset=ANA)
BEGINNING = datetime(2024, 6, 11, tzinfo=UTC)
FOREVER = describe_record(datetime(9999, 1, 1, tzinfo=UTC))


class KilledError(BaseException):
    """The process of a run dies."""


@dataclass
class Store:
    """IAM's login profile of ana, her parameters and the record, as AWS keeps them."""

    now: datetime = BEGINNING
    record: str = ""
    profile: tuple[str, datetime] | None = None
    values: list[tuple[str, datetime, str, str]] = field(default_factory=list)
    copies: list[tuple[str, datetime, str, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def tick(self) -> None:
        """Let more time pass than clocks of AWS differ by."""
        self.now += timedelta(seconds=10)

    def put(
        self, value: str, description: str = "", key: str = OLD.key_id, name: str = NAME
    ) -> None:
        self.versions(name).append((value, self.now, description, key))

    def versions(self, name: str) -> list[tuple[str, datetime, str, str]]:
        """Return the versions of a parameter; none is no parameter."""
        return {NAME: self.values, COPY: self.copies}[name]

    def describe(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Return those of the parameters that are there."""
        return [
            {
                "Name": name,
                "LastModifiedDate": made,
                "Description": description,
                "KeyId": key,
                "Version": len(self.versions(name)),
            }
            for name in names
            for _value, made, description, key in self.versions(name)[-1:]
        ]


def refuse(code: str) -> None:
    raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {}}, "call")


class Wire:
    """The clients of one run: each call waits until it is its turn."""

    def __init__(self, store: Store, turn: Callable[[], None]) -> None:
        self.store, self.turn = store, turn

    def call(self, act: Callable[[], Any]) -> Any:
        self.turn()
        self.store.tick()
        return act()

    def get_account_password_policy(self) -> Any:
        return self.call(lambda: refuse("NoSuchEntity"))

    def get_login_profile(self, **_params: Any) -> Any:
        def act() -> Any:
            if self.store.profile is None:
                refuse("NoSuchEntity")
                return None
            made = self.store.profile[1]
            return {"LoginProfile": {"CreateDate": made, "PasswordResetRequired": True}}

        return self.call(act)

    def create_login_profile(self, **params: Any) -> Any:
        def act() -> None:
            self.store.sent.append(params["Password"])
            if self.store.profile is not None:
                refuse("EntityAlreadyExists")
            self.store.profile = (params["Password"], self.store.now)

        return self.call(act)

    def delete_login_profile(self, **_params: Any) -> Any:
        def act() -> None:
            if self.store.profile is None:
                refuse("NoSuchEntity")
            self.store.profile = None

        return self.call(act)

    def get_credential_report(self) -> Any:
        return self.call(lambda: {"Content": b"user"})

    def put_parameter(self, **params: Any) -> Any:
        def act() -> Any:
            if params["Name"] == RECORD:
                self.store.record = params["Description"]
                return {"Version": 1}
            name = params["Name"]
            if self.store.versions(name) and not params.get("Overwrite"):
                refuse("ParameterAlreadyExists")
            key = params.get("KeyId", OLD.key_id)
            self.store.put(params["Value"], params["Description"], key, name)
            return {"Version": len(self.store.versions(name))}

        return self.call(act)

    def get_parameter(self, **params: Any) -> Any:
        def act() -> Any:
            if not self.store.versions(params["Name"]):
                refuse("ParameterNotFound")
            return {"Parameter": {"Value": self.store.versions(params["Name"])[-1][0]}}

        return self.call(act)

    def describe_parameters(self, **params: Any) -> Any:
        names = params["ParameterFilters"][0]["Values"]
        return self.call(lambda: {"Parameters": self.store.describe(names)})

    def delete_parameter(self, **params: Any) -> Any:
        return self.call(lambda: self.store.versions(params["Name"]).clear())

    def get_paginator(self, operation: str) -> Any:
        self.operation = operation
        return self

    def paginate(self, **_params: Any) -> Any:
        def act() -> Any:
            if self.operation == "list_users":
                return [{"Users": [{"UserName": "ana"}]}]
            if self.operation == "get_account_authorization_details":
                tags = [{"Key": "jumpaccount:made", "Value": "true"}]
                ana = {"UserName": "ana", "UserId": "AIDA1234567890123456", "Tags": tags}
                return [{"UserDetailList": [{**ana, "CreateDate": BEGINNING}]}]
            there = self.store.describe([NAME, COPY])
            if self.store.record:
                about = {"LastModifiedDate": self.store.now, "Version": 1}
                there.append({"Name": RECORD, "Description": self.store.record, **about})
            return [{"Parameters": there}]

        return self.call(act)


class Run(threading.Thread):
    """A run that makes its next call when it is told to, or dies before or after it."""

    def __init__(self, store: Store, asked: Asked = ASKED, key: PasswordKey = OLD) -> None:
        super().__init__(daemon=True)
        self.asked, self.key = asked, key
        self.may_go, self.waits = threading.Semaphore(0), threading.Semaphore(0)
        self.is_killed, self.is_over = False, False
        self.told: list[str] = []
        self.wire = Wire(store, self._turn)
        self.start()
        self.waits.acquire()

    def _turn(self) -> None:
        self.waits.release()
        self.may_go.acquire()
        if self.is_killed:
            raise KilledError

    def step(self, *, kill: bool = False) -> None:
        """Let it make one call, or die instead."""
        self.is_killed = self.is_killed or kill
        self.may_go.release()
        self.waits.acquire()

    def run(self) -> None:
        try:
            self.told = play(self.wire, self.asked, self.key)
        except KilledError:
            pass
        finally:
            self.is_over = True
            self.waits.release()


def play(wire: Wire, asked: Asked = ASKED, key: PasswordKey = OLD) -> list[str]:
    """Do what the module does; return the users of whom it says that something is wrong."""
    aws = AwsAccount("111111111111", lambda _service: wire)
    found = read_sign_ins(aws, asked, PREFIX)
    states = build_sign_in_states(asked, found, key)
    leftovers = find_leftovers(found, PREFIX, prune=False)
    plan = plan_login_profiles(states, PREFIX, leftovers, 0.25, key.label)
    issuing = start_issuing(found, key, PREFIX, 0)
    outcome = apply_plan(plan, login_profile_writers(aws, issuing) if plan else {})
    told = passwords_told(asked, found, states, plan, PREFIX, wire.store.now)
    return [
        *(failure.subject for failure in outcome.failures),
        *find_overwritten(aws, issuing.issued, found.stored, PREFIX),
        *(lost["name"] for lost in told["lost"]),
        *(f"{name} has none" for name in told["missing"]),
    ]


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Let waiting take no time, and clients be what they are."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    module = "ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account"
    monkeypatch.setattr(f"{module}.strict", lambda client, _label: client)


DEEDS = ["kill", "plant", "erase", "forge", "unrecord"]
ACTIONS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(["step"] * 8 + DEEDS)),
    max_size=30,
)


def disturb(store: Store, runs: list[Run], number: int, action: str) -> None:
    """Let one run go on or die, or let somebody write or delete the parameter."""
    run = runs[number % len(runs)]
    if action == "plant":
        store.tick()
        store.put(PLANTED)
    elif action == "erase":
        store.values.clear()
    elif action in ("forge", "unrecord"):
        store.record = FOREVER if action == "forge" else ""
    elif not run.is_over:
        run.step(kill=action == "kill")


def finish(runs: list[Run]) -> None:
    for run in runs:
        while not run.is_over:
            run.step()
        run.join()


def quiet_run(store: Store, asked: Asked = ASKED, key: PasswordKey = OLD) -> list[str]:
    return play(Wire(store, lambda: None), asked, key)


@settings(max_examples=400)
@given(ACTIONS, st.booleans(), st.integers(1, 2))
def test_only_chosen_passwords_are_set_and_what_does_not_fit_is_told(actions, is_planted, count):
    store = Store()
    if is_planted:
        store.put(PLANTED)
    runs = [Run(store) for _number in range(count)]
    for number, action in actions:
        disturb(store, runs, number, action)
    finish(runs)
    told = [name for run in runs for name in run.told]
    told_later = quiet_run(store)
    told += told_later
    assert PLANTED not in store.sent
    assert len(set(store.sent)) == len(store.sent)
    if store.profile is None and store.record:
        # Whoever writes parameters can keep ana from a password, not give her one.
        assert told_later == ["ana has none"]
        assert store.record == FOREVER
        assert quiet_run(store, RESET) == []
        told_later = []
    elif store.profile is None:
        # A value that appeared between plan and store: the next run replaces it.
        assert told == ["ana"]
        assert quiet_run(store) == []
    assert store.profile is not None
    is_right = bool(store.values) and store.values[-1][0] == store.profile[0]
    if {"plant", "kill"}.isdisjoint(action for _number, action in actions):
        # Runs alone leave nothing behind that every later run would not tell.
        assert is_right or "ana" in told_later
    # What others write between storing and setting is not seen by a run that dies before it looks.
    others_wrote = len(runs) > 1 or any(action == "plant" for _number, action in actions)
    is_unseen = others_wrote and any(run.is_killed for run in runs)
    assert is_right or "ana" in told or is_unseen


@settings(max_examples=100)
@given(st.lists(st.integers(0, 8), max_size=4), st.booleans())
def test_runs_that_die_one_after_the_other_end_with_the_password_of_the_last(deaths, is_planted):
    store = Store()
    if is_planted:
        store.put(PLANTED)
    for calls in deaths:
        run = Run(store)
        for _call in range(calls):
            if not run.is_over:
                run.step()
        if not run.is_over:
            run.step(kill=True)
        run.join()
    assert quiet_run(store) == []
    assert store.values[-1][0] == store.profile[0] != PLANTED
    assert quiet_run(store) == []


@settings(max_examples=200)
@given(ACTIONS, st.integers(1, 2), st.sampled_from([ASKED, RESET]))
def test_a_password_that_was_taken_away_comes_back_on_request_only(actions, count, asked):
    store = Store()
    runs = [Run(store, asked) for _number in range(count)]
    for number, action in actions:
        if action in ("step", "kill"):
            disturb(store, runs, number, action)
    finish(runs)
    quiet_run(store)
    quiet_run(store)
    assert store.profile is not None, "a run that ended halfway is continued"
    store.profile = None
    for _time in range(2):
        assert quiet_run(store) == ["ana has none"]
    assert store.profile is None
    assert quiet_run(store, RESET) == []
    assert store.values[-1][0] == store.profile[0]
    assert len(set(store.sent)) == len(store.sent)


def test_two_runs_that_reset_end_with_one_password_or_say_so():
    for first in range(12):
        store = Store()
        quiet_run(store)
        runs = [Run(store, RESET), Run(store, RESET)]
        for _call in range(first):
            if not runs[0].is_over:
                runs[0].step()
        finish(runs[::-1])
        told = [name for run in runs for name in run.told]
        is_right = store.profile and store.values and store.values[-1][0] == store.profile[0]
        assert is_right or "ana" in told or "ana" in quiet_run(store), first


def test_two_runs_from_nothing_end_with_one_password_and_no_complaint():
    store = Store()
    runs = [Run(store), Run(store)]
    while not all(run.is_over for run in runs):
        for run in runs:
            if not run.is_over:
                run.step()
    assert [run.told for run in runs] == [[], []]
    assert store.values[-1][0] == store.profile[0]
    assert len(store.values) == 1


MOVES = st.lists(st.sampled_from(["step"] * 8 + ["kill", "plant", "erase", "fake"]), max_size=40)


@settings(max_examples=200)
@given(st.lists(st.integers(0, 14), max_size=4), st.booleans())
def test_a_move_that_dies_anywhere_ends_with_the_same_password_under_the_new_key(deaths, is_back):
    store = Store()
    quiet_run(store)
    password, description = store.values[-1][0], store.values[-1][2]
    for calls in deaths:
        run = Run(store, key=NEW)
        for _call in range(calls):
            if not run.is_over:
                run.step()
        if not run.is_over:
            run.step(kill=True)
        run.join()
    key = OLD if is_back else NEW
    assert quiet_run(store, key=key) == []
    ((value, _moment, described, under),) = store.values
    assert (value, under, store.copies) == (password, key.key_id, [])
    assert described.startswith(description)
    before = list(store.values)
    assert quiet_run(store, key=key) == []
    assert store.values == before, "a second run moves nothing"
    assert store.sent == [password]


@settings(max_examples=400)
@given(MOVES)
def test_what_somebody_plants_during_a_move_is_never_set(actions):
    store = Store()
    quiet_run(store)
    run = Run(store, key=NEW)
    for action in actions:
        if action == "fake":
            (stored,) = store.values[-1:] or [("", store.now, "", "")]
            store.put(PLANTED, stored[2], name=COPY)
        else:
            disturb(store, [run], 0, action)
    finish([run])
    quiet_run(store, key=NEW)
    quiet_run(store, RESET, NEW)
    assert PLANTED not in store.sent
    assert store.profile is not None
    assert store.values[-1][0] == store.profile[0]
    quiet_run(store, key=NEW)
    assert store.copies == []
