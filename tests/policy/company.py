# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The company of the proof: its accounts, levels and people, and the short names of the tables."""

from __future__ import annotations

import re
from typing import Any

REGION = "ap-northeast-1"
ACCOUNTS = {
    "jump": "111111111111",
    "a-prod": "222222222222",
    "a-staging": "333333333333",
    "b-prod": "444444444444",
}
ATTACKER = {"attacker": "999999999999"}
ACCOUNT_IDS = {**ACCOUNTS, **ATTACKER}
JUMP = ACCOUNTS["jump"]
PROJECTS = {
    "project-a": {"a-prod": "prod", "a-staging": "staging"},
    "project-b": {"b-prod": "prod"},
}
LEVELS: dict[str, dict[str, Any]] = {
    "admin": {"managed_policies": ["AdministratorAccess"]},
    "developer": {"managed_policies": ["PowerUserAccess"]},
    "operator": {"managed_policies": ["ReadOnlyAccess"]},
    # A level of the company's own, dangerous on purpose: it may change IAM, and is no admin.
    "builder": {"managed_policies": ["PowerUserAccess", "IAMFullAccess"]},
}
ACCESS: dict[str, list[tuple[str, str | None]]] = {
    "alice": [("admin", None)],
    "dora": [("developer", None)],
    "otto": [("operator", None)],
    "bill": [("builder", None)],
    "ann": [("admin", "project-a")],
    "ada": [("admin", "project-b")],
    "bea": [("builder", "project-a")],
    "ben": [("builder", "project-b")],
    "bob": [("developer", "project-a")],
    "carol": [("operator", "project-a")],
    "malice": [("operator", "project-b")],
    "erin": [("operator", "project-a"), ("developer", "project-b")],
    "zoe+x@example.com": [("developer", "project-b")],
}
"""Who has which level in which project, None for every account.

Every group has a member, else nothing would ask what its policy says; malice ends with alice.
"""

NETWORKS = ["203.0.113.0/24", "2001:db8:10::/48"]
OPTIONS: dict[str, Any] = {
    "jump_mfa_max_age": 3600,
    "jump_source_networks": NETWORKS,
    "jump_users_source_networks": NETWORKS,
}
"""Everything that makes switching stricter than by default."""

EXCEPTIONS: dict[str, list[dict[str, Any]]] = {
    "bob": [
        {
            "level": "developer",
            "project": "project-a",
            "stage": "staging",
            "actions": ["iam:CreateRole"],
            "until": "2099-03-31",
        }
    ]
}

BUCKET = f"aws-iam-templates-{JUMP}"
SHARED_KEY = "stackset-execution-role.yaml"


def inventory() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the member accounts and the roster, as the inventory has them."""
    members = {
        host: {
            "account_id": ACCOUNTS[host],
            "project": project,
            "stage": stage,
            "bootstrap_role_arn": f"arn:aws:iam::{ACCOUNTS[host]}:role/sandbox-bootstrap",
        }
        for project, stages in PROJECTS.items()
        for host, stage in stages.items()
    }
    roster = [
        {"name": name, "access": [_access(*entry) for entry in access], **_exceptions(name)}
        for name, access in ACCESS.items()
    ]
    return members, roster


def _exceptions(name: str) -> dict[str, Any]:
    return {"exceptions": EXCEPTIONS[name]} if name in EXCEPTIONS else {}


def _access(level: str, project: str | None) -> dict[str, str]:
    return {"level": level} if project is None else {"level": level, "project": project}


def is_granted(person: str, account: str, level: str) -> bool:
    """Return whether the roster lets a person switch to a level's role in an account."""
    return any(
        granted == level and (account in ACCOUNTS if project is None else account in _of(project))
        for granted, project in ACCESS[person]
    )


def _of(project: str) -> dict[str, str]:
    return PROJECTS[project]


_SERVICES = {
    "stackset": ("cloudformation", REGION),
    "stack": ("cloudformation", REGION),
    "parameter": ("ssm", REGION),
    "key": ("kms", REGION),
    "instance": ("ec2", REGION),
}


def resource_arn(text: str, home: str) -> tuple[str, str]:
    """Return ARN and account of a resource as the tables write it, such as a-prod:role/role-admin.

    Without an account it lies in the caller's home account; a bucket begins with 's3:', and what
    has no short name is written as an ARN.
    """
    if text == "*":
        return "*", home
    if text.startswith("arn:"):
        return text, text.split(":")[4] or home
    if text.startswith("s3:"):
        return f"arn:aws:s3:::{text[3:].replace('BUCKET', BUCKET)}", JUMP
    account, _colon, rest = text.rpartition(":") if re.match(r"[\w-]+:", text) else ("", "", text)
    account_id = ACCOUNT_IDS[account] if account else home
    service, region = _SERVICES.get(rest.partition("/")[0], ("iam", ""))
    return f"arn:aws:{service}:{region}:{account_id}:{rest}", account_id
