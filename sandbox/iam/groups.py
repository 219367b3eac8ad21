"""IAM groups and who is in them."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.iam import quotas
from sandbox.iam.model import Group
from sandbox.iam.pages import cut, page
from sandbox.iam.store import Iam, delete_conflict
from sandbox.iam.views import group_view, user_in_list
from sandbox.registry import operation


@operation("iam", "CreateGroup")
def create_group(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    quotas.limit(len(iam.groups), "GroupsQuota", "GroupsPerAccount")
    now = call.world.clock.now()
    group = Group(iam.account_id, call["GroupName"], call.get("Path", "/"), now)
    iam.groups.add(group)
    return {"Group": group_view(group)}


@operation("iam", "GetGroup")
def get_group(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    group = iam.group(call["GroupName"])
    members = sorted(iam.members(group.name), key=lambda user: user.name)
    chosen, rest = cut(call, members)
    return {"Group": group_view(group), "Users": [user_in_list(u) for u in chosen], **rest}


@operation("iam", "ListGroups")
def list_groups(call: Call) -> dict[str, Any]:
    prefix = call.get("PathPrefix", "/")
    groups = sorted(call.part(Iam).groups.values(), key=lambda group: group.name)
    return page(call, [g for g in groups if g.path.startswith(prefix)], "Groups", group_view)


@operation("iam", "ListGroupsForUser")
def list_groups_for_user(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    user = iam.user(call["UserName"])
    groups = [iam.group(name) for name in sorted(iam.groups_of[user.name])]
    return page(call, groups, "Groups", group_view)


@operation("iam", "UpdateGroup")
def update_group(call: Call) -> None:
    iam = call.part(Iam)
    group = iam.group(call["GroupName"])
    old, name = group.name, call.get("NewGroupName", group.name)
    if name != old:
        if name.lower() != old.lower():
            iam.groups.refuse_taken(name)
        iam.groups.rename(group, name)
        for memberships in iam.groups_of.values():
            memberships[:] = [name if each == old else each for each in memberships]
    group.path = call.get("NewPath", group.path)


@operation("iam", "DeleteGroup")
def delete_group(call: Call) -> None:
    iam = call.part(Iam)
    group = iam.group(call["GroupName"])
    if iam.members(group.name):
        raise delete_conflict("must remove users from group first.")
    if group.attached:
        raise delete_conflict("must detach all policies first.")
    if group.inline:
        raise delete_conflict("must delete policies first.")
    iam.groups.remove(group.name)


@operation("iam", "AddUserToGroup")
def add_user_to_group(call: Call) -> None:
    iam = call.part(Iam)
    group, user = iam.group(call["GroupName"]), iam.user(call["UserName"])
    memberships = iam.groups_of[user.name]
    if group.name in memberships:
        return
    quotas.limit(len(memberships), "GroupsPerUserQuota", "GroupsPerUser")
    memberships.append(group.name)


@operation("iam", "RemoveUserFromGroup")
def remove_user_from_group(call: Call) -> None:
    iam = call.part(Iam)
    group, user = iam.group(call["GroupName"]), iam.user(call["UserName"])
    # Removing somebody who is not in the group succeeds at AWS too.
    if group.name in iam.groups_of[user.name]:
        iam.groups_of[user.name].remove(group.name)
