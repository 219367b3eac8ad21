# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading what our roles and the fence in the Jump account are."""

from __future__ import annotations

from collections.abc import Collection

from .._core.change import Json, Kind, ObjectId
from .._core.plan_group import GroupSettings
from .._core.role_check import describe_roles
from .account import AwsAccount
from .details import read_details
from .transformations import policies_from, roles_from

_KINDS = ("Group", "LocalManagedPolicy", "Role", "User")


def read_roles_and_fence(
    aws: AwsAccount, roles: Collection[str], fence: str, settings: GroupSettings
) -> dict[str, Json]:
    """Return the roles of these names that are there, and the text of the fence, None without."""
    details = read_details(aws, _KINDS)
    named = {"Policies": [p for p in details["Policies"] if p["PolicyName"] == fence]}
    there = policies_from(named, settings.path).get(ObjectId(Kind.POLICY, (fence,)))
    return {
        "fence": there["document"] if there else None,
        "roles": describe_roles(roles_from(details, roles)),
    }
