# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading one stack in many accounts; whole runs are in modules/test_account_stack.py."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.waiting import Patience
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import (
    InputError,
    Problems,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.account_stack import (
    FoundStack,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.access import (
    Door,
    Entry,
    NoAccessError,
    NoWayInError,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.account_stacks import (
    check_entries,
    survey_stacks,
)

from tests.unit.scripted import play

GOOD, CLOSED, UNKNOWN = "111111111111", "222222222222", "333333333333"


@pytest.fixture
def script(monkeypatch):
    yield from play(monkeypatch)


class Doors:
    """Opens what it has the key of; everything behind it is one account."""

    def __init__(self, accounts):
        self.accounts = accounts

    def open(self, entry):
        found = self.accounts[entry.account_id]
        if isinstance(found, Exception):
            raise found
        return found


def survey(accounts, link=None):
    entries = [Entry(account_id) for account_id in accounts]
    return survey_stacks(Doors(accounts), entries, "s", Patience(1), link)


def problems_of(*entries):
    problems = Problems()
    check_entries(problems, entries)
    try:
        problems.raise_if_any()
    except InputError as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry(GOOD), []),
        (Entry(GOOD, role_arn=f"arn:aws-cn:iam::{GOOD}:role/x/y"), []),
        (Entry("11111111111"), ["accounts[0].account_id: '11111111111' is not 12 digits"]),
        (
            Entry(GOOD, role_arn=f"arn:aws:iam::{CLOSED}:role/x"),
            [
                (
                    f"accounts[0].role_arn: 'arn:aws:iam::{CLOSED}:role/x' is not a role of "
                    f"account {GOOD}"
                )
            ],
        ),
        (
            Entry(GOOD, role_arn="x"),
            [f"accounts[0].role_arn: 'x' is not a role of account {GOOD}"],
        ),
    ],
    ids=["plain", "role", "short id", "role elsewhere", "no role"],
)
def test_entries(entry, said):
    assert problems_of(entry) == said


def test_an_account_is_listed_once():
    assert problems_of(Entry(GOOD), Entry(CLOSED), Entry(GOOD, profile="p")) == [
        f"accounts[2]: account {GOOD} is already accounts[0]"
    ]


def absent_stack(script):
    message = "Stack with id s does not exist"
    params = {"StackName": "s"}
    script.refuse("cloudformation", "describe_stacks", params, "ValidationError", message)


def test_each_account_is_found_or_refused(script):
    absent_stack(script)
    closed = AwsError("assume role r in account 2", "AccessDenied", "no", "Ask.")
    door = Door(GOOD, script.account.client)
    found = survey({GOOD: door, CLOSED: closed, UNKNOWN: NoAccessError("Nobody.")})
    assert found.doors == {GOOD: door}
    assert found.found == {GOOD: FoundStack("ABSENT")}
    assert found.refused == {
        CLOSED: "Could not assume role r in account 2: AWS answered AccessDenied: no. Ask.",
        UNKNOWN: "Nobody.",
    }


def test_the_link_is_shown_for_accounts_that_cannot_be_opened(script):
    script.refuse("cloudformation", "describe_stacks", {"StackName": "s"}, "AccessDenied", "no")
    doors = {GOOD: Door(GOOD, script.account.client), UNKNOWN: NoAccessError("Nobody.")}
    found = survey(doors, "https://x")
    assert found.refused[UNKNOWN] == (
        f"Nobody. Or ask the owner of account {UNKNOWN} to launch the stack: https://x"
    )
    assert "https://x" not in found.refused[GOOD]
    assert found.unreachable == {UNKNOWN}


def test_an_account_that_nothing_leads_to_waits_for_its_owner_where_there_is_a_link():
    doors = {CLOSED: NoWayInError("No credentials.")}
    found = survey(doors, "https://x")
    assert (found.waiting, found.refused) == ({CLOSED: "No credentials."}, {})
    assert found.unreachable == set()
    without = survey(doors)
    assert (without.waiting, without.refused) == ({}, {CLOSED: "No credentials."})
    assert without.unreachable == {CLOSED}


def test_accounts_are_read_side_by_side():
    together = threading.Barrier(4, timeout=20)

    class Slow(Doors):
        def open(self, entry):
            together.wait()
            raise NoAccessError(entry.account_id)

    ids = ["111111111111", "222222222222", "333333333333", "444444444444"]
    entries = [Entry(account_id) for account_id in ids]
    found = survey_stacks(Slow({}), entries, "s", Patience(1), None)
    assert found.refused == {account_id: account_id for account_id in ids}
