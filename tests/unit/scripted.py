# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account whose clients answer from a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from botocore.stub import Stubber


@dataclass
class Script:
    """An account and the answers that its clients give, in order."""

    account: AwsAccount
    stubbers: dict[str, Stubber]

    def answer(self, service: str, operation: str, params: Any, answer: Any = None) -> None:
        """Expect a call and answer it."""
        self.stubbers[service].add_response(operation, answer or {}, params)

    def refuse(
        self,
        service: str,
        operation: str,
        params: Any,
        code: str,
        message: str = "",
    ) -> None:
        """Expect a call and refuse it."""
        self.stubbers[service].add_client_error(operation, code, message, expected_params=params)


def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """Yield an account that answers only what is scripted, and everything of it.

    Tests make their fixture of it: ``yield from play(monkeypatch)``.
    """
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    session = boto3.session.Session("testing", "testing", region_name="eu-west-1")
    clients = {name: session.client(name) for name in ("cloudformation", "iam", "s3", "sts")}
    stubbers = {name: Stubber(client) for name, client in clients.items()}
    make_client: Callable[[str], Any] = clients.__getitem__
    for stubber in stubbers.values():
        stubber.activate()
    yield Script(AwsAccount("111111111111", make_client), stubbers)
    for stubber in stubbers.values():
        stubber.assert_no_pending_responses()
