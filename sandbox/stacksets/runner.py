"""Runs the operations of a stack set, tick by tick."""

from __future__ import annotations

from sandbox.stacksets.deploy import DeploymentError, act
from sandbox.stacksets.drift_details import close_drift
from sandbox.stacksets.model import Instance, Operation, OperationResult, StackSet
from sandbox.world import World

_SLOW_FACTOR = 10
TOLERANCE_EXCEEDED = "Cancelled since failure tolerance has exceeded"
_STOPPED = "Cancelled since the operation was stopped"


class Runner:
    """Advances all operations of one stack set; a task of the clock while any is active."""

    def __init__(self, world: World, stack_set: StackSet) -> None:
        self._world = world
        self._stack_set = stack_set

    def step(self) -> bool:
        for operation in self._stack_set.active_operations():
            if operation.status == "QUEUED" and self._may_start(operation):
                operation.status = "RUNNING"
            elif operation.status != "QUEUED":
                self._advance(operation)
        self._stack_set.has_runner = bool(self._stack_set.active_operations())
        return not self._stack_set.has_runner

    def stop_queued(self, operation: Operation) -> None:
        for result in operation.results.values():
            result.status, result.reason = "CANCELLED", _STOPPED
        operation.status, operation.ended = "STOPPED", self._world.clock.now()

    def _may_start(self, operation: Operation) -> bool:
        """Queued operations start in the order of their requests."""
        for other in self._stack_set.active_operations():
            if other is operation:
                return True
            if other.status == "QUEUED" or operation.conflicts_with(other):
                return False
        return True

    def _advance(self, operation: Operation) -> None:
        if not operation.has_begun:
            operation.has_begun = True
            operation.begin()
        for result in operation.results.values():
            if result.status == "RUNNING":
                self._work(operation, result)
        regions = operation.preferences.ordered({r.region for r in operation.results.values()})
        for region in regions:
            is_done = self._advance_region(operation, region)
            if not is_done and not operation.preferences.is_parallel:
                break
        if all(result.is_finished for result in operation.results.values()):
            self._close(operation)

    def _advance_region(self, operation: Operation, region: str) -> bool:
        """Start what may start in one region; True when nothing is left there."""
        results = [r for r in operation.results.values() if r.region == region]
        failed = sum(result.status == "FAILED" for result in results)
        pending = [result for result in results if result.status == "PENDING"]
        if operation.status == "STOPPING":
            self._cancel(operation, pending, _STOPPED)
        elif failed > operation.preferences.tolerance(len(results)):
            everywhere = [r for r in operation.results.values() if r.status == "PENDING"]
            self._cancel(operation, everywhere, TOLERANCE_EXCEEDED)
        else:
            running = sum(result.status == "RUNNING" for result in results)
            room = operation.preferences.concurrency(len(results), failed) - running
            for result in pending[: max(room, 0)]:
                self._start(operation, result)
        return all(result.is_finished for result in results)

    def _start(self, operation: Operation, result: OperationResult) -> None:
        is_slow = result.account_id in self._world.faults.settings.slow_accounts
        ticks = max(self._world.clock.instance_ticks, 1)
        result.ticks_left = ticks * (_SLOW_FACTOR if is_slow else 1)
        result.status = "RUNNING"
        self._mark(operation, result, "RUNNING")

    def _work(self, operation: Operation, result: OperationResult) -> None:
        result.ticks_left -= 1
        if result.ticks_left > 0:
            return
        instance = self._stack_set.instances.get(result.target)
        if instance is None:
            # Gone since this operation was queued.
            is_gone_as_wanted = operation.action == "DELETE"
            result.status = "SUCCEEDED" if is_gone_as_wanted else "FAILED"
            return
        if result.account_id in self._world.faults.settings.suspended_accounts:
            reason = f"Account {result.account_id} is suspended."
            self._fail(operation, result, instance, reason, "SKIPPED_SUSPENDED_ACCOUNT")
            return
        try:
            act(self._world, self._stack_set, operation, instance)
        except DeploymentError as error:
            detailed = "FAILED_IMPORT" if result.target in operation.imports else "FAILED"
            self._fail(operation, result, instance, str(error), detailed)
            return
        result.status = "SUCCEEDED"
        self._succeed(operation, result, instance)

    def _succeed(self, operation: Operation, result: OperationResult, instance: Instance) -> None:
        if operation.action == "DELETE":
            del self._stack_set.instances[result.target]
            return
        if operation.action != "DETECT_DRIFT":
            instance.status = "CURRENT"
        self._mark(operation, result, "SUCCEEDED")

    def _fail(
        self,
        operation: Operation,
        result: OperationResult,
        instance: Instance,
        reason: str,
        detailed: str,
    ) -> None:
        result.status, result.reason = "FAILED", reason
        if operation.action == "DETECT_DRIFT":
            return
        is_broken = operation.action == "DELETE" and detailed == "FAILED"
        if is_broken or instance.status == "INOPERABLE":
            # A delete that fails leaves a stack in an unstable state, and so it stays.
            instance.status = detailed = "INOPERABLE"
        elif detailed == "FAILED_IMPORT":
            instance.status = "INOPERABLE"
        else:
            instance.status = "OUTDATED"
        self._mark(operation, result, detailed, reason)

    def _cancel(self, operation: Operation, results: list[OperationResult], reason: str) -> None:
        for result in results:
            result.status, result.reason = "CANCELLED", reason
            self._mark(operation, result, "CANCELLED", reason)

    def _mark(
        self, operation: Operation, result: OperationResult, detailed: str, reason: str = ""
    ) -> None:
        """Show the operation's progress on the instance; drift detection leaves no trace there."""
        instance = self._stack_set.instances.get(result.target)
        if instance is None or operation.action == "DETECT_DRIFT":
            return
        instance.detailed, instance.reason = detailed, reason
        instance.operation_id = operation.id

    def _close(self, operation: Operation) -> None:
        operation.ended = self._world.clock.now()
        if operation.status == "STOPPING":
            operation.status = "STOPPED"
        else:
            is_failed = _exceeds_tolerance(operation)
            operation.status = "FAILED" if is_failed else "SUCCEEDED"
        if operation.action == "DETECT_DRIFT":
            close_drift(self._stack_set, operation)


def _exceeds_tolerance(operation: Operation) -> bool:
    results = operation.results.values()
    for region in {result.region for result in results}:
        in_region = [result for result in results if result.region == region]
        failed = sum(result.status == "FAILED" for result in in_region)
        if failed > operation.preferences.tolerance(len(in_region)):
            return True
    return False
