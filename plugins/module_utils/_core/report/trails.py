# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Whether CloudTrail feeds the rules that watch the Jump account.

EventBridge gets the calls of a region only while a trail records them there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..change import Json
from ..shown import inert


@dataclass(frozen=True)
class Trail:
    """A trail as far as it was read; a refusal says why the rest is not known.

    has_global says whether a trail of one region records what AWS has once in a partition.
    """

    arn: str
    home_region: str
    is_multi_region: bool = False
    has_global: bool = True
    is_of_organization: bool = False
    is_logging: bool = False
    logs_writes: bool = False
    refusal: str = ""

    def covers(self, region: str) -> bool:
        """Return whether the trail is for a region, whether or not it is switched on."""
        return self.is_multi_region or self.home_region == region

    def feeds(self, region: str, iam_region: str) -> bool:
        """Return whether rules of a region meet what is done there, that of IAM included."""
        has_iam = region != iam_region or self.is_multi_region or self.has_global
        return self.covers(region) and has_iam and self.is_logging and self.logs_writes


def logs_writes(selectors: Mapping[str, Json]) -> bool:
    """Return whether the event selectors of a trail choose writes among management events."""
    basic = selectors.get("EventSelectors") or []
    advanced = selectors.get("AdvancedEventSelectors") or []
    return any(
        s["IncludeManagementEvents"] and s["ReadWriteType"] != "ReadOnly" for s in basic
    ) or any(_chooses_writes(s["FieldSelectors"]) for s in advanced)


def _chooses_writes(fields: Sequence[Mapping[str, Json]]) -> bool:
    chosen = {f["Field"]: f.get("Equals", []) for f in fields}
    others = chosen.keys() - {"eventCategory", "readOnly", "eventSource"}
    is_of_all_services = not chosen.get("eventSource")
    is_of_writes = chosen.get("readOnly", ["false"]) == ["false"]
    is_management = chosen.get("eventCategory") == ["Management"]
    return is_management and is_of_writes and is_of_all_services and not others


def trail_notices(trails: Iterable[Trail], regions: Sequence[str], iam_region: str) -> list[str]:
    """Return what is missing for the rules in these regions to meet anything, and the remedy."""
    known = sorted(trails, key=lambda trail: trail.arn)
    unfed = [r for r in regions if not any(trail.feeds(r, iam_region) for trail in known)]
    uncovered = [r for r in unfed if not any(trail.covers(r) for trail in known)]
    return [
        *(_none(uncovered, regions[0]) if uncovered else []),
        *(
            line
            for trail in known
            if (covered := [r for r in unfed if trail.covers(r)])
            for line in _flaw(trail, covered)
        ),
        *_unwatched(known, regions, iam_region),
    ]


def _head(regions: Sequence[str]) -> str:
    return f"the rules that watch this account see no events in {' and '.join(regions)}: "


def _none(regions: Sequence[str], home_region: str) -> list[str]:
    return [
        f"{_head(regions)}no CloudTrail trail records them. Create a multi-region trail, with "
        "its bucket in a separate account, and start logging:",
        "  aws cloudtrail create-trail --name NAME --is-multi-region-trail --s3-bucket-name "
        f"BUCKET --region {home_region}",
        f"  aws cloudtrail start-logging --name NAME --region {home_region}",
    ]


def _flaw(trail: Trail, regions: Sequence[str]) -> list[str]:
    head, where = _head(regions), f"--region {trail.home_region}"
    if trail.refusal:
        return [
            "it is not known whether the rules that watch this account see any events, because "
            f"trail {trail.arn} could not be read: {inert(trail.refusal)}"
        ]
    if not trail.is_logging:
        return [
            f"{head}trail {trail.arn} is not logging:",
            f"  aws cloudtrail start-logging --name {trail.arn} {where}",
        ]
    if not trail.logs_writes:
        return [
            f"{head}trail {trail.arn} does not record all write management events:",
            f"  aws cloudtrail put-event-selectors --trail-name {trail.arn} {where} "
            '--event-selectors \'[{"ReadWriteType":"All","IncludeManagementEvents":true}]\'',
        ]
    return [
        f"{head}trail {trail.arn} does not record the events of global services:",
        f"  aws cloudtrail update-trail --name {trail.arn} {where} --is-multi-region-trail",
    ]


def _unwatched(trails: Sequence[Trail], regions: Sequence[str], iam_region: str) -> list[str]:
    """Return that nobody is told when a trail is stopped, which is done in its home region.

    That of an organization is stopped in another account.
    """
    feeding = [t for t in trails if any(t.feeds(region, iam_region) for region in regions)]
    if any(t.is_of_organization or t.home_region in regions for t in feeding):
        return []
    return [
        f"trail {trail.arn} has its home in {trail.home_region}, where no rule reports when it "
        f"is stopped; create the trail in {regions[0]}"
        for trail in feeding
    ]
