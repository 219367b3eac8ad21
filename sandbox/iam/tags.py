"""Tags of users, roles, policies, instance profiles and MFA devices."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam.pages import page
from sandbox.iam.quotas import TAGS_PER_OBJECT, limit_exceeded
from sandbox.iam.store import Iam, no_such_entity
from sandbox.registry import operation


def tags_of_call(call: Call) -> dict[str, str]:
    """The tags that a call gives, checked: keys are unique regardless of case."""
    given = call.get("Tags", [])
    tags = {tag["Key"]: tag["Value"] for tag in given}
    if len({key.lower() for key in tags}) < len(given):
        raise AwsError(
            "InvalidInput",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
    if len(tags) > TAGS_PER_OBJECT:
        raise limit_exceeded("TagsPerResource", TAGS_PER_OBJECT)
    for key in tags:
        if key.lower().startswith("aws:"):
            raise AwsError("InvalidInput", "Tag keys with prefix aws: are reserved.")
    return tags


@operation("iam", "TagUser", "TagRole", "TagPolicy", "TagInstanceProfile", "TagMFADevice")
def tag(call: Call) -> None:
    tags = _tags(call)
    merged = {**_without(tags, tags_of_call(call)), **tags_of_call(call)}
    if len(merged) > TAGS_PER_OBJECT:
        raise limit_exceeded("TagsPerResource", TAGS_PER_OBJECT)
    tags.clear()
    tags.update(merged)


@operation("iam", "UntagUser", "UntagRole", "UntagPolicy", "UntagInstanceProfile", "UntagMFADevice")
def untag(call: Call) -> None:
    tags = _tags(call)
    kept = _without(tags, dict.fromkeys(call["TagKeys"], ""))
    tags.clear()
    tags.update(kept)


@operation(
    "iam",
    *("ListUserTags", "ListRoleTags", "ListPolicyTags"),
    *("ListInstanceProfileTags", "ListMFADeviceTags"),
)
def list_tags(call: Call) -> dict[str, Any]:
    items = sorted(_tags(call).items())
    return page(call, items, "Tags", lambda item: {"Key": item[0], "Value": item[1]})


def _without(tags: dict[str, str], keys: dict[str, str]) -> dict[str, str]:
    gone = {key.lower() for key in keys}
    return {key: value for key, value in tags.items() if key.lower() not in gone}


def _tags(call: Call) -> dict[str, str]:
    iam = call.part(Iam)
    if "UserName" in call.params:
        return iam.user(call["UserName"]).tags
    if "RoleName" in call.params:
        return iam.role(call["RoleName"]).tags
    if "PolicyArn" in call.params:
        return iam.own_policy(call["PolicyArn"]).tags
    if "InstanceProfileName" in call.params:
        return iam.instance_profiles.find(call["InstanceProfileName"]).tags
    device = iam.virtual_mfa_devices.get(call["SerialNumber"])
    if device is None:
        raise no_such_entity(f"VirtualMFADevice {call['SerialNumber']} does not exist.")
    return device.tags
