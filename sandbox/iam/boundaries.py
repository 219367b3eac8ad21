"""Permissions boundaries of users and roles."""

from __future__ import annotations

from sandbox.call import Call
from sandbox.iam.attachments import principal_of
from sandbox.iam.store import Iam, no_such_entity
from sandbox.registry import operation


@operation("iam", "PutUserPermissionsBoundary", "PutRolePermissionsBoundary")
def put_boundary(call: Call) -> None:
    principal = principal_of(call)
    principal.boundary = call.part(Iam).policy(call["PermissionsBoundary"]).arn


@operation("iam", "DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary")
def delete_boundary(call: Call) -> None:
    principal = principal_of(call)
    if principal.boundary is None:
        raise no_such_entity(f"{principal.name} does not have a permissions boundary.")
    principal.boundary = None
