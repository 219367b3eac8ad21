# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""State of switch roles that are written directly in one account."""

from __future__ import annotations

from collections.abc import Iterable

from .change import Json, Kind, ObjectId, State
from .plan_user import OWNED_TAG
from .planning import keep
from .policy_document import canonical_policy
from .role_template import SwitchRole


def build_role_state(roles: Iterable[SwitchRole], tags: tuple[tuple[str, str], ...] = ()) -> State:
    """Return the objects of the roles, marked as ours."""
    state: dict[ObjectId, Json] = {}
    for role in roles:
        state[role_id(role.name)] = {
            "path": role.path,
            "description": role.description,
            "max_session_duration": role.max_session_duration,
            "permissions_boundary": role.permissions_boundary,
            "trust_policy": canonical_policy(role.trust_policy),
            "tags": {**dict(tags), OWNED_TAG: "true"},
        }
        for arn in role.managed_policy_arns:
            state[ObjectId(Kind.ROLE_ATTACHMENT, (role.name, arn))] = {}
        for name, document in role.inline_policies:
            state[ObjectId(Kind.ROLE_POLICY, (role.name, name))] = canonical_policy(document)
    return state


def role_id(name: str) -> ObjectId:
    """Return the id of a role."""
    return ObjectId(Kind.ROLE, (name,))


def keep_unlisted_roles(desired: State, observed: State, absent: Iterable[str]) -> State:
    """Return desired plus every role that is neither listed nor to be absent."""
    handled = {i.key[0] for i in desired} | set(absent)
    return keep(desired, observed, lambda obj: obj.key[0] not in handled)
