# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading and writing IAM users and their memberships."""

from __future__ import annotations

from collections.abc import Collection

from .._core.change import Action, Change, Kind, State
from .._core.iam.groups import GroupSettings
from .._core.iam.user_findings import FoundUsers
from .._core.ownership import OWNED_TAG
from .account import AwsAccount
from .details import read_details
from .errors import doing
from .groups import group_state_from
from .retry import when_visible
from .transformations import policies_of_users, tags_from, tags_to, users_from
from .user_credentials import delete_user, take_policy_off, withdraw_credentials
from .writing import Writers, create_once


def read_users(aws: AwsAccount, joined: Collection[str], settings: GroupSettings) -> FoundUsers:
    """Return all users with their memberships and policies, and the groups that they are to join.

    Our groups and managed policies come with them, for who may join a group depends on its MFA.
    """
    details = read_details(aws, ("User", "Group", "LocalManagedPolicy"))
    paths = {group["GroupName"]: group["Path"] for group in details["GroupDetailList"]}
    return FoundUsers(
        state=users_from(details),
        jump_groups=frozenset(name for name, there in paths.items() if there == settings.path),
        policies=policies_of_users(details),
        groups=frozenset(paths),
        group_state=group_state_from(details, joined, settings),
    )


def read_memberships(aws: AwsAccount) -> State:
    """Return the users and who is in which group as of now, whatever the run has read before."""
    aws.reads.forget()
    return users_from(read_details(aws, ("User",)))


def user_writers(aws: AwsAccount) -> Writers:
    """Return the calls for each change of users and memberships."""
    return {
        (Kind.USER, Action.CREATE): lambda c: create_user(aws, c),
        (Kind.USER, Action.UPDATE): lambda c: update_user(aws, c),
        (Kind.MEMBERSHIP, Action.CREATE): lambda c: add_member(aws, c),
        (Kind.MEMBERSHIP, Action.DELETE): lambda c: remove_member(aws, c),
        (Kind.FORMER_USER, Action.DELETE): lambda c: delete_user(aws, c.subject),
        (Kind.CREDENTIALS, Action.DELETE): lambda c: withdraw_credentials(aws, c.subject),
        (Kind.USER_POLICY, Action.DELETE): lambda c: take_policy_off(aws, *c.id.key),
    }


def create_user(aws: AwsAccount, change: Change) -> None:
    """Create a user with its tags and boundary in one call, so that it is ours from the start."""
    (name,) = change.id.key
    boundary = change.after["permissions_boundary"]
    iam = aws.client("iam")
    with doing(aws, f"create user {name}"):
        create_once(
            lambda: iam.create_user(
                UserName=name,
                Path=change.after["path"],
                Tags=tags_to(change.after["tags"]),
                **({"PermissionsBoundary": boundary} if boundary else {}),
            ),
            lambda: _is_ours(aws, name),
        )


def _is_ours(aws: AwsAccount, name: str) -> bool:
    tags = aws.client("iam").get_user(UserName=name)["User"].get("Tags", [])
    return tags_from(tags).get(OWNED_TAG) == "true"


def update_user(aws: AwsAccount, change: Change) -> None:
    """Write what differs of path, tags and permissions boundary."""
    (name,) = change.id.key
    before, after = change.before, change.after
    iam = aws.client("iam")
    with doing(aws, f"update user {name}"):
        if before["path"] != after["path"]:
            iam.update_user(UserName=name, NewPath=after["path"])
        new_tags = {k: v for k, v in after["tags"].items() if before["tags"].get(k) != v}
        if new_tags:
            iam.tag_user(UserName=name, Tags=tags_to(new_tags))
        old_tags = sorted(set(before["tags"]) - set(after["tags"]))
        if old_tags:
            iam.untag_user(UserName=name, TagKeys=old_tags)
        if before["permissions_boundary"] != after["permissions_boundary"]:
            _write_boundary(aws, name, after["permissions_boundary"])


def _write_boundary(aws: AwsAccount, name: str, boundary: str | None) -> None:
    iam = aws.client("iam")
    if boundary is None:
        iam.delete_user_permissions_boundary(UserName=name)
    else:
        iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=boundary)


def add_member(aws: AwsAccount, change: Change) -> None:
    """Add a user to a group."""
    user, group = change.id.key
    remedies = {
        "NoSuchEntity": f"Check that group {group} exists; the bootstrap playbook creates it."
    }
    with doing(aws, f"add member {user} to group {group}", remedies):
        when_visible(aws.client("iam").add_user_to_group)(UserName=user, GroupName=group)


def remove_member(aws: AwsAccount, change: Change) -> None:
    """Remove a user from a group."""
    user, group = change.id.key
    with doing(aws, f"remove member {user} from group {group}"):
        aws.client("iam").remove_user_from_group(UserName=user, GroupName=group)
