"""What happens to a stack over time: create, update, delete, and their rollbacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sandbox.cloudformation.deployment import Deployment, ResourceFailedError
from sandbox.cloudformation.model import Spec, Stack
from sandbox.errors import AwsError
from sandbox.world import World

_USER_INITIATED = "User Initiated"
Step = Callable[[], bool]  # True when nothing is left to do


def start_create(world: World, stack: Stack) -> Step:
    stack.note(world.clock.now(), "CREATE_IN_PROGRESS", _USER_INITIATED)
    return _Steps(world, stack, partial(_create, world, stack)).step


def start_update(world: World, stack: Stack, spec: Spec) -> Step:
    former, stack.spec = stack.spec, spec
    stack.updated = world.clock.now()
    stack.note(world.clock.now(), "UPDATE_IN_PROGRESS", _USER_INITIATED)
    return _Steps(world, stack, partial(_update, world, stack, former)).step


def start_delete(world: World, stack: Stack, retain: set[str]) -> Step:
    stack.note(world.clock.now(), "DELETE_IN_PROGRESS", _USER_INITIATED)
    return _Steps(world, stack, partial(_delete, world, stack, retain)).step


def run_to_end(step: Step) -> None:
    """Do all steps at once: for stacks that StackSets deploys within one tick."""
    while not step():
        pass


class _Steps:
    """Waits the stack's ticks, does the work, and takes one more step for a rollback."""

    def __init__(self, world: World, stack: Stack, work: Callable[[], Step | None]) -> None:
        self._waits = max(world.clock.stack_ticks - 1, 0)
        self._stack = stack
        self._work: Callable[[], Step | None] | None = work
        self._rollback: Step | None = None

    def step(self) -> bool:
        if self._waits:
            self._waits -= 1
            return False
        if self._rollback:
            return self._rollback()
        assert self._work is not None
        self._rollback = self._work()
        return self._rollback is None


def _create(world: World, stack: Stack) -> Step | None:
    try:
        Deployment(world, stack, stack.spec).apply("CREATE")
    except (ResourceFailedError, AwsError) as error:
        reason = _failure(error)
        if stack.disable_rollback:
            stack.note(world.clock.now(), "CREATE_FAILED", reason)
            return None
        stack.note(
            world.clock.now(), "ROLLBACK_IN_PROGRESS", f"{reason} Rollback requested by user."
        )
        return partial(_roll_back_create, world, stack)
    stack.note(world.clock.now(), "CREATE_COMPLETE")
    return None


def _failure(error: Exception) -> str:
    if isinstance(error, AwsError):
        return error.message
    return f"The following resource(s) failed to create: [{error}]."


def _roll_back_create(world: World, stack: Stack) -> bool:
    try:
        Deployment(world, stack, stack.spec).delete_all()
        status = "DELETE_COMPLETE" if stack.deletes_on_failure else "ROLLBACK_COMPLETE"
    except ResourceFailedError:
        status = "ROLLBACK_FAILED"
    stack.note(world.clock.now(), status)
    return True


def _update(world: World, stack: Stack, former: Spec) -> Step | None:
    try:
        Deployment(world, stack, stack.spec).apply("CREATE")
    except (ResourceFailedError, AwsError) as error:
        reason = _failure(error).replace("failed to create", "failed to update")
        stack.note(world.clock.now(), "UPDATE_ROLLBACK_IN_PROGRESS", reason)
        return partial(_roll_back_update, world, stack, former)
    stack.note(world.clock.now(), "UPDATE_COMPLETE")
    return None


def _roll_back_update(world: World, stack: Stack, former: Spec) -> bool:
    stack.spec = replace(former, token=stack.spec.token)
    try:
        Deployment(world, stack, stack.spec).apply("CREATE")
        status = "UPDATE_ROLLBACK_COMPLETE"
    except (ResourceFailedError, AwsError):
        status = "UPDATE_ROLLBACK_FAILED"
    stack.note(world.clock.now(), status)
    return True


def _delete(world: World, stack: Stack, retain: set[str]) -> Step | None:
    try:
        Deployment(world, stack, stack.spec).delete_all(retain=retain)
    except ResourceFailedError as error:
        stack.note(
            world.clock.now(),
            "DELETE_FAILED",
            f"The following resource(s) failed to delete: [{error}].",
        )
        return None
    stack.deleted = world.clock.now()
    stack.note(world.clock.now(), "DELETE_COMPLETE")
    return None
