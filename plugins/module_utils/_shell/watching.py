# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What keeps the rules that watch the Jump account from meeting anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from .._aws.account import AwsAccount
from .._aws.details import read_caller
from .._aws.errors import AwsError
from .._aws.trails import read_is_logging, read_logs_writes, read_trails
from .._core.change import Json
from .._core.partitions import PARTITIONS, partition_of
from .._core.report.trails import Trail, trail_notices
from .._core.report.watch_notices import left_stack_notices, runner_notices

InRegion = Callable[["str | None"], AwsAccount]


def find_watch_notices(
    in_region: InRegion, params: Mapping[str, Json], stacks: Collection[str]
) -> list[str]:
    """Return what is to be told; stacks are those of the home region. No refusal ends the run."""
    watch = params["watch"]
    if not watch:
        return []
    if not watch["is_wanted"]:
        return left_stack_notices(watch, stacks)
    regions = watch["regions"]
    iam_region = PARTITIONS[partition_of(regions[0])].iam_region
    try:
        trails = _find_trails(in_region, regions, iam_region)
    except AwsError as error:
        return [
            f"it is not known whether the rules that watch this account see any events: {error}"
        ]
    caller = read_caller(in_region(None))["arn"]
    return [*trail_notices(trails, regions, iam_region), *runner_notices(watch, caller)]


def _find_trails(in_region: InRegion, regions: Sequence[str], iam_region: str) -> list[Trail]:
    """Return the trails for these regions, no more of them than are needed to feed all."""
    found: dict[str, Trail] = {}
    for region in regions:
        if any(trail.feeds(region, iam_region) for trail in found.values()):
            continue
        listed = read_trails(in_region(region))
        for trail in sorted(listed, key=lambda t: (not t.is_multi_region, t.arn)):
            if trail.arn not in found:
                found[trail.arn] = _with_status(in_region, trail)
            if found[trail.arn].feeds(region, iam_region):
                break
    return list(found.values())


def _with_status(in_region: InRegion, trail: Trail) -> Trail:
    aws = in_region(trail.home_region)
    try:
        return replace(
            trail,
            is_logging=read_is_logging(aws, trail.arn),
            logs_writes=read_logs_writes(aws, trail.arn),
        )
    except AwsError as error:
        return replace(trail, refusal=str(error))
