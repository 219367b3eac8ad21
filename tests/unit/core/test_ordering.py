# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rank table."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core import ordering
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.ordering import rank, sort_key

CREATE, UPDATE, DELETE = Action.CREATE, Action.UPDATE, Action.DELETE


ONLY_DELETED = (
    *(Kind.STACK_LEFTOVER, Kind.FORMER_PASSWORD, Kind.FORMER_USER),
    *(Kind.USER_POLICY, Kind.CREDENTIALS, Kind.PASSWORD_ELSEWHERE),
)


def change(kind: Kind, action: Action, *key: str) -> Change:
    return Change(ObjectId(kind, key or ("x", "y")), action)


def test_every_pair_has_one_rank_and_every_rank_a_reason() -> None:
    pairs = [pair for pairs, _reason in ordering._RANKS for pair in pairs]
    assert len(pairs) == len(set(pairs))
    assert all(reason for _pairs, reason in ordering._RANKS)


@pytest.mark.parametrize("kind", [k for k in Kind if k not in ONLY_DELETED])
def test_every_kind_can_be_made(kind: Kind) -> None:
    assert rank(change(kind, CREATE)) >= 0


def test_a_change_without_a_place_is_a_defect() -> None:
    with pytest.raises(KeyError):
        rank(change(Kind.MEMBERSHIP, UPDATE))


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ((Kind.MEMBERSHIP, DELETE), (Kind.MEMBERSHIP, CREATE)),
        ((Kind.LOGIN_PROFILE, DELETE), (Kind.MEMBERSHIP, DELETE)),
        ((Kind.GROUP_POLICY, DELETE), (Kind.GROUP_ATTACHMENT, DELETE)),
        ((Kind.GROUP_ATTACHMENT, DELETE), (Kind.GROUP, DELETE)),
        ((Kind.GROUP, DELETE), (Kind.POLICY, DELETE)),
        ((Kind.GROUP_ATTACHMENT, DELETE), (Kind.POLICY, DELETE)),
        ((Kind.STACK_INSTANCE, DELETE), (Kind.STACK_SET, DELETE)),
        ((Kind.POLICY, CREATE), (Kind.GROUP_ATTACHMENT, CREATE)),
        ((Kind.GROUP, CREATE), (Kind.GROUP_ATTACHMENT, CREATE)),
        ((Kind.POLICY, CREATE), (Kind.GROUP_MFA, CREATE)),
        ((Kind.GROUP, CREATE), (Kind.GROUP_MFA, CREATE)),
        ((Kind.GROUP_MFA, CREATE), (Kind.POLICY, UPDATE)),
        ((Kind.POLICY, UPDATE), (Kind.GROUP_POLICY, CREATE)),
        ((Kind.GROUP_MFA, CREATE), (Kind.GROUP_POLICY, CREATE)),
        ((Kind.GROUP_MFA, CREATE), (Kind.GROUP_POLICY, UPDATE)),
        ((Kind.GROUP_MFA, CREATE), (Kind.GROUP_ATTACHMENT, CREATE)),
        ((Kind.GROUP_MFA, CREATE), (Kind.GROUP_ATTACHMENT, DELETE)),
        ((Kind.GROUP_ATTACHMENT, DELETE), (Kind.GROUP_ATTACHMENT, CREATE)),
        ((Kind.GROUP_ATTACHMENT, DELETE), (Kind.GROUP_MFA, DELETE)),
        ((Kind.GROUP_MFA, DELETE), (Kind.GROUP, DELETE)),
        ((Kind.BUCKET, CREATE), (Kind.BUCKET_PUBLIC_ACCESS_BLOCK, CREATE)),
        ((Kind.BUCKET_PUBLIC_ACCESS_BLOCK, CREATE), (Kind.BUCKET_POLICY, CREATE)),
        ((Kind.BUCKET_POLICY, CREATE), (Kind.OBJECT, CREATE)),
        ((Kind.OBJECT, CREATE), (Kind.STACK, CREATE)),
        ((Kind.STACK, CREATE), (Kind.STACK_PROTECTION, CREATE)),
        ((Kind.ROLE, CREATE), (Kind.ROLE_POLICY, CREATE)),
        ((Kind.STACK_SET, UPDATE), (Kind.STACK_INSTANCE, CREATE)),
        ((Kind.FORMER_USER, DELETE), (Kind.USER, CREATE)),
        ((Kind.CREDENTIALS, DELETE), (Kind.MEMBERSHIP, CREATE)),
        ((Kind.MEMBERSHIP, CREATE), (Kind.USER_POLICY, DELETE)),
        ((Kind.USER, CREATE), (Kind.MEMBERSHIP, CREATE)),
        ((Kind.MEMBERSHIP, CREATE), (Kind.INITIAL_PASSWORD, CREATE)),
        ((Kind.PASSWORD_POLICY, UPDATE), (Kind.INITIAL_PASSWORD, CREATE)),
        ((Kind.FORMER_PASSWORD, DELETE), (Kind.INITIAL_PASSWORD, UPDATE)),
        ((Kind.INITIAL_PASSWORD, CREATE), (Kind.LOGIN_PROFILE, CREATE)),
        ((Kind.LOGIN_PROFILE, CREATE), (Kind.ISSUE_RECORD, UPDATE)),
    ],
    ids=lambda pair: f"{pair[1]} {pair[0]}",
)
def test_what_comes_first(earlier: tuple[Kind, Action], later: tuple[Kind, Action]) -> None:
    assert rank(change(*earlier)) < rank(change(*later))


def test_equal_ranks_are_ordered_by_kind_and_name() -> None:
    found = sorted(
        [
            change(Kind.USER, DELETE, "ana"),
            change(Kind.ROLE, DELETE, "b"),
            change(Kind.ROLE, DELETE, "a"),
        ],
        key=sort_key,
    )
    assert [str(c.id) for c in found] == ["role a", "role b", "user ana"]
