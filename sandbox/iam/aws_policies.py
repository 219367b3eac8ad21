"""The policies that AWS manages: one read-only set for all accounts, from moto's data."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from sandbox.arns import partition
from sandbox.iam.model import ManagedPolicy, PolicyVersion


def aws_managed_policies() -> dict[str, ManagedPolicy]:
    """The policies by ARN, as the partition of this sandbox has them."""
    return _policies_of(partition())


@cache
def _policies_of(here: str) -> dict[str, ManagedPolicy]:
    loaded: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    policies = [_policy(name, content, here) for name, content in sorted(loaded.items())]
    return {policy.arn: policy for policy in policies}


def _policy(name: str, content: dict[str, Any], here: str) -> ManagedPolicy:
    version = content["DefaultVersionId"]
    created = datetime.fromisoformat(content["CreateDate"])
    updated = datetime.fromisoformat(content["UpdateDate"])
    document = json.dumps(content["Document"], separators=(",", ":"))
    return ManagedPolicy(
        account_id="aws",
        name=name,
        path=content["Path"],
        description="",
        created=created,
        updated=updated,
        versions=[PolicyVersion(version, document.replace("arn:aws:", f"arn:{here}:"), updated)],
        default_version=version,
    )
