# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""How StackSets are called: which set, as whom, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..account import AwsAccount
from ..errors import AwsError, doing

NOT_FOUND = "StackSetNotFoundException"
OPERATION_NOT_FOUND = "OperationNotFoundException"
_BUSY = frozenset({"OperationInProgressException", "StaleRequestException"})
_REPEATED = frozenset({"OperationIdAlreadyExistsException"})

_REMEDIES = {
    NOT_FOUND: "Create it first with jumpaccount.aws.stackset, in the same region.",
    "NameAlreadyExistsException": "Another run created it at the same time; run again.",
    "CreatedButModifiedException": "Another run changed it at the same time; run again.",
    "StackSetNotEmptyException": (
        "Remove its instances first, with jumpaccount.aws.stackset_instance and purge."
    ),
    "StackInstanceNotFoundException": "Another run removed an instance; run again.",
    "InsufficientCapabilitiesException": (
        "Add CAPABILITY_NAMED_IAM to capabilities if the template can create IAM objects."
    ),
    "InvalidOperationException": (
        "AWS does not allow this in the current state of the stack set; run again when its "
        "operations have ended."
    ),
    "LimitExceededException": "Raise the quota in Service Quotas, or request less.",
    OPERATION_NOT_FOUND: (
        "The stack set was deleted in the meantime, or the operation has expired in AWS; run again."
    ),
    "OperationInProgressException": "Run again when the other operation has ended.",
    "StaleRequestException": "Another run changed it at the same time; run again.",
}


@dataclass(frozen=True)
class StackSetAddress:
    """Which stack set, and as whom it is called: None, or DELEGATED_ADMIN."""

    aws: AwsAccount
    name: str
    call_as: str | None = None

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer of one call."""
        client = self.aws.client("cloudformation")
        return dict(getattr(client, method)(**self.arguments(), **arguments))

    def pages(self, method: str, **arguments: Any) -> Iterable[dict[str, Any]]:
        """Return the pages of a list."""
        paginator = self.aws.client("cloudformation").get_paginator(method)
        pages: Iterable[dict[str, Any]] = paginator.paginate(
            **self.arguments(), **arguments, PaginationConfig={"PageSize": 100}
        )
        return pages

    def forget_reads(self) -> None:
        """Let the next reads of this run ask AWS: another run may have changed something."""
        self.aws.reads.forget()

    def arguments(self) -> dict[str, str]:
        """Return what every call has in common."""
        called = {"CallAs": self.call_as} if self.call_as else {}
        return {"StackSetName": self.name, **called}


@contextmanager
def doing_to(
    address: StackSetAddress, what: str, remedies: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Turn botocore's exceptions into AwsError; what completes 'Could not ... stack set NAME'."""
    with doing(address.aws, f"{what} stack set {address.name}", {**_REMEDIES, **(remedies or {})}):
        yield


def is_busy(error: AwsError) -> bool:
    """Return whether another operation came first: wait for it, look again, plan again."""
    return error.code in _BUSY


def is_repeated(error: AwsError) -> bool:
    """Return whether an operation was started already, by a call whose answer was lost."""
    return error.code in _REPEATED
