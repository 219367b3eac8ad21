# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Condition keys and operators of IAM that policies are checked against."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum


class ValueType(StrEnum):
    """What the value of a condition key is; the value is the word that people read."""

    STRING = "a string"
    ARN = "an ARN"
    NUMBER = "a number"
    DATE = "a date"
    EPOCH = "a date or a number of seconds"
    BOOLEAN = "a boolean"
    ADDRESS = "an IP address"


_STRING, _ARN, _NUMBER = ValueType.STRING, ValueType.ARN, ValueType.NUMBER
_DATE, _EPOCH = ValueType.DATE, ValueType.EPOCH
_BOOLEAN, _ADDRESS = ValueType.BOOLEAN, ValueType.ADDRESS


def _typed(prefix: str, value_type: ValueType, names: str) -> dict[str, ValueType]:
    return {f"{prefix}:{name}": value_type for name in names.split()}


KEYS: dict[str, ValueType] = {
    **_typed(
        "aws",
        _STRING,
        "AssumedRoot CalledVia CalledViaFirst CalledViaLast Ec2InstanceSourceVpc FederatedProvider "
        "PrincipalAccount PrincipalOrgID PrincipalOrgPaths PrincipalServiceName "
        "PrincipalServiceNamesList PrincipalType referer RequestedRegion ResourceAccount "
        "ResourceOrgID ResourceOrgPaths SourceAccount SourceIdentity SourceOrgID SourceOrgPaths "
        "SourceOwner SourceVpc SourceVpce TagKeys UserAgent userid username VpceAccount VpceOrgID "
        "VpceOrgPaths",
    ),
    **_typed("aws", _ARN, "ChatbotSourceArn PrincipalArn SignInSessionArn SourceArn SourceVpcArn"),
    **_typed("aws", _DATE, "CurrentTime TokenIssueTime"),
    **_typed("aws", _EPOCH, "EpochTime"),
    **_typed("aws", _NUMBER, "MultiFactorAuthAge"),
    **_typed(
        "aws",
        _BOOLEAN,
        "MultiFactorAuthPresent PrincipalIsAWSService SecureTransport ViaAWSMCPService "
        "ViaAWSService",
    ),
    **_typed("aws", _ADDRESS, "Ec2InstanceSourcePrivateIPv4 SourceIp VpcSourceIp"),
    **_typed(
        "sts",
        _STRING,
        "AWSServiceName ExternalId RequestContextProviders RoleSessionName SourceIdentity "
        "TransitiveTagKeys",
    ),
    **_typed("sts", _NUMBER, "DurationSeconds"),
    **_typed("sts", _ARN, "TaskPolicyArn"),
    **_typed(
        "iam",
        _STRING,
        "AWSServiceName FIDO-FIPS-140-2-certification FIDO-FIPS-140-3-certification "
        "FIDO-certification OrganizationsPolicyId PassedToService RegisterSecurityKey "
        "ServiceSpecificCredentialServiceName",
    ),
    **_typed("iam", _NUMBER, "ServiceSpecificCredentialAgeDays"),
    **_typed("iam", _ARN, "AssociatedResourceArn PermissionsBoundary PolicyARN"),
}
"""All keys of the prefixes aws, sts and iam; keys of other services are checked by form only."""

_OF_SERVICES: dict[str, ValueType] = {
    key.lower(): value_type
    for key, value_type in {
        **_typed("ec2", _STRING, "InstanceType Region"),
        **_typed("kms", _STRING, "CallerAccount EncryptionContextKeys ViaService"),
        **_typed(
            "s3",
            _STRING,
            "authType delimiter LocationConstraint prefix signatureversion VersionId x-amz-acl "
            "x-amz-server-side-encryption x-amz-storage-class",
        ),
        **_typed("s3", _NUMBER, "max-keys signatureAge TlsVersion"),
    }.items()
}
"""A few keys of services that people use much; there are others of these prefixes."""

