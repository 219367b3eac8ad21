# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has a password, keys, no MFA device, and an initial password that nobody used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.credentials import (
    CredentialUse,
    access_keys,
    unused_passwords,
    without_mfa,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.initial_password import (
    Identity,
    StoredPassword,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.login_profiles import (
    LoginProfile,
)

NOW = datetime(2024, 6, 11, tzinfo=UTC)
DAY = timedelta(days=1)
ROWS = {
    "cy": CredentialUse(True, None),
    "ana": CredentialUse(True, None, active_keys=1),
    "bo": CredentialUse(True, None, has_mfa=True, active_keys=2),
    "di": CredentialUse(False, None),
    "ci-server": CredentialUse(True, None, active_keys=2),
}
PEOPLE = {"ana", "bo", "cy", "di"}


def test_people_with_a_password_and_no_mfa_and_people_with_keys():
    assert without_mfa(ROWS, PEOPLE) == ["ana", "cy"]
    assert access_keys(ROWS, PEOPLE) == [{"name": "ana", "keys": 1}, {"name": "bo", "keys": 2}]


@pytest.mark.parametrize(
    ("profile", "stored", "days"),
    [
        (LoginProfile(NOW - 3 * DAY), None, 3),
        (LoginProfile(NOW - 3 * DAY), StoredPassword(NOW - 2 * DAY), 2),
        (LoginProfile(NOW - 3 * DAY, used=NOW - DAY), StoredPassword(NOW - 2 * DAY), None),
        (LoginProfile(NOW - 3 * DAY, used=NOW - DAY), None, None),
        (LoginProfile(NOW - 3 * DAY, must_change=False), None, None),
        (LoginProfile(NOW - 3 * DAY, must_change=True), None, 3),
        (LoginProfile(NOW + DAY), None, 0),
        (LoginProfile(), None, None),
    ],
)
def test_initial_passwords_that_nobody_used_have_an_age(profile, stored, days):
    there = {} if stored is None else {"ana": stored}
    found = unused_passwords({"ana": profile}, there, NOW)
    assert found == ([] if days is None else [{"name": "ana", "days": days}])


def test_the_oldest_comes_first():
    profiles = {name: LoginProfile(NOW - age * DAY) for name, age in (("b", 0), ("c", 2), ("a", 0))}
    assert [one["name"] for one in unused_passwords(profiles, {}, NOW)] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("created", "identity", "is_about"),
    [
        (NOW, Identity("x", NOW), True),
        (NOW - DAY, Identity("x", NOW), False),
        (None, Identity("x", NOW), True),
        (NOW, None, True),
    ],
)
def test_a_row_of_a_user_that_had_the_name_before_says_nothing(created, identity, is_about):
    assert CredentialUse(True, None, created=created).is_about(identity) is is_about
