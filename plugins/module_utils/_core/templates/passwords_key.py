# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Our own KMS key for initial passwords: the stack that makes it, and who may use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..arns import account_root, build_arn
from ..change import Json
from ..ownership import OWNED_TAG
from ..partitions import PARTITIONS
from ..policies.document import build_policy
from .stacksets import FORMAT
from .values import Place

MAKER_PARAMETER = "Maker"
"""Who made the key; nobody can switch to administrator on the first evening."""
ARN_OUTPUT = "KeyArn"
KEY_ID = "PasswordsKey"
_HAS_MAKER = "HasMaker"
_ADMINISTRATION = (
    *("kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey"),
    *("kms:DisableKey", "kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation"),
    *("kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies"),
    *("kms:ListKeyRotations", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant"),
    *("kms:RotateKeyOnDemand", "kms:ScheduleKeyDeletion", "kms:TagResource"),
    *("kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription"),
)
"""What IAM gives out by itself: nothing of it uses the key, and there are no grants."""


@dataclass(frozen=True)
class PasswordsKey:
    """What the key is for; readers are the patterns of ARNs that may decrypt, beside its maker."""

    place: Place
    alias: str
    parameter_prefix: str
    readers: tuple[str, ...]

    @property
    def root(self) -> str:
        """Return the ARN that stands for the account, and for its root user."""
        return account_root(self.place.partition, self.place.account_id)


def build_key_template(key: PasswordsKey) -> dict[str, Json]:
    """Return the template; deleting the stack leaves the key, without which passwords are lost."""
    maker = {"Fn::If": [_HAS_MAKER, {"Ref": MAKER_PARAMETER}, {"Ref": "AWS::NoValue"}]}
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {
        "AWSTemplateFormatVersion": FORMAT,
        "Description": "The KMS key under which initial passwords lie",
        "Parameters": {
            MAKER_PARAMETER: {
                "Type": "String",
                "Default": "",
                "Description": "Who made this stack, and so reads the first passwords",
            }
        },
        "Conditions": {_HAS_MAKER: {"Fn::Not": [{"Fn::Equals": [{"Ref": MAKER_PARAMETER}, ""]}]}},
        "Resources": {
            KEY_ID: {
                "Type": "AWS::KMS::Key",
                **kept,
                "Properties": {
                    "Description": "Initial passwords of the Jump account",
                    "EnableKeyRotation": True,
                    "KeyPolicy": build_key_policy(key, [maker]),
                    "Tags": [{"Key": OWNED_TAG, "Value": "true"}],
                },
            },
            "PasswordsAlias": {
                "Type": "AWS::KMS::Alias",
                "Properties": {"AliasName": key.alias, "TargetKeyId": {"Ref": KEY_ID}},
            },
        },
        "Outputs": {
            ARN_OUTPUT: {
                "Description": "The key that encrypts initial passwords",
                "Value": {"Fn::GetAtt": [KEY_ID, "Arn"]},
            }
        },
    }


def build_key_policy(key: PasswordsKey, makers: Iterable[Json] = ()) -> dict[str, Json]:
    """Return the key policy; it names principals in conditions, so none of them has to exist yet.

    The account stands for all of its principals that IAM allows the same.
    """
    place = key.place
    services = dict.fromkeys(
        f"ssm.{place.region}.{suffix}"
        for suffix in ("amazonaws.com", PARTITIONS[place.partition].dns_suffix)
    )
    stored = build_arn(place.partition, "ssm", place.account_id, "parameter", place.region)
    through_ssm = {
        "StringEquals": {"kms:ViaService": list(services)},
        "StringLike": {
            "kms:EncryptionContext:PARAMETER_ARN": [f"{stored}{key.parameter_prefix}/*"]
        },
    }
    readers = {"ArnLike": {"aws:PrincipalArn": [key.root, *key.readers, *makers]}}
    return build_policy(
        _allow("AdministrationByIam", key.root, _ADMINISTRATION),
        _allow(
            "StoreInitialPasswords", key.root, ("kms:Encrypt", "kms:GenerateDataKey*"), through_ssm
        ),
        _allow("ReadInitialPasswords", key.root, ("kms:Decrypt",), {**through_ssm, **readers}),
    )


def _allow(
    sid: str, root: str, actions: Sequence[str], condition: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": [root]},
        "Action": list(actions),
        "Resource": ["*"],
        **({"Condition": condition} if condition else {}),
    }


def describe_key(key: PasswordsKey, stack: str) -> dict[str, Json]:
    """Return what a run is told of the key: its stack, its policy without a maker, who decrypts."""
    return {
        "stack": stack,
        "policy": build_key_policy(key),
        "readers": [key.root, *key.readers],
    }


def missing_key(stack: str, account: str) -> str:
    """Return that there is no key, and what to do."""
    return (
        f"There is no KMS key for initial passwords in {account}: stack {stack}, which creates "
        "it, is missing or incomplete. Run bootstrap first. Alternatively, set "
        "jump_users_kms_key: aws/ssm; anyone who can read the parameters can then read the "
        "passwords."
    )
