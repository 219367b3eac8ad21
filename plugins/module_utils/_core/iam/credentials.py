# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Who has credentials, and what they miss: what every run tells of people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..change import Json
from .initial_password import Identity, StoredPassword
from .login_profiles import LoginProfile, is_over


@dataclass(frozen=True)
class CredentialUse:
    """What the credential report says of one user; it may be four hours old."""

    has_password: bool
    last_used: datetime | None
    last_changed: datetime | None = None
    has_mfa: bool = False
    active_keys: int = 0
    created: datetime | None = None

    def is_about(self, identity: Identity | None) -> bool:
        """Return whether it is about this user, not about one that had the name before."""
        return None in (identity, self.created) or (
            identity is not None and self.created == identity.created.replace(microsecond=0)
        )


def without_mfa(rows: Mapping[str, CredentialUse], people: Collection[str]) -> list[str]:
    """Return who has a console password and no MFA device, sorted."""
    return sorted(
        n for n, row in rows.items() if n in people and row.has_password and not row.has_mfa
    )


def access_keys(
    rows: Mapping[str, CredentialUse], people: Collection[str]
) -> list[dict[str, Json]]:
    """Return who has active access keys, and how many."""
    return [
        {"name": name, "keys": row.active_keys}
        for name, row in sorted(rows.items())
        if name in people and row.active_keys
    ]


def unused_passwords(
    profiles: Mapping[str, LoginProfile], stored: Mapping[str, StoredPassword], now: datetime
) -> list[dict[str, Json]]:
    """Return whose initial password nobody has used yet, with its age in days, oldest first."""
    since = {
        name: stored[name].stored if name in stored else profile.since
        for name, profile in profiles.items()
        if profile.must_change is not False
        and (not is_over(profile, stored[name]) if name in stored else profile.used is None)
    }
    ages = {name: max((now - moment).days, 0) for name, moment in since.items() if moment}
    return [
        {"name": name, "days": days}
        for name, days in sorted(ages.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