_KNOWN_PREFIXES = frozenset(key.partition(":")[0] for key in KEYS)
_BY_LOWER = {key.lower(): key for key in KEYS}
_WITH_NAME = re.compile(
    r"(aws:(PrincipalTag|RequestTag|ResourceTag)|iam:ResourceTag|sts:RequestContext)/.+",
    flags=re.IGNORECASE,
)
_SERVICE = r"[a-z0-9-]+"
_IDENTITY_PROVIDER = r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[a-z0-9._-]+)*"
_FORM = re.compile(rf"({_SERVICE}|{_IDENTITY_PROVIDER}):[a-z].*", flags=re.ASCII | re.IGNORECASE)

_FAMILIES: dict[str, tuple[str, frozenset[ValueType]]] = {
    "String": (
        "StringEquals StringEqualsIgnoreCase StringLike StringNotEquals "
        "StringNotEqualsIgnoreCase StringNotLike",
        frozenset({_STRING, _ARN}),
    ),
    "Arn": ("ArnEquals ArnLike ArnNotEquals ArnNotLike", frozenset({_ARN})),
    "Numeric": (
        "NumericEquals NumericGreaterThan NumericGreaterThanEquals NumericLessThan "
        "NumericLessThanEquals NumericNotEquals",
        frozenset({_NUMBER, _EPOCH}),
    ),
    "Date": (
        "DateEquals DateGreaterThan DateGreaterThanEquals DateLessThan DateLessThanEquals "
        "DateNotEquals",
        frozenset({_DATE, _EPOCH}),
    ),
    "Bool": ("Bool", frozenset({_BOOLEAN})),
    "IpAddress": ("IpAddress NotIpAddress", frozenset({_ADDRESS})),
    "Binary": ("BinaryEquals", frozenset({_STRING})),
    "Null": ("Null", frozenset(ValueType)),
}
_FAMILY_OF = {
    operator: family
    for family, (listed, _types) in _FAMILIES.items()
    for operator in listed.split()
}
OPERATORS = frozenset(_FAMILY_OF) | {f"{o}IfExists" for o in _FAMILY_OF if o != "Null"}


def operator_family(operator: str) -> str | None:
    """Return the family of an operator such as ForAnyValue:StringLikeIfExists, if it is one."""
    bare = re.sub(r"^(ForAllValues|ForAnyValue):", "", operator)
    return _FAMILY_OF.get(bare.removesuffix("IfExists")) if bare in OPERATORS else None


def is_known_key(key: str) -> bool:
    """Return whether there is such a key; IAM ignores case in keys."""
    if _is_listed(key):
        return True
    prefix, _colon, name = key.partition(":")
    if prefix.lower() in _KNOWN_PREFIXES or not _FORM.fullmatch(key):
        return False
    # Services have keys of their own, but hardly under a name of ours and a prefix nearly ours.
    return not any(_is_listed(f"{ours}:{name}") for ours in _prefixes_near(prefix))


def _is_listed(key: str) -> bool:
    return key.lower() in _BY_LOWER or bool(_WITH_NAME.fullmatch(key))


def _prefixes_near(prefix: str) -> set[str]:
    """Return our prefixes with one character more or less, or with two exchanged."""
    lower = prefix.lower()
    exchanged = {ours for ours in _KNOWN_PREFIXES if sorted(ours) == sorted(lower)}
    return exchanged | set(get_close_matches(lower, _KNOWN_PREFIXES, cutoff=0.75))


def key_type(key: str) -> ValueType | None:
    """Return what the values of a key are, where we know it."""
    if _WITH_NAME.fullmatch(key):
        return _STRING
    known = _BY_LOWER.get(key.lower())
    return KEYS[known] if known else _OF_SERVICES.get(key.lower())


def is_fit(family: str, value_type: ValueType) -> bool:
    """Return whether operators of a family compare such values."""
    return value_type in _FAMILIES[family][1]


def fitting_operators(value_type: ValueType) -> Iterable[str]:
    """Return the operators that compare such values, without Null, sorted."""
    return sorted(
        operator
        for family, (listed, types) in _FAMILIES.items()
        for operator in listed.split()
        if value_type in types and family not in ("Null", "Binary")
    )
