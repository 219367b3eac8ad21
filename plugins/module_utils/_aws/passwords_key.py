# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Reading our own KMS key for initial passwords: its stack knows which key it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from .._core.change import Json
from .._core.templates.passwords_key import ARN_OUTPUT, MAKER_PARAMETER
from .account import AwsAccount
from .errors import AwsError, doing
from .stacks import describe_stack, parameters_from

_MENDING = {
    "Disabled": "enable it: aws kms enable-key",
    "PendingDeletion": "cancel the deletion, and enable it: aws kms cancel-key-deletion",
}


@dataclass(frozen=True)
class FoundKey:
    """The key, who made it, and its policy as it is."""

    arn: str
    maker: str
    policy: Mapping[str, Json]

    def as_dict(self) -> dict[str, Json]:
        """Return it as results show it."""
        return asdict(self)


def read_passwords_key(aws: AwsAccount, stack: str) -> FoundKey | None:
    """Return the key that a stack made; None where there is no stack, or none that made one."""
    question = f"{aws.label}: key of stack {stack}"
    found = aws.reads.answer(question, lambda: _read(aws, stack))
    return FoundKey(**found) if found else None


def _read(aws: AwsAccount, stack: str) -> dict[str, Json]:
    with doing(aws, f"read stack {stack}"):
        described = describe_stack(aws, stack)
    outputs = {o["OutputKey"]: o["OutputValue"] for o in described.get("Outputs", [])}
    arn = outputs.get(ARN_OUTPUT)
    if arn is None:
        return {}
    with doing(aws, f"read the policy of KMS key {arn}"):
        policy = aws.client("kms").get_key_policy(KeyId=arn)["Policy"]
    return {
        "arn": arn,
        "maker": parameters_from(described).get(MAKER_PARAMETER, ""),
        "policy": json.loads(policy),
    }


def require_usable_key(aws: AwsAccount, arn: str) -> None:
    """Raise AwsError when the key encrypts nothing: without it no password could be read."""
    with doing(aws, f"read the state of KMS key {arn}"):
        state = aws.client("kms").describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
    if state != "Enabled":
        raise AwsError(
            f"use KMS key {arn} in {aws.label} for initial passwords",
            state,
            "the key is not enabled, so passwords encrypted with it cannot be stored or read",
            f"Find out in CloudTrail who did that, and {_MENDING.get(state, 'enable it')} "
            f"--key-id {arn}. Then run again.",
        )
