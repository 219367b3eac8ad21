# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Which groups force MFA, and who is in one that does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..change import Json, Kind, ObjectId, State
from ..policies.document import canonical_policy
from .groups import GroupSettings, build_mfa_document, groups_in

Members = Mapping[str, Iterable[str]]
"""Names of users by the name of their group."""

_SHOWN = 10


def protected_groups(
    state: State, settings: GroupSettings, refused: Iterable[str] = ()
) -> frozenset[str]:
    """Return the groups that force MFA in the wanted version, without those that were refused."""
    if not _is_wanted(state, settings):
        return frozenset()
    return frozenset(g for g in groups_in(state) if _is_attached(state, g, settings)) - {*refused}


def mfa_alarms(state: State, members: Members, settings: GroupSettings) -> dict[str, str]:
    """Return what is wrong by group or policy: somebody is in a group that does not force MFA."""
    groups = sorted(group for group in groups_in(state) if set(members.get(group, ())))
    attached = [group for group in groups if _is_attached(state, group, settings)]
    alarms = {
        group: _detached(group, sorted(members[group]), settings)
        for group in groups
        if group not in attached
    }
    if attached and not _is_wanted(state, settings):
        alarms[settings.mfa_policy] = _changed(attached, settings)
    return alarms


def _is_wanted(state: State, settings: GroupSettings) -> bool:
    return bool(_mfa_policy_in(state, settings) == canonical_policy(build_mfa_document(settings)))


def _mfa_policy_in(state: State, settings: GroupSettings) -> Json:
    return state.get(ObjectId(Kind.POLICY, (settings.mfa_policy,)), {}).get("document")


def _is_attached(state: State, group: str, settings: GroupSettings) -> bool:
    return ObjectId(Kind.GROUP_MFA, (group, settings.mfa_policy_arn)) in state


def _detached(group: str, members: list[str], settings: GroupSettings) -> str:
    are, they = ("is", "that person can act") if len(members) == 1 else ("are", "they can act")
    return (
        f"Group {group} of account {settings.account_id} does not force MFA, because it lacks "
        f"policy {settings.mfa_policy}, and {_listed(members)} {are} in it: {they} there with a "
        "password alone. Attach the policy now, and find out who detached it: aws iam "
        f"attach-group-policy --group-name {group} --policy-arn {settings.mfa_policy_arn}"
    )


def _changed(groups: list[str], settings: GroupSettings) -> str:
    return (
        f"Policy {settings.mfa_policy} of account {settings.account_id}, which forces MFA on "
        f"the members of {_listed(groups)}, is not the expected version: it was changed, or "
        "settings or this collection changed since the last bootstrap. Run bootstrap now to "
        "write the expected version, and search CloudTrail for CreatePolicyVersion and "
        "SetDefaultPolicyVersion by other identities."
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"
