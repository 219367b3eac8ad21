# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callers as AWS sees them: a principal, its documents and the context keys of its calls.

The evaluator derives none of aws:username, aws:userid, aws:PrincipalArn and aws:ResourceAccount
from the principal: they are set here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.policy.company import ACCOUNT_IDS, JUMP, Company
from tests.policy.estate import ANYTHING, Estate, Identity

NOW = "2026-12-01T12:00:00Z"
SIGNED_IN = "2026-12-01T09:00:00Z"
SESSIONS: dict[str, dict[str, str]] = {
    "console": {"aws:MultiFactorAuthPresent": "false", "aws:TokenIssueTime": SIGNED_IN},
    "key": {},
    "mfa": {
        "aws:MultiFactorAuthPresent": "true",
        "aws:MultiFactorAuthAge": "60",
        "aws:TokenIssueTime": SIGNED_IN,
    },
    "older-mfa": {
        "aws:MultiFactorAuthPresent": "true",
        "aws:MultiFactorAuthAge": "1800",
        "aws:TokenIssueTime": SIGNED_IN,
    },
    "stale-mfa": {
        "aws:MultiFactorAuthPresent": "true",
        "aws:MultiFactorAuthAge": "40000",
        "aws:TokenIssueTime": SIGNED_IN,
    },
}
"""Sessions of a user. An access key without MFA carries no MFA key at all."""

NETWORKS = {
    "office": "203.0.113.10",
    "office-6": "2001:db8:10::7",
    "elsewhere": "198.51.100.7",
    "elsewhere-6": "2001:db8:20::7",
}
SERVICES = ("cloudformation", "lambda", "ec2")


@dataclass(frozen=True)
class Caller:
    """Who calls; account is the id of the account the caller belongs to."""

    principal: str | None
    account: str
    documents: tuple[str, ...]
    context: Mapping[str, str]
    boundary: str | None = None
    name: str = ""


def caller(estate: Estate, who: str, session: str, network: str) -> Caller:
    """Return the caller that a table names.

    alice; alice@/people/ (the same user under a path); ACCOUNT/ROLE:SESSION; ACCOUNT/root;
    ACCOUNT/any:SESSION (a role that is not the product's and may do anything); a service;
    nobody (a user without groups); anonymous.
    """
    common = {
        "aws:SourceIp": NETWORKS[network],
        "aws:SecureTransport": "true",
        "aws:CurrentTime": NOW,
        "aws:RequestedRegion": estate.company.region,
        "aws:ViaAWSService": "false",
    }
    if who in SERVICES:
        return _service(who, common)
    if who == "anonymous":
        return Caller(None, "", (), {**common, "aws:PrincipalType": "Anonymous"})
    if "/" in who.partition("@")[0]:
        return _of_account(estate, who, common)
    name, _at, path = who.partition("@/")
    user = estate.users.get(name) or _nobody(estate.company, name)
    return _user(user.with_path(f"/{path}") if path else user, {**common, **SESSIONS[session]})


def _nobody(company: Company, name: str) -> Identity:
    assert name in ("nobody", "administrator"), f"the roster has no {name}"
    documents = (ANYTHING,) if name == "administrator" else ()
    arn = company.arn("iam", JUMP, f"user/{name}")
    return Identity(JUMP, name, arn, "AIDANOBODY", documents)


def _user(user: Identity, context: dict[str, str]) -> Caller:
    own = {
        "aws:username": user.name,
        "aws:userid": user.unique_id,
        "aws:PrincipalArn": user.arn,
        "aws:PrincipalAccount": user.account,
        "aws:PrincipalType": "User",
    }
    context = {**context, **own}
    return Caller(user.arn, user.account, user.documents, context, user.boundary, user.name)


def _of_account(estate: Estate, who: str, common: dict[str, str]) -> Caller:
    company = estate.company
    account, _slash, rest = who.partition("/")
    account_id = ACCOUNT_IDS[account]
    role_name, _colon, session_name = rest.partition(":")
    own = {"aws:PrincipalAccount": account_id, "aws:TokenIssueTime": SIGNED_IN}
    if role_name == "root":
        arn = company.arn("iam", account_id, "root")
        own |= {"aws:PrincipalArn": arn, "aws:userid": account_id, "aws:PrincipalType": "Account"}
        return Caller(arn, account_id, (ANYTHING,), {**common, **own})
    known = estate.roles.get((account_id, role_name))
    role = known or _any_role(company, account_id, role_name)
    own |= {
        "aws:PrincipalArn": role.arn,
        "aws:userid": f"{role.unique_id}:{session_name}",
        "aws:PrincipalType": "AssumedRole",
    }
    principal = company.arn("sts", account_id, f"assumed-role/{role_name}/{session_name}")
    context = {**common, **own}
    return Caller(principal, account_id, role.documents, context, role.boundary, session_name)


def _any_role(company: Company, account_id: str, name: str) -> Identity:
    assert name == "any" or account_id == ACCOUNT_IDS["attacker"], f"no role {name}"
    arn = company.arn("iam", account_id, f"role/{name}")
    return Identity(account_id, name, arn, "AROAANY", (ANYTHING,))


def _service(name: str, common: dict[str, str]) -> Caller:
    principal = f"{name}.amazonaws.com"
    own = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal}
    return Caller(principal, "", (), {**common, **own})
