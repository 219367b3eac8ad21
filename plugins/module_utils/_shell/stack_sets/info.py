# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What reports tell of a stack set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..._aws.cfn_yaml import parse_template
from ..._aws.stack_sets.calls import StackSetAddress
from ..._aws.stack_sets.instances import detailed_status, read_instances, read_overrides
from ..._aws.stack_sets.operations import read_operations
from ..._aws.stack_sets.sets import read_stack_set, stack_set_from
from ..._aws.transformations import Answer
from ..._core.change import Json
from ..._core.shown import inert
from ..._core.stacks.canonical import canonical_template
from ..._core.stacks.stack_instances import CURRENT, instance_id


def read_info(
    address: StackSetAddress, *, region: str | None, has_overrides: bool, newest_operations: int
) -> dict[str, Json]:
    """Return the stack set, its instances (of one region) and its newest operations."""
    found = read_stack_set(address)
    if found is None:
        return {
            "exists": False,
            "stack_set": None,
            "instances": [],
            "current_accounts": [],
            "operations": [],
        }
    rows = [row_from(r) for r in read_instances(address) if region in (None, r["Region"])]
    rows.sort(key=lambda row: (row["account_id"], row["region"]))
    if has_overrides:
        rows = _with_overrides(address, rows)
    operations = (read_operations(address, newest_operations) or []) if newest_operations else []
    return {
        "exists": True,
        "stack_set": {"name": address.name, **_identity(found), **stack_set_from(found)},
        "instances": rows,
        "current_accounts": current_accounts(rows),
        "operations": [operation.as_dict() for operation in operations],
    }


def has_template(info: Mapping[str, Json], body: str) -> bool:
    """Return whether the stack set is there with a template of the same meaning."""
    wanted = canonical_template(parse_template(body))
    return info["exists"] and bool(info["stack_set"]["template"] == wanted)


def _identity(answer: Answer) -> dict[str, Json]:
    drift = answer.get("StackSetDriftDetectionDetails", {})
    return {
        "stack_set_id": answer.get("StackSetId", ""),
        "drift_status": drift.get("DriftStatus", "NOT_CHECKED"),
        "drift_checked": str(drift.get("LastDriftCheckTimestamp", "")),
    }


def row_from(answer: Answer) -> dict[str, Json]:
    """Return what is told of an instance."""
    return {
        "account_id": answer["Account"],
        "region": answer["Region"],
        "status": answer.get("Status", ""),
        "detail": detailed_status(answer),
        "reason": inert(answer.get("StatusReason", "")),
        "stack_id": answer.get("StackId", ""),
        "organizational_unit_id": answer.get("OrganizationalUnitId", ""),
        "drift_status": answer.get("DriftStatus", "NOT_CHECKED"),
        "last_operation_id": answer.get("LastOperationId", ""),
    }


def _with_overrides(address: StackSetAddress, rows: list[dict[str, Json]]) -> list[dict[str, Json]]:
    overrides = read_overrides(address, [(row["account_id"], row["region"]) for row in rows])
    return [
        {**row, "parameter_overrides": overrides[instance_id(row["account_id"], row["region"])]}
        for row in rows
    ]


def current_accounts(rows: Iterable[Mapping[str, Json]]) -> list[str]:
    """Return the accounts all of whose rows are current, sorted."""
    listed = list(rows)
    behind = {row["account_id"] for row in listed if row["status"] != CURRENT}
    return sorted({row["account_id"] for row in listed} - behind)
