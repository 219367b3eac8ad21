# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading trails on the wire."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.trails import (
    read_is_logging,
    read_logs_writes,
    read_trails,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.trails import Trail

ARN = "arn:aws:cloudtrail:eu-west-1:111111111111:trail/all"
FOUND = {
    "TrailARN": ARN,
    "HomeRegion": "eu-west-1",
    "IsMultiRegionTrail": True,
    "IncludeGlobalServiceEvents": False,
}


def test_trails(scripted):
    other = {**FOUND, "TrailARN": "x", "IsOrganizationTrail": True}
    scripted.answer("cloudtrail", "describe_trails", {"trailList": [FOUND, other]})
    trail = Trail(ARN, "eu-west-1", is_multi_region=True, has_global=False)
    of_all = Trail(
        "x", "eu-west-1", is_multi_region=True, has_global=False, is_of_organization=True
    )
    assert read_trails(scripted.aws) == [trail, of_all]


def test_what_a_trail_does(scripted):
    scripted.answer("cloudtrail", "get_trail_status", {"IsLogging": True}, Name=ARN)
    assert read_is_logging(scripted.aws, ARN) is True
    writes = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}
    scripted.answer("cloudtrail", "get_event_selectors", writes, TrailName=ARN)
    assert read_logs_writes(scripted.aws, ARN) is True


def test_a_refused_read_is_a_sentence(scripted):
    scripted.refuse("cloudtrail", "describe_trails", "AccessDeniedException", "not you")
    with pytest.raises(AwsError, match="Could not read the trails of CloudTrail in account 1"):
        read_trails(scripted.aws)
