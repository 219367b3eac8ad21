# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What accounts that wait for their owners look like in results."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.hand_over import (
    hand_over,
    no_role_text,
)


def test_each_account_with_the_link_and_the_reason_sorted():
    assert hand_over({"2": "No role.", "1": "No credentials."}, "https://x") == [
        {"account_id": "1", "url": "https://x", "reason": "No credentials."},
        {"account_id": "2", "url": "https://x", "reason": "No role."},
    ]


def test_the_reason_is_the_same_whether_it_is_foreseen_or_answered():
    assert no_role_text("222222222222") == (
        "Account 222222222222 has no execution role yet, and this run has no credentials to create "
        "it."
    )
