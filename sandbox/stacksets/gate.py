"""Whether StackSets gets into an account: the roles, their real trust and permissions."""

from __future__ import annotations

from sandbox.acting import CLOUDFORMATION
from sandbox.authorisation import role_may_assume, service_may_assume, session_of
from sandbox.iam.model import Role
from sandbox.iam.store import Iam
from sandbox.identity import Identity
from sandbox.policy_conditions import Context
from sandbox.stacksets.model import (
    DEFAULT_ADMINISTRATION_ROLE,
    DEFAULT_EXECUTION_ROLE,
    Operation,
    StackSet,
)
from sandbox.world import World


class ClosedAccountError(Exception):
    """AWS's reason why an account can't be reached."""


def enter(
    world: World, stack_set: StackSet, operation: Operation, account_id: str
) -> Identity | None:
    """The execution role's session in an account; None where StackSets needs no role."""
    if not stack_set.is_self_managed:
        return None
    administration = _administration_role(world, stack_set, operation)
    if administration is None:
        name = _role_name(operation.administration_role_arn)
        raise ClosedAccountError(
            f"Account {stack_set.account_id} should have '{name}' role with trust relationship "
            "to CloudFormation service."
        )
    name = operation.execution_role_name or DEFAULT_EXECUTION_ROLE
    execution = world.part(Iam, account_id).roles.get(name)
    if execution is None or not role_may_assume(world, administration, execution):
        raise ClosedAccountError(
            f"Account {account_id} should have '{name}' role with trust relationship to Role "
            f"'{administration.name}'."
        )
    return session_of(execution, operation.id)


def _role_name(arn: str | None) -> str:
    return arn.rpartition("/")[2] if arn else DEFAULT_ADMINISTRATION_ROLE


def _administration_role(world: World, stack_set: StackSet, operation: Operation) -> Role | None:
    """The administration role, if it exists and lets CloudFormation in for this stack set."""
    arn = operation.administration_role_arn
    role = world.part(Iam, stack_set.account_id).roles.get(_role_name(arn))
    if role is None or (arn and role.arn != arn):
        return None
    context: Context = {
        "aws:SourceAccount": stack_set.account_id,
        "aws:SourceArn": stack_set.arn,
    }
    return role if service_may_assume(role.trust, CLOUDFORMATION, context) else None
