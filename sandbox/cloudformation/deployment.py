"""Deploys a stack: resources in the order of their references, rolled back on failure."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any

from sandbox.cloudformation import parameters
from sandbox.cloudformation.intrinsics import Scope, depends_on, pseudo_parameters, references
from sandbox.cloudformation.model import Spec, Stack, StackResource
from sandbox.cloudformation.resources import PROVIDERS
from sandbox.cloudformation.resources.base import (
    HalfMadeError,
    Made,
    Place,
    Properties,
    is_missing,
    reason_of,
)
from sandbox.errors import AwsError, validation_error
from sandbox.world import World


class ResourceFailedError(Exception):
    """A resource could not be brought to where the template wants it."""


class Deployment:
    """One pass over a stack's resources towards a spec."""

    def __init__(self, world: World, stack: Stack, spec: Spec) -> None:
        self._world = world
        self._stack = stack
        self._spec = spec
        self._scope = scope_of(stack, spec)
        self._place = Place(world, stack.acting, stack.region, stack.name, spec.tags)

    def apply(self, verb: str) -> None:
        """Create and update everything that the spec names, then delete what it does not."""
        wanted = wanted_resources(self._scope, self._spec)
        for logical_id in order(wanted):
            self._bring(logical_id, wanted[logical_id], verb)
        self._stack.outputs = self._outputs()
        self.delete_all(except_for=set(wanted))

    def _clean_up(self) -> None:
        """Delete what was replaced, now that nothing refers to it; a failure is only an event."""
        while self._stack.superseded:
            resource = self._stack.superseded.pop()
            self._note(resource, "DELETE_IN_PROGRESS")
            try:
                self._delete_live(resource)
            except ResourceFailedError:
                continue
            self._note(resource, "DELETE_COMPLETE")

    def delete_all(
        self, except_for: set[str] | None = None, retain: set[str] | None = None
    ) -> None:
        kept = except_for or set()
        for logical_id in list(self._stack.resources)[::-1]:
            if logical_id not in kept:
                self._delete(self._stack.resources[logical_id], retain or set())
        self._clean_up()

    def _bring(self, logical_id: str, declaration: dict[str, Any], verb: str) -> None:
        resource_type = declaration["Type"]
        properties: Properties = self._scope.resolve(declaration.get("Properties", {}))
        existing = self._stack.resources.get(logical_id)
        if existing and _is_as_wanted(existing, resource_type, properties):
            self._see(existing)
            return
        name = properties.get(PROVIDERS[resource_type].name_property, "")
        physical_id = existing.physical_id if existing else name
        resource = StackResource(
            logical_id, resource_type, physical_id, properties, {}, "", self._world.clock.now()
        )
        self._note(resource, f"{'UPDATE' if existing else verb}_IN_PROGRESS")
        try:
            PROVIDERS[resource_type].check(logical_id, properties)
            self._make(resource, existing)
        except HalfMadeError as half:
            # The rollback deletes it, and goes back to the one that it was to replace.
            resource.physical_id = half.physical_id
            self._stack.resources[logical_id] = resource
            self._stack.superseded += [existing] if existing else []
            self._fail(resource, existing, half.error)
        except AwsError as error:
            self._fail(resource, existing, error)
        self._note(resource, f"{'UPDATE' if existing else 'CREATE'}_COMPLETE")
        self._stack.resources[logical_id] = resource
        self._see(resource)

    def _make(self, resource: StackResource, existing: StackResource | None) -> None:
        provider = PROVIDERS[resource.type]
        if existing is None:
            made = provider.create(self._place, resource.logical_id, resource.properties)
        elif _needs_replacement(existing, resource):
            made = self._replace(resource, existing)
        else:
            old = existing.attempted or existing.properties
            made = provider.update(self._place, existing.physical_id, old, resource.properties)
        resource.physical_id, resource.attributes = made.physical_id, made.attributes

    def _replace(self, resource: StackResource, existing: StackResource) -> Made:
        """Make a new one beside the old one, or on a rollback take the old one back."""
        superseded = self._stack.superseded
        former = next((each for each in superseded if _is_same(each, resource)), None)
        if former:
            superseded.remove(former)
            made = Made(former.physical_id, former.attributes)
        else:
            _refuse_custom_name(existing, resource)
            provider = PROVIDERS[resource.type]
            made = provider.create(self._place, resource.logical_id, resource.properties)
        superseded.append(existing)
        return made

    def _fail(
        self, resource: StackResource, existing: StackResource | None, error: AwsError
    ) -> None:
        resource.reason = reason_of(error, resource.type, resource.physical_id)
        self._note(resource, f"{'UPDATE' if existing else 'CREATE'}_FAILED")
        if existing:
            # Half of it may be done: the rollback must see a difference to undo.
            existing.attempted = resource.properties
        raise ResourceFailedError(resource.logical_id) from error

    def _delete(self, resource: StackResource, retain: set[str]) -> None:
        declaration = self._stack.spec.template.resources.get(resource.logical_id, {})
        if declaration.get("DeletionPolicy") == "Retain" or resource.logical_id in retain:
            self._note(resource, "DELETE_SKIPPED")
        else:
            self._note(resource, "DELETE_IN_PROGRESS")
            self._delete_live(resource)
            self._note(resource, "DELETE_COMPLETE")
        self._stack.resources.pop(resource.logical_id, None)

    def _delete_live(self, resource: StackResource) -> None:
        try:
            PROVIDERS[resource.type].delete(self._place, resource.physical_id, resource.properties)
        except AwsError as error:
            if is_missing(error):
                return
            resource.reason = reason_of(error, resource.type, resource.physical_id)
            self._note(resource, "DELETE_FAILED")
            raise ResourceFailedError(resource.logical_id) from error

    def _see(self, resource: StackResource) -> None:
        self._scope.physical_ids[resource.logical_id] = resource.physical_id
        self._scope.attributes[resource.logical_id] = resource.attributes

    def _note(self, resource: StackResource, status: str) -> None:
        resource.status, resource.updated = status, self._world.clock.now()
        if not status.endswith("_FAILED"):
            resource.reason = ""
        self._stack.note_resource(resource, resource.updated)

    def _outputs(self) -> list[dict[str, Any]]:
        return [
            {
                "OutputKey": key,
                "OutputValue": str(self._scope.resolve(output["Value"])),
                "Description": output.get("Description"),
            }
            for key, output in self._spec.template.section("Outputs").items()
            if "Condition" not in output or self._scope.holds(output["Condition"])
        ]


