# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of partitions against what botocore has."""

from __future__ import annotations

import json
from typing import Any

import botocore.loaders
import botocore.session
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.partitions import (
    PARTITIONS,
    is_region,
    partition_of,
)

LOADER = botocore.loaders.create_loader()
THEIRS: list[dict[str, Any]] = LOADER.load_data("partitions")["partitions"]
NAMES = [each["id"] for each in THEIRS]


def test_the_table_is_as_botocore_has_it() -> None:
    found = {each["id"]: (each["regionRegex"], each["outputs"]["dnsSuffix"]) for each in THEIRS}
    ours = {name: (f"^{p.regions}$", p.dns_suffix) for name, p in PARTITIONS.items()}
    assert ours == found


def test_consoles_lie_where_botocore_has_the_sign_in_service() -> None:
    rules = json.dumps(LOADER.load_service_model("signin", "endpoint-rule-set-1"))
    for partition in PARTITIONS.values():
        assert f'.signin.{partition.console_domain}"' in rules


@pytest.mark.parametrize("theirs", THEIRS, ids=NAMES)
def test_iam_is_where_botocore_signs_for_it(theirs: dict[str, Any]) -> None:
    partitions = {p["partition"]: p for p in LOADER.load_data("endpoints")["partitions"]}
    endpoints = partitions[theirs["id"]]["services"].get("iam", {"endpoints": {}})["endpoints"]
    # Newer partitions have no endpoint of their own for IAM in this table.
    signed = {e["credentialScope"]["region"] for e in endpoints.values()}
    expected = signed or {theirs["outputs"]["implicitGlobalRegion"]}
    assert {PARTITIONS[theirs["id"]].iam_region} == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_region_belongs_to_its_partition(name: str) -> None:
    session = botocore.session.get_session()
    regions = {
        region
        for service in ("cloudformation", "ec2")
        for region in session.get_available_regions(service, name)
    }
    assert regions
    assert {region for region in regions if not is_region(region)} == set()
    assert {partition_of(region) for region in regions} == {name}


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-isob-east-1", "aws-iso-b"),
        ("us-iso-east-9", "aws-iso"),
        ("eusc-de-east-1", "aws-eusc"),
        ("xy-north-1", "aws"),
    ],
)
def test_regions_that_are_new_are_taken(region: str, partition: str) -> None:
    assert is_region(region)
    assert partition_of(region) == partition


@pytest.mark.parametrize(
    "value",
    [
        *("", "eu-west", "eu-west-1a", "us-iso-east", "aws-global", "us-gov-west-1\n", None, 1),
        *("us-isox-east-1", "eusc-xx-east-1", "EU-WEST-1", "eu-west-\u0661", "eu west 1"),
    ],
)
def test_what_is_no_region(value: object) -> None:
    assert not is_region(value)
