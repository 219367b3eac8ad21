# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Clients for many accounts that share what botocore reads from disk.

A session of its own with two clients takes about 10 MB, nearly all of it descriptions of services.
The sessions here share one loader of those, and a client takes 0.2 MB while it lives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

try:
    from botocore.config import Config
    from botocore.exceptions import NoCredentialsError
    from botocore.session import Session
except ImportError:
    # AnsibleAWSModule tells the user before anything here is called.
    Config = Session = NoCredentialsError = Exception

from .account import Client, client_config
from .mfa_sessions import open_mfa_session

Keys = Mapping[str, "str | None"]


class Sessions:
    """Makes clients; settings are those of the run's connection, without its credentials."""

    def __init__(
        self,
        region: str | None,
        endpoint: str | None,
        verify: bool | str | None,
        config: Config | None = None,
    ) -> None:
        self._settings = {"region_name": region, "endpoint_url": endpoint, "verify": verify}
        self._config = client_config().merge(config) if config else client_config()
        self._base = Session()
        # Sessions fill their registries when they are first used, which is not safe in threads.
        self._lock = threading.Lock()

    def by_keys(self, keys: Keys) -> Callable[[str], Client]:
        """Return what makes clients with an access key, its secret and a session token."""

        def make_client(service: str) -> Client:
            with self._lock:
                return self._client(self._base, service, keys)

        return make_client

    def by_profile(self, name: str) -> Callable[[str], Client]:
        """Return what makes clients of a profile; its credentials are found out once."""
        found: dict[str, Keys] = {}

        def make_client(service: str) -> Client:
            with self._lock:
                session = open_mfa_session(name, **self._settings) or Session(profile=name)
                self._share_loader(session)
                if name not in found:
                    found[name] = _keys_of(session)
                return self._client(session, service, found[name])

        return make_client

    def of_run(self, profile: str | None) -> Callable[[str], Client]:
        """Return what makes clients with the credentials of a run, which may be renewed."""

        @cache
        def session() -> Any:
            found = open_mfa_session(profile, **self._settings) or Session(profile=profile)
            self._share_loader(found)
            return found

        def make_client(service: str) -> Client:
            with self._lock:
                return self._client(session(), service, {})

        return make_client

    def _share_loader(self, session: Any) -> None:
        session.register_component("data_loader", self._base.get_component("data_loader"))

    def _client(self, session: Any, service: str, keys: Keys) -> Client:
        return session.create_client(service, config=self._config, **self._settings, **keys)


def _keys_of(session: Any) -> Keys:
    """Return the keys that a profile leads to; its role is assumed here, if it has one."""
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    keys = credentials.get_frozen_credentials()
    return {
        "aws_access_key_id": keys.access_key,
        "aws_secret_access_key": keys.secret_key,
        "aws_session_token": keys.token,
    }
