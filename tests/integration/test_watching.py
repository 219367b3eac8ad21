# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Watching the Jump account, as a playbook does it; the rest is tested without processes."""

from __future__ import annotations


def test_a_company_that_begins_to_be_watched(estate):
    options = ("-e", "jump_watch=true", "-e", '{"jump_watch_emails": ["security@example.com"]}')
    played = estate.play_well("bootstrap", *options)
    assert "  watching         created" in played.output
    assert "AWS asks new addresses (security@example.com) by email to confirm" in played.output
    assert "no CloudTrail trail records them" in played.output
    again = estate.play_well("bootstrap", *options)
    assert (again.changed, again.changes) == (0, [])
