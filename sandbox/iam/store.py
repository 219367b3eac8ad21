"""The IAM objects of one account, found by name or by AWS's NoSuchEntity."""

from __future__ import annotations

from typing import Any, TypeVar

from sandbox.arns import arn_of
from sandbox.errors import AwsError
from sandbox.iam.aws_policies import aws_managed_policies
from sandbox.iam.model import (
    AccessKey,
    Group,
    InstanceProfile,
    ManagedPolicy,
    MfaDevice,
    Principal,
    Role,
    User,
)
from sandbox.world import World

N = TypeVar("N", Principal, User, Group, Role, InstanceProfile)
BOOTSTRAP_ROLE = "sandbox-bootstrap"
_ANYONE = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":["sts:AssumeRole","sts:TagSession"]}]}'
)


class AccessKeys:
    """The access keys of all users of all accounts."""

    def __init__(self, world: World, account_id: str, region: str) -> None:
        del world, account_id, region
        self.by_id: dict[str, AccessKey] = {}

    def find(self, key_id: str) -> AccessKey | None:
        return self.by_id.get(key_id)


class Names(dict[str, N]):
    """Objects by name; two names that differ only in case are the same to IAM."""

    def __init__(self, noun: str) -> None:
        super().__init__()
        self._noun = noun
        self._lowered: set[str] = set()

    def find(self, name: str) -> N:
        try:
            return self[name]
        except KeyError:
            raise no_such_entity(f"The {self._noun} with name {name} cannot be found.") from None

    def add(self, entity: N) -> None:
        self.refuse_taken(entity.name)
        self[entity.name] = entity
        self._lowered.add(entity.name.lower())

    def remove(self, name: str) -> None:
        del self[name]
        self._lowered.remove(name.lower())

    def rename(self, entity: N, name: str) -> None:
        self.remove(entity.name)
        entity.name = name
        self.add(entity)

    def refuse_taken(self, name: str) -> None:
        if name.lower() in self._lowered:
            raise AwsError(
                "EntityAlreadyExists", f"{self._noun.capitalize()} with name {name} already exists."
            )


class Iam:
    def __init__(self, world: World, account_id: str, region: str) -> None:
        del region
        self.world = world
        self.account_id = account_id
        self.users: Names[User] = Names("user")
        self.groups: Names[Group] = Names("group")
        self.roles: Names[Role] = Names("role")
        self.instance_profiles: Names[InstanceProfile] = Names("instance profile")
        self.local_policies: dict[str, ManagedPolicy] = {}
        self.virtual_mfa_devices: dict[str, MfaDevice] = {}
        self.groups_of: dict[str, list[str]] = {}  # user name -> names of its groups
        self.password_policy: dict[str, Any] | None = None
        self.alias: str | None = None

    def role_to_assume(self, name: str) -> Role | None:
        """A role by name; that of the bootstrap is there as soon as somebody asks to assume it."""
        if name == BOOTSTRAP_ROLE and name not in self.roles:
            self._add_bootstrap_role()
        return self.roles.get(name)

    def _add_bootstrap_role(self) -> None:
        self.roles.add(
            Role(
                self.account_id,
                BOOTSTRAP_ROLE,
                "/",
                self.world.clock.now(),
                trust=_ANYONE,
                attached=[arn_of("iam", "aws", "policy/AdministratorAccess")],
                max_session=43200,
            )
        )

    def user(self, name: str) -> User:
        return self.users.find(name)

    def group(self, name: str) -> Group:
        return self.groups.find(name)

    def role(self, name: str) -> Role:
        return self.roles.find(name)

    def policy(self, arn: str) -> ManagedPolicy:
        """A policy by ARN, this account's own or AWS's."""
        found = self.local_policies.get(arn) or aws_managed_policies().get(arn)
        if found is None:
            if not arn.startswith("arn:"):
                raise AwsError("InvalidInput", f"ARN {arn} is not valid.", 400)
            raise no_such_entity(f"Policy {arn} does not exist or is not attachable.")
        return found

    def own_policy(self, arn: str) -> ManagedPolicy:
        found = self.policy(arn)
        if found.is_aws_managed:
            raise AwsError("AccessDenied", f"Policy {arn} is managed by AWS.", 403)
        return found

    def principals(self) -> list[Principal]:
        return [*self.users.values(), *self.groups.values(), *self.roles.values()]

    def attachments(self, arn: str) -> int:
        return sum(arn in principal.attached for principal in self.principals())

    def boundary_uses(self, arn: str) -> int:
        return sum(principal.boundary == arn for principal in self.principals())

    def members(self, group_name: str) -> list[User]:
        return [self.users[u] for u, groups in self.groups_of.items() if group_name in groups]


def no_such_entity(message: str) -> AwsError:
    return AwsError("NoSuchEntity", message, 404)


def delete_conflict(message: str) -> AwsError:
    return AwsError("DeleteConflict", f"Cannot delete entity, {message}", 409)
