"""Which accounts and regions a call means."""

from __future__ import annotations

from itertools import product
from typing import Any

from sandbox import s3
from sandbox.call import Call
from sandbox.errors import AwsError, validation_error
from sandbox.stacksets import organization
from sandbox.stacksets.model import StackSet, Target


def targets_of(call: Call, stack_set: StackSet) -> dict[Target, str | None]:
    """Every (account, region) of the call, with the OU that it comes from."""
    accounts = _accounts(call, stack_set)
    regions = call.get("Regions", [])
    if not regions:
        raise validation_error("At least one Region must be specified.")
    return {(a, region): unit for (a, unit), region in product(accounts.items(), regions)}


def has_targets(call: Call) -> bool:
    return any(call.get(name) for name in ("Accounts", "DeploymentTargets", "Regions"))


def _accounts(call: Call, stack_set: StackSet) -> dict[str, str | None]:
    direct, targets = call.get("Accounts"), call.get("DeploymentTargets")
    if direct and targets:
        raise validation_error("You can specify Accounts or DeploymentTargets, but not both.")
    if stack_set.is_self_managed:
        return _self_managed(call, direct, targets or {})
    if direct or not targets or not targets.get("OrganizationalUnitIds"):
        raise validation_error("OrganizationalUnitIds are required with SERVICE_MANAGED")
    return _of_units(stack_set, targets)


def _self_managed(
    call: Call, direct: list[str] | None, targets: dict[str, Any]
) -> dict[str, str | None]:
    if targets.get("OrganizationalUnitIds"):
        raise validation_error(
            "OrganizationalUnitIds are not supported with SELF_MANAGED permissions."
        )
    accounts = direct or targets.get("Accounts") or _listed(call, targets.get("AccountsUrl"))
    if not accounts:
        raise validation_error("At least one account must be specified.")
    return dict.fromkeys(accounts)


def _listed(call: Call, url: str | None) -> list[str]:
    if url is None:
        return []
    try:
        text = s3.read_text(call, url)
    except AwsError as error:
        raise validation_error(f"S3 error: {error.message}") from None
    return text.replace(",", "\n").split()


def _of_units(stack_set: StackSet, targets: dict[str, Any]) -> dict[str, str | None]:
    units: list[str] = targets["OrganizationalUnitIds"]
    members: dict[str, str | None] = {
        account: unit
        for unit in units
        for account in organization.accounts_below(stack_set.account_id, unit)
    }
    named = set(targets.get("Accounts", []))
    kind = targets.get("AccountFilterType", "NONE" if not named else "UNION")
    if kind == "INTERSECTION":
        return {account: unit for account, unit in members.items() if account in named}
    if kind == "DIFFERENCE":
        return {account: unit for account, unit in members.items() if account not in named}
    if kind == "UNION":
        return {**members, **{a: members.get(a) for a in named}}
    return members
