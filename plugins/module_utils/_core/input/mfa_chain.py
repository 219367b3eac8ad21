# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""How the credentials of a profile come about when its configuration asks for an MFA code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Profiles = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class RoleStep:
    """A role that is assumed on the way."""

    role_arn: str
    session_name: str | None = None
    external_id: str | None = None
    duration: int | None = None


@dataclass(frozen=True)
class MfaChain:
    """From the keys of a user and an MFA device to the last role."""

    source: str
    serial: str
    steps: tuple[RoleStep, ...]

    @property
    def key(self) -> str:
        """Return what sessions are filed under: profiles that begin alike share one code."""
        return f"{self.source} {self.serial}"


def read_mfa_chain(profiles: Profiles, name: str) -> MfaChain | None:
    """Return the way to the credentials of a profile, or None where no code is asked for.

    None, too, for a configuration that botocore refuses: it says why.
    """
    steps: list[RoleStep] = []
    serial = ""
    visited: set[str] = set()
    while name in profiles and "role_arn" in profiles[name]:
        profile = profiles[name]
        visited.add(name)
        steps.insert(0, _read_step(profile))
        # A role has no MFA device: a code belongs to the user at the beginning.
        serial = str(profile.get("mfa_serial") or serial)
        name = str(profile.get("source_profile"))
        if name in visited:
            break
    is_known = name in profiles and ("role_arn" not in profiles[name] or _has_keys(profiles[name]))
    if not serial or not is_known:
        return None
    return MfaChain(name, serial, tuple(steps))


def _read_step(profile: Mapping[str, object]) -> RoleStep:
    duration = str(profile.get("duration_seconds", ""))
    return RoleStep(
        role_arn=str(profile["role_arn"]),
        session_name=_text(profile, "role_session_name"),
        external_id=_text(profile, "external_id"),
        duration=int(duration) if duration.isdecimal() else None,
    )


def _text(profile: Mapping[str, object], name: str) -> str | None:
    return str(profile[name]) if name in profile else None


def _has_keys(profile: Mapping[str, object]) -> bool:
    return "aws_access_key_id" in profile
