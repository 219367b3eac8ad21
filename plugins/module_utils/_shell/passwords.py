# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a run makes of the console passwords that it read: what is left over, what is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from .._aws.account import AwsAccount
from .._aws.login_profiles import Issuing
from .._aws.passwords_key import read_passwords_key, require_usable_key
from .._core.change import Action, Json, Kind, Plan
from .._core.guard import GuardError
from .._core.iam.credentials import access_keys, unused_passwords, without_mfa
from .._core.iam.initial_password import covered_until, orphan_rows, orphaned_passwords, record_name
from .._core.iam.kms_key import OF_AWS_ALIAS, OWN
from .._core.iam.login_profiles import Leftovers, SignInState, issued_passwords, lost_passwords
from .._core.naming import parameter_name
from .._core.shown import shown
from .._core.templates.passwords_key import missing_key
from .sign_ins import Asked, PasswordKey, SignIns

_STORING = (Kind.INITIAL_PASSWORD, Kind.PASSWORD_ELSEWHERE, Kind.PASSWORD_UNDER_KEY)

UNREAD: dict[str, Json] = {
    "issued": [],
    "lost": [],
    "missing": [],
    "orphaned": [],
    "unused": [],
    "without_mfa": [],
    "access_keys": [],
    "report_made": "",
}


def find_leftovers(found: SignIns, prefix: str, *, prune: bool) -> Leftovers:
    """Return what lies under the prefix and is nobody's, and whether the record is complete."""
    until = covered_until(found.identities, found.profiles, found.until)
    return Leftovers(
        orphaned=frozenset(orphaned_passwords(found.parameters, found.identities, prefix)),
        prune=prune,
        has_record=record_name(prefix) in found.parameters,
        is_record_behind=bool(found.parameters) and until != found.until,
    )


def find_key(aws: AwsAccount, params: Mapping[str, Json], *, is_check: bool) -> PasswordKey:
    """Return the KMS key under which passwords are to lie; raise GuardError without it."""
    stack = params["kms_key_stack"]
    if not stack:
        given = params["kms_key_id"] or OF_AWS_ALIAS
        return PasswordKey(given, given)
    found = read_passwords_key(aws, stack)
    if found:
        return PasswordKey(OWN, found.arn)
    if is_check and params["kms_key_changed"]:
        return PasswordKey(OWN, "")
    raise GuardError(missing_key(stack, aws.label))


def require_key(aws: AwsAccount, key: PasswordKey, plan: Plan) -> None:
    """Raise AwsError when the plan stores passwords and our key cannot be used."""
    is_storing = any(c.id.kind in _STORING and c.action is not Action.DELETE for c in plan)
    if is_storing and key.label == OWN and key.key_id:
        require_usable_key(aws, key.key_id)


def start_issuing(found: SignIns, key: PasswordKey, prefix: str, rest: float) -> Issuing:
    """Return what the writers have to know."""
    return Issuing(
        kms_key_id=key.key_id,
        prefix=prefix,
        rest=rest,
        identities=found.identities,
        covered=set(found.profiles),
        until=found.until,
    )


def unknown_users(reset: Iterable[str], users: Collection[str]) -> dict[str, str]:
    """Return whose password was to be reset, although the run handles nobody of this name."""
    return {
        name: (
            f"The password of {shown(name)} was not reset: this name is not in the roster, or "
            "not in the part of it that this run uses. Correct reset_password."
        )
        for name in reset
        if name not in users
    }


def passwords_told(
    asked: Asked,
    found: SignIns,
    states: Mapping[str, SignInState],
    plan: Plan,
    prefix: str,
    now: datetime,
) -> dict[str, Json]:
    """Return what the module tells of passwords, MFA devices and keys."""
    ours = asked.users | {name for name, one in found.identities.items() if one.is_owned}
    own = found.own
    reset = {name for name, state in states.items() if state.is_reset}
    profiles = {name: one for name, one in found.profiles.items() if name not in reset}
    issued = issued_passwords(plan)
    replaced = {one["parameter"] for one in issued}
    orphaned = {
        **orphaned_passwords(found.parameters, found.identities, prefix),
        **{
            parameter_name(prefix, name): "the user no longer has a console password"
            for name, state in states.items()
            if state.has_orphan and not state.is_of_another
        },
    }
    return {
        "issued": issued,
        "lost": lost_passwords(profiles, own, prefix),
        "missing": sorted(n for n in found.waiting if not states[n].is_issued),
        "orphaned": orphan_rows({n: why for n, why in orphaned.items() if n not in replaced}),
        # The clock of this machine may be behind AWS's, by which passwords are dated.
        "unused": unused_passwords(profiles, own, max(now, found.made or now)),
        "without_mfa": without_mfa(found.rows, ours),
        "access_keys": access_keys(found.rows, ours),
        "report_made": found.made.isoformat() if found.made else "",
    }
