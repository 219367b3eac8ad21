"""Stacks, their resources and events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.acting import Acting
from sandbox.arns import arn_of
from sandbox.cloudformation.template import Template
from sandbox.identity import administrator
from sandbox.world import World


@dataclass
class StackResource:
    logical_id: str
    type: str
    physical_id: str
    properties: dict[str, Any]
    attributes: dict[str, Any]
    status: str
    updated: datetime
    reason: str = ""
    drift: str = "NOT_CHECKED"
    attempted: dict[str, Any] | None = None  # what an update that failed may have half done


@dataclass
class Event:
    id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    when: datetime
    token: str | None


@dataclass
class Spec:
    """What a create or update asks for."""

    template: Template
    parameters: dict[str, str]
    capabilities: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    role_arn: str | None = None
    token: str | None = None


@dataclass
class Stack:
    account_id: str
    region: str
    name: str
    spec: Spec
    created: datetime
    id: str = field(default_factory=lambda: str(uuid4()))
    status: str = "CREATE_IN_PROGRESS"
    reason: str = ""
    updated: datetime | None = None
    deleted: datetime | None = None
    resources: dict[str, StackResource] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    is_protected: bool = False
    disable_rollback: bool = False
    deletes_on_failure: bool = False
    drift: str = "NOT_CHECKED"
    drift_checked: datetime | None = None
    acting: Acting = field(init=False)  # whose permissions count for the latest operation
    superseded: list[StackResource] = field(default_factory=list)
    """Resources that were replaced, until the end of the update: a rollback goes back to them."""

    def __post_init__(self) -> None:
        self.acting = Acting(administrator(self.account_id))

    @property
    def arn(self) -> str:
        resource = f"stack/{self.name}/{self.id}"
        return arn_of("cloudformation", self.account_id, resource, self.region)

    @property
    def is_in_progress(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def note(self, when: datetime, status: str, reason: str = "") -> None:
        """Change the stack's own status, with its event."""
        self.status, self.reason = status, reason
        event = (self.name, self.arn, "AWS::CloudFormation::Stack", status, reason, when)
        self.events.append(Event(str(uuid4()), *event, self.spec.token))

    def note_resource(self, resource: StackResource, when: datetime) -> None:
        self.events.append(
            Event(
                f"{resource.logical_id}-{resource.status}-{uuid4()}",
                resource.logical_id,
                resource.physical_id,
                resource.type,
                resource.status,
                resource.reason,
                when,
                self.spec.token,
            )
        )

    def failures(self) -> list[Event]:
        """Why the latest operation failed: its resources' FAILED events."""
        start = max(
            (
                index
                for index, event in enumerate(self.events)
                if (
                    event.type == "AWS::CloudFormation::Stack"
                    and event.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
                )
                or (event.status == "DELETE_IN_PROGRESS" and event.logical_id == self.name)
            ),
            default=0,
        )
        return [event for event in self.events[start:] if event.status.endswith("_FAILED")]


class Stacks:
    """The stacks of one account in one region; deleted ones are found by their ARN only."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        self.world = world
        self.account_id = account_id
        self.region = region
        self.all: list[Stack] = []

    def find(self, name_or_arn: str) -> Stack | None:
        if name_or_arn.startswith("arn:"):
            return next((stack for stack in self.all if stack.arn == name_or_arn), None)
        live = [s for s in self.all if s.name == name_or_arn and s.status != "DELETE_COMPLETE"]
        return live[-1] if live else None
