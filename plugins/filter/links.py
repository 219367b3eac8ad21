# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters for addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.links import (
    quick_create_url,
    sign_in_url,
    switch_role_url,
)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "quick_create_url": quick_create_url,
            "sign_in_url": sign_in_url,
            "switch_role_url": switch_role_url,
        }
