# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once, kills and planted values: only a password that a run chose is ever set."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.login_profiles import (
    login_profile_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.plan_login_profile import (
    build_login_state,
    build_sign_in_states,
    lost_passwords,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.apply import apply_plan
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.sign_ins import (
    Asked,
    find_overwritten,
    read_sign_ins,
)
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

PREFIX, NAME = "/p", "/p/ana"
PLANTED = "planted"
ASKED = Asked(frozenset({"ana"}), frozenset(), frozenset())


class KilledError(BaseException):
    """The process of a run dies."""


@dataclass
class Store:
    """IAM's login profile of ana and her parameter, as AWS keeps them."""

    now: datetime = datetime(2024, 6, 11, tzinfo=UTC)
    profile: tuple[str, datetime] | None = None
    values: list[tuple[str, datetime, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def tick(self) -> None:
        """Let more time pass than clocks of AWS differ by."""
        self.now += timedelta(seconds=10)

    def put(self, value: str, description: str = "") -> None:
        self.values.append((value, self.now, description))


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

    def put_parameter(self, **params: Any) -> Any:
        def act() -> Any:
            if self.store.values and not params["Overwrite"]:
                refuse("ParameterAlreadyExists")
            self.store.put(params["Value"], params["Description"])
            return {"Version": len(self.store.values)}

        return self.call(act)

    def get_parameter(self, **_params: Any) -> Any:
        def act() -> Any:
            if not self.store.values:
                refuse("ParameterNotFound")
            return {"Parameter": {"Value": self.store.values[-1][0]}}

        return self.call(act)

    def delete_parameter(self, **_params: Any) -> Any:
        return self.call(self.store.values.clear)

    def get_paginator(self, operation: str) -> Any:
        self.operation = operation
        return self

    def paginate(self, **_params: Any) -> Any:
        def act() -> Any:
            if self.operation == "list_users":
                return [{"Users": [{"UserName": "ana"}]}]
            latest = self.store.values[-1:]
            return [
                {
                    "Parameters": [
                        {"Name": NAME, "LastModifiedDate": made, "Description": description}
                        for _value, made, description in latest
                    ]
                }
            ]

        return self.call(act)


class Run(threading.Thread):
    """A run that makes its next call when it is told to, or dies before or after it."""

    def __init__(self, store: Store) -> None:
        super().__init__(daemon=True)
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
            self.told = play(self.wire)
        except KilledError:
            pass
        finally:
            self.is_over = True
            self.waits.release()


def play(wire: Wire) -> list[str]:
    """Do what the module does; return the users of whom it says that something is wrong."""
    aws = AwsAccount("111111111111", lambda _service: wire)
    found = read_sign_ins(aws, ASKED, PREFIX)
    states = build_sign_in_states(ASKED.users, found.waiting, found.profiles, found.stored)
    plan = plan_changes(*build_login_state(states, PREFIX))
    issued: dict[str, Any] = {}
    outcome = apply_plan(plan, login_profile_writers(aws, None, issued) if plan else {})
    return [
        *(failure.subject for failure in outcome.failures),
        *find_overwritten(aws, issued, found.stored, PREFIX),
        *(lost["name"] for lost in lost_passwords(found.profiles, found.stored, PREFIX)),
    ]


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Let waiting take no time, and clients be what they are."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    module = "ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account"
    monkeypatch.setattr(f"{module}.strict", lambda client, _label: client)


ACTIONS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(["step"] * 8 + ["kill", "plant", "erase"])),
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
    elif not run.is_over:
        run.step(kill=action == "kill")


def finish(runs: list[Run]) -> None:
    for run in runs:
        while not run.is_over:
            run.step()
        run.join()


def quiet_run(store: Store) -> list[str]:
    return play(Wire(store, lambda: None))


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
    if store.profile is None:
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
