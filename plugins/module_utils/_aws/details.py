# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The bulk read of IAM: one call for up to a thousand users, groups, roles and policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .account import AwsAccount
from .errors import doing

_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_PAGE = 1000


def read_details(aws: AwsAccount, filters: Sequence[str]) -> dict[str, list[Any]]:
    """Return everything of GetAccountAuthorizationDetails for User, Group, Role or policies."""
    found: dict[str, list[Any]] = {name: [] for name in _LISTS}
    with doing(aws, f"read {', '.join(filters)} from IAM"):
        paginator = aws.client("iam").get_paginator("get_account_authorization_details")
        pages = paginator.paginate(Filter=list(filters), PaginationConfig={"PageSize": _PAGE})
        for page in pages:
            for name in _LISTS:
                found[name].extend(page.get(name, []))
    return found


def read_quotas(aws: AwsAccount) -> dict[str, int]:
    """Return IAM's quotas and counts of the account."""
    with doing(aws, "read the IAM quotas"):
        return dict(aws.client("iam").get_account_summary()["SummaryMap"])


def read_caller(aws: AwsAccount) -> dict[str, str]:
    """Return account_id and arn of the credentials in use."""
    with doing(aws, "find out whose credentials these are"):
        answer = aws.client("sts").get_caller_identity()
    return {"account_id": answer["Account"], "arn": answer["Arn"]}
