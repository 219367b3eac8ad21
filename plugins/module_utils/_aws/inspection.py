# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading what our roles and the fence in the Jump account are, and who is strong there."""

from __future__ import annotations

from .._core.change import Json, Kind, ObjectId
from .._core.role_check import describe_roles
from .._core.strong_principals import Holdings, strong_principals
from .account import AwsAccount
from .details import read_caller, read_details, read_session_lengths
from .transformations import documents_from, policies_from, principals_from, roles_from

_KINDS = ("AWSManagedPolicy", "Group", "LocalManagedPolicy", "Role", "User")


def read_inspection(aws: AwsAccount, holdings: Holdings) -> dict[str, Json]:
    """Return our roles that are there, the text of the fence, None without, and who is strong."""
    details = read_details(aws, _KINDS)
    fence = holdings.fence
    named = {"Policies": [p for p in details["Policies"] if p["PolicyName"] == fence]}
    there = policies_from(named, holdings.path).get(ObjectId(Kind.POLICY, (fence,)))
    return {
        "fence": there["document"] if there else None,
        "roles": describe_roles(roles_from(details, holdings.roles), read_session_lengths(aws)),
        "principals": strong_principals(
            principals_from(details),
            documents_from(details),
            holdings,
            caller_arn=read_caller(aws)["arn"],
        ),
    }
