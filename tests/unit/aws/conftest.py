# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account whose answers are scripted on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.amazon.aws.plugins.module_utils import cloud
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from botocore.stub import Stubber

ACCOUNT_ID = "111111111111"


class Wire:
    """Scripts the calls that a test expects, in their order, with their answers."""

    def __init__(self) -> None:
        self.clients: dict[str, Any] = {}
        self.stubbers: dict[str, Stubber] = {}
        self.aws = AwsAccount(ACCOUNT_ID, self._client)

    def _client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y"
            )
            self.stubbers[service] = Stubber(self.clients[service])
            self.stubbers[service].activate()
        return self.clients[service]

    def answer(self, service: str, method: str, answer: dict[str, Any], **params: Any) -> None:
        """Expect a call with exactly these parameters and answer it."""
        self.aws.client(service)
        self.stubbers[service].add_response(method, answer, params)

    def refuse(self, service: str, method: str, code: str, message: str, **params: Any) -> None:
        """Expect a call and answer it with an error."""
        self.aws.client(service)
        self.stubbers[service].add_client_error(method, code, message, expected_params=params)

    def assert_finished(self) -> None:
        """Fail when a scripted call was not made."""
        for stubber in self.stubbers.values():
            stubber.assert_no_pending_responses()


@pytest.fixture
def scripted() -> Iterator[Wire]:
    """Return the script of an account; at the end every call must have been made."""
    script = Wire()
    yield script
    script.assert_finished()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses that retries would have made."""
    made: list[float] = []
    monkeypatch.setattr(cloud.time, "sleep", made.append)
    return made
