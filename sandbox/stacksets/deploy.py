"""What an operation does in one account and region: create, update or delete its stack."""

from __future__ import annotations

from dataclasses import replace

from sandbox.acting import Acting
from sandbox.arns import arn_of
from sandbox.authorisation import authorise
from sandbox.cloudformation import parameters
from sandbox.cloudformation.drift import detect
from sandbox.cloudformation.lifecycle import run_to_end, start_create, start_delete, start_update
from sandbox.cloudformation.model import Spec, Stack, Stacks
from sandbox.cloudformation.stacks import is_same
from sandbox.errors import AwsError
from sandbox.identity import administrator
from sandbox.stacksets.gate import ClosedAccountError, enter
from sandbox.stacksets.model import Instance, Operation, StackSet
from sandbox.world import World

_STACK_ACTIONS = {
    "CREATE": "cloudformation:CreateStack",
    "UPDATE": "cloudformation:UpdateStack",
    "DELETE": "cloudformation:DeleteStack",
    "DETECT_DRIFT": "cloudformation:DetectStackDrift",
}


class DeploymentError(Exception):
    """Why this account failed, in AWS's words."""


def act(world: World, stack_set: StackSet, operation: Operation, instance: Instance) -> None:
    """Do the operation's work for one instance, or raise with the reason."""
    if operation.action == "DELETE" and operation.retains_stacks:
        return
    account_id, target = instance.account_id, (instance.account_id, instance.region)
    if account_id in world.faults.settings.failing_accounts:
        raise DeploymentError(
            f"Account {account_id} denies the operation with an explicit deny in a service "
            "control policy."
        )
    try:
        session = enter(world, stack_set, operation, account_id)
        if session:
            authorise(world, session, _STACK_ACTIONS[operation.action], _stack_arn(instance))
    except (ClosedAccountError, AwsError) as error:
        raise DeploymentError(_text(error)) from None
    acting = Acting(session or administrator(account_id))
    if instance.stack:
        instance.stack.acting = acting
    if operation.action == "DELETE":
        _delete(world, instance)
    elif target in operation.imports:
        _import(world, stack_set, instance, operation.imports[target])
    elif operation.action == "DETECT_DRIFT":
        _detect(world, instance)
    else:
        _deploy(world, stack_set, instance, acting)


def _text(error: Exception) -> str:
    return error.message if isinstance(error, AwsError) else str(error)


def _stack_arn(instance: Instance) -> str:
    if instance.stack:
        return instance.stack.arn
    return arn_of("cloudformation", instance.account_id, "stack/StackSet-*", instance.region)


def _import(world: World, stack_set: StackSet, instance: Instance, stack_arn: str) -> None:
    stack = world.part(Stacks, instance.account_id, instance.region).find(stack_arn)
    if stack is None or not stack.status.endswith("_COMPLETE"):
        raise DeploymentError(f"Stack {stack_arn} can't be imported.")
    if not is_same(stack, replace(spec_for(stack_set, instance), tags=stack.spec.tags)):
        raise DeploymentError("The stack's template or parameters differ from the StackSet's.")
    instance.stack = stack


def spec_for(stack_set: StackSet, instance: Instance) -> Spec:
    declared = stack_set.template.section("Parameters")
    overrides = {key: value for key, value in instance.overrides.items() if key in declared}
    return Spec(
        stack_set.template,
        {**stack_set.parameters, **overrides},
        stack_set.capabilities,
        stack_set.tags,
    )


def _deploy(world: World, stack_set: StackSet, instance: Instance, acting: Acting) -> None:
    if instance.status == "INOPERABLE":
        raise DeploymentError(
            "The stack instance is INOPERABLE: delete it with RetainStacks, then the stack by hand."
        )
    spec = spec_for(stack_set, instance)
    try:
        _check_parameters(spec)
    except AwsError as error:
        raise DeploymentError(error.message) from None
    stack = instance.stack
    if stack is not None and stack.status == "ROLLBACK_COMPLETE":
        # A stack that never came up can only be replaced.
        run_to_end(start_delete(world, stack, set()))
        stack = None
    if stack is None:
        _create(world, stack_set, instance, spec, acting)
    elif stack.status == "DELETE_COMPLETE":
        raise DeploymentError(f"Stack [{stack.name}] does not exist")
    elif not is_same(stack, spec) or stack.status == "UPDATE_ROLLBACK_COMPLETE":
        _update(world, stack, spec)


def _check_parameters(spec: Spec) -> None:
    given = [{"ParameterKey": k, "ParameterValue": v} for k, v in spec.parameters.items()]
    parameters.resolve(spec.template.section("Parameters"), given, {})


def _create(
    world: World, stack_set: StackSet, instance: Instance, spec: Spec, acting: Acting
) -> None:
    stacks = world.part(Stacks, instance.account_id, instance.region)
    stack = Stack(
        instance.account_id,
        instance.region,
        f"StackSet-{stack_set.name}-{stack_set.uuid}",
        spec,
        world.clock.now(),
    )
    stack.acting = acting
    existing = stacks.find(stack.name)
    if existing:
        raise DeploymentError(f"Stack [{stack.name}] already exists")
    stacks.all.append(stack)
    instance.stack = stack
    run_to_end(start_create(world, stack))
    _raise_unless(stack, "CREATE_COMPLETE")


def _update(world: World, stack: Stack, spec: Spec) -> None:
    if not stack.status.endswith("_COMPLETE"):
        raise DeploymentError(
            f"Stack:{stack.arn} is in {stack.status} state and can not be updated."
        )
    run_to_end(start_update(world, stack, spec))
    _raise_unless(stack, "UPDATE_COMPLETE")


def _delete(world: World, instance: Instance) -> None:
    stack = instance.stack
    if stack is None or stack.status == "DELETE_COMPLETE":
        return
    if stack.is_protected:
        raise DeploymentError(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )
    run_to_end(start_delete(world, stack, set()))
    _raise_unless(stack, "DELETE_COMPLETE")


def _detect(world: World, instance: Instance) -> None:
    stack = instance.stack
    if stack is None or stack.status == "DELETE_COMPLETE":
        raise DeploymentError("The stack of the instance does not exist.")
    detect(world, stack)
    instance.drift, instance.drift_checked = stack.drift, stack.drift_checked


def _raise_unless(stack: Stack, wanted: str) -> None:
    if stack.status == wanted:
        return
    failures = stack.failures()
    if not failures:
        raise DeploymentError(stack.reason)
    first = failures[0]
    raise DeploymentError(
        f"ResourceLogicalId:{first.logical_id}, ResourceType:{first.type}, "
        f"ResourceStatusReason:{first.reason}."
    )
