# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Users that something else made: what is known of their credentials, and how they are taken in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from ..change import Json, Kind, ObjectId, State


class AdoptCredentials(StrEnum):
    """What becomes of the credentials of users that are adopted."""

    REQUIRE_MFA = "require_mfa"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Credentials:
    """What a user can sign in or call AWS with, apart from MFA devices, which are counted, too."""

    console_password: bool = False
    access_keys: int = 0
    ssh_public_keys: int = 0
    signing_certificates: int = 0
    service_specific_credentials: int = 0
    mfa_devices: int = 0

    def withdrawn(self) -> dict[str, Json]:
        """Return what goes when they are withdrawn."""
        return {k: v for k, v in asdict(self).items() if v and k != "mfa_devices"}

    @property
    def acts_without_mfa(self) -> bool:
        """Return whether somebody may know a password or a key, and no device protects it."""
        return bool(self.withdrawn()) and not self.mfa_devices


def refused_adoptions(found: Mapping[str, Credentials], how: AdoptCredentials) -> dict[str, str]:
    """Return the users that are not adopted as they are, with the two ways on."""
    if how is AdoptCredentials.WITHDRAW:
        return {}
    return {
        name: (
            f"User {name} has {_words(one)} and no MFA device, so anyone who knows them would "
            "have the new access; the user was not changed. Have the person enroll an MFA "
            "device and run again, or run again with adopt_credentials "
            "(jump_users_adopt_credentials in the roles of this collection) set to withdraw, "
            "which removes them and issues a new password."
        )
        for name, one in found.items()
        if one.acts_without_mfa
    }


def _words(found: Credentials) -> str:
    return ", ".join(
        name.replace("_", " ") if count is True else f"{name.replace('_', ' ')} ({count})"
        for name, count in found.withdrawn().items()
    )


def withdrawn_credentials(found: Mapping[str, Credentials], how: AdoptCredentials) -> State:
    """Return the credentials that go before their user gets anything."""
    if how is AdoptCredentials.REQUIRE_MFA:
        return {}
    return {
        ObjectId(Kind.CREDENTIALS, (name,)): one.withdrawn()
        for name, one in found.items()
        if one.withdrawn()
    }


def passwordless(
    found: Mapping[str, Credentials], withdrawn: Collection[ObjectId]
) -> frozenset[str]:
    """Return which adopted users have no console password, or none any more."""
    ended = {obj.key[0] for obj in withdrawn}
    return frozenset(n for n, one in found.items() if not one.console_password or n in ended)
