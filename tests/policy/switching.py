# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may switch where: every person, role, session, network and session name.

What must come out is computed from the roster in the plainest words, with no code of the product.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.policy.company import ACCESS, ACCOUNT_IDS, LEVELS, is_granted
from tests.policy.table import Row

_WITH_MFA = ("mfa", "older-mfa", "stale-mfa")
_FRESH_ENOUGH = ("mfa", "older-mfa")
_OFFICES = ("office", "office-6")


def switching_rows() -> Iterator[Row]:
    """Give the rows of all layers together, of the identity alone and of each trust alone."""
    for account in ACCOUNT_IDS:
        for level in LEVELS:
            for person in ACCESS:
                yield from _together(person, account, level)
                yield from _identity_alone(person, account, level)
            if account != "attacker":
                yield from _trust_alone(account, level)


def _row(
    layer: str, who: str, account: str, level: str, how: tuple[str, str, str], is_allowed: bool
) -> Row:
    session, network, name = how
    expected = "allowed" if is_allowed else "denied"
    on, given = f"{account}:role/role-{level}", f"as={name}" if name else ""
    return Row("switching", who, session, network, "sts:AssumeRole", on, given, layer, expected)


def _together(person: str, account: str, level: str) -> Iterator[Row]:
    granted = is_granted(person, account, level)
    for session in ("mfa", "console", "key", "stale-mfa"):
        for network in ("office", "elsewhere"):
            for name in ("", "alice" if person != "alice" else "bob"):
                fits = session in _FRESH_ENOUGH and network in _OFFICES and not name
                how = (session, network, name)
                yield _row("all", person, account, level, how, granted and fits)


def _identity_alone(person: str, account: str, level: str) -> Iterator[Row]:
    granted = is_granted(person, account, level)
    for session in ("mfa", "console", "key", "stale-mfa"):
        for layer in ("identity", "group policy"):
            how = (session, "office", "")
            yield _row(layer, person, account, level, how, granted and session in _WITH_MFA)


def _trust_alone(account: str, level: str) -> Iterator[Row]:
    for session in ("mfa", "older-mfa", "console", "key", "stale-mfa"):
        for network in ("office", "office-6", "elsewhere", "elsewhere-6"):
            for name in ("", "alice", "malic", "dora,alice"):
                fits = session in _FRESH_ENOUGH and network in _OFFICES and not name
                how = (session, network, name)
                yield _row("trust", "malice", account, level, how, fits)
