# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading and writing switch roles of one account."""

from __future__ import annotations

import json
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .._core.change import Action, Change, Kind, State
from .._core.iam.switch_role_plan import role_id
from .._core.ownership import OWNED_TAG
from .account import AwsAccount
from .details import read_details
from .errors import doing
from .retry import when_visible
from .transformations import roles_from, tags_from, tags_to
from .writing import Writers, create_once

_READERS = 8


def read_roles(aws: AwsAccount, listed: Collection[str]) -> tuple[State, frozenset[str]]:
    """Return the listed roles with their policies, and the names of all roles that are ours."""
    details = read_details(aws, ("Role",))
    state = roles_from(details, listed)
    names = [obj.key[0] for obj in state if obj.kind is Kind.ROLE]
    with ThreadPoolExecutor(_READERS) as pool:
        settings = dict(zip(names, pool.map(lambda n: _read_settings(aws, n), names), strict=True))
    complete = {role_id(n): _completed(state[role_id(n)], settings[n]) for n in names}
    owned = frozenset(r["RoleName"] for r in details["RoleDetailList"] if _is_owned(r))
    return {**state, **complete}, owned


def _read_settings(aws: AwsAccount, name: str) -> dict[str, Any]:
    """Return what the bulk read of IAM leaves out of a role."""
    with doing(aws, f"read role {name}"):
        role = aws.client("iam").get_role(RoleName=name)["Role"]
    return {
        "description": role.get("Description", ""),
        "max_session_duration": role["MaxSessionDuration"],
    }


def _completed(role: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """Return all of a role, in the order in which the desired one shows it."""
    return {"path": role["path"], **settings, **role}


def _is_owned(role: dict[str, Any]) -> bool:
    return tags_from(role.get("Tags", [])).get(OWNED_TAG) == "true"


def role_writers(aws: AwsAccount) -> Writers:
    """Return the calls for each change of roles and their policies."""
    return {
        (Kind.ROLE, Action.CREATE): lambda c: create_role(aws, c),
        (Kind.ROLE, Action.UPDATE): lambda c: update_role(aws, c),
        (Kind.ROLE, Action.DELETE): lambda c: delete_role(aws, c),
        (Kind.ROLE_POLICY, Action.CREATE): lambda c: put_role_policy(aws, c),
        (Kind.ROLE_POLICY, Action.UPDATE): lambda c: put_role_policy(aws, c),
        (Kind.ROLE_POLICY, Action.DELETE): lambda c: delete_role_policy(aws, c),
        (Kind.ROLE_ATTACHMENT, Action.CREATE): lambda c: attach_role_policy(aws, c),
        (Kind.ROLE_ATTACHMENT, Action.DELETE): lambda c: detach_role_policy(aws, c),
    }


def create_role(aws: AwsAccount, change: Change) -> None:
    """Create a role with its trust, tags and boundary in one call, so that it is never open."""
    (name,) = change.id.key
    after = change.after
    boundary = after["permissions_boundary"]
    iam = aws.client("iam")
    with doing(aws, f"create role {name}"):
        create_once(
            lambda: iam.create_role(
                RoleName=name,
                Path=after["path"],
                Description=after["description"],
                MaxSessionDuration=after["max_session_duration"],
                AssumeRolePolicyDocument=json.dumps(after["trust_policy"]),
                Tags=tags_to(after["tags"]),
                **({"PermissionsBoundary": boundary} if boundary else {}),
            ),
            lambda: _is_owned(iam.get_role(RoleName=name)["Role"]),
        )


def update_role(aws: AwsAccount, change: Change) -> None:
    """Write what differs of a role: who may use it first, then how."""
    (name,) = change.id.key
    before, after = change.before, change.after
    iam = aws.client("iam")
    with doing(aws, f"update role {name}"):
        if before["trust_policy"] != after["trust_policy"]:
            iam.update_assume_role_policy(
                RoleName=name, PolicyDocument=json.dumps(after["trust_policy"])
            )
        if before["permissions_boundary"] != after["permissions_boundary"]:
            _write_boundary(iam, name, after["permissions_boundary"])
        if any(before[part] != after[part] for part in ("description", "max_session_duration")):
            iam.update_role(
                RoleName=name,
                Description=after["description"],
                MaxSessionDuration=after["max_session_duration"],
            )
        _write_tags(iam, name, before["tags"], after["tags"])


def _write_boundary(iam: Any, name: str, boundary: str | None) -> None:
    if boundary is None:
        iam.delete_role_permissions_boundary(RoleName=name)
    else:
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)


def _write_tags(iam: Any, name: str, before: dict[str, str], after: dict[str, str]) -> None:
    new = {key: value for key, value in after.items() if before.get(key) != value}
    if new:
        iam.tag_role(RoleName=name, Tags=tags_to(new))
    old = sorted(set(before) - set(after))
    if old:
        iam.untag_role(RoleName=name, TagKeys=old)


def delete_role(aws: AwsAccount, change: Change) -> None:
    """Delete a role that has no policies any more."""
    (name,) = change.id.key
    remedies = {"DeleteConflict": "Remove the role from its instance profiles, then run again."}
    with doing(aws, f"delete role {name}", remedies):
        aws.client("iam").delete_role(RoleName=name)


def put_role_policy(aws: AwsAccount, change: Change) -> None:
    """Write an inline policy of a role."""
    role, policy = change.id.key
    with doing(aws, f"write policy {policy} of role {role}"):
        when_visible(aws.client("iam").put_role_policy)(
            RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(change.after)
        )


def delete_role_policy(aws: AwsAccount, change: Change) -> None:
    """Delete an inline policy of a role."""
    role, policy = change.id.key
    with doing(aws, f"delete policy {policy} of role {role}"):
        aws.client("iam").delete_role_policy(RoleName=role, PolicyName=policy)


def attach_role_policy(aws: AwsAccount, change: Change) -> None:
    """Attach a managed policy to a role."""
    role, arn = change.id.key
    remedies = {"NoSuchEntity": "Check the name of the policy."}
    with doing(aws, f"attach policy {arn} to role {role}", remedies):
        when_visible(aws.client("iam").attach_role_policy)(RoleName=role, PolicyArn=arn)


def detach_role_policy(aws: AwsAccount, change: Change) -> None:
    """Detach a managed policy from a role."""
    role, arn = change.id.key
    with doing(aws, f"detach policy {arn} from role {role}"):
        aws.client("iam").detach_role_policy(RoleName=role, PolicyArn=arn)
