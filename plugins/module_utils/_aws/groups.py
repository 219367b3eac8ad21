# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading and writing groups and the managed policies that belong to them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from .._core.change import Action, Change, Kind
from .._core.iam.group_findings import FoundGroups
from .._core.iam.groups import GroupSettings
from .._core.iam.user_findings import members_of
from .account import AwsAccount
from .details import read_details
from .errors import doing
from .retry import when_visible
from .transformations import ObjectStates, groups_from, policies_from, users_from
from .writing import Writers, create_once

_POLICY_VERSIONS = 5


def read_groups(aws: AwsAccount, listed: Collection[str], settings: GroupSettings) -> FoundGroups:
    """Return the listed groups, all groups under our path, and our managed policies."""
    details = read_details(aws, ("User", "Group", "LocalManagedPolicy"))
    path = settings.path
    return FoundGroups(
        state=group_state_from(details, listed, settings),
        names=frozenset(group["GroupName"] for group in details["GroupDetailList"]),
        times_attached={
            policy["PolicyName"]: policy.get("AttachmentCount", 0)
            + policy.get("PermissionsBoundaryUsageCount", 0)
            for policy in details["Policies"]
            if policy["Path"] == path
        },
        members=members_of(users_from(details)),
    )


def group_state_from(
    details: Mapping[str, Any], listed: Collection[str], settings: GroupSettings
) -> ObjectStates:
    """Return the listed groups, all groups under our path, and our managed policies."""
    groups = groups_from(details, listed, settings.path, settings.mfa_policy_arn)
    return {**groups, **policies_from(details, settings.path)}


def group_writers(aws: AwsAccount, settings: GroupSettings) -> Writers:
    """Return the calls for each change of groups and their policies."""
    return {
        (Kind.POLICY, Action.CREATE): lambda c: create_policy(aws, c, settings),
        (Kind.POLICY, Action.UPDATE): lambda c: update_policy(aws, c, settings),
        (Kind.POLICY, Action.DELETE): lambda c: delete_policy(aws, c, settings),
        (Kind.GROUP, Action.CREATE): lambda c: create_group(aws, c),
        (Kind.GROUP, Action.UPDATE): lambda c: move_group(aws, c),
        (Kind.GROUP, Action.DELETE): lambda c: delete_group(aws, c),
        (Kind.GROUP_POLICY, Action.CREATE): lambda c: put_group_policy(aws, c),
        (Kind.GROUP_POLICY, Action.UPDATE): lambda c: put_group_policy(aws, c),
        (Kind.GROUP_POLICY, Action.DELETE): lambda c: delete_group_policy(aws, c),
        (Kind.GROUP_MFA, Action.CREATE): lambda c: attach_group_policy(aws, c),
        (Kind.GROUP_MFA, Action.DELETE): lambda c: detach_group_policy(aws, c),
        (Kind.GROUP_ATTACHMENT, Action.CREATE): lambda c: attach_group_policy(aws, c),
        (Kind.GROUP_ATTACHMENT, Action.DELETE): lambda c: detach_group_policy(aws, c),
    }


def create_policy(aws: AwsAccount, change: Change, settings: GroupSettings) -> None:
    """Create a customer managed policy."""
    (name,) = change.id.key
    iam = aws.client("iam")
    with doing(aws, f"create policy {name}"):
        create_once(
            lambda: iam.create_policy(
                PolicyName=name,
                Path=settings.path,
                PolicyDocument=json.dumps(change.after["document"]),
            ),
            lambda: bool(iam.get_policy(PolicyArn=settings.policy_arn(name))),
        )


def update_policy(aws: AwsAccount, change: Change, settings: GroupSettings) -> None:
    """Make a new default version; the oldest one goes when there are five."""
    (name,) = change.id.key
    arn = settings.policy_arn(name)
    iam = aws.client("iam")
    with doing(aws, f"update policy {name}"):
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        if len(versions) >= _POLICY_VERSIONS:
            old = [v["VersionId"] for v in versions if not v["IsDefaultVersion"]]
            oldest = min(old, key=lambda version: int(version.removeprefix("v")))
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest)
        iam.create_policy_version(
            PolicyArn=arn,
            PolicyDocument=json.dumps(change.after["document"]),
            SetAsDefault=True,
        )


def delete_policy(aws: AwsAccount, change: Change, settings: GroupSettings) -> None:
    """Delete a policy with all its versions."""
    (name,) = change.id.key
    arn = settings.policy_arn(name)
    iam = aws.client("iam")
    with doing(aws, f"delete policy {name}"):
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=arn)


def create_group(aws: AwsAccount, change: Change) -> None:
    """Create a group under our path."""
    (name,) = change.id.key
    path = change.after["path"]
    iam = aws.client("iam")
    with doing(aws, f"create group {name}"):
        create_once(
            lambda: iam.create_group(GroupName=name, Path=path),
            lambda: iam.get_group(GroupName=name)["Group"]["Path"] == path,
        )


def move_group(aws: AwsAccount, change: Change) -> None:
    """Put a group that is being adopted under our path."""
    (name,) = change.id.key
    with doing(aws, f"move group {name} to path {change.after['path']}"):
        aws.client("iam").update_group(GroupName=name, NewPath=change.after["path"])


def delete_group(aws: AwsAccount, change: Change) -> None:
    """Delete a group; its members lose only this membership."""
    (name,) = change.id.key
    iam = aws.client("iam")
    with doing(aws, f"delete group {name}"):
        pages = iam.get_paginator("get_group").paginate(GroupName=name)
        # All pages are read first: a page may shift while its members leave.
        for member in [user["UserName"] for page in pages for user in page["Users"]]:
            iam.remove_user_from_group(GroupName=name, UserName=member)
        iam.delete_group(GroupName=name)


def put_group_policy(aws: AwsAccount, change: Change) -> None:
    """Write an inline policy of a group."""
    group, policy = change.id.key
    with doing(aws, f"write policy {policy} of group {group}"):
        when_visible(aws.client("iam").put_group_policy)(
            GroupName=group, PolicyName=policy, PolicyDocument=json.dumps(change.after)
        )


def delete_group_policy(aws: AwsAccount, change: Change) -> None:
    """Delete an inline policy of a group."""
    group, policy = change.id.key
    with doing(aws, f"delete policy {policy} of group {group}"):
        aws.client("iam").delete_group_policy(GroupName=group, PolicyName=policy)


def attach_group_policy(aws: AwsAccount, change: Change) -> None:
    """Attach a managed policy to a group."""
    group, arn = change.id.key
    with doing(aws, f"attach policy {arn} to group {group}"):
        when_visible(aws.client("iam").attach_group_policy)(GroupName=group, PolicyArn=arn)


def detach_group_policy(aws: AwsAccount, change: Change) -> None:
    """Detach a managed policy from a group."""
    group, arn = change.id.key
    with doing(aws, f"detach policy {arn} from group {group}"):
        aws.client("iam").detach_group_policy(GroupName=group, PolicyArn=arn)
