# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy of every jump group."""

from __future__ import annotations

import json
import re
from pathlib import Path

import botocore.session
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.check import (
    check_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    policy_size,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.mfa import (
    MfaOptions,
    build_mfa_policy,
)

from tests.unit.inputs import problems_of

REPOSITORY = Path(__file__).resolve().parents[4]
JUMP = "111111111111"
PARTITIONS = ["aws", "aws-cn", "aws-us-gov"]


def statements_of(**options):
    """Return the statements by Sid."""
    return {s["Sid"]: s for s in build_mfa_policy(MfaOptions(JUMP, **options))["Statement"]}


def own(partition="aws"):
    iam = f"arn:{partition}:iam::{JUMP}"
    return [f"{iam}:user/${{aws:username}}", f"{iam}:user/*/${{aws:username}}"]


BY_SID = statements_of()
ALLOWING = [s for s in BY_SID.values() if s["Effect"] == "Allow"]
SELF_SERVICE = {
    *("iam:ChangePassword", "iam:GetAccountPasswordPolicy", "iam:CreateVirtualMFADevice"),
    *("iam:EnableMFADevice", "iam:GetMFADevice", "iam:ListMFADevices", "iam:GetUser"),
}


def test_without_mfa_everything_but_enrolment_is_denied():
    denial = BY_SID["DenyAllWithoutMfa"]
    assert denial["Condition"] == {"BoolIfExists": {"aws:MultiFactorAuthPresent": ["false"]}}
    assert (denial["Effect"], denial["Resource"]) == ("Deny", ["*"])
    assert set(denial["NotAction"]) == {*SELF_SERVICE, "sts:GetSessionToken"}


def test_what_needs_no_mfa_is_what_the_policy_itself_allows_without():
    demands = "aws:MultiFactorAuthPresent"
    allowed = {
        action
        for statement in ALLOWING
        if demands not in json.dumps(statement.get("Condition"))
        for action in statement["Action"]
    }
    assert allowed == SELF_SERVICE


def test_without_mfa_nobody_touches_others_whatever_other_policies_allow():
    denial = BY_SID["DenyOthersWithoutMfa"]
    assert (denial["Effect"], denial["NotResource"]) == ("Deny", own())
    assert denial["Condition"] == BY_SID["DenyAllWithoutMfa"]["Condition"]
    not_of_a_user = {"iam:CreateVirtualMFADevice", "iam:GetAccountPasswordPolicy"}
    assert set(denial["Action"]) == SELF_SERVICE - not_of_a_user


def test_a_key_alone_enrols_nothing_and_gets_no_further_than_mfa():
    denial = BY_SID["DenyByKeyWithoutMfa"]
    assert denial["Condition"] == {"Null": {"aws:MultiFactorAuthPresent": ["true"]}}
    # The password needs the old one, and the first sign-in must not depend on this key.
    exempt = ["iam:ChangePassword", "iam:GetAccountPasswordPolicy", "sts:GetSessionToken"]
    assert denial["NotAction"] == exempt


BY_USERS = re.compile(
    "(Create|Enable|Reset|Resync|Update|Upload)"
    "(AccessKey|LoginProfile|MFADevice|SSHPublicKey|ServiceSpecificCredential"
    "|SigningCertificate|VirtualMFADevice)"
)
"""Operations that make or revive what a user signs in or signs with."""
REMOVAL = {"iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice"}
FRESH = {
    "Bool": {"aws:MultiFactorAuthPresent": ["true"]},
    "NumericLessThan": {"aws:MultiFactorAuthAge": ["900"]},
}


def test_every_credential_needs_a_fresh_mfa():
    denial = BY_SID["DenyCredentialsWithStaleMfa"]
    operations = botocore.session.get_session().get_service_model("iam").operation_names
    of_iam = {f"iam:{name}" for name in operations if BY_USERS.fullmatch(name)}
    of_sign_in = {"signin:AuthorizeOAuth2Access", "signin:CreateBearerToken"}
    assert set(denial["Action"]) == {*of_iam, *REMOVAL, *of_sign_in}
    assert len(of_iam) == 14
    assert (denial["Effect"], denial["Resource"]) == ("Deny", ["*"])


def test_an_age_that_is_not_told_is_old_and_no_mfa_has_none():
    assert BY_SID["DenyCredentialsWithStaleMfa"]["Condition"] == {
        "Bool": {"aws:MultiFactorAuthPresent": ["true"]},
        "NumericGreaterThanEqualsIfExists": {"aws:MultiFactorAuthAge": ["900"]},
    }


def test_what_is_denied_with_a_stale_mfa_is_not_allowed_with_one_either():
    denied = set(BY_SID["DenyCredentialsWithStaleMfa"]["Action"])
    enrollment = {"iam:EnableMFADevice", "iam:CreateVirtualMFADevice"}
    for statement in ALLOWING:
        actions = set(statement["Action"])
        if actions & enrollment:
            assert statement["Condition"] == {
                "NumericLessThanIfExists": {"aws:MultiFactorAuthAge": ["900"]}
            }
        elif actions & denied:
            assert actions <= denied
            assert statement["Condition"] == FRESH


def test_the_cli_signs_in_with_mfa_and_on_the_same_machine_only():
    client = [f"arn:aws:signin:*:{JUMP}:oauth2/public-client/localhost"]
    sign_in, renewal = BY_SID["SignInToCliWithFreshMfa"], BY_SID["StaySignedInToCliWithMfa"]
    assert (sign_in["Action"], sign_in["Resource"]) == (["signin:AuthorizeOAuth2Access"], client)
    assert (renewal["Action"], renewal["Resource"]) == (["signin:CreateOAuth2Token"], client)
    assert renewal["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": ["true"]}}


