"""Eventual consistency: with the fault ``invisible_reads`` a new object is found only later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.world import World


@dataclass(frozen=True)
class _Kind:
    """Where the calls of a service name one kind of object."""

    service: str
    creating: str
    param: str  # of the creating call, and of its entry in listings
    lists: tuple[str, ...] = ()
    missing: str = "NoSuchEntity"
    only_in: tuple[str, ...] = ()  # operations that look for it; empty: all with the parameter

    def name_in(self, call: Call) -> str | None:
        """The name of such an object in a call that looks for one."""
        if self.only_in and call.operation not in self.only_in:
            return None
        if self.param == "PolicyName":
            arn = call.get("PolicyArn")
            return arn.rpartition("/")[2] if arn else None
        found: str | None = call.get(self.param)
        return found


_KINDS = (
    _Kind("iam", "CreateUser", "UserName", ("Users", "UserDetailList")),
    _Kind("iam", "CreateGroup", "GroupName", ("Groups", "GroupDetailList")),
    _Kind("iam", "CreateRole", "RoleName", ("Roles", "RoleDetailList")),
    _Kind("iam", "CreatePolicy", "PolicyName", ("Policies",)),
    _Kind(
        "iam",
        "CreateLoginProfile",
        "UserName",
        only_in=("GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"),
    ),
    _Kind("ssm", "PutParameter", "Name", ("Parameters",), "ParameterNotFound"),
)


class Visibility:
    def __init__(self, world: World, account_id: str, region: str) -> None:
        del account_id, region
        self._world = world
        self._reads_left: dict[tuple[str, str, str], int] = {}

    def before(self, call: Call) -> None:
        """Refuse a call that names an object which is not visible yet."""
        if not self._reads_left:
            return
        for kind in _kinds(call):
            name = kind.name_in(call)
            if name and self._is_hidden(call, kind, name):
                raise AwsError(kind.missing, f"The object with name {name} cannot be found.")

    def after(self, call: Call, result: dict[str, Any]) -> dict[str, Any]:
        """Note a new object as hidden, or leave hidden ones out of a listing."""
        reads = self._world.faults.settings.invisible_reads
        for kind in _KINDS:
            if reads and (kind.service, kind.creating) == (call.service, call.operation):
                self._reads_left[_key(call, kind, call[kind.param])] = reads
        if not self._reads_left:
            return result
        return {name: self._without_hidden(call, name, value) for name, value in result.items()}

    def _without_hidden(self, call: Call, listing: str, value: Any) -> Any:
        kind = next((kind for kind in _kinds(call) if listing in kind.lists), None)
        if kind is None or not isinstance(value, list):
            return value
        return [e for e in value if not self._is_hidden(call, kind, e.get(kind.param))]

    def _is_hidden(self, call: Call, kind: _Kind, name: str) -> bool:
        key = _key(call, kind, name)
        if key not in self._reads_left:
            return False
        self._reads_left[key] -= 1
        if not self._reads_left[key]:
            del self._reads_left[key]
        return True


def _kinds(call: Call) -> list[_Kind]:
    return [k for k in _KINDS if k.service == call.service and k.creating != call.operation]


def _key(call: Call, kind: _Kind, name: str) -> tuple[str, str, str]:
    return call.account_id, kind.creating, name
