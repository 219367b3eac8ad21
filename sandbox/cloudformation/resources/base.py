"""What every resource type must be able to do."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

from sandbox import dispatch, wire
from sandbox.acting import Acting
from sandbox.authorisation import authorise_call
from sandbox.call import Call
from sandbox.errors import AwsError, validation_error
from sandbox.world import World

Properties = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """The region of a stack, and calls in it that nobody counts, with the permissions of some."""

    world: World
    acting: Acting
    region: str
    stack_name: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def account_id(self) -> str:
        return self.acting.identity.account_id

    def call(self, service: str, operation: str, **params: Any) -> dict[str, Any]:
        given = {name: value for name, value in params.items() if value is not None}
        return dispatch.handle(self.ask(service, operation, **given)) or {}

    def ask(self, service: str, operation: str, **params: Any) -> Call:
        """Raise AccessDenied unless the call is allowed, which is given back."""
        call = self.acting.call(self.world, self.region, service, operation, params)
        authorise_call(call)
        return call

    def generated_name(self, logical_id: str) -> str:
        return f"{self.stack_name}-{logical_id}-{uuid4().hex[:12].upper()}"[:64]

    def tag_list(self, properties: Properties) -> list[dict[str, str]]:
        """Tags of the stack and of the resource; the resource's win."""
        own = {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags", [])}
        return [{"Key": key, "Value": value} for key, value in {**self.tags, **own}.items()]


@dataclass(frozen=True)
class Made:
    physical_id: str
    attributes: dict[str, Any] = field(default_factory=dict)


class HalfMadeError(Exception):
    """A resource that exists, but lacks something: what was refused is its cause."""

    def __init__(self, physical_id: str, error: AwsError) -> None:
        super().__init__(str(error))
        self.physical_id = physical_id
        self.error = error


@contextmanager
def completing(physical_id: str) -> Iterator[None]:
    """Complete a resource that was made: what fails now leaves it to the rollback."""
    try:
        yield
    except AwsError as error:
        raise HalfMadeError(physical_id, error) from error


class Provider(ABC):
    """Creates, updates, deletes and reads one type of resource."""

    name_property: ClassVar[str] = ""
    properties: ClassVar[frozenset[str]] = frozenset()
    required: ClassVar[frozenset[str]] = frozenset()
    replaced_by: ClassVar[frozenset[str]] = frozenset()  # properties that can't be updated

    def check(self, logical_id: str, properties: Properties) -> None:
        """Raise what CloudFormation says about keys that the type does not have, or lacks."""
        extra = properties.keys() - self.properties
        problems = [f"#: extraneous key [{key}] is not permitted" for key in sorted(extra)]
        missing = self.required - properties.keys()
        problems += [f"#: required key [{key}] not found" for key in sorted(missing)]
        if problems:
            raise validation_error(
                f"Properties validation failed for resource {logical_id} with message:\n"
                f"[{'; '.join(problems)}]"
            )

    @abstractmethod
    def create(self, place: Place, logical_id: str, properties: Properties) -> Made:
        """Make it; ``HalfMadeError`` when it is there, but not as the properties say."""

    @abstractmethod
    def update(self, place: Place, physical_id: str, old: Properties, new: Properties) -> Made: ...

    @abstractmethod
    def delete(self, place: Place, physical_id: str, properties: Properties) -> None: ...

    @abstractmethod
    def read(self, place: Place, physical_id: str, properties: Properties) -> Properties | None:
        """The actual values of the given properties; None when the resource is gone."""


def document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


_HANDLER_CODES = {
    "AccessDenied": "AccessDenied",
    "InvalidClientTokenId": "InvalidCredentials",
    "NoSuchEntity": "NotFound",
}


def reason_of(error: AwsError, resource_type: str, identifier: str) -> str:
    """An API error as a resource's status reason shows it."""
    if error.code == "ValidationError":
        return error.message
    service = resource_type.split("::")[1].capitalize()
    status = error.status or wire.http_status_of(service.lower(), error.code)
    handler_code = _HANDLER_CODES.get(error.code, "InvalidRequest")
    message = f"{error.message} (Service: {service}, Status Code: {status}, Request ID: {uuid4()})"
    if error.code in ("BucketAlreadyExists", "EntityAlreadyExists", "ParameterAlreadyExists"):
        handler_code = "AlreadyExists"
        message = (
            f"Resource of type '{resource_type}' with identifier '{identifier}' already exists."
        )
    return (
        f'Resource handler returned message: "{message}" '
        f"(RequestToken: {uuid4()}, HandlerErrorCode: {handler_code})"
    )


def is_missing(error: AwsError) -> bool:
    return error.code in ("NoSuchEntity", "ParameterNotFound", "NoSuchBucket")
