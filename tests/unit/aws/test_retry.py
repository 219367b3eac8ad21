# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting until IAM sees what was just written."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.retry import when_visible
from botocore.exceptions import ClientError


def failing(times: int, code: str):
    """Return a call that fails some times and then answers with its argument."""
    left = [times]

    def call(value: str) -> str:
        if left[0]:
            left[0] -= 1
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "AddUserToGroup")
        return value

    return call


@pytest.mark.parametrize("code", ["NoSuchEntity", "EntityTemporarilyUnmodifiable", "Throttling"])
def test_what_becomes_visible_is_waited_for(pauses: list[float], code: str) -> None:
    assert when_visible(failing(5, code))("seen") == "seen"
    assert len(pauses) == 5
    assert all(0 <= pause <= 4 for pause in pauses)


def test_what_never_becomes_visible_fails(pauses: list[float]) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        when_visible(failing(6, "NoSuchEntity"))("seen")
    assert len(pauses) == 5


def test_what_is_refused_is_not_tried_again(pauses: list[float]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        when_visible(failing(1, "AccessDenied"))("seen")
    assert pauses == []