def scope_of(stack: Stack, spec: Spec) -> Scope:
    declared = spec.template.section("Parameters")
    values = {
        name: parameters.typed(declared[name], text) for name, text in spec.parameters.items()
    }
    pseudo = pseudo_parameters(stack.account_id, stack.region, stack.name, stack.arn)
    return Scope(
        {**values, **pseudo},
        spec.template.section("Conditions"),
        spec.template.section("Mappings"),
    )


def wanted_resources(scope: Scope, spec: Spec) -> dict[str, dict[str, Any]]:
    return {
        logical_id: declaration
        for logical_id, declaration in spec.template.resources.items()
        if "Condition" not in declaration or scope.holds(declaration["Condition"])
    }


def order(wanted: dict[str, dict[str, Any]]) -> list[str]:
    graph = {}
    for logical_id, declaration in wanted.items():
        named = {*depends_on(declaration), *references(declaration.get("Properties", {}))}
        graph[logical_id] = named & wanted.keys()
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        names = ", ".join(error.args[1])
        raise validation_error(f"Circular dependency between resources: [{names}]") from None


def _is_as_wanted(existing: StackResource, resource_type: str, properties: Properties) -> bool:
    is_same = (existing.type, existing.properties) == (resource_type, properties)
    return is_same and existing.attempted is None


def _is_same(former: StackResource, wanted: StackResource) -> bool:
    return (former.logical_id, former.type) == (
        wanted.logical_id,
        wanted.type,
    ) and not _needs_replacement(former, wanted)


def _needs_replacement(existing: StackResource, wanted: StackResource) -> bool:
    if existing.type != wanted.type:
        return True
    names = PROVIDERS[wanted.type].replaced_by
    return any(existing.properties.get(n) != wanted.properties.get(n) for n in names)


def _refuse_custom_name(existing: StackResource, wanted: StackResource) -> None:
    name = PROVIDERS[wanted.type].name_property
    custom = wanted.properties.get(name)
    if custom and existing.properties.get(name) == custom:
        raise validation_error(
            "CloudFormation cannot update a stack when a custom-named resource requires "
            f"replacing. Rename {custom} and update the stack again."
        )
