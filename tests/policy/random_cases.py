# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random policies and calls, made of what the product's policies are made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.identity import Identity
from sandbox.policy_decision import Asked, Policies
from tests.policy.evaluator import Request

Json = Any
JUMP, MEMBER = "111111111111", "222222222222"
USERS = ("alice", "malice", "al.ice+x@example.com")
PATHS = ("", "people/", "alice/")
STRINGS = {
    "aws:username": [*USERS, "${aws:username}", "*", "a*", "?lice"],
    "sts:RoleSessionName": [*USERS, "${aws:username}", "${aws:PrincipalTag/team}", "al*"],
    "aws:userid": ["*:alice", "AROAX:alice", "*:${aws:username}", "*", "AIDAALICE"],
    "aws:PrincipalAccount": [JUMP, MEMBER, "${aws:ResourceAccount}"],
    "aws:SourceAccount": [JUMP, MEMBER],
    "aws:ResourceAccount": [JUMP, MEMBER, "${aws:PrincipalAccount}"],
    "aws:PrincipalType": ["User", "AssumedRole", "*"],
    "aws:RequestedRegion": ["ap-northeast-1", "us-*", "eu-west-?"],
    "aws:CalledViaFirst": ["cloudformation.amazonaws.com", "ssm.*", "*"],
    "aws:ResourceTag/jumpaccount": ["own", "*"],
    "kms:CallerAccount": [JUMP, MEMBER, "${aws:PrincipalAccount}"],
    "kms:EncryptionContext:PARAMETER_ARN": ["*:parameter/jumpaccount/*", "*/${aws:username}"],
    "kms:ViaService": ["ssm.ap-northeast-1.amazonaws.com", "ssm.*", "s3.*"],
}
VIA = ["cloudformation.amazonaws.com", "ssm.amazonaws.com"]
SETS = {"aws:CalledVia": [*VIA, "*.amazonaws.com"]}
ARNS = {
    "aws:PrincipalArn": [
        f"arn:aws:iam::{JUMP}:user/*",
        f"arn:aws:iam::{JUMP}:user/alice",
        f"arn:aws:iam::{JUMP}:user/${{aws:username}}",
        "arn:aws:iam::*:role/role-?dmin",
        f"arn:aws:iam::{JUMP}:role/role-admin",
        "arn:*:iam::*:*",
    ],
    "aws:SourceArn": [
        f"arn:aws:cloudformation:ap-northeast-1:{JUMP}:stackset/iam-roles:*",
        f"arn:aws:cloudformation:*:{MEMBER}:stackset/*",
    ],
}
NUMBERS = {"aws:MultiFactorAuthAge": ["60", "900", "3600", "0"]}
DATES = {
    "aws:CurrentTime": ["2026-12-01T12:00:00Z", "2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
    "aws:TokenIssueTime": ["2026-12-01T09:00:00Z", "2026-11-01T00:00:00Z"],
}
BOOLS = {
    "aws:MultiFactorAuthPresent": ["true", "false"],
    "aws:SecureTransport": ["true", "false"],
    "aws:ViaAWSService": ["true", "false"],
}
ADDRESSES = {
    "aws:SourceIp": ["203.0.113.0/24", "203.0.113.10/32", "2001:db8:10::/48", "198.51.100.0/25"]
}
ORDERS = ("LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals", "Equals", "NotEquals")
FAMILIES: tuple[tuple[dict[str, list[str]], tuple[str, ...]], ...] = (
    (STRINGS, ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")),
    (ARNS, ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringEquals", "StringLike")),
    (NUMBERS, tuple(f"Numeric{order}" for order in ORDERS)),
    (DATES, tuple(f"Date{order}" for order in ORDERS)),
    (BOOLS, ("Bool",)),
    (ADDRESSES, ("IpAddress", "NotIpAddress")),
    (SETS, ("ForAnyValue:StringLike", "ForAnyValue:StringNotLike", "ForAllValues:StringLike")),
)
ACTUAL = {
    "aws:MultiFactorAuthPresent": ["true", "false"],
    "aws:MultiFactorAuthAge": ["0", "60", "899", "900", "40000"],
    "aws:SecureTransport": ["true", "false"],
    "aws:ViaAWSService": ["false", "true"],
    "aws:SourceIp": ["203.0.113.10", "203.0.113.255", "198.51.100.200", "2001:db8:10::7"],
    "aws:CurrentTime": ["2026-12-01T12:00:00Z", "2027-02-01T00:00:00Z"],
    "aws:TokenIssueTime": ["2026-12-01T09:00:00Z", "2026-10-01T00:00:00Z"],
    "aws:SourceAccount": [JUMP, MEMBER],
    "aws:RequestedRegion": ["ap-northeast-1", "us-east-1", "eu-west-1"],
    "aws:CalledViaFirst": VIA,
    "aws:SourceArn": [
        f"arn:aws:cloudformation:ap-northeast-1:{JUMP}:stackset/iam-roles:1",
        f"arn:aws:cloudformation:eu-west-1:{MEMBER}:stackset/x:1",
    ],
}
ACTUAL_OF_KEYS = {
    "aws:ResourceTag/jumpaccount": ["own", "else"],
    "kms:CallerAccount": [JUMP, MEMBER],
    "kms:EncryptionContext:PARAMETER_ARN": [
        f"arn:aws:ssm:ap-northeast-1:{JUMP}:parameter/jumpaccount/alice",
        f"arn:aws:ssm:ap-northeast-1:{JUMP}:parameter/else/malice",
    ],
    "kms:ViaService": ["ssm.ap-northeast-1.amazonaws.com", "ssm.us-east-1.amazonaws.com"],
}
"""What only calls of KMS carry."""


@dataclass(frozen=True)
class Drawn:
    """One call as both evaluators take it."""

    request: Request
    asked: Asked
    policies: Policies


def draw(random: Random) -> Drawn:
    """Return a random call with random policies."""
    caller = _caller(random)
    action, resource, account, kind = _call(random)
    context = _context(random, caller, action, account)
    identity = [_policy(random, "identity") for _n in range(random.randint(0, 2))]
    if caller.kind in ("Service", "Account"):
        identity = [_everything()] if caller.kind == "Account" else []
    boundary = _policy(random, "identity") if _has_boundary(random, caller, kind) else None
    is_needed = kind in ("trust", "key")
    has_own = is_needed or (kind == "bucket" and random.random() < 0.8)
    is_foreign = caller.account_id != account
    own = _policy(random, kind) if has_own or (kind == "bucket" and is_foreign) else None
    bounds = None if boundary is None else [boundary]
    request = Request(caller.arn, action, resource, account, context, identity, bounds, own)
    policies = Policies(
        [json.dumps(document) for document in identity],
        None if boundary is None else json.dumps(boundary),
        None if own is None else json.dumps(own),
        is_needed,
    )
    return Drawn(request, Asked(caller, action, resource, account, dict(context)), policies)


def _caller(random: Random) -> Identity:
    kind = random.choices(("User", "AssumedRole", "Account", "Service"), (6, 3, 1, 1))[0]
    account = random.choice((JUMP, JUMP, MEMBER))
    if kind == "Service":
        return Identity(
            "", "cloudformation.amazonaws.com", "", kind, "cloudformation.amazonaws.com"
        )
    if kind == "Account":
        arn = f"arn:aws:iam::{account}:root"
        return Identity(account, arn, account, kind, principal_arn=arn)
    name = random.choice(USERS)
    if kind == "User":
        arn = f"arn:aws:iam::{account}:user/{random.choice(PATHS)}{name}"
        return Identity(account, arn, "AIDAALICE", kind, name, principal_arn=arn)
    role = random.choice(("role-admin", "role-developer"))
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/{name}"
    principal = f"arn:aws:iam::{account}:role/{role}"
    return Identity(account, arn, f"AROAX:{name}", kind, role, principal_arn=principal)


def _call(random: Random) -> tuple[str, str, str, str]:
    account = random.choice((JUMP, MEMBER))
    role = random.choice(("role-admin", "role-developer", "x/role-admin"))
    user = random.choice(PATHS) + random.choice(USERS)
    key = random.choice(("execution.yaml", "other/1.json"))
    client = random.choice(("localhost", "remote"))
    return random.choice(
        (
            ("sts:AssumeRole", f"arn:aws:iam::{account}:role/{role}", account, "trust"),
            ("sts:AssumeRole", f"arn:aws:iam::{JUMP}:role/{role}", JUMP, "trust"),
            ("iam:ChangePassword", f"arn:aws:iam::{JUMP}:user/{user}", JUMP, "none"),
            ("iam:EnableMFADevice", f"arn:aws:iam::{JUMP}:user/{user}", JUMP, "none"),
            ("iam:CreateVirtualMFADevice", f"arn:aws:iam::{JUMP}:mfa/{user}", JUMP, "none"),
            ("iam:CreateAccessKey", f"arn:aws:iam::{JUMP}:user/{user}", JUMP, "none"),
            ("signin:AuthorizeOAuth2Access", f"{_SIGN_IN}/{client}", JUMP, "none"),
            ("signin:CreateOAuth2Token", f"{_SIGN_IN}/{client}", JUMP, "none"),
            ("cloudtrail:StopLogging", f"{_TRAIL}/audit", JUMP, "none"),
            ("events:PutRule", f"{_RULE}/{key.partition('/')[0]}", JUMP, "none"),
            ("iam:PassRole", f"arn:aws:iam::{JUMP}:role/{role}", JUMP, "none"),
            ("iam:ListUsers", "*", JUMP, "none"),
            ("ssm:GetParameter", f"{_SSM}/jumpaccount/initial-password/{user}", JUMP, "none"),
            ("cloudformation:CreateStackInstances", f"{_STACK_SET}:0b5c", JUMP, "none"),
            ("sns:Publish", _TOPIC, JUMP, "none"),
            ("sns:Subscribe", _TOPIC, JUMP, "none"),
            ("kms:Decrypt", f"arn:aws:kms:ap-northeast-1:{account}:key/{_KEY}", account, "key"),
            ("kms:PutKeyPolicy", f"arn:aws:kms:ap-northeast-1:{JUMP}:key/{_KEY}", JUMP, "key"),
            ("s3:GetObject", f"arn:aws:s3:::templates/{key}", JUMP, "bucket"),
            ("s3:PutObject", f"arn:aws:s3:::templates/{key}", JUMP, "bucket"),
        )
    )


def _context(
    random: Random, caller: Identity, action: str, account: str
) -> dict[str, str | list[str]]:
    context: dict[str, str | list[str]] = {
        key: random.choice(values) for key, values in ACTUAL.items() if random.random() < 0.7
    }
    if action.startswith("kms:"):
        context |= {k: random.choice(v) for k, v in ACTUAL_OF_KEYS.items() if random.random() < 0.7}
    context["aws:ResourceAccount"] = account
    if random.random() < 0.5:
        context["aws:CalledVia"] = random.sample(VIA, random.randint(1, 2))
    if caller.kind != "Service":
        context |= {
            "aws:PrincipalArn": caller.principal_arn,
            "aws:PrincipalAccount": caller.account_id,
            "aws:PrincipalType": caller.kind,
            "aws:userid": caller.user_id,
        }
    if caller.kind == "User":
        context["aws:username"] = caller.name
    if action == "sts:AssumeRole" and random.random() < 0.9:
        context["sts:RoleSessionName"] = random.choice(USERS)
    return context


def _everything() -> Json:
    return _document([{"Effect": "Allow", "Action": "*", "Resource": "*"}])


def _document(statements: list[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": statements}


def _policy(random: Random, kind: str) -> Json:
    return _document([_statement(random, kind) for _n in range(random.randint(1, 3))])


def _statement(random: Random, kind: str) -> Json:
    statement: dict[str, Json] = {"Effect": random.choices(("Allow", "Deny"), (3, 1))[0]}
    if kind != "identity":
        statement["Principal"] = _principal(random)
    if kind == "trust":
        statement["Action"] = random.choice(
            ("sts:AssumeRole", ["sts:AssumeRole", "sts:TagSession"])
        )
    elif kind == "key":
        statement["Action"] = _some(random, _KEY_ACTIONS)
        statement["Resource"] = "*"
    else:
        element = random.choices(("Action", "NotAction"), (4, 1))[0]
        statement[element] = _some(random, _ACTIONS)
        element = random.choices(("Resource", "NotResource"), (4, 1))[0]
        statement[element] = _some(random, _RESOURCES)
    conditions = _conditions(random)
    return {**statement, "Condition": conditions} if conditions else statement


_SSM = f"arn:aws:ssm:ap-northeast-1:{JUMP}:parameter"
_STACK_SET = f"arn:aws:cloudformation:ap-northeast-1:{JUMP}:stackset/iam-roles"
_SIGN_IN = f"arn:aws:signin:ap-northeast-1:{JUMP}:oauth2/public-client"
_TRAIL = f"arn:aws:cloudtrail:ap-northeast-1:{JUMP}:trail"
_RULE = f"arn:aws:events:ap-northeast-1:{JUMP}:rule"
_TOPIC = f"arn:aws:sns:ap-northeast-1:{JUMP}:jumpaccount"
_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
_KEY_ACTIONS = ("kms:*", "kms:Decrypt", "kms:Put*", "kms:GenerateDataKey")
_ACTIONS = (
    "*",
    "cloudformation:*",
    "iam:*MFADevice",
    "iam:PassRole",
    "ssm:Get*",
    "sts:*",
    "sts:AssumeRole",
    "iam:*",
    "iam:Change*",
    "iam:EnableMFADevice",
    "s3:Get*",
    "signin:*",
    "signin:Create*",
    "cloudtrail:Stop*",
    "events:Put*",
    "kms:*",
    "kms:Decrypt",
    "sns:*",
    "sns:Publish",
)
_RESOURCES = (
    "*",
    f"arn:aws:iam::{JUMP}:user/${{aws:username}}",
    f"arn:aws:iam::{JUMP}:user/*/${{aws:username}}",
    f"arn:aws:iam::{JUMP}:role/role-admin",
    f"arn:aws:iam::{MEMBER}:role/role-admin",
    "arn:aws:iam::*:role/role-?dmin",
    f"arn:aws:iam::{JUMP}:*",
    f"arn:aws:iam::{JUMP}:mfa/*",
    f"arn:aws:iam::{JUMP}:mfa/${{aws:username}}",
    f"{_SSM}/jumpaccount/*",
    f"{_STACK_SET}:*",
    "arn:aws:s3:::templates/*",
    "arn:aws:s3:::templates/execution.yaml",
    f"arn:aws:signin:*:{JUMP}:oauth2/public-client/localhost",
    f"{_TRAIL}/*",
    f"{_RULE}/execution.yaml",
    _TOPIC,
    f"arn:aws:kms:*:{JUMP}:key/*",
)


def _some(random: Random, values: tuple[str, ...]) -> Json:
    chosen = random.sample(values, random.randint(1, 2))
    return chosen[0] if len(chosen) == 1 and random.random() < 0.5 else chosen


def _principal(random: Random) -> Json:
    return random.choice(
        (
            {"AWS": f"arn:aws:iam::{JUMP}:root"},
            {"AWS": [f"arn:aws:iam::{JUMP}:root", f"arn:aws:iam::{MEMBER}:root"]},
            {"AWS": [MEMBER]},
            {"AWS": [f"arn:aws:iam::{JUMP}:user/alice"]},
            {"AWS": "*"},
            "*",
            {"Service": ["cloudformation.amazonaws.com"]},
            {"Service": "lambda.amazonaws.com", "AWS": JUMP},
        )
    )


def _conditions(random: Random) -> Json:
    conditions: dict[str, dict[str, Json]] = {}
    for _n in range(random.choices((0, 1, 2), (3, 4, 2))[0]):
        keys, operators = random.choice(FAMILIES)
        key = random.choice(sorted(keys))
        if random.random() < 0.1:
            conditions.setdefault("Null", {})[key] = random.choice(("true", "false"))
            continue
        operator = random.choice(operators) + random.choices(("", "IfExists"), (3, 1))[0]
        values = random.sample(keys[key], min(len(keys[key]), random.randint(1, 2)))
        conditions.setdefault(operator, {})[key] = values[0] if random.random() < 0.3 else values
    return conditions


def _has_boundary(random: Random, caller: Identity, kind: str) -> bool:
    return caller.kind in ("User", "AssumedRole") and kind == "none" and random.random() < 0.4
