"""With whose permissions CloudFormation works on the resources of a stack."""

from __future__ import annotations

from sandbox.acting import CLOUDFORMATION, Acting, forwarded
from sandbox.authorisation import service_may_assume, session_of
from sandbox.call import Call
from sandbox.cloudformation.model import Stack
from sandbox.errors import validation_error
from sandbox.iam.model import Role
from sandbox.iam.store import Iam
from sandbox.policy_conditions import Context

_SESSION = "AWSCloudFormation"


def take_over(call: Call, stack: Stack, role_arn: str | None) -> None:
    """Let the service role of a stack work on it from now on, or whoever calls if it has none."""
    stack.acting = _service_role(call, stack, role_arn) if role_arn else forwarded(call.caller)


def _service_role(call: Call, stack: Stack, role_arn: str) -> Acting:
    found: Role | None = call.part(Iam).roles.get(role_arn.rpartition("/")[2])
    context: Context = {"aws:SourceAccount": stack.account_id, "aws:SourceArn": stack.arn}
    is_there = found is not None and found.arn == role_arn
    if not (found and is_there and service_may_assume(found.trust, CLOUDFORMATION, context)):
        raise validation_error(f"Role {role_arn} is invalid or cannot be assumed")
    return Acting(session_of(found, _SESSION, call.world.clock.now()))
