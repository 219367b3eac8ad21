# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose a stored password is, and what the record says, whoever wrote it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.initial_password import (
    CLOCK_SKEW,
    Identity,
    StoredPassword,
    covered_until,
    describe_password,
    describe_record,
    is_due,
    of_their_users,
    orphan_rows,
    orphaned_passwords,
    record_name,
    recorded_until,
    stored_by_user,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import parameter_name
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2024, 6, 11, tzinfo=UTC)
DAY = timedelta(days=1)
ID, OTHER = "AIDA1234567890123456", "AIDA6543210987654321"
MADE = {"jumpaccount:owned": "true", "jumpaccount:made": "true"}
ANA = Identity(ID, NOW, MADE)


def bound(unique_id: str, modified: datetime = NOW) -> StoredPassword:
    return StoredPassword(modified, describe_password(unique_id, "token"))


@pytest.mark.parametrize(
    ("stored", "is_hers"),
    [
        (bound(ID), True),
        (bound(OTHER), False),
        (StoredPassword(NOW), True),
        (StoredPassword(NOW, "Initial console password; deleted once"), True),
        (StoredPassword(NOW - CLOCK_SKEW), True),
        (StoredPassword(NOW - DAY), False),
        (bound(ID, NOW - DAY), False),
    ],
)
def test_a_password_is_of_the_user_it_was_issued_to_and_not_older(stored, is_hers):
    assert stored.is_of(ANA) is is_hers
    there = {"ana": stored, "new": stored}
    assert of_their_users(there, {"ana": ANA}).keys() == ({"ana", "new"} if is_hers else {"new"})


def test_what_lies_under_the_names_of_users():
    one = bound(ID)
    assert stored_by_user(["ana", "a_b"], {"/p/ana": one, "/p/zoe": one}, "/p") == {"ana": one}


def test_parameters_of_nobody_are_found_with_the_reason():
    there = {"/p/ana": bound(ID), "/p/b_5fo": bound(OTHER), "/p/old": bound(ID)}
    people = {"ana": ANA, "b_o": ANA}
    found = orphaned_passwords({**there, record_name("/p"): StoredPassword(NOW)}, people, "/p")
    assert orphan_rows(found) == [
        {
            "parameter": "/p/b_5fo",
            "reason": "it was issued to a deleted user, not to the current user of this name",
        },
        {"parameter": "/p/old", "reason": "no user has this name"},
    ]


@given(st.text(min_size=1))
def test_the_record_is_no_users_parameter(name):
    assert parameter_name("/p", name) != record_name("/p")


@pytest.mark.parametrize(
    ("description", "until"),
    [
        (describe_record(NOW), NOW),
        ("", None),
        ("until tomorrow", None),
        ("until 2024-06-11T00:00:00", None),
    ],
)
def test_what_is_no_record_says_nothing(description, until):
    stored = {record_name("/p"): StoredPassword(NOW, description)}
    assert recorded_until(stored, "/p") == until
    assert recorded_until({}, "/p") is None


@pytest.mark.parametrize(
    ("identity", "until", "due"),
    [
        (ANA, None, True),
        (ANA, NOW - DAY, True),
        (ANA, NOW, False),
        (Identity(ID, NOW, {"jumpaccount:owned": "true"}), None, False),
    ],
)
def test_only_who_was_made_and_is_not_recorded_is_due(identity, until, due):
    assert is_due(identity, until) is due


@pytest.mark.parametrize(
    ("tags", "is_owned"),
    [({"jumpaccount:owned": "true"}, True), ({"jumpaccount:owned": "no"}, False), ({}, False)],
)
def test_only_our_tag_makes_a_user_ours(tags, is_owned):
    assert Identity(ID, NOW, tags).is_owned is is_owned


MOMENTS = st.integers(0, 6).map(lambda n: NOW + n * DAY)
TAGS = st.sampled_from([MADE, {}, {**MADE, "jumpaccount:unlisted": "2024-06-11"}])
PEOPLE = st.dictionaries(st.sampled_from("abcdef"), st.builds(Identity, st.just(ID), MOMENTS, TAGS))


@given(PEOPLE, st.sets(st.sampled_from("abcdef")), st.none() | MOMENTS)
def test_the_record_never_passes_anybody_who_waits_and_never_goes_back(people, covered, until):
    after = covered_until(people, covered, until)
    assert until is None or after >= until
    for name, one in people.items():
        if is_due(one, until) and not one.has_left:
            assert name in covered or is_due(one, after), "somebody who waits would get nothing"
    assert covered_until(people, covered, after) == after
    waits = {n for n, i in people.items() if is_due(i, until) and not i.has_left} - covered
    if not waits:
        assert not any(is_due(i, after) and not i.has_left for i in people.values())
