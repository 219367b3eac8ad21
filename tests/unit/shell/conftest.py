# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules as Ansible runs them, in process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

Result = dict[str, Any]


@pytest.fixture
def ended(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Return what a module says when it ends; its arguments are given by name."""

    def run(body: Callable[[], object], **arguments: Any) -> Result:
        with patch_module_args({"region": "eu-west-1", **arguments}), pytest.raises(SystemExit):
            body()
        return json.loads(capsys.readouterr().out)

    return run
