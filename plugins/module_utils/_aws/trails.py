# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading the trails of CloudTrail."""

from __future__ import annotations

from .._core.report.trails import Trail, logs_writes
from .account import AwsAccount
from .errors import doing


def read_trails(aws: AwsAccount) -> list[Trail]:
    """Return the trails that are for the region, also those of an organization and of elsewhere.

    What they do at the moment is not in that answer.
    """
    with doing(aws, "read the trails of CloudTrail"):
        found = aws.client("cloudtrail").describe_trails()["trailList"]
    return [
        Trail(
            arn=trail["TrailARN"],
            home_region=trail["HomeRegion"],
            is_multi_region=trail["IsMultiRegionTrail"],
            has_global=trail["IncludeGlobalServiceEvents"],
            is_of_organization=trail.get("IsOrganizationTrail", False),
        )
        for trail in found
    ]


def read_is_logging(aws: AwsAccount, arn: str) -> bool:
    """Return whether a trail is switched on; aws is the account in the trail's home region."""
    with doing(aws, f"read the status of trail {arn}"):
        return bool(aws.client("cloudtrail").get_trail_status(Name=arn)["IsLogging"])


def read_logs_writes(aws: AwsAccount, arn: str) -> bool:
    """Return whether a trail records writes of management; aws is as for its status."""
    with doing(aws, f"read the event selectors of trail {arn}"):
        return logs_writes(aws.client("cloudtrail").get_event_selectors(TrailName=arn))
