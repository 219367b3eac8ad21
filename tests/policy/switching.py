# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may switch where: every person, role, session, network and session name.

What must come out is computed from the roster in the plainest words, with no code of the product.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.policy.company import ACCESS, ACCOUNT_IDS, LEVELS, Company, is_granted
from tests.policy.table import Row

_WITH_MFA = ("mfa", "older-mfa", "stale-mfa")
_FRESH_ENOUGH = ("mfa", "older-mfa")
_OFFICES = ("office", "office-6")


def switching_rows(company: Company) -> Iterator[Row]:
    """Give the rows of all layers together, of the identity alone and of each trust alone."""
    for account in ACCOUNT_IDS:
        for level in LEVELS:
            for person in ACCESS:
                yield from _together(company, person, account, level)
                yield from _identity_alone(person, account, level)
            if account != "attacker":
                yield from _trust_alone(company, account, level)


def _fits(company: Company, session: str, network: str, name: str) -> bool:
    """Return whether the trust of every switch role lets such a call in; name is a forged one."""
    options = company.options
    is_fresh = session in (_FRESH_ENOUGH if options.get("jump_mfa_max_age") else _WITH_MFA)
    is_near = network in _OFFICES or not options.get("jump_source_networks")
    return is_fresh and is_near and (not name or not options.get("jump_bind_session_name", True))


def _row(
    layer: str, who: str, account: str, level: str, how: tuple[str, str, str], is_allowed: bool
) -> Row:
    session, network, name = how
    expected = "allowed" if is_allowed else "denied"
    on, given = f"{account}:role/role-{level}", f"as={name}" if name else ""
    return Row("switching", who, session, network, "sts:AssumeRole", on, given, layer, expected)


def _together(company: Company, person: str, account: str, level: str) -> Iterator[Row]:
    granted = is_granted(person, account, level)
    for session in ("mfa", "console", "key", "stale-mfa"):
        for network in ("office", "elsewhere"):
            for name in ("", "alice" if person != "alice" else "bob"):
                fits = _fits(company, session, network, name)
                how = (session, network, name)
                yield _row("all", person, account, level, how, granted and fits)


def _identity_alone(person: str, account: str, level: str) -> Iterator[Row]:
    granted = is_granted(person, account, level)
    for session in ("mfa", "console", "key", "stale-mfa"):
        for layer in ("identity", "group policy"):
            how = (session, "office", "")
            yield _row(layer, person, account, level, how, granted and session in _WITH_MFA)
    if granted:
        yield from _resembling(person, account, level)


def _resembling(person: str, account: str, level: str) -> Iterator[Row]:
    """Roles whose names or paths are like that of the switch role, and other calls on it."""
    role = f"{account}:role/role-{level}"
    alike = (f"{role}s", f"{account}:role/x-role-{level}", f"{account}:role/x/role-{level}")
    asked = [("sts:AssumeRole", like) for like in alike]
    for action, on in [*asked, ("sts:TagSession", role), ("sts:SetSourceIdentity", role)]:
        for layer in ("identity", "group policy"):
            yield _one(action, person, on, "", layer)


def _trust_alone(company: Company, account: str, level: str) -> Iterator[Row]:
    for session in ("mfa", "older-mfa", "console", "key", "stale-mfa"):
        for network in ("office", "office-6", "elsewhere", "elsewhere-6"):
            for name in ("", "alice", "malicex", "xmalice"):
                fits = _fits(company, session, network, name)
                how = (session, network, name)
                yield _row("trust", "malice", account, level, how, fits)
    yield from _each_condition_alone(company, account, level)


_JUMP_USER = "aws:PrincipalArn=arn:aws:iam::111111111111:user/alice"
_NO_ROW_OF_AWS = (
    ("malice", "aws:MultiFactorAuthPresent=false"),
    ("malice", "aws:MultiFactorAuthPresent="),
    ("malice", "aws:PrincipalArn="),
    ("malice", "aws:PrincipalArn=arn:aws:iam::999999999999:user/malice"),
    ("malice", "aws:PrincipalArn=arn:aws:iam::111111111111:role/user/malice"),
    ("jump/any:alice", ""),
    ("attacker/any:alice", _JUMP_USER),
    ("a-prod/any:alice", _JUMP_USER),
)
"""Callers that fail in one thing only, some of which AWS would never send.

Each condition must hold by itself, or another one hides that it is missing.
"""
_OF_OPTIONS = (
    ("jump_mfa_max_age", False, "aws:MultiFactorAuthAge="),
    ("jump_source_networks", False, "aws:SourceIp="),
    ("jump_bind_session_name", True, "as="),
)
"""Conditions that an option makes: its name, its default, and a call that lacks the key."""


def _each_condition_alone(company: Company, account: str, level: str) -> Iterator[Row]:
    on = f"{account}:role/role-{level}"
    complete = "aws:MultiFactorAuthPresent=true; aws:MultiFactorAuthAge=60"
    for who, flaw in _NO_ROW_OF_AWS:
        own = "" if who == "malice" else f"{complete}; aws:username=alice; "
        yield _one("sts:AssumeRole", who, on, own + flaw, "trust")
    for option, default, flaw in _OF_OPTIONS:
        is_allowed = not company.options.get(option, default)
        expected = "allowed" if is_allowed else "denied"
        yield _one("sts:AssumeRole", "malice", on, flaw, "trust", expected)
    for action in ("sts:TagSession", "sts:SetSourceIdentity"):
        yield _one(action, "malice", on, "as=", "trust")


def _one(action: str, who: str, on: str, given: str, layer: str, expected: str = "denied") -> Row:
    return Row("switching", who, "mfa", "office", action, on, given, layer, expected)
