# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ending the sessions of people who left."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.check import (
    check_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.leaver import (
    build_leaver_policy,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import problems_of

INSTANTS = st.sampled_from([f"2027-03-{day}T17:00:00Z" for day in (10, 11, 12)])
LEAVERS = st.dictionaries(st.sampled_from(["ana", "ben", "bob.ben", "cho"]), INSTANTS)


@given(LEAVERS)
def test_everybody_who_left_is_stopped_at_their_instant(left_at):
    policy = build_leaver_policy(left_at)
    statements = policy["Statement"] if policy else []
    stopped = {
        pattern.removeprefix("*:"): statement["Condition"]["DateLessThan"]["aws:TokenIssueTime"]
        for statement in statements
        for pattern in statement["Condition"]["StringLike"]["aws:userid"]
    }
    assert stopped == {name: [instant] for name, instant in left_at.items()}
    for statement in statements:
        assert (statement["Effect"], statement["Action"]) == ("Deny", ["*"])
        assert statement["Resource"] == ["*"]
        assert set(statement["Condition"]) == {"StringLike", "DateLessThan"}


@given(LEAVERS)
def test_the_order_does_not_matter(left_at):
    assert build_leaver_policy(left_at) == build_leaver_policy(dict(reversed(left_at.items())))


def test_nobody_left():
    assert build_leaver_policy({}) is None


def test_it_passes_our_own_checks():
    policy = build_leaver_policy({"ana": "2027-03-31T17:00:00Z", "ben": "2027-04-01T00:00:00Z"})
    assert problems_of(lambda problems: check_policy(problems, "p", policy))[1] == []
