# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""One AWS account as the layer sees it: its clients and its name in messages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

try:
    from botocore.config import Config
except ImportError:
    # AnsibleAWSModule tells the user before anything here is called.
    Config = None

from .answers import strict
from .errors import connecting
from .reads import Reads

Client = Any
"""A boto3 client; its classes are made at run time and have no static type."""


def client_config() -> Config:
    """Return how clients retry: botocore's own jittered backoff, for throttling, 5xx and drops."""
    return Config(
        retries={"mode": "standard", "total_max_attempts": 10},
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=16,
    )


class AwsAccount:
    """Clients for one account, made once each and shared by threads."""

    def __init__(
        self,
        account_id: str | None,
        make_client: Callable[[str], Client],
        reads: Reads | None = None,
        profile: str | None = None,
    ) -> None:
        self.account_id = account_id
        self.reads = reads or Reads()
        self.profile = profile
        self._make_client = make_client
        self._clients: dict[str, Client] = {}
        self._lock = threading.Lock()

    @property
    def label(self) -> str:
        """Return the account's name for messages."""
        return f"account {self.account_id}" if self.account_id else "the account of the credentials"

    @property
    def owning(self) -> dict[str, str]:
        """Return what lets S3 refuse buckets of others: names are shared by all AWS accounts."""
        return {"ExpectedBucketOwner": self.account_id} if self.account_id else {}

    def client(self, service: str) -> Client:
        """Return the client of a service."""
        with self._lock:
            if service not in self._clients:
                with connecting(self, service):
                    self._clients[service] = strict(self._make_client(service), self.label)
                self.reads.watch(self._clients[service])
            return self._clients[service]
