"""Service-managed stack sets look into the organisation, which moto keeps."""

from __future__ import annotations

from moto.organizations.models import OrganizationsBackend, organizations_backends

from sandbox.errors import validation_error


def _backend(account_id: str) -> OrganizationsBackend:
    return organizations_backends[account_id]["aws"]


def require_administrator(account_id: str) -> None:
    """Only the management account (or a delegated administrator) may use SERVICE_MANAGED."""
    if _backend(account_id).org is None:
        raise validation_error(
            "You must be the management account or delegated admin account of an organization "
            "before operating a SERVICE_MANAGED stack set"
        )


def accounts_below(management_account_id: str, unit_id: str) -> list[str]:
    """The member accounts in a root or OU and in the OUs below it, never the management one."""
    backend = _backend(management_account_id)
    if not any(unit.id == unit_id for unit in backend.ou):
        raise validation_error(f"OrganizationalUnit {unit_id} was not found.")
    found = [account.id for account in backend.accounts if account.parent_id == unit_id]
    for unit in backend.ou:
        if unit.parent_id == unit_id:
            found += accounts_below(management_account_id, unit.id)
    return sorted(account for account in found if account != management_account_id)
