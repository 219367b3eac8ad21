# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Accounts that wait for their owners: the run has no way in, and nobody has opened one yet."""

from __future__ import annotations

from collections.abc import Mapping

from ..change import Json


def no_role_text(account_id: str) -> str:
    """Return why the switch roles of an account are not there."""
    return (
        f"Account {account_id} has no execution role yet, and this run has no credentials to "
        "create it."
    )


def hand_over(reasons: Mapping[str, str], url: str | None) -> list[dict[str, Json]]:
    """Return the waiting accounts with the link for their owners, sorted."""
    return [{"account_id": i, "url": url, "reason": text} for i, text in sorted(reasons.items())]
