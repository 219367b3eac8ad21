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
    kind: str  # "Account", "User" or "AssumedRole", as in aws:PrincipalType
    name: str = ""  # of the user, or of the role
    session_name: str = ""
    principal_arn: str = ""  # of a session: the role's; aws:PrincipalArn
    has_mfa: bool = False
    mfa_time: datetime | None = None

    @property
    def is_administrator(self) -> bool:
        return self.kind == "Account"


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
        if found.session_token != token:
            raise _invalid_token()
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


def _user_of_key(world: World, key_id: str, service: str, region: str) -> Identity:
    from sandbox.iam.store import AccessKeys  # identity is imported by every service

    found = world.part(AccessKeys, "").find(key_id)
    if found is None or not found.is_active:
        raise _invalid_token()
    found.last_used = (world.clock.now(), service, region)
    user = found.owner
    return Identity(user.account_id, user.arn, user.id, "User", user.name, principal_arn=user.arn)


def _invalid_token() -> AwsError:
    return AwsError(
        "InvalidClientTokenId", "The security token included in the request is invalid.", 403
    )
