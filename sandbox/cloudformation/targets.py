"""The stack or stack set that policies name for a call of CloudFormation."""

from __future__ import annotations

from sandbox.arns import arn_of
from sandbox.call import Call
from sandbox.cloudformation.model import Stacks
from sandbox.registry import resources


@resources("cloudformation")
def resources_of_cloudformation(call: Call) -> list[str]:
    if call.get("StackSetName"):
        name = call["StackSetName"].partition(":")[0]
        return [_arn(call, f"stackset/{name}:*")]
    name = call.get("StackName")
    if not name:
        return ["*"]
    stack = call.regional(Stacks).find(name)
    if stack:
        return [stack.arn]
    return [name if name.startswith("arn:") else _arn(call, f"stack/{name}/*")]


def _arn(call: Call, resource: str) -> str:
    return arn_of("cloudformation", call.account_id, resource, call.region)
