# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Building, comparing and measuring the policies that the product writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .change import Json

VERSION = "2012-10-17"
FRESH_MFA_SECONDS = 900
"""How recent the MFA sign-in must be for removing an MFA device."""

_LIST_KEYS = ("Action", "NotAction", "Resource", "NotResource")
_STATEMENT_KEYS = ("Sid", "Effect", "Principal", "NotPrincipal", *_LIST_KEYS, "Condition")
_ACCOUNT_ROOT = re.compile(r"arn:[\w-]+:iam::([0-9]{12}):root")


def canonical_policy(document: Json) -> Json:
    """Return a policy document in the one form in which equal meaning is equal text.

    Lists without order are sorted and scalars become lists; statements are sorted; an account
    principal is written as its id.
    """
    statements = document.get("Statement", [])
    if isinstance(statements, Mapping):
        statements = [statements]
    return {
        "Version": document.get("Version", "2008-10-17"),
        **({"Id": document["Id"]} if "Id" in document else {}),
        "Statement": sorted((_canonical_statement(s) for s in statements), key=_text_of),
    }


def _canonical_statement(statement: Mapping[str, Json]) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key, value in statement.items():
        if key in _LIST_KEYS:
            result[key] = _texts(value)
        elif key in ("Principal", "NotPrincipal"):
            result[key] = _canonical_principal(value)
        elif key == "Condition":
            result[key] = {
                operator: {name: _texts(v) for name, v in sorted(keys.items())}
                for operator, keys in sorted(value.items())
            }
        else:
            result[key] = value
    return {key: result[key] for key in sorted(result, key=_statement_order)}


def _statement_order(key: str) -> int:
    return _STATEMENT_KEYS.index(key) if key in _STATEMENT_KEYS else len(_STATEMENT_KEYS)


def _canonical_principal(value: Json) -> Json:
    if value == "*":
        return {"AWS": ["*"]}
    return {
        kind: sorted({_ACCOUNT_ROOT.sub(r"\1", p) for p in _texts(members)})
        for kind, members in sorted(value.items())
    }


def _texts(value: Json) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return sorted({str(v).lower() if isinstance(v, bool) else str(v) for v in values})


def _text_of(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def is_same_policy(one: Json, other: Json) -> bool:
    """Return whether two documents mean the same."""
    return bool(canonical_policy(one) == canonical_policy(other))


def policy_text(document: Json) -> str:
    """Return the compact JSON that is sent to AWS."""
    return json.dumps(document, separators=(",", ":"))


def policy_size(document: Json) -> int:
    """Return the size that IAM's quotas count: characters without white space."""
    return len(re.sub(r"\s", "", policy_text(document)))


def _policy(*statements: Json) -> dict[str, Json]:
    return {"Version": VERSION, "Statement": list(statements)}


def build_switch_policy(role_arns: Iterable[str]) -> dict[str, Json] | None:
    """Return the policy that lets a group switch to exactly these roles, with MFA.

    Without roles there is no policy: an empty Resource list would be an error, a wildcard a hole.
    """
    resources = sorted(set(role_arns))
    if not resources:
        return None
    return _policy(
        {
            "Sid": "SwitchRoles",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Resource": resources,
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}},
        }
    )


def split_role_arns(role_arns: Iterable[str], longest: int) -> tuple[tuple[str, ...], ...]:
    """Return the ARNs in chunks whose switch policies each have at most longest characters."""
    chunks: list[list[str]] = []
    room = 0
    for arn in sorted(set(role_arns)):
        cost = len(arn) + 3
        if cost > room:
            chunks.append([])
            room = longest - policy_size(build_switch_policy(["x"])) + len('"x"') + 1
        chunks[-1].append(arn)
        room -= cost
    return tuple(tuple(c) for c in chunks)


@dataclass(frozen=True)
class TrustOptions:
    """Whom a switch role trusts and under which conditions; ages in seconds."""

    jump_account_id: str
    partition: str = "aws"
    bind_session_name: bool = True
    mfa_max_age: int | None = None
    source_networks: tuple[str, ...] = ()


def build_switch_trust(options: TrustOptions) -> dict[str, Json]:
    """Return the trust policy of a switch role: the Jump account's IAM users, with MFA.

    The account root with a condition is trusted instead of users: a user's ARN in a trust
    becomes the unique id of that user and breaks when the user is made again.
    """
    root = f"arn:{options.partition}:iam::{options.jump_account_id}"
    condition: dict[str, dict[str, list[str]]] = {
        "Bool": {"aws:MultiFactorAuthPresent": ["true"]},
        "ArnLike": {"aws:PrincipalArn": [f"{root}:user/*"]},
    }
    if options.bind_session_name:
        condition["StringEquals"] = {"sts:RoleSessionName": ["${aws:username}"]}
    if options.mfa_max_age is not None:
        condition["NumericLessThan"] = {"aws:MultiFactorAuthAge": [str(options.mfa_max_age)]}
    if options.source_networks:
        condition["IpAddress"] = {"aws:SourceIp": sorted(options.source_networks)}
    return _policy(
        {
            "Sid": "SwitchFromJumpAccount",
            "Effect": "Allow",
            "Principal": {"AWS": [f"{root}:root"]},
            "Action": ["sts:AssumeRole"],
            "Condition": condition,
        }
    )


