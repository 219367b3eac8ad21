# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Ending the sessions of people who left, in the roles that they share with others."""

from __future__ import annotations

from collections.abc import Mapping

from ..change import Json
from .document import build_policy


def session_pattern(user_name: str) -> str:
    """Return what aws:userid is like in role sessions of a user, and of nobody else.

    It is ROLE_ID:SESSION_NAME, and neither of the two can hold a colon or a wildcard.
    """
    return f"*:{user_name}"


def build_leaver_policy(left_at: Mapping[str, str]) -> dict[str, Json] | None:
    """Return the policy that stops sessions which began before their user left.

    left_at maps user names to instants such as 2027-03-31T17:00:00Z. It belongs in every switch
    role until the longest session is over. Without leavers there is no policy.
    """
    if not left_at:
        return None
    instants = sorted(set(left_at.values()))
    return build_policy(
        *(
            _stop(number, [name for name in left_at if left_at[name] == instant], instant)
            for number, instant in enumerate(instants, start=1)
        )
    )


def _stop(number: int, names: list[str], instant: str) -> dict[str, Json]:
    return {
        "Sid": f"StopSessions{number}",
        "Effect": "Deny",
        "Action": ["*"],
        "Resource": ["*"],
        "Condition": {
            "StringLike": {"aws:userid": sorted(session_pattern(name) for name in names)},
            "DateLessThan": {"aws:TokenIssueTime": [instant]},
        },
    }