@pytest.mark.parametrize("partition", PARTITIONS)
def test_people_manage_only_themselves(partition):
    iam = f"arn:{partition}:iam::{JUMP}"
    resources = {
        json.dumps(s["Resource"])
        for sid, s in statements_of(partition=partition).items()
        if s["Effect"] == "Allow" and sid != "ViewPasswordPolicy"
    }
    devices = ([f"{iam}:mfa/*"], [f"{iam}:mfa/${{aws:username}}"])
    client = [f"arn:{partition}:signin:*:{JUMP}:oauth2/public-client/localhost"]
    assert resources == {json.dumps(r) for r in (own(partition), *devices, client)}
    assert BY_SID["CreateMfaDeviceUnderAnyName"]["Action"] == ["iam:CreateVirtualMFADevice"]


def test_no_pattern_matches_names_that_end_alike():
    text = json.dumps(build_mfa_policy(MfaOptions(JUMP)))
    assert "*${aws:username}" not in text


def test_other_networks_are_denied_but_not_to_aws_services():
    networks = ("203.0.113.0/24", "2001:db8::/32")
    denial = statements_of(source_networks=networks)["DenyFromOtherNetworks"]
    assert denial == {
        "Sid": "DenyFromOtherNetworks",
        "Effect": "Deny",
        "Action": ["*"],
        "Resource": ["*"],
        "Condition": {
            "NotIpAddress": {"aws:SourceIp": sorted(networks)},
            "Bool": {"aws:ViaAWSService": ["false"]},
        },
    }


@pytest.mark.parametrize("partition", PARTITIONS)
def test_it_passes_our_own_checks_and_fits(partition):
    document = build_mfa_policy(MfaOptions(JUMP, partition, ("203.0.113.0/24",) * 40))
    assert problems_of(lambda problems: check_policy(problems, "p", document))[1] == []
    assert policy_size(document) <= 6144


def test_the_list_in_the_documentation_is_what_works_without_mfa():
    text = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    part = text.partition("## What works without MFA")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in part.splitlines() if line.startswith("| `")]
    listed = {row[1].strip(" `"): row[3].strip() for row in rows}
    by_key = {action for action, answer in listed.items() if answer != "no"}
    assert set(listed) == set(BY_SID["DenyAllWithoutMfa"]["NotAction"])
    assert by_key == set(BY_SID["DenyByKeyWithoutMfa"]["NotAction"])
    assert f"{len(listed)} actions in the console, and {len(by_key)} with a key" in part
