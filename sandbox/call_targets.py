"""What a call needs: the actions and resources that policies name for it."""

from __future__ import annotations

from sandbox import registry
from sandbox.call import Call

Target = tuple[str, str]
"""An action and the ARN of a resource."""
PASS_ROLE = "iam:PassRole"
_TAGGED_WHEN_MADE = {
    "iam:CreateInstanceProfile": "iam:TagInstanceProfile",
    "iam:CreatePolicy": "iam:TagPolicy",
    "iam:CreateRole": "iam:TagRole",
    "iam:CreateUser": "iam:TagUser",
    "iam:CreateVirtualMFADevice": "iam:TagMFADevice",
    "ssm:PutParameter": "ssm:AddTagsToResource",
}
"""Calls that need a second action where they bring tags."""


def targets_of(call: Call) -> list[Target]:
    """Every action that a call needs, each with its resource; none where a handler asks."""
    find = registry.resources_finder(call.service)
    if find is None:
        return []
    action = f"{call.service}:{call.operation}"
    actions = [action]
    if call.get("Tags") and action in _TAGGED_WHEN_MADE:
        actions.append(_TAGGED_WHEN_MADE[action])
    found = find(call)
    return [(each, resource) for each in actions for resource in found] + _passed_roles(call)


def _passed_roles(call: Call) -> list[Target]:
    """Whoever hands a role to CloudFormation must be allowed to pass it."""
    if call.service != "cloudformation":
        return []
    given = (call.get("AdministrationRoleARN"), call.get("RoleARN"))
    return [(PASS_ROLE, arn) for arn in given if arn]
