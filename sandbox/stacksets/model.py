"""Stack sets, their instances and operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.arns import arn_of
from sandbox.cloudformation.model import Stack
from sandbox.cloudformation.template import Template
from sandbox.stacksets.preferences import Preferences
from sandbox.world import World

Target = tuple[str, str]  # account, region
ACTIVE = ("RUNNING", "QUEUED", "STOPPING")
DEFAULT_ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"
DEFAULT_EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole"


@dataclass
class Instance:
    account_id: str
    region: str
    overrides: dict[str, str] = field(default_factory=dict)
    status: str = "OUTDATED"
    detailed: str = "PENDING"
    reason: str = ""
    stack: Stack | None = None
    organizational_unit: str | None = None
    drift: str = "NOT_CHECKED"
    drift_checked: datetime | None = None
    operation_id: str | None = None


@dataclass
class OperationResult:
    account_id: str
    region: str
    status: str = "PENDING"
    reason: str = ""
    ticks_left: int = 0
    organizational_unit: str | None = None

    @property
    def target(self) -> Target:
        return self.account_id, self.region

    @property
    def is_finished(self) -> bool:
        return self.status not in ("PENDING", "RUNNING")


def nothing() -> None:
    """What changes when an operation begins that changes nothing."""


@dataclass
class Operation:
    id: str
    action: str  # CREATE, UPDATE, DELETE or DETECT_DRIFT
    preferences: Preferences
    results: dict[Target, OperationResult]
    created: datetime
    administration_role_arn: str | None
    execution_role_name: str | None
    retains_stacks: bool = False
    requested: dict[str, Any] = field(default_factory=dict)
    begin: Callable[[], None] = nothing  # what changes when it leaves the queue; no closure
    status: str = "RUNNING"
    reason: str = ""
    ended: datetime | None = None
    has_begun: bool = False
    drift: dict[str, Any] | None = None
    imports: dict[Target, str] = field(default_factory=dict)  # the stack to take over

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    def count(self, status: str) -> int:
        return sum(result.status == status for result in self.results.values())

    def conflicts_with(self, other: Operation) -> bool:
        return bool(self.results.keys() & other.results.keys()) or "UPDATE" in (
            self.action,
            other.action,
        )


@dataclass
class StackSet:
    account_id: str
    region: str
    name: str
    template: Template
    parameters: dict[str, str]
    capabilities: list[str]
    tags: dict[str, str]
    permission_model: str
    administration_role_arn: str | None
    execution_role_name: str | None
    description: str | None = None
    auto_deployment: dict[str, Any] | None = None
    is_managed_execution: bool = False
    token: str | None = None
    is_modified: bool = False
    status: str = "ACTIVE"
    uuid: str = field(default_factory=lambda: str(uuid4()))
    instances: dict[Target, Instance] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    drift: dict[str, Any] = field(default_factory=dict)
    has_runner: bool = False  # whether the clock steps its operations already
    organizational_units: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        return f"{self.name}:{self.uuid}"

    @property
    def arn(self) -> str:
        return arn_of("cloudformation", self.account_id, f"stackset/{self.id}", self.region)

    @property
    def is_self_managed(self) -> bool:
        return self.permission_model == "SELF_MANAGED"

    def active_operations(self) -> list[Operation]:
        return [operation for operation in self.operations if operation.is_active]


class StackSets:
    """The stack sets of one administrator account in one region."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        self.world = world
        self.account_id = account_id
        self.region = region
        self.all: list[StackSet] = []

    def find(self, name_or_id: str) -> StackSet | None:
        for found in self.all[::-1]:
            if name_or_id == found.id or (name_or_id == found.name and found.status == "ACTIVE"):
                return found
        return None
