# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our own key of initial passwords over the wire."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.passwords_key import (
    read_passwords_key,
    require_usable_key,
)

ARN = "arn:aws:kms:eu-west-1:111111111111:key/1"
STACK = {
    "StackName": "keys",
    "StackStatus": "ROLLBACK_COMPLETE",
    "CreationTime": datetime(2027, 3, 1, tzinfo=UTC),
}


def test_a_stack_that_made_no_key(scripted):
    scripted.answer("cloudformation", "describe_stacks", {"Stacks": [STACK]}, StackName="keys")
    assert read_passwords_key(scripted.aws, "keys") is None


def test_a_refused_read_is_no_missing_key(scripted):
    refusal = ("AccessDenied", "no")
    scripted.refuse("cloudformation", "describe_stacks", *refusal, StackName="keys")
    with pytest.raises(AwsError, match="Could not read stack keys"):
        read_passwords_key(scripted.aws, "keys")


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        ("Disabled", "enable it: aws kms enable-key"),
        ("PendingDeletion", "cancel the deletion, and enable it: aws kms cancel-key-deletion"),
        ("Unavailable", "enable it"),
    ],
)
def test_a_key_that_is_not_enabled(scripted, state, remedy):
    for found in ("Enabled", state):
        metadata = {"KeyId": "1", "KeyState": found}
        scripted.answer("kms", "describe_key", {"KeyMetadata": metadata}, KeyId=ARN)
    require_usable_key(scripted.aws, ARN)
    with pytest.raises(AwsError, match=f"did that, and {remedy} --key-id {ARN}"):
        require_usable_key(scripted.aws, ARN)
