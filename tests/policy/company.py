# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The company of the proof: its accounts, levels and people, and the short names of the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.integration.conftest import REGION, REGIONS, member

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


@dataclass(frozen=True)
class Company:
    """A company of these accounts and people, in one partition, with its options.

    tables is the folder of its own rows; boundaries are policies that all accounts have before;
    jump is what the inventory says more about the Jump account.
    """

    name: str
    tables: str = ""
    partition: str = "aws"
    options: Mapping[str, Any] = field(default_factory=lambda: OPTIONS)
    levels: Mapping[str, Any] = field(default_factory=lambda: LEVELS)
    exceptions: Mapping[str, Any] = field(default_factory=lambda: EXCEPTIONS)
    boundaries: Mapping[str, Any] = field(default_factory=dict)
    jump: Mapping[str, Any] = field(default_factory=dict)

    @property
    def region(self) -> str:
        """Return the region of the stack set."""
        return REGIONS[self.partition]

    def arn(self, service: str, account_id: str, resource: str, region: str = "") -> str:
        """Return an ARN of the company's partition."""
        return f"arn:{self.partition}:{service}:{region}:{account_id}:{resource}"

    def local(self, text: str) -> str:
        """Return a text of the tables with partition and region in the place of the usual ones."""
        here = text.replace("arn:aws:", f"arn:{self.partition}:").replace(REGION, self.region)
        return here.replace("arn:FOREIGN:", f"arn:{_FOREIGN[self.partition]}:")

    def members(self) -> dict[str, Any]:
        """Return the member accounts as the inventory has them."""
        return {
            host: member(ACCOUNTS[host], project, partition=self.partition, stage=stage)
            for project, stages in PROJECTS.items()
            for host, stage in stages.items()
        }

    def roster(self) -> list[dict[str, Any]]:
        """Return the people as the roster has them."""
        return [
            {"name": name, "access": [_access(*entry) for entry in access], **self._more(name)}
            for name, access in ACCESS.items()
        ]

    def _more(self, name: str) -> dict[str, Any]:
        return {"exceptions": self.exceptions[name]} if name in self.exceptions else {}


_FOREIGN = {
    "aws": "aws-cn",
    "aws-cn": "aws-us-gov",
    "aws-us-gov": "aws",
    "aws-eusc": "aws-iso-b",
    "aws-iso-b": "aws-eusc",
}


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
    "stackset": "cloudformation",
    "stack": "cloudformation",
    "parameter": "ssm",
    "key": "kms",
    "instance": "ec2",
}


def resource_arn(company: Company, text: str, home: str) -> tuple[str, str]:
    """Return ARN and account of a resource as the tables write it, such as a-prod:role/role-admin.

    Without an account it lies in the caller's home account; a bucket begins with 's3:', and what
    has no short name is written as an ARN.
    """
    if text == "*":
        return "*", home
    if text.startswith("arn:"):
        return text, text.split(":")[4] or home
    if text.startswith("s3:"):
        return company.arn("s3", "", text[3:].replace("BUCKET", BUCKET)), JUMP
    account, _colon, rest = text.rpartition(":") if re.match(r"[\w-]+:", text) else ("", "", text)
    account_id = ACCOUNT_IDS[account] if account else home
    service = _SERVICES.get(rest.partition("/")[0])
    if service is None:
        return company.arn("iam", account_id, rest), account_id
    return company.arn(service, account_id, rest, company.region), account_id
