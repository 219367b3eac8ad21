# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a change of a policy can go unnoticed: nothing that AWS can be asked depends on it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OWN_ACCOUNT = (
    "IAM acts on the caller's own account only: a user or device of another account cannot be "
    "named in these calls."
)
_TWO_DENIALS = (
    "DenyAllWithoutMfa and DenyByKeyWithoutMfa both deny this to a key without MFA, on purpose; "
    "each is enough. The bare Deny of either is seen where only one of them holds."
)
_COVERED = (
    "With the default names another pattern of the same list covers it; it counts where the "
    "prefix of the parameters is configured to lie elsewhere."
)
REASONS: dict[str, str] = {
    r"policy-enforce-mfa: \w+: (Resource|exempts) \S+ in any account": _OWN_ACCOUNT,
    r"policy-enforce-mfa: DenyAllWithoutMfa: BoolIfExists \S+ without IfExists": _TWO_DENIALS,
    r"policy-enforce-mfa: DenyByKeyWithoutMfa: exempts (cloudformation|s3|ssm|sts):\*": (
        _TWO_DENIALS
    ),
    r"policy-enforce-mfa: DenyOthersWithoutMfa: exempts \S+ under any path": (
        "The users under any path are exempt by the second pattern already."
    ),
    r"policy-fence-jump-account: NoDecryption\w+: StringLike \S+ without \S+"
    r"/(\*|initial-password(/\*)?)": _COVERED,
    r"policy-fence-jump-account: NoProductParameters: Resource without \S+"
    r"/initial-password(/\*)?": _COVERED,
    r"policy-fence-jump-account: NoIamChanges: Action without iam:Acquire\*": (
        "The evaluator's data has no such action yet; it is denied in case AWS adds one."
    ),
    r"role/role-\w+ trust: SwitchFromJumpAccount: allows sts:\*": (
        "TagSession and SetSourceIdentity carry no session name, so the condition on it keeps "
        "them out; AssumeRole is the only call with one that a user can make."
    ),
    r"role-stackset-administration inline \S+: ExecutionRoles: allows sts:\*": (
        "No trust of an execution role lets in TagSession or SetSourceIdentity."
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
