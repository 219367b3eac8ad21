# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions that the workers of a run share, and whose they are."""

from __future__ import annotations

import os
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible_collections.jumpaccount.aws.plugins.plugin_utils._aws_module import (
    SharedSessions,
    connection_of,
    profiles_of,
)


def test_what_one_worker_writes_the_next_one_reads() -> None:
    sessions = SharedSessions()
    assert sessions.read() == {}
    for written in ({"a": "x" * 5000}, {"a": "x", "b": {}}):
        worker = os.fork()
        if worker == 0:
            sessions.write(written)
            os._exit(0)
        os.waitpid(worker, 0)
        assert sessions.read() == written


def test_more_than_fits_is_an_error_and_not_half_of_it() -> None:
    sessions = SharedSessions()
    with pytest.raises(AnsibleActionFail, match="1 profile with separate codes"):
        sessions.write({"a": "x" * 100_000})
    assert sessions.read() == {}


@pytest.mark.parametrize(
    ("args", "environment", "profiles"),
    [
        ({}, {}, [None]),
        ({"profile": "p"}, {"AWS_PROFILE": "e"}, ["p"]),
        ({"aws_profile": "p"}, {}, ["p"]),
        ({"profile": ""}, {"AWS_PROFILE": "e"}, ["e"]),
        ({}, {"AWS_DEFAULT_PROFILE": "d"}, ["d"]),
        ({}, {"AWS_ACCESS_KEY_ID": "a"}, []),
        ({"access_key": "a"}, {"AWS_PROFILE": "e"}, []),
        ({"accounts": [{"profile": "q"}, {"role_arn": "r"}, {"profile": None}]}, {}, [None, "q"]),
        ({"accounts": ["222222222222"]}, {"AWS_ACCESS_KEY_ID": "a"}, []),
    ],
)
def test_profiles_that_a_module_may_use(
    monkeypatch: pytest.MonkeyPatch,
    args: dict[str, Any],
    environment: dict[str, str],
    profiles: list[str | None],
) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert profiles_of(args) == profiles


def test_settings_of_the_client_that_gets_a_session() -> None:
    found = connection_of({"aws_region": "eu-west-1", "endpoint_url": "http://127.0.0.1:1"})
    assert found == {"region_name": "eu-west-1", "endpoint_url": "http://127.0.0.1:1"}
    assert connection_of({}) == {"region_name": None, "endpoint_url": None}
