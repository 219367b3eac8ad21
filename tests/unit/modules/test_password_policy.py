# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The password policy of the local AWS."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.modules import password_policy

JUMP = "111111111111"


def test_the_dialogue(aws, run):
    iam = aws.client("iam")
    predicted = run(password_policy, check=True, account_id=JUMP)
    assert aws.writes == 0
    created = run(password_policy, account_id=JUMP)
    assert created["changes"] == predicted["changes"]
    assert created["changes"][0]["target"] == f"password policy {JUMP}"
    there = iam.get_account_password_policy()["PasswordPolicy"]
    assert (there["MinimumPasswordLength"], there["PasswordReusePrevention"]) == (20, 24)
    before = aws.calls
    assert run(password_policy, account_id=JUMP)["changed"] is False
    assert {
        name: n - before.get(name, 0) for name, n in aws.calls.items() if n != before.get(name)
    } == {"iam:GetAccountPasswordPolicy": 1}
    writes = aws.writes
    newer = {"account_id": JUMP, "minimum_length": 14, "max_age": 90, "reuse_prevention": 0}
    predicted = run(password_policy, check=True, **newer)
    assert aws.writes == writes
    updated = run(password_policy, **newer)
    assert updated["changes"] == predicted["changes"]
    assert updated["changes"][0]["before"]["minimum_length"] == 20
    there = iam.get_account_password_policy()["PasswordPolicy"]
    assert (there["MinimumPasswordLength"], there["MaxPasswordAge"]) == (14, 90)
    assert "PasswordReusePrevention" not in there
    assert run(password_policy, **newer)["changed"] is False


def test_without_an_account_id(aws, run):
    result = run(password_policy)
    assert result["changes"][0]["target"] == "password policy of this account"
    assert aws.writes == 1


def test_another_account_is_not_touched(aws, run):
    result = run(password_policy, account_id="222222222222")
    assert "the credentials of this run are for account 111111111111" in result["msg"]
    assert aws.writes == 0


def test_all_problems_at_once(aws, run):
    result = run(password_policy, minimum_length=5, max_age=2000, reuse_prevention=25)
    assert result["msg"].count("\n") == 3
    assert aws.calls == {}
