# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a change of a policy can go unnoticed: nothing that AWS can be asked depends on it."""

from __future__ import annotations

import re
from collections.abc import Sequence

REASONS: dict[str, str] = {
    r"policy-enforce-mfa: DenyOthersWithoutMfa: exempts \S+ under any path": (
        "The users under any path are exempt by the second pattern already."
    ),
    r"bucket \S+: JumpAccountReads: Resource \S+ is \*": (
        "GetObject is asked of objects only, and the policy stands at its bucket."
    ),
    r"bucket \S+: JumpAccountReads: allows s3:\*": (
        "In its own account a bucket policy for the account adds nothing to what the policies of "
        "the callers allow."
    ),
}


def _matches(pattern: str, name: str) -> bool:
    return re.search(f"{pattern}$", name) is not None


def reason_for(name: str) -> str | None:
    """Return why a change may survive, if it is known."""
    return next((reason for p, reason in REASONS.items() if _matches(p, name)), None)


def unused_reasons(survivors: Sequence[str]) -> list[str]:
    """Return the patterns of reasons that no survivor needs."""
    return [p for p in REASONS if not any(_matches(p, name) for name in survivors)]
