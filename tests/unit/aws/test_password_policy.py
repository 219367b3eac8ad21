# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and writing the account password policy."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.password_policy import (
    password_policy_writers,
    read_password_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.password import (
    PasswordPolicy,
)

from tests.unit.scripted import play

ANSWER = {
    "MinimumPasswordLength": 20,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "AllowUsersToChangePassword": True,
}


@pytest.fixture
def script(monkeypatch):
    yield from play(monkeypatch)


def write(script, action, policy):
    change = Change(ObjectId(Kind.PASSWORD_POLICY, ("x",)), action, None, asdict(policy))
    password_policy_writers(script.account)[(Kind.PASSWORD_POLICY, action)](change)


def test_a_policy_is_read(script):
    answer = {**ANSWER, "ExpirePasswords": True, "MaxPasswordAge": 90, "HardExpiry": True}
    script.answer("iam", "get_account_password_policy", {}, {"PasswordPolicy": answer})
    found = read_password_policy(script.account)
    assert found == PasswordPolicy(max_age=90, hard_expiry=True, reuse_prevention=0)


def test_there_may_be_none(script):
    script.refuse("iam", "get_account_password_policy", {}, "NoSuchEntity")
    assert read_password_policy(script.account) is None


def test_a_refused_read_is_a_sentence(script):
    script.refuse("iam", "get_account_password_policy", {}, "AccessDenied", "not you")
    with pytest.raises(AwsError) as caught:
        read_password_policy(script.account)
    assert str(caught.value) == (
        "Could not read the password policy in account 111111111111: AWS answered "
        "AccessDenied: not you. Use credentials with permission to do this, or extend their "
        "policy."
    )


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE])
def test_all_rules_are_written(script, action):
    expected = {**ANSWER, "PasswordReusePrevention": 24, "HardExpiry": False}
    script.answer("iam", "update_account_password_policy", expected)
    write(script, action, PasswordPolicy())


def test_an_age_of_zero_is_left_out_and_so_taken_away(script):
    policy = PasswordPolicy(max_age=365, reuse_prevention=0, hard_expiry=True)
    expected = {**ANSWER, "MaxPasswordAge": 365, "HardExpiry": True}
    script.answer("iam", "update_account_password_policy", expected)
    write(script, Action.UPDATE, policy)