_ENROL_OWN = (
    "iam:EnableMFADevice",
    "iam:GetMFADevice",
    "iam:ListMFADevices",
    "iam:ResyncMFADevice",
)
_OWN_PASSWORD = ("iam:ChangePassword", "iam:GetUser")
_ACCOUNT_VIEW = ("iam:GetAccountPasswordPolicy", "iam:ListVirtualMFADevices")
_OWN_KEYS = (
    "iam:CreateAccessKey",
    "iam:DeleteAccessKey",
    "iam:GetAccessKeyLastUsed",
    "iam:ListAccessKeys",
    "iam:UpdateAccessKey",
)
_REMOVE_OWN_MFA = ("iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice")
_BY_KEY_WITHOUT_MFA = ("iam:ChangePassword", "iam:CreateVirtualMFADevice", *_ENROL_OWN)


def build_mfa_policy(account_id: str, partition: str = "aws") -> dict[str, Json]:
    """Return the policy of every jump group: enrol MFA first, everything else after.

    Console sessions without MFA carry aws:MultiFactorAuthPresent as false, access keys do not
    carry it at all: a key alone may not even enrol a device, or a leaked key could pass MFA.
    """
    iam = f"arn:{partition}:iam::{account_id}"
    own = [f"{iam}:user/${{aws:username}}", f"{iam}:user/*/${{aws:username}}"]
    return _policy(*_self_service(iam, own), *_denials())


def _self_service(iam: str, own: list[str]) -> Sequence[Json]:
    with_mfa = {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}}
    fresh = {"NumericLessThan": {"aws:MultiFactorAuthAge": [str(FRESH_MFA_SECONDS)]}}

    def allow(
        sid: str, actions: Iterable[str], resource: list[str], condition: Json = None
    ) -> Json:
        statement = {
            "Sid": sid,
            "Effect": "Allow",
            "Action": sorted(actions),
            "Resource": resource,
        }
        return {**statement, "Condition": condition} if condition else statement

    return (
        allow("ViewAccountSettings", _ACCOUNT_VIEW, ["*"]),
        allow("ChangeOwnPassword", _OWN_PASSWORD, own),
        allow("EnrolOwnMfa", _ENROL_OWN, own),
        allow("CreateMfaDeviceUnderAnyName", ("iam:CreateVirtualMFADevice",), [f"{iam}:mfa/*"]),
        allow("RemoveOwnMfaWithFreshMfa", _REMOVE_OWN_MFA[:1], own, {**with_mfa, **fresh}),
        allow("DeleteMfaDevice", _REMOVE_OWN_MFA[1:], [f"{iam}:mfa/*"], {**with_mfa, **fresh}),
        allow("ManageOwnAccessKeys", _OWN_KEYS, own, with_mfa),
    )


def _denials() -> Sequence[Json]:
    exempt = {*_ACCOUNT_VIEW, *_OWN_PASSWORD, *_ENROL_OWN, "iam:CreateVirtualMFADevice"}
    return (
        {
            "Sid": "DenyAllWithoutMfa",
            "Effect": "Deny",
            "NotAction": sorted({*exempt, "sts:GetSessionToken"}),
            "Resource": ["*"],
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": ["false"]}},
        },
        {
            "Sid": "DenyEnrolmentByAccessKeyWithoutMfa",
            "Effect": "Deny",
            "Action": sorted(_BY_KEY_WITHOUT_MFA),
            "Resource": ["*"],
            "Condition": {"Null": {"aws:MultiFactorAuthPresent": ["true"]}},
        },
        {
            "Sid": "DenyMfaRemovalWithStaleMfa",
            "Effect": "Deny",
            "Action": sorted(_REMOVE_OWN_MFA),
            "Resource": ["*"],
            "Condition": {
                "NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": [str(FRESH_MFA_SECONDS)]}
            },
        },
    )


def build_bucket_policy(
    bucket: str, partition: str, jump_account_id: str, reader_ids: Iterable[str], shared_key: str
) -> dict[str, Json]:
    """Return the bucket policy: TLS only, the Jump account reads, members read one object."""
    arn = f"arn:{partition}:s3:::{bucket}"
    readers = sorted(f"arn:{partition}:iam::{i}:root" for i in set(reader_ids))
    shared = {
        "Sid": "MembersReadExecutionRoleTemplate",
        "Effect": "Allow",
        "Principal": {"AWS": readers},
        "Action": ["s3:GetObject", "s3:GetObjectVersion"],
        "Resource": [f"{arn}/{shared_key}"],
    }
    return _policy(
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": {"AWS": ["*"]},
            "Action": ["s3:*"],
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
        },
        {
            "Sid": "JumpAccountReads",
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:{partition}:iam::{jump_account_id}:root"]},
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": [f"{arn}/*"],
        },
        *([shared] if readers else []),
    )
