# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether CloudTrail feeds the rules of each region."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.trails import (
    Trail,
    logs_writes,
    trail_notices,
)

HOME, IAM, THIRD = "ap-northeast-1", "us-east-1", "eu-west-1"
ARN = f"arn:aws:cloudtrail:{HOME}:111111111111:trail/all"
GOOD = Trail(ARN, HOME, is_multi_region=True, is_logging=True, logs_writes=True)
LOCAL = replace(GOOD, is_multi_region=False)


def notices(*trails, regions=(HOME, IAM)):
    return trail_notices(trails, regions, IAM)


def test_a_trail_for_all_regions_is_enough():
    assert notices(GOOD) == notices(GOOD, replace(GOOD, arn="x", is_logging=False)) == []
    assert notices(replace(GOOD, has_global=False)) == []


def test_a_trail_in_each_region_is_enough():
    assert notices(LOCAL, replace(LOCAL, arn="x", home_region=IAM)) == []
    assert notices(replace(LOCAL, home_region=IAM), regions=(IAM,)) == []
    assert notices(replace(LOCAL, has_global=False), regions=(HOME,)) == []


def test_no_trail_at_all():
    said, make, start = notices()
    assert said.startswith(
        f"the rules that watch this account see no events in {HOME} and {IAM}: no CloudTrail trail "
    )
    assert f"--region {HOME}" in make
    assert start.startswith("  aws cloudtrail start-logging")


def test_a_trail_of_one_region():
    assert notices(LOCAL)[0].startswith(
        f"the rules that watch this account see no events in {IAM}: no CloudTrail trail "
    )


@pytest.mark.parametrize(
    ("flaw", "text", "command"),
    [
        ({"is_logging": False}, "is not logging:", f"start-logging --name {ARN} --region {HOME}"),
        (
            {"logs_writes": False},
            "does not record all write management events",
            f"put-event-selectors --trail-name {ARN}",
        ),
    ],
)
def test_what_a_trail_lacks(flaw, text, command):
    found = notices(replace(GOOD, **flaw), regions=(HOME,))
    assert len(found) == 2
    assert f"trail {ARN} {text}" in found[0]
    assert command in found[1]


def test_a_trail_of_the_region_of_iam_without_it():
    (said, command) = notices(replace(LOCAL, home_region=IAM, has_global=False), regions=(IAM,))
    assert said.endswith("does not record the events of global services:")
    assert "update-trail" in command


def test_a_trail_that_cannot_be_read():
    found = notices(replace(LOCAL, is_logging=False, refusal="AWS said no"), regions=(HOME,))
    assert found == [
        "it is not known whether the rules that watch this account see any events, because "
        f"trail {ARN} could not be read: AWS said no"
    ]


def test_a_trail_that_can_be_stopped_where_nobody_looks():
    elsewhere = replace(GOOD, home_region=THIRD)
    assert notices(elsewhere) == [
        f"trail {ARN} has its home in {THIRD}, where no rule reports when it is stopped; create "
        f"the trail in {HOME}"
    ]
    assert notices(replace(elsewhere, is_of_organization=True)) == []
    assert notices(elsewhere, replace(GOOD, arn="x", home_region=IAM)) == []


def basic(kind="All", management=True):
    return {"EventSelectors": [{"ReadWriteType": kind, "IncludeManagementEvents": management}]}


def advanced(**fields):
    chosen = [{"Field": name, **operators} for name, operators in fields.items()]
    return {"AdvancedEventSelectors": [{"FieldSelectors": chosen}]}


MANAGEMENT = {"Equals": ["Management"]}


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (basic(), True),
        (basic("WriteOnly"), True),
        (basic("ReadOnly"), False),
        (basic(management=False), False),
        ({"EventSelectors": [], "AdvancedEventSelectors": None}, False),
        (advanced(eventCategory=MANAGEMENT), True),
        (advanced(eventCategory=MANAGEMENT, readOnly={"Equals": ["false"]}), True),
        (advanced(eventCategory=MANAGEMENT, readOnly={"Equals": ["true"]}), False),
        (advanced(eventCategory={"Equals": ["Data"]}), False),
        (advanced(eventCategory=MANAGEMENT, eventSource={"NotEquals": ["kms.x"]}), True),
        (advanced(eventCategory=MANAGEMENT, eventSource={"Equals": ["kms.x"]}), False),
        (advanced(eventCategory=MANAGEMENT, eventName={"Equals": ["X"]}), False),
    ],
)
def test_event_selectors(selectors, expected):
    assert logs_writes(selectors) is expected
