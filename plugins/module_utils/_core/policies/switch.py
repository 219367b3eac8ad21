# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Switching: what a jump group may assume, and whom a switch role trusts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..arns import account_root, iam_arn
from ..change import Json
from ..words import counted
from .document import build_policy, policy_size


def build_switch_policy(role_arns: Iterable[str]) -> dict[str, Json] | None:
    """Return the policy that lets a group switch to exactly these roles, with MFA.

    Without roles there is no policy: an empty Resource list would be an error, a wildcard a hole.
    """
    resources = sorted(set(role_arns))
    if not resources:
        return None
    return build_policy(
        {
            "Sid": "SwitchRoles",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Resource": resources,
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}},
        }
    )


def split_role_arns(role_arns: Iterable[str], longest: int) -> tuple[tuple[str, ...], ...]:
    """Return the ARNs in chunks whose switch policies each have at most longest characters."""
    chunks: list[list[str]] = []
    room = 0
    for arn in sorted(set(role_arns)):
        cost = len(arn) + 3
        if cost > room:
            chunks.append([])
            room = longest - policy_size(build_switch_policy(["x"])) + len('"x"') + 1
        chunks[-1].append(arn)
        room -= cost
    return tuple(tuple(c) for c in chunks)


@dataclass(frozen=True)
class TrustOptions:
    """Whom a switch role trusts and under which conditions; ages in seconds."""

    jump_account_id: str
    partition: str = "aws"
    bind_session_name: bool = True
    mfa_max_age: int | None = None
    source_networks: tuple[str, ...] = ()


def build_switch_trust(options: TrustOptions) -> dict[str, Json]:
    """Return the trust policy of a switch role: the Jump account's IAM users, with MFA.

    The account root with a condition is trusted instead of users: a user's ARN in a trust
    becomes the unique id of that user and breaks when the user is made again.
    """
    account = (options.partition, options.jump_account_id)
    condition: dict[str, dict[str, list[str]]] = {
        "Bool": {"aws:MultiFactorAuthPresent": ["true"]},
        "ArnLike": {"aws:PrincipalArn": [iam_arn(*account, "user/*")]},
    }
    if options.bind_session_name:
        condition["StringEquals"] = {"sts:RoleSessionName": ["${aws:username}"]}
    if options.mfa_max_age is not None:
        condition["NumericLessThan"] = {"aws:MultiFactorAuthAge": [str(options.mfa_max_age)]}
    if options.source_networks:
        condition["IpAddress"] = {"aws:SourceIp": sorted(options.source_networks)}
    return build_policy(
        {
            "Sid": "SwitchFromJumpAccount",
            "Effect": "Allow",
            "Principal": {"AWS": [account_root(*account)]},
            "Action": ["sts:AssumeRole"],
            "Condition": condition,
        }
    )


def trust_problem(options: TrustOptions, longest: int) -> str | None:
    """Return why the networks do not fit the trust policy of a role, with the numbers, if so."""
    size = policy_size(build_switch_trust(options))
    if size <= longest:
        return None
    return (
        f"with {counted(len(options.source_networks), 'network')}, the trust policy of every "
        "switch "
        f"role has {size} characters, but the quota is {longest}; merge networks into larger "
        "ones, or raise the quota 'Role trust policy length' in every account"
    )
