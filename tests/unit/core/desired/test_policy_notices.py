# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is noticed about policies that are right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.policy_notices import (
    build_policy_notices,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import (
    Account,
    Inventory,
    Level,
    Person,
    PersonalException,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.catalog import Catalog

JUMP = Account("111111111111", "jump", is_jump=True)
TODAY = "2026-11-25"
EXCEPTION = "exception of bo in developer of p"


def allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*", **more}


def told(*statements: Any, until: str = "2026-12-31") -> list[str]:
    """Return the notices about one exception."""
    exception = PersonalException("bo", "developer", "p", until, statements)
    person = Person("bo", exceptions=(exception,))
    return build_policy_notices(Inventory(JUMP, (), (), (person,)), TODAY)


@pytest.mark.parametrize("action", ["*", ["*"], ["s3:GetObject", "*"], ["*:*"], "**"])
def test_an_exception_that_allows_everything(action: Any) -> None:
    (line,) = told(allow(), allow(Action=action))
    assert line == f"{EXCEPTION} allows every action; list only the actions that are needed"


def test_everything_but_a_few_is_everything() -> None:
    (line,) = told({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})
    assert "allows every action" in line


@pytest.mark.parametrize("action", ["s3:*", "s3:Get*", ["iam:PassRole", "s3:?et*"]])
def test_an_exception_that_names_its_actions(action: Any) -> None:
    assert told(allow(Action=action)) == []


@pytest.mark.parametrize(
    ("until", "is_long"),
    [("2027-11-25", False), ("2027-11-26", True), ("2099-03-31", True), ("2026-11-25", False)],
)
def test_an_exception_of_more_than_a_year(until: str, is_long: bool) -> None:
    line = (
        f"{EXCEPTION} ends on {until}, more than a year from now; choose an earlier date and "
        "extend it if it is still needed"
    )
    assert told(allow(), until=until) == [line] * is_long


def test_an_exception_that_is_over_is_not_looked_at() -> None:
    assert told(allow(Action="*"), until="2026-11-24") == []


TAGGED = allow(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}})


def test_tags_that_need_not_be_there() -> None:
    (line,) = told(TAGGED)
    assert line.startswith(f"{EXCEPTION} uses ForAllValues with aws:TagKeys")
    assert line.endswith("add the condition Null aws:TagKeys false")
    demanded = {**TAGGED["Condition"], "Null": {"aws:TagKeys": "false"}}
    assert told(allow(Condition=demanded)) == []


def test_inline_policies_of_levels_and_of_their_stages() -> None:
    one, other = {"Statement": TAGGED}, {"Statement": [TAGGED]}
    denial = {"Statement": [{**TAGGED, "Effect": "Deny"}]}
    staged = Level("ops", inline_policies=(("same", one), ("new", other)))
    level = Level(
        "ops", inline_policies=(("same", one), ("none", denial)), stages=(("prod", staged),)
    )
    lines = build_policy_notices(Inventory(JUMP, (), (level,)), TODAY)
    assert [line.partition(" uses")[0] for line in lines] == [
        "inline policy same of level ops",
        "inline policy new of level ops in stage prod",
    ]


CATALOG = Catalog(
    services={"s3": ("GetObject", "PutObject")},
    grants={"ReadOnlyAccess": ({"Action": ["s3:Get*"]},)},
    day="2026-09-24",
)
READER = Level("reader", ("ReadOnlyAccess",))
WRITER = Level("reader", inline_policies=(("put", {"Statement": allow(Action="s3:PutObject")}),))
PROD, STAGING = (
    Account(f"{n}" * 12, stage, project="p", stage=stage)
    for n, stage in enumerate(("prod", "staging"), start=2)
)


def idle(level: Level, *accounts: Account, stage: str | None = None) -> list[str]:
    """Return the notices about an exception that lets read, in a level and these accounts."""
    exception = PersonalException("bo", "reader", "p", "2026-12-31", (allow(),), stage)
    person = Person("bo", exceptions=(exception,))
    return build_policy_notices(Inventory(JUMP, accounts, (level,), (person,)), TODAY, CATALOG)


STAGED = replace(READER, stages=(("prod", WRITER),))


@pytest.mark.parametrize(
    ("level", "stage", "is_idle"),
    [(READER, None, True), (STAGED, None, False), (STAGED, "staging", True), (WRITER, None, False)],
)
def test_an_exception_that_adds_nothing(level: Level, stage: str | None, is_idle: bool) -> None:
    line = (
        "exception of bo in reader of p adds nothing to the level (AWS managed policies as of "
        "2026-09-24): its policies already allow or deny all of it; remove it from the roster"
    )
    assert idle(level, PROD, STAGING, stage=stage) == [line] * is_idle


def test_an_exception_without_accounts_is_not_judged() -> None:
    assert idle(READER) == []


@pytest.mark.parametrize(("action", "is_idle"), [("s3:GetObject", True), ("s3:*", False)])
def test_an_inline_policy_that_adds_nothing(action: str, is_idle: bool) -> None:
    document = {"Version": "2012-10-17", "Statement": [allow(Action=action)]}
    level = replace(READER, inline_policies=(("own", document),))
    line = (
        "inline policy own of level reader adds nothing to the other policies of the level "
        "(AWS managed policies as of 2026-09-24); remove it"
    )
    inventory = Inventory(JUMP, (), (level,), ())
    assert build_policy_notices(inventory, TODAY, CATALOG) == [line] * is_idle
    without_texts = replace(CATALOG, grants={}, day="")
    assert build_policy_notices(inventory, TODAY, without_texts) == []


def test_an_inline_policy_that_another_one_holds() -> None:
    wide, narrow = ({"Statement": [allow(Action=f"s3:{name}")]} for name in ("*", "GetObject"))
    level = Level("a", inline_policies=(("narrow", narrow), ("wide", wide)))
    (line,) = build_policy_notices(Inventory(JUMP, (), (level,), ()), TODAY)
    assert line == (
        "inline policy narrow of level a adds nothing to the other policies of the level; remove it"
    )
