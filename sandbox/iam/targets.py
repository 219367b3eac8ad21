"""The resource that policies name for a call of IAM."""

from __future__ import annotations

from botocore.model import StructureShape

from sandbox import wire
from sandbox.arns import arn_of
from sandbox.call import Call
from sandbox.iam.store import AccessKeys, Iam
from sandbox.registry import resources

_LISTED = {"ListUsers": "user", "ListGroups": "group", "ListRoles": "role"}
_ARNS = ("PolicyArn", "SerialNumber", "OpenIDConnectProviderArn", "SAMLProviderArn")


@resources("iam")
def resources_of_iam(call: Call) -> list[str]:
    return [_principal(call) or _other(call)]


def _principal(call: Call) -> str | None:
    """The instance profile, group, user or role of a call; the first of these if it has two."""
    iam = call.part(Iam)
    for param, kind, entities in (
        ("InstanceProfileName", "instance-profile", iam.instance_profiles),
        ("GroupName", "group", iam.groups),
        ("UserName", "user", iam.users),
        ("RoleName", "role", iam.roles),
    ):
        name = call.get(param) or (_own_name(call) if kind == "user" else None)
        if name:
            existing = entities.get(name)
            return existing.arn if existing else _arn(call, kind, name)
    return None


def _own_name(call: Call) -> str | None:
    """The user whom a call without a name is about: the caller, or the owner of a key."""
    if call.operation == "GetAccessKeyLastUsed":
        key = call.world.part(AccessKeys, "").find(call.get("AccessKeyId", ""))
        return key.owner.name if key else None
    shape = wire.operation_model(call.service, call.operation).input_shape
    takes_name = isinstance(shape, StructureShape) and (
        "UserName" in shape.members and "UserName" not in shape.required_members
    )
    is_own = takes_name or call.operation == "ChangePassword"
    return call.caller.name if is_own and call.caller.kind == "User" else None


def _other(call: Call) -> str:
    if call.operation == "CreateVirtualMFADevice":
        return _arn(call, "mfa", call.get("VirtualMFADeviceName", ""))
    if call.operation == "CreatePolicy":
        return _arn(call, "policy", call.get("PolicyName", ""))
    if call.operation in _LISTED:
        prefix = call.get("PathPrefix", "/")
        return arn_of("iam", call.account_id, f"{_LISTED[call.operation]}{prefix}")
    given: list[str] = [call.params[param] for param in _ARNS if param in call.params]
    return given[0] if given else "*"


def _arn(call: Call, kind: str, name: str) -> str:
    return arn_of("iam", call.account_id, f"{kind}{call.get('Path', '/')}{name}")
