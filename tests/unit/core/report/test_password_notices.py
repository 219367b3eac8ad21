# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run tells of passwords, MFA devices and keys."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.password_notices import (
    password_notices,
)

MADE = "2024-06-11T09:00:00+00:00"


@pytest.mark.parametrize(
    ("reason", "why"), [("missing", "is gone"), ("overwritten", "was overwritten after it was set")]
)
def test_who_cannot_sign_in_for_the_first_time_is_told_with_the_reset(reason, why):
    lost = {"name": "ana", "parameter": "/p/ana", "reason": reason}
    assert password_notices({"lost": [lost]}) == [
        f"  user ana never signed in and cannot: the initial password, /p/ana, {why}. To issue "
        "another one to ana, run new_user with -e reset_password=ana."
    ]


def test_nothing_is_told_of_nothing():
    assert password_notices({}) == []


def test_each_finding_has_its_way_out():
    lines = password_notices(
        {
            "missing": ["ana"],
            "orphaned": [{"parameter": "/p/old", "reason": "no user has this name"}],
            "unused": [{"name": "cy", "days": 3}, {"name": "di", "days": 1}],
            "without_mfa": ["cy"],
            "access_keys": [{"name": "bo", "keys": 2}],
            "report_made": MADE,
        }
    )
    assert lines == [
        "  user ana has no console password, and none was issued: it was removed, or the user "
        "was not created by this collection. To issue one, run new_user with -e "
        "reset_password=ana",
        "  /p/old is not the password of any user: no user has this name",
        "    to delete them, run with -e jump_users_prune_passwords=true",
        "  2 initial passwords not used yet: cy (3 days), di (1 day); anyone who can read one "
        "can sign in as that person. Hand it out, or remove it with aws iam "
        "delete-login-profile --user-name NAME",
        f"  1 person with a console password and no MFA device, as of {MADE}: cy; anyone with "
        "such a password can enroll a device",
        f"  1 person with active access keys, as of {MADE}: bo (2 keys); delete those that are "
        "not needed",
    ]


@pytest.mark.parametrize(("count", "shown"), [(11, 11), (12, 10)])
def test_long_lists_are_cut(count, shown):
    rows = [{"parameter": f"/p/{n:02}", "reason": "why"} for n in range(count)]
    lines = password_notices({"orphaned": rows})
    assert sum("is not the password of any user" in line for line in lines) == shown
    assert ("  and 2 more parameters like it; all in the JSON result" in lines) is (count == 12)
    assert "(today)" in password_notices({"unused": [{"name": "a", "days": 0}]})[0]
