# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.instance_failure import (
    Advice,
    explain,
    may_pass,
    remedy_for,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.operation import (
    InstanceResult,
)

ACCOUNT = "222222222222"
ROLE = "AWSCloudFormationStackSetExecutionRole"
NO_ROLE = (
    f"Account {ACCOUNT} should have '{ROLE}' role with trust relationship to Role "
    "'role-stackset-administration'."
)
NO_ADMINISTRATION_ROLE = (
    "Account 111111111111 should have 'administration' role with trust relationship to "
    "CloudFormation service."
)
LINK = "https://console.aws.amazon.com/cloudformation/home#/stacks/quickcreate?templateURL=x"


@pytest.mark.parametrize(
    ("said", "unprepared", "waits"),
    [
        (NO_ROLE, {ACCOUNT}, True),
        (NO_ROLE, set(), False),
        (NO_ADMINISTRATION_ROLE, {ACCOUNT}, False),
        ("Rate exceeded.", {ACCOUNT}, False),
        ("", {ACCOUNT}, False),
    ],
)
def test_only_a_missing_execution_role_waits_for_the_owner(said, unprepared, waits):
    advice = Advice("iam-roles", LINK, frozenset(unprepared))
    assert advice.is_for_owner(ACCOUNT, said) is waits


def result(reason, status="FAILED"):
    return InstanceResult(ACCOUNT, "ap-northeast-1", status, reason)


def test_a_failure_is_a_sentence():
    assert explain("create", result("Rate exceeded."), Advice("iam-roles")) == (
        "Could not create stack instance 222222222222/ap-northeast-1 of stack set iam-roles: "
        "AWS answered FAILED: Rate exceeded. Fix the cause in account 222222222222 and run "
        "again; finished work is not repeated."
    )


def test_no_reason_is_said_to_be_none():
    assert "answered FAILED: no reason. Fix" in explain("create", result(""), Advice("s"))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (NO_ROLE, f"Create the role {ROLE} in account {ACCOUNT}"),
        (
            NO_ADMINISTRATION_ROLE,
            "administration role administration in account 111111111111, which",
        ),
        ("Account is SUSPENDED", f"Account {ACCOUNT} is suspended: remove it"),
        ("role-admin already exists in stack arn", "adopt its roles with jumpaccount.aws.switch"),
        ("Stack cannot be deleted while TerminationProtection is enabled", "Turn off termination"),
        ("Account gate function returned FAILED", "The account gate function of account"),
        ("Rate exceeded", "Fix the cause in account"),
    ],
    ids=["no role", "no administration role", "suspended", "exists", "protected", "gate", "other"],
)
def test_known_reasons_have_a_remedy(reason, said):
    assert said in remedy_for(result(reason), Advice("iam-roles"))


@pytest.mark.parametrize(
    ("status", "said"),
    [("SKIPPED_SUSPENDED_ACCOUNT", "is suspended"), ("INOPERABLE", "recover_inoperable")],
)
def test_known_statuses_have_a_remedy(status, said):
    assert said in remedy_for(result("", status), Advice("iam-roles"))


def test_the_link_that_creates_the_execution_role_is_given():
    remedy = remedy_for(result(NO_ROLE), Advice("iam-roles", LINK))
    assert remedy == (
        f"Sign in to account {ACCOUNT} as an administrator, create the role {ROLE} with this "
        f"link, and run again: {LINK}"
    )


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        (NO_ROLE, False),
        ("role-admin already exists in stack arn", False),
        ("Resource handler returned message: policy x does not exist", False),
        ("Rate exceeded", True),
        ("Throttling: slow down", True),
        ("Internal Failure", True),
        ("Stack is in UPDATE_ROLLBACK and did not stabilize", True),
        ("Service Unavailable", True),
    ],
)
def test_what_may_pass_by_itself(said, passes):
    assert may_pass(explain("update", result(said), Advice("iam-roles", LINK))) is passes
