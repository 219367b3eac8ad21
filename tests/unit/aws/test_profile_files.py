# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A look at the files of profiles."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.profile_files import (
    has_mfa_devices,
)

DEVICE = "[profile p]\nmfa_serial = x\n"


@pytest.mark.parametrize(
    ("config", "credentials", "has_devices"),
    [
        (None, None, False),
        ("[profile p]\nregion = x\n", "[p]\n", False),
        (DEVICE, None, True),
        (None, DEVICE, True),
    ],
)
def test_devices(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    config: str | None,
    credentials: str | None,
    has_devices: bool,
) -> None:
    for name, text in (("CONFIG", config), ("SHARED_CREDENTIALS", credentials)):
        path = tmp_path / name
        monkeypatch.setenv(f"AWS_{name}_FILE", str(path))
        if text is not None:
            path.write_text(text)
    assert has_mfa_devices() is has_devices


def test_a_home_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/dev/null/home")
    assert has_mfa_devices() is False
