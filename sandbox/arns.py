"""ARNs in the partition that this sandbox is, which belongs to the process like moto's state."""

from __future__ import annotations

from moto.utilities.utils import get_partition

from sandbox.errors import AwsError

SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-us-gov": "amazonaws.com",
}
PARTITIONS = tuple(SUFFIXES)
"""Those that moto tells apart."""


class _Here:
    partition = PARTITIONS[0]


def choose_partition(name: str) -> None:
    """Make this the partition of everything from now on; what exists must be forgotten first."""
    if name not in PARTITIONS:
        raise ValueError(f"there is no partition {name}, only {', '.join(PARTITIONS)}")
    _Here.partition = name


def partition() -> str:
    return _Here.partition


def url_suffix() -> str:
    return SUFFIXES[_Here.partition]


def arn_of(service: str, account_id: str, resource: str, region: str = "") -> str:
    return f"arn:{_Here.partition}:{service}:{region}:{account_id}:{resource}"


def is_here(text: str) -> bool:
    """Whether an ARN lies in this partition; a wildcard may match it."""
    return text.split(":")[1] in (_Here.partition, "*")


def refuse_foreign_region(region: str) -> None:
    """Credentials of one partition are unknown in the regions of another."""
    if get_partition(region) != _Here.partition:
        raise AwsError(
            "InvalidClientTokenId", "The security token included in the request is invalid.", 403
        )
