# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Credentials for which a code was asked once: one session of a user serves a whole run.

The session lies in an environment variable of the modules of the run, and nowhere else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import partial
from typing import Any

try:
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        CredentialProvider,
        CredentialResolver,
        Credentials,
        DeferredRefreshableCredentials,
    )
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session
except ImportError:
    # AnsibleAWSModule tells the user before anything here is called.
    CredentialProvider = object
    BotoCoreError = Exception

from .._core.input.mfa_chain import MfaChain, RoleStep, read_mfa_chain
from .account import AwsAccount, client_config
from .errors import doing
from .profile_files import has_mfa_devices

ENVIRONMENT = "JUMPACCOUNT_MFA_SESSIONS"
_REMEDIES = {
    "AccessDenied": "Enter the code that this device shows now; each code works only once."
}


def find_mfa_chain(profile: str | None) -> MfaChain | None:
    """Return the way to the credentials of a profile when it asks for an MFA code."""
    if not has_mfa_devices():
        return None
    try:
        return read_mfa_chain(_read_profiles(), profile or "default")
    except BotoCoreError:
        # A client of the profile says what is wrong with the file.
        return None


def start_session(chain: MfaChain, code: str, **settings: Any) -> dict[str, str]:
    """Return a session of the user at the beginning of a chain; settings are a client's."""
    keys = _keys_of(_read_profiles()[chain.source])
    session = Session(profile=None if keys else chain.source)
    make_client = partial(session.create_client, config=client_config(), **keys, **settings)
    user = AwsAccount(None, make_client, profile=chain.source)
    with doing(user, f"get a session with MFA device {chain.serial}", _REMEDIES):
        sts = user.client("sts")
        found = sts.get_session_token(SerialNumber=chain.serial, TokenCode=code)["Credentials"]
        arn = sts.get_caller_identity()["Arn"]
    return {
        "access_key": found["AccessKeyId"],
        "secret_key": found["SecretAccessKey"],
        "token": found["SessionToken"],
        "user_name": arn.rsplit("/", 1)[-1],
    }


def _read_profiles() -> Mapping[str, Mapping[str, object]]:
    profiles: Mapping[str, Mapping[str, object]] = Session().full_config.get("profiles", {})
    return profiles


def _keys_of(profile: Mapping[str, object]) -> dict[str, object]:
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    found = {name: profile[name] for name in names if name in profile}
    return found if "aws_access_key_id" in found else {}


def open_mfa_session(profile: str | None, **settings: Any) -> Any:
    """Return a botocore session for a profile that asks for a code, if the run has its session.

    settings are those of the clients that assume roles; such roles are assumed again in time.
    """
    chain = find_mfa_chain(profile)
    keys = json.loads(os.environ.get(ENVIRONMENT, "{}")).get(chain.key) if chain else None
    if chain is None or keys is None:
        return None
    session = Session()
    create_client = partial(session.create_client, config=client_config(), **settings)
    credentials = Credentials(keys["access_key"], keys["secret_key"], keys["token"])
    for step in chain.steps:
        fetcher = AssumeRoleCredentialFetcher(
            create_client, credentials, step.role_arn, _role_options(step, keys["user_name"])
        )
        credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    resolver = CredentialResolver([_Known(credentials)])
    session.register_component("credential_provider", resolver)
    return session


def _role_options(step: RoleStep, user_name: str) -> dict[str, object]:
    """Return the options of AssumeRole; switch roles may take the user's name as session only."""
    options = {
        "RoleSessionName": step.session_name or user_name,
        "ExternalId": step.external_id,
        "DurationSeconds": step.duration,
    }
    return {name: value for name, value in options.items() if value is not None}


class _Known(CredentialProvider):
    """Provides credentials that are known already."""

    METHOD = CANONICAL_NAME = "mfa-session"

    def __init__(self, credentials: Any) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Any:
        return self._credentials
