# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions as policies in a shared role."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import PersonalException
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.check import (
    check_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    build_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.personal import (
    TooLargeError,
    build_exception_statements,
    check_room,
    end_of,
    pack_exceptions,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.quotas import (
    PARAMETER_VALUE_LONGEST,
    ROLE_INLINE_SIZE,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import problems_of

STATEMENT = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}


def exception(*statements: Any, person: str = "ana", until: str = "2027-03-31"):
    return PersonalException(person, "developer", "p", until, statements or (STATEMENT,))


def of_size(size: int) -> dict[str, Any]:
    """Return a statement that makes a policy of so many bytes when it is one of ana's."""
    made = build_exception_statements(exception({**STATEMENT, "Resource": ["arn:aws:s3:::"]}))
    rest = size - len(json.dumps(build_policy(*made), separators=(",", ":")))
    return {**STATEMENT, "Resource": ["arn:aws:s3:::".ljust(13 + rest, "r")]}


@pytest.mark.parametrize(
    ("until", "end"),
    [("2027-03-31", "2027-04-01T00:00:00Z"), ("2028-02-28", "2028-02-29T00:00:00Z")],
)
def test_a_day_is_over_when_the_next_begins(until, end):
    assert end_of(until) == end


def test_a_statement_is_for_one_person_and_until_a_day():
    condition = {"StringLike": {"s3:prefix": ["a*"]}, "Bool": {"aws:SecureTransport": ["true"]}}
    (bound,) = build_exception_statements(
        exception({**STATEMENT, "Sid": "Mine", "Condition": condition})
    )
    assert bound == {
        **STATEMENT,
        "Condition": {
            "Bool": {"aws:SecureTransport": ["true"]},
            "DateLessThan": {"aws:CurrentTime": ["2027-04-01T00:00:00Z"]},
            "StringLike": {"s3:prefix": ["a*"], "aws:userid": ["*:ana"]},
        },
    }
    assert condition["StringLike"] == {"s3:prefix": ["a*"]}


few = st.lists(
    st.builds(
        lambda person, sizes: exception(*map(of_size, sizes), person=person),
        st.sampled_from(["ana", "ben", "cho"]),
        st.lists(st.integers(400, 2000), min_size=1, max_size=2),
    ),
    max_size=3,
)


@given(few, st.randoms(use_true_random=False))
def test_every_statement_is_packed_once_in_texts_that_fit(exceptions, chance):
    texts = pack_exceptions(exceptions)
    packed = [s for text in texts for s in json.loads(text)["Statement"]]
    wanted = [s for e in exceptions for s in build_exception_statements(e)]
    assert sorted(map(json.dumps, packed)) == sorted(map(json.dumps, wanted))
    assert all(len(text.encode()) <= PARAMETER_VALUE_LONGEST for text in texts)
    mixed = list(exceptions)
    chance.shuffle(mixed)
    assert pack_exceptions(mixed) == texts
    for text in texts:
        assert problems_of(lambda p, t=text: check_policy(p, "p", json.loads(t)))[1] == []


def test_the_last_byte_counts():
    assert len(pack_exceptions([exception(of_size(4096))])[0].encode()) == 4096
    with pytest.raises(TooLargeError, match="a statement of ana has 4097 bytes, but AWS allows"):
        pack_exceptions([exception(of_size(4097))])


def test_more_than_the_parameters_hold():
    assert len(pack_exceptions([exception(*[of_size(4000)] * 3)])) == 3
    with pytest.raises(TooLargeError, match="1 exceptions need 4 policies of 4096 bytes, but"):
        pack_exceptions([exception(*[of_size(4000)] * 4)])


def test_room_beside_the_policies_of_the_level():
    there = [exception(of_size(4000))]
    texts = pack_exceptions(there)
    own = {"a": "x" * (ROLE_INLINE_SIZE - 4000 - len('{"a":""}'))}
    check_room(there, texts, [own])
    check_room([], [], [{"a": "x" * ROLE_INLINE_SIZE}])
    with pytest.raises(TooLargeError, match=r"have 4000 characters and the level's .* 6241, but"):
        check_room(there, texts, [{"a": own["a"] + "x"}])
