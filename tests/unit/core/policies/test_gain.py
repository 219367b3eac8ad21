# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a permission changes anything for a role that has others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.levels import (
    customer_policy_arn,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Level
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.catalog import Catalog
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.gain import (
    adds_nothing,
    build_holding,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.guard import (
    build_guard_policy,
)
from hypothesis import given
from hypothesis import strategies as st

CATALOG = Catalog(
    services={"s3": ("GetObject", "GetBucketAcl", "PutObject"), "iam": ("GetRole", "PassRole")},
    grants={
        "PowerUserAccess": ({"NotAction": ["iam:*"]}, {"Action": ["iam:getrole"]}),
        "ReadOnlyAccess": ({"Action": ["s3:Get*"]},),
        "AdministratorAccess": ({"Action": ["*"]},),
    },
)
READER = Level("reader", ("ReadOnlyAccess",))
POWER = Level("power", ("arn:aws:iam::aws:policy/PowerUserAccess",))


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def is_idle(level: Level, *statements: Any, guard: Any = None) -> bool:
    return adds_nothing(statements, build_holding(level, CATALOG, guard), CATALOG)


@pytest.mark.parametrize(
    ("level", "statement", "idle"),
    [
        (READER, allow("s3:GetObject"), True),
        (READER, allow(["S3:getobject", "s3:GetB*"]), True),
        (READER, allow("s3:Get*", "arn:aws:s3:::x/*"), True),
        (READER, allow("s3:Get*", Condition={"Bool": {"aws:SecureTransport": "true"}}), True),
        (READER, allow("s3:*"), False),
        (READER, allow(["s3:GetObject", "s3:PutObject"]), False),
        (READER, allow("s3:GetNewThing"), True),
        (READER, allow("s?:GetObject"), False),
        (READER, allow("*"), False),
        (READER, {"Effect": "Allow", "NotAction": "s3:PutObject", "Resource": "*"}, False),
        (READER, {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:x"}, True),
        (READER, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}, False),
        (POWER, allow("s3:*"), True),
        (POWER, allow("iam:GetRole"), True),
        (POWER, allow("iam:*"), False),
        (POWER, allow("i*:PassRole"), False),
        (POWER, allow("ec2:New*"), False),
        (Level("a", ("AdministratorAccess",)), allow("*"), True),
        (Level("x", ("arn:aws:iam::aws:policy/Unknown",)), allow("s3:GetObject"), False),
        (
            Level("x", (customer_policy_arn("ReadOnlyAccess"),)),
            allow("s3:G*"),
            False,
        ),
    ],
)
def test_against_policies_of_aws(level: Level, statement: Any, idle: bool) -> None:
    assert is_idle(level, statement) is idle


@pytest.mark.parametrize(
    ("own", "statement", "idle"),
    [
        (allow("s3:*", "arn:aws:s3:::x/*"), allow("s3:PutObject", "arn:aws:s3:::x/y/*"), True),
        (allow("s3:*", ["arn:aws:s3:::x/*"]), allow("s3:PutObject", "arn:aws:s3:::x*"), False),
        (
            allow("s3:*", "arn:aws:s3:::x/*"),
            allow("s3:Put*", ["arn:aws:s3:::x/a", "*"]),
            False,
        ),
        (allow("s3:*", "arn:aws:s3:::x?"), allow("s3:PutObject", "arn:aws:s3:::x*"), False),
        (allow("s3:*", "arn:aws:s3:::x?"), allow("s3:PutObject", "arn:aws:s3:::x?"), True),
        (allow("s3:*", Condition={"Bool": {"a:b": "true"}}), allow("s3:PutObject"), False),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": "*"}, allow("s3:PutObject"), False),
        ({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, allow("s3:PutObject"), True),
        ({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, allow("iam:PassRole"), True),
    ],
)
def test_against_policies_of_ones_own(own: Any, statement: Any, idle: bool) -> None:
    level = Level("x", inline_policies=(("own", policy(own)),))
    assert is_idle(level, statement) is idle


def test_what_the_guard_denies_is_given_to_fenced_levels_in_vain() -> None:
    guard = build_guard_policy(Names(), "aws")
    statement = allow("cloudformation:ActivateType")
    assert is_idle(Level("x"), statement, guard=guard)
    assert not is_idle(Level("x"), statement)
    assert not is_idle(Level("x", is_fenced=False), statement, guard=guard)


def test_a_policy_is_compared_with_the_others_only() -> None:
    one, same = policy(allow("s3:GetObject")), policy(allow("s3:G*"))
    level = Level("x", inline_policies=(("one", one),))
    assert not adds_nothing(one["Statement"], build_holding(level, CATALOG, without="one"), CATALOG)
    level = Level("x", inline_policies=(("one", one), ("same", same)))
    assert adds_nothing(one["Statement"], build_holding(level, CATALOG, without="one"), CATALOG)


PATTERNS = st.text("ab*", min_size=1, max_size=4)


@given(PATTERNS, PATTERNS, st.text("ab", max_size=4))
def test_what_a_wider_pattern_holds_is_never_new(held: str, added: str, name: str) -> None:
    """The law: if a pattern adds nothing, no action that it stands for is new."""
    level = Level("x", inline_policies=(("own", policy(allow(f"s:{held}"))),))
    if adds_nothing([allow(f"s:{added}")], build_holding(level, Catalog()), Catalog()) and (
        re.fullmatch(added.replace("*", ".*"), name)
    ):
        assert re.fullmatch(held.replace("*", ".*"), name)
