"""Instance profiles: a role in one of them can't be deleted."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.iam import quotas
from sandbox.iam.model import InstanceProfile
from sandbox.iam.pages import page
from sandbox.iam.store import Iam, delete_conflict, no_such_entity
from sandbox.iam.tags import tags_of_call
from sandbox.iam.views import instance_profile_view
from sandbox.registry import operation


def _found(call: Call) -> InstanceProfile:
    return call.part(Iam).instance_profiles.find(call["InstanceProfileName"])


@operation("iam", "CreateInstanceProfile")
def create_instance_profile(call: Call) -> dict[str, Any]:
    iam, now = call.part(Iam), call.world.clock.now()
    quotas.limit(len(iam.instance_profiles), "InstanceProfilesQuota", "InstanceProfiles")
    name, path, tags = call["InstanceProfileName"], call.get("Path", "/"), tags_of_call(call)
    profile = InstanceProfile(iam.account_id, name, path, now, tags)
    iam.instance_profiles.add(profile)
    return {"InstanceProfile": instance_profile_view(iam, profile)}


@operation("iam", "GetInstanceProfile")
def get_instance_profile(call: Call) -> dict[str, Any]:
    return {"InstanceProfile": instance_profile_view(call.part(Iam), _found(call))}


@operation("iam", "DeleteInstanceProfile")
def delete_instance_profile(call: Call) -> None:
    profile = _found(call)
    if profile.roles:
        raise delete_conflict("must remove roles from instance profile first.")
    call.part(Iam).instance_profiles.remove(profile.name)


@operation("iam", "AddRoleToInstanceProfile")
def add_role_to_instance_profile(call: Call) -> None:
    profile, role = _found(call), call.part(Iam).role(call["RoleName"])
    if profile.roles:
        raise quotas.limit_exceeded("InstanceSessionsPerInstanceProfile", 1)
    profile.roles.append(role.name)


@operation("iam", "RemoveRoleFromInstanceProfile")
def remove_role_from_instance_profile(call: Call) -> None:
    profile = _found(call)
    if call["RoleName"] not in profile.roles:
        raise no_such_entity(f"Role {call['RoleName']} in {profile.name} cannot be found.")
    profile.roles.remove(call["RoleName"])


@operation("iam", "ListInstanceProfiles", "ListInstanceProfilesForRole")
def list_instance_profiles(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    profiles = sorted(iam.instance_profiles.values(), key=lambda profile: profile.name)
    if "RoleName" in call.params:
        role = iam.role(call["RoleName"])
        profiles = [profile for profile in profiles if role.name in profile.roles]
    prefix = call.get("PathPrefix", "/")
    chosen = [profile for profile in profiles if profile.path.startswith(prefix)]
    return page(call, chosen, "InstanceProfiles", lambda p: instance_profile_view(iam, p))
