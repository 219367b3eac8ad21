"""The account itself: its summary of counts and quotas, and its alias."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam.quotas import NOT_REPORTED, QUOTAS
from sandbox.iam.store import Iam, no_such_entity
from sandbox.registry import operation


@operation("iam", "GetAccountSummary")
def get_account_summary(call: Call) -> dict[str, Any]:
    iam = call.part(Iam)
    quotas = {name: value for name, value in QUOTAS.items() if name not in NOT_REPORTED}
    return {"SummaryMap": {**quotas, **_counts(iam)}}


def _counts(iam: Iam) -> dict[str, int]:
    devices = [d for user in iam.users.values() for d in user.mfa_devices]
    unassigned = [d for d in iam.virtual_mfa_devices.values() if d.owner is None]
    return {
        "Users": len(iam.users),
        "Groups": len(iam.groups),
        "Roles": len(iam.roles),
        "Policies": len(iam.local_policies),
        "InstanceProfiles": len(iam.instance_profiles),
        "PolicyVersionsInUse": sum(len(p.versions) for p in iam.local_policies.values()),
        "ServerCertificates": 0,
        "Providers": 0,
        "MFADevices": len(devices) + len(unassigned),
        "MFADevicesInUse": len(devices),
        "AccountMFAEnabled": 0,
        "AccountAccessKeysPresent": 0,
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
    }


class Aliases:
    """Aliases are unique among all accounts."""

    def __init__(self, world: Any, account_id: str, region: str) -> None:
        del world, account_id, region
        self.owner_of: dict[str, str] = {}


@operation("iam", "CreateAccountAlias")
def create_account_alias(call: Call) -> None:
    iam, alias = call.part(Iam), call["AccountAlias"]
    owners = call.world.part(Aliases, "").owner_of
    if owners.get(alias, iam.account_id) != iam.account_id:
        raise AwsError("EntityAlreadyExists", f"The account alias {alias} already exists.")
    # A second alias replaces the first.
    owners.pop(iam.alias or "", None)
    owners[alias] = iam.account_id
    iam.alias = alias


@operation("iam", "ListAccountAliases")
def list_account_aliases(call: Call) -> dict[str, Any]:
    alias = call.part(Iam).alias
    return {"AccountAliases": [alias] if alias else [], "IsTruncated": False}


@operation("iam", "DeleteAccountAlias")
def delete_account_alias(call: Call) -> None:
    iam = call.part(Iam)
    if iam.alias != call["AccountAlias"]:
        raise no_such_entity(f"The account alias {call['AccountAlias']} cannot be found.")
    del call.world.part(Aliases, "").owner_of[call["AccountAlias"]]
    iam.alias = None
