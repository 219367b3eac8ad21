"""Who calls: an access key id becomes an identity in one account."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.arns import arn_of, refuse_foreign_region
from sandbox.errors import AwsError

if TYPE_CHECKING:
    from sandbox.world import World

_ACCOUNT_ID = re.compile(r"\d{12}")


@dataclass(frozen=True)
class Identity:
    account_id: str
    arn: str
    user_id: str
    kind: str  # as in aws:PrincipalType: "Account", "User", "AssumedRole", "Anonymous"
    name: str = ""  # of the user, or of the role
    principal_arn: str = ""  # of a session: the role's; aws:PrincipalArn
    session_began: datetime | None = None  # None for a key that does not expire
    mfa_time: datetime | None = None
    is_console: bool = False

    @property
    def is_administrator(self) -> bool:
        return self.kind == "Account"

    @property
    def has_policies(self) -> bool:
        """Whether policies of its own say what it may do."""
        return self.kind in ("User", "AssumedRole")

    @property
    def is_bare_session(self) -> bool:
        """Whether it comes from GetSessionToken without MFA: IAM takes no calls of it."""
        is_plain = self.kind == "User" and not self.is_console
        return is_plain and self.session_began is not None and self.mfa_time is None


@dataclass(frozen=True)
class Credential:
    """What an access key id that AWS issued stands for."""

    key_id: str
    secret: str = field(repr=False)
    identity: Identity
    session_token: str = field(default="", repr=False)
    expires: datetime | None = None


class Credentials:
    """Every key that was issued, in all accounts: a key id is unique in the world."""

    def __init__(self, world: World, account_id: str = "", region: str = "") -> None:
        del account_id, region
        self._world = world
        self._sessions: dict[str, Credential] = {}

    def add_session(self, credential: Credential) -> None:
        self._sessions[credential.key_id] = credential

    def find(self, key_id: str) -> Credential | None:
        return self._sessions.get(key_id)

    def session(self, key_id: str, token: str) -> Credential | None:
        found = self._sessions.get(key_id)
        if found is None:
            return None
        if found.session_token != token or not is_there(self._world, found.identity):
            raise invalid_token()
        if found.expires and found.expires <= self._world.clock.now():
            raise AwsError(
                "ExpiredToken", "The security token included in the request is expired", 403
            )
        return found


def administrator(account_id: str) -> Identity:
    root = arn_of("iam", account_id, "root")
    return Identity(account_id, root, account_id, "Account", principal_arn=root)


def identify(world: World, key_id: str, session_token: str, service: str, region: str) -> Identity:
    """The identity behind an access key id that is used for a service, or AWS's error."""
    refuse_foreign_region(region)
    if _ACCOUNT_ID.fullmatch(key_id):
        return administrator(key_id)
    session = world.part(Credentials, "").session(key_id, session_token)
    if session:
        return session.identity
    return _user_of_key(world, key_id, service, region)


def is_there(world: World, identity: Identity) -> bool:
    """Whether the user or role behind a session still is the one that it was issued for."""
    from sandbox.iam.store import Iam  # identity is imported by every service

    iam = world.part(Iam, identity.account_id)
    if identity.is_administrator:
        return True
    entities = iam.users if identity.kind == "User" else iam.roles
    found = entities.get(identity.name)
    return found is not None and found.id == identity.user_id.partition(":")[0]


def _user_of_key(world: World, key_id: str, service: str, region: str) -> Identity:
    from sandbox.iam.store import AccessKeys  # identity is imported by every service

    found = world.part(AccessKeys, "").find(key_id)
    if found is None or not found.is_active:
        raise invalid_token()
    found.last_used = (world.clock.now(), service, region)
    user = found.owner
    return Identity(user.account_id, user.arn, user.id, "User", user.name, principal_arn=user.arn)


def invalid_token() -> AwsError:
    return AwsError(
        "InvalidClientTokenId", "The security token included in the request is invalid.", 403
    )
