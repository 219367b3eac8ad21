"""The stack or stack set that policies name for a call of CloudFormation."""

from __future__ import annotations

from sandbox.call import Call
from sandbox.cloudformation.model import Stacks
from sandbox.registry import resources


@resources("cloudformation")
def resources_of_cloudformation(call: Call) -> list[str]:
    here = f"arn:aws:cloudformation:{call.region}:{call.account_id}"
    if call.get("StackSetName"):
        return [f"{here}:stackset/{call['StackSetName'].partition(':')[0]}:*"]
    name = call.get("StackName")
    if not name:
        return ["*"]
    stack = call.regional(Stacks).find(name)
    return [stack.arn if stack else f"{here}:stack/{name}/*"]
