# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which groups force MFA, and who is in one that does not."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind, ObjectId
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.groups import (
    GroupSettings,
    JumpGroup,
    build_group_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.protection import (
    mfa_alarms,
    protected_groups,
)

SETTINGS = GroupSettings("111111111111", "aws", "/jumpaccount/", "policy-enforce-mfa")
STATE = build_group_state([JumpGroup("g"), JumpGroup("h")], SETTINGS)
POLICY = ObjectId(Kind.POLICY, ("policy-enforce-mfa",))
GROUP_MFA = ObjectId(Kind.GROUP_MFA, ("g", SETTINGS.mfa_policy_arn))
DETACHED = {i: v for i, v in STATE.items() if i != GROUP_MFA}
HARMLESS = {**STATE, POLICY: {"document": {"Version": "2012-10-17", "Statement": []}}}
GONE = {i: v for i, v in STATE.items() if i.kind is Kind.GROUP}


@pytest.mark.parametrize(
    ("state", "refused", "protected"),
    [
        (STATE, (), "gh"),
        (STATE, ("h",), "g"),
        (DETACHED, (), "h"),
        (HARMLESS, (), ""),
        (GONE, (), ""),
        ({}, (), ""),
    ],
)
def test_a_group_is_protected_by_the_wanted_version_of_its_policy_only(state, refused, protected):
    assert protected_groups(state, SETTINGS, refused) == set(protected)


@pytest.mark.parametrize(
    ("state", "members", "subjects"),
    [
        (STATE, {"g": ["ana"]}, []),
        (DETACHED, {"g": ["ana"], "h": ["bo"]}, ["g"]),
        (DETACHED, {"g": [], "h": ["bo"]}, []),
        (HARMLESS, {"g": ["ana"]}, ["policy-enforce-mfa"]),
        (HARMLESS, {}, []),
        (GONE, {"g": ["ana"], "h": ["bo"], "other": ["cy"]}, ["g", "h"]),
    ],
)
def test_somebody_in_a_group_that_does_not_force_mfa_is_an_alarm(state, members, subjects):
    assert sorted(mfa_alarms(state, members, SETTINGS)) == subjects


def test_the_alarm_says_who_and_what_to_do_at_once():
    alarms = mfa_alarms(DETACHED, {"g": ["bo", "ana"]}, SETTINGS)
    assert alarms == {
        "g": (
            "Group g of account 111111111111 does not force MFA, because it lacks policy "
            "policy-enforce-mfa, and ana, bo are in it: they can act there with a password "
            "alone. Attach the policy now, and find out who detached it: aws iam "
            "attach-group-policy --group-name g --policy-arn "
            "arn:aws:iam::111111111111:policy/jumpaccount/policy-enforce-mfa"
        )
    }
    (alone,) = mfa_alarms(DETACHED, {"g": ["ana"]}, SETTINGS).values()
    assert "and ana is in it: that person can act there" in alone


def test_a_changed_policy_is_one_alarm_that_names_some_groups():
    names = [f"g{n:02}" for n in range(12)]
    state = {
        **build_group_state([JumpGroup(name) for name in names], SETTINGS),
        POLICY: {"document": {}},
    }
    (text,) = mfa_alarms(state, {name: ["ana"] for name in names}, SETTINGS).values()
    assert "members of g00, g01, g02, g03, g04, g05, g06, g07, g08, g09 and 2 more, is not" in text
