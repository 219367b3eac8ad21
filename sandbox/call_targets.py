"""What a call needs: the actions and resources that policies name for it."""

from __future__ import annotations

from sandbox import registry
from sandbox.call import Call

Target = tuple[str, str]
"""An action and the ARN of a resource."""


def targets_of(call: Call) -> list[Target]:
    """Every action that a call needs, each with its resource; none where nobody is asked."""
    find = registry.resources_finder(call.service)
    if find is None:
        return []
    action = f"{call.service}:{call.operation}"
    return [(action, resource) for resource in find(call)] + _passed_roles(call)


def _passed_roles(call: Call) -> list[Target]:
    """Whoever hands a role to CloudFormation must be allowed to pass it."""
    if call.service != "cloudformation":
        return []
    given = (call.get("AdministrationRoleARN"), call.get("RoleARN"))
    return [("iam:PassRole", arn) for arn in given if arn]
