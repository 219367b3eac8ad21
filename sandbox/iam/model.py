"""IAM objects as one account holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.arns import arn_of


def unique_id(prefix: str) -> str:
    """A unique id of AWS's shape: prefix (AIDA, AROA, ...) and 17 letters or digits."""
    return prefix + uuid4().hex[:17].upper()


def certificate_id() -> str:
    return uuid4().hex[:24].upper()


@dataclass
class PolicyVersion:
    id: str
    document: str
    created: datetime


@dataclass
class ManagedPolicy:
    account_id: str  # "aws" for those of AWS
    name: str
    path: str
    description: str
    created: datetime
    updated: datetime
    versions: list[PolicyVersion]
    default_version: str = "v1"
    tags: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: unique_id("ANPA"))
    next_version: int = 2

    @property
    def arn(self) -> str:
        return arn_of("iam", self.account_id, f"policy{self.path}{self.name}")

    @property
    def is_aws_managed(self) -> bool:
        return self.account_id == "aws"

    def default(self) -> PolicyVersion:
        return next(v for v in self.versions if v.id == self.default_version)


@dataclass
class Principal:
    """What users, groups and roles have in common: they carry policies."""

    account_id: str
    name: str
    path: str
    created: datetime
    id: str = ""
    inline: dict[str, str] = field(default_factory=dict)
    attached: list[str] = field(default_factory=list)
    boundary: str | None = None
    tags: dict[str, str] = field(default_factory=dict)

    kind = ""
    id_prefix = ""

    def __post_init__(self) -> None:
        self.id = self.id or unique_id(self.id_prefix)

    @property
    def arn(self) -> str:
        return arn_of("iam", self.account_id, f"{self.kind}{self.path}{self.name}")


@dataclass
class LoginProfile:
    created: datetime
    changed: datetime
    password: str = field(repr=False)
    reset_required: bool
    former: list[str] = field(default_factory=list, repr=False)


@dataclass
class AccessKey:
    id: str
    owner: User
    created: datetime
    secret: str = field(repr=False)
    status: str = "Active"
    last_used: tuple[datetime, str, str] | None = None

    @property
    def is_active(self) -> bool:
        return self.status == "Active"


@dataclass
class MfaDevice:
    serial: str
    path: str = "/"
    seed: bytes = field(default=b"", repr=False)
    last_step: int = -1  # the time step of the last code that was taken
    enabled: datetime | None = None
    owner: User | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class User(Principal):
    login_profile: LoginProfile | None = None
    password_last_used: datetime | None = None
    access_keys: dict[str, AccessKey] = field(default_factory=dict)
    mfa_devices: dict[str, MfaDevice] = field(default_factory=dict)
    signing_certificates: dict[str, dict[str, Any]] = field(default_factory=dict)
    ssh_keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    service_credentials: dict[str, dict[str, Any]] = field(default_factory=dict)

    kind = "user"
    id_prefix = "AIDA"


@dataclass
class Group(Principal):
    kind = "group"
    id_prefix = "AGPA"


@dataclass
class Role(Principal):
    trust: str = ""
    description: str = ""
    max_session: int = 3600
    last_used: tuple[datetime, str] | None = None

    kind = "role"
    id_prefix = "AROA"


@dataclass
class InstanceProfile:
    account_id: str
    name: str
    path: str
    created: datetime
    tags: dict[str, str] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    id: str = field(default_factory=lambda: unique_id("AIPA"))

    @property
    def arn(self) -> str:
        return arn_of("iam", self.account_id, f"instance-profile{self.path}{self.name}")
