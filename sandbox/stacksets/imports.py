"""ImportStacksToStackSet: stacks that exist become instances without being touched."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from sandbox.call import Call
from sandbox.cloudformation.model import Stacks
from sandbox.errors import AwsError, validation_error
from sandbox.registry import operation
from sandbox.stacksets.model import Instance, StackSet, Target
from sandbox.stacksets.starting import refuse_busy, stack_set_of, start_operation

_ARN = re.compile(r"arn:[\w-]+:cloudformation:([^:]+):(\d{12}):stack/.+")
_MAXIMUM = 10


@operation("cloudformation", "ImportStacksToStackSet")
def import_stacks(call: Call) -> dict[str, Any]:
    stack_set = stack_set_of(call)
    refuse_busy(call, stack_set)
    arns = call.get("StackIds", [])
    if not 0 < len(arns) <= _MAXIMUM:
        raise AwsError("LimitExceededException", f"One to {_MAXIMUM} stacks can be imported.")
    imports = {_target(call, arn): arn for arn in arns}
    begin = partial(_begin_import, stack_set, list(imports))
    started = start_operation(call, stack_set, "CREATE", imports, begin)
    started.imports = imports
    return {"OperationId": started.id}


def _begin_import(stack_set: StackSet, targets: list[Target]) -> None:
    for target in targets:
        stack_set.instances.setdefault(target, Instance(*target))


def _target(call: Call, arn: str) -> Target:
    parts = _ARN.fullmatch(arn)
    if parts is None:
        raise validation_error(f"Invalid stack ARN: {arn}")
    region, account_id = parts.groups()
    if call.world.part(Stacks, account_id, region).find(arn) is None:
        raise AwsError("StackNotFoundException", f"Stack {arn} not found")
    return account_id, region
