# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The partitions of AWS as botocore has them; a test compares this table with botocore's data."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .change import Json


@dataclass(frozen=True)
class Partition:
    """A partition: what its regions look like, the domains of its services, where its IAM is.

    iam_region is the region in which the calls of IAM are recorded, whatever region people work in.
    """

    name: str
    regions: str
    dns_suffix: str
    console_domain: str
    iam_region: str


_TABLE = (
    Partition(
        "aws",
        r"(us|eu|ap|sa|ca|me|af|il|mx)\-\w+\-\d+",
        "amazonaws.com",
        "aws.amazon.com",
        "us-east-1",
    ),
    Partition("aws-cn", r"cn\-\w+\-\d+", "amazonaws.com.cn", "amazonaws.cn", "cn-north-1"),
    Partition(
        "aws-eusc",
        r"eusc\-(de)\-\w+\-\d+",
        "amazonaws.eu",
        "amazonaws-eusc.eu",
        "eusc-de-east-1",
    ),
    Partition("aws-iso", r"us\-iso\-\w+\-\d+", "c2s.ic.gov", "c2shome.ic.gov", "us-iso-east-1"),
    Partition(
        "aws-iso-b", r"us\-isob\-\w+\-\d+", "sc2s.sgov.gov", "sc2shome.sgov.gov", "us-isob-east-1"
    ),
    Partition(
        "aws-iso-e",
        r"eu\-isoe\-\w+\-\d+",
        "cloud.adc-e.uk",
        "csphome.adc-e.uk",
        "eu-isoe-west-1",
    ),
    Partition(
        "aws-iso-f",
        r"us\-isof\-\w+\-\d+",
        "csp.hci.ic.gov",
        "csphome.hci.ic.gov",
        "us-isof-south-1",
    ),
    Partition(
        "aws-us-gov",
        r"us\-gov\-\w+\-\d+",
        "amazonaws.com",
        "amazonaws-us-gov.com",
        "us-gov-west-1",
    ),
)
PARTITIONS = {partition.name: partition for partition in _TABLE}
_NEW_REGION = r"[a-z]{2}-[a-z]+-[0-9]+"
"""What a new region of the usual partition looks like: they come faster than tables."""


def is_region(value: Json) -> bool:
    """Return whether a value is a region of one of the partitions."""
    return isinstance(value, str) and (
        _partition_with(value) is not None or bool(re.fullmatch(_NEW_REGION, value))
    )


def partition_of(region: str) -> str:
    """Return the AWS partition that a region belongs to."""
    return _partition_with(region) or "aws"


def _partition_with(region: str) -> str | None:
    matching = (p.name for p in _TABLE if re.fullmatch(p.regions, region, flags=re.ASCII))
    return next(matching, None)
