# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of all unit tests."""

from __future__ import annotations

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.calls import (
    StackSetAddress,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.queue import (
    Deadline,
    OperationQueue,
)
from botocore.stub import Stubber
from hypothesis import settings

# A busy machine must not fail a test: what is tested is the result, not the time of one example.
settings.register_profile("jumpaccount", deadline=None)
settings.load_profile("jumpaccount")


@pytest.fixture
def stack_set_client():
    """Return a client whose calls the test scripts; nothing leaves the machine."""
    return boto3.client(
        "cloudformation", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="s"
    )


@pytest.fixture
def stubber(stack_set_client):
    """Yield the script of the calls; every call of it must be made."""
    with Stubber(stack_set_client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def address(stack_set_client):
    """Return the stack set roles."""
    return StackSetAddress(AwsAccount("111111111111", lambda _service: stack_set_client), "roles")


class FakeClock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock():
    """Return a clock that only sleeping moves."""
    return FakeClock()


@pytest.fixture
def queue(address, clock):
    """Return the operations of the stack set, which may be awaited for a minute."""
    return OperationQueue(address, Deadline(60, clock.now, clock.sleep))
