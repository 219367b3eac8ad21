# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fence of the Jump account, as a document and against the operations that AWS has."""

from __future__ import annotations

import re

import botocore.session
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.check import (
    check_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.document import (
    policy_size,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.fence import (
    Fence,
    build_fence_policy,
)

from tests.unit.inputs import problems_of

JUMP = "111111111111"
FENCE = Fence(JUMP, Names())
BY_SID = {s["Sid"]: s for s in build_fence_policy(FENCE)["Statement"]}
READS = ("Get", "List", "Describe", "Generate", "Simulate")


def operations(service):
    """Return the operations of a service as botocore knows them."""
    return botocore.session.get_session().get_service_model(service).operation_names


def is_listed(action, patterns):
    """Return whether patterns with * match an action."""
    return any(
        re.fullmatch(re.escape(p).replace(r"\*", ".*"), action, flags=re.IGNORECASE)
        for p in patterns
    )


def test_every_change_of_iam_is_denied_and_no_read():
    denied = BY_SID["NoIamChanges"]["Action"]
    for name in operations("iam"):
        assert is_listed(f"iam:{name}", denied) != name.startswith(READS), name
    assert BY_SID["NoIamChanges"]["Resource"] == ["*"]


def test_every_change_of_stack_sets_is_denied_and_no_read():
    denied = BY_SID["NoStackSetChanges"]["Action"]
    for name in operations("cloudformation"):
        if re.search("StackSet|StackInstance|OrganizationsAccess", name):
            assert is_listed(f"cloudformation:{name}", denied) != name.startswith(READS), name


def test_every_change_of_our_stacks_is_denied_and_no_read():
    statement = BY_SID["NoProductStackChanges"]
    for name in operations("cloudformation"):
        reads = is_listed(f"cloudformation:{name}", statement["NotAction"])
        assert reads == name.startswith(("Get", "List", "Describe", "BatchDescribe", "Estimate"))
    stack = f"arn:aws:cloudformation:*:{JUMP}:stack"
    assert statement["Resource"] == [
        f"{stack}/StackSet-iam-roles-*/*",
        f"{stack}/jumpaccount-passwords-key/*",
        f"{stack}/jumpaccount-watch/*",
        f"{stack}/stackset-admin-role/*",
        f"{stack}/stackset-execution-role/*",
    ]


def test_every_way_to_an_initial_password_is_denied():
    ssm = f"arn:aws:ssm:*:{JUMP}:parameter"
    parameters = [f"{ssm}/jumpaccount", f"{ssm}/jumpaccount/*"]
    assert BY_SID["NoProductParameters"]["Action"] == ["ssm:*"]
    assert BY_SID["NoProductParameters"]["Resource"] == parameters
    assert BY_SID["NoParametersByPath"]["Resource"] == ["*"]
    decryption = BY_SID["NoDecryptionOfProductParameters"]
    assert decryption["Condition"] == {
        "StringLike": {"kms:EncryptionContext:PARAMETER_ARN": parameters}
    }
    assert "kms:Decrypt" in decryption["Action"]


def test_the_key_of_initial_passwords_is_only_looked_at():
    statement = BY_SID["NoProductKeyUse"]
    assert statement["Resource"] == [f"arn:aws:kms:*:{JUMP}:key/*"]
    assert statement["Condition"] == {
        "StringEquals": {"aws:ResourceTag/jumpaccount:owned": ["true"]}
    }
    for name in operations("kms"):
        is_read = name.startswith(("Describe", "Get", "List"))
        assert is_listed(f"kms:{name}", statement["NotAction"]) == is_read


def test_no_session_becomes_another_role():
    denied = BY_SID["NoOtherRole"]["Action"]
    issuing = {o for o in operations("sts") if o.startswith("Assume") or o.endswith("Token")}
    assert "iam:PassRole" in denied
    assert {o for o in issuing if not is_listed(f"sts:{o}", denied)} == {"GetSessionToken"}
    assert BY_SID["NoOtherRole"]["Resource"] == ["*"]


@pytest.mark.parametrize(
    ("service", "prefix"), [("sso-admin", "sso"), ("identitystore", "identitystore")]
)
def test_identity_center_is_closed(service, prefix):
    denied = BY_SID["NoOtherPrincipals"]["Action"]
    assert all(is_listed(f"{prefix}:{name}", denied) for name in operations(service))


@pytest.mark.parametrize(
    "service", ["account-access", "account-access-runtime", "rolesanywhere", "ds", "ds-data"]
)
def test_doors_of_other_services_are_closed(service):
    denied = BY_SID["NoOtherPrincipals"]["Action"]
    assert all(is_listed(f"{service}:{name}", denied) for name in operations(service))


SIGN_IN_STAYS = {
    "CreateOAuth2Token": "how people sign in to the CLI, as the same session",
    "CreateOAuth2TokenWithIAM": "asks for CreateOAuth2Token",
    "CreateOAuth2TokenWithTokenExchange": "asks for nothing: the token that is given decides",
    "IntrospectOAuth2TokenWithIAM": "a read",
    "RevokeOAuth2TokenWithIAM": "ends a token that the caller holds",
}


def test_every_change_of_sign_in_is_denied_or_has_a_reason():
    denied = BY_SID["NoOtherPrincipals"]["Action"]
    left = {name for name in operations("signin") if not is_listed(f"signin:{name}", denied)}
    assert {name for name in left if not name.startswith(READS)} == set(SIGN_IN_STAYS)


def test_every_change_of_types_and_hooks_is_denied_and_no_read():
    denied = BY_SID["NoTypeChanges"]["Action"]
    for name in operations("cloudformation"):
        if re.search("Type(Configuration|DefaultVersion)?$", name):
            assert is_listed(f"cloudformation:{name}", denied) != name.startswith(READS), name


def test_access_grants_give_no_way_to_the_bucket():
    denied = BY_SID["NoWayRoundTheBucket"]["Action"]
    giving = re.compile("(Associate|Create|Put|Update)AccessGrant|GetDataAccess")
    given = {name for name in operations("s3control") if giving.match(name)}
    assert len(given) == 7
    assert all(is_listed(f"s3:{name}", denied) for name in given)


OWN_WORK = {
    "cloudtrail": "AddTags CancelQuery Create Deregister DisableFederation EnableFederation "
    "GenerateQuery LookupEvents Register RemoveTags Restore SearchSample Start",
    "guardduty": "DeclineInvitations EnableOrganizationAdminAccount InviteMembers SendObject Start "
    "TagResource Unarchive UntagResource",
    "sns": "CheckIf ConfirmSubscription Create DeleteEndpoint DeletePlatform DeleteSMS OptIn "
    "Publish SetEndpoint SetPlatform SetSMS Subscribe TagResource UntagResource Verify",
}
"""Changes that silence nobody."""


@pytest.mark.parametrize("service", OWN_WORK)
def test_trails_detectors_and_topics_cannot_be_silenced(service):
    denied = BY_SID["NoBlinding"]["Action"]
    for name in operations(service):
        stays = name.startswith((*READS, *OWN_WORK[service].split()))
        assert is_listed(f"{service}:{name}", denied) != stays, name


def test_alarms_and_rules_cannot_be_silenced():
    denied = BY_SID["NoBlinding"]["Action"]
    silencing = re.compile("(Delete|Disable|Put|Set)\\w*Alarm(s|Actions|State|MuteRule)?")
    alarms = {name for name in operations("cloudwatch") if silencing.fullmatch(name)}
    # To delete a rule that mutes is the opposite of silencing.
    alarms -= {"DeleteAlarmMuteRule"}
    assert len(alarms) >= 6
    assert all(is_listed(f"cloudwatch:{name}", denied) for name in alarms)
    rules = {name for name in operations("events") if re.search("Rule$|Targets$", name)}
    silencing = {name for name in rules if not name.startswith((*READS, "Enable"))}
    assert silencing == {"DeleteRule", "DisableRule", "PutRule", "PutTargets", "RemoveTargets"}
    assert all(is_listed(f"events:{name}", denied) for name in silencing)
    for own in ("events:PutEvents", "cloudwatch:PutMetricData", "cloudwatch:PutDashboard"):
        assert not is_listed(own, denied)


def test_every_change_of_the_template_bucket_is_denied():
    statement = BY_SID["NoTemplateChanges"]
    assert statement["NotAction"] == ["s3:Get*", "s3:List*"]
    bucket = f"arn:aws:s3:::aws-iam-templates-{JUMP}"
    assert statement["Resource"] == [bucket, f"{bucket}/*"]
    makers = BY_SID["NoWayRoundTheBucket"]["Action"]
    for name in operations("s3control"):
        if name.startswith(("CreateAccessPoint", "CreateMultiRegionAccessPoint")):
            assert is_listed(f"s3:{name}", makers)


def test_it_only_denies():
    assert {s["Effect"] for s in BY_SID.values()} == {"Deny"}


def test_names_of_ones_own():
    names = Names(parameter_prefix="/corp/pw", template_bucket="t", stack_set="s", path="/x/")
    document = build_fence_policy(Fence(JUMP, names, "aws-cn"))
    by_sid = {s["Sid"]: s for s in document["Statement"]}
    ssm = f"arn:aws-cn:ssm:*:{JUMP}:parameter"
    assert f"{ssm}/corp/pw/*" in by_sid["NoProductParameters"]["Resource"]
    assert f"{ssm}/corp/*" not in by_sid["NoProductParameters"]["Resource"]
    assert by_sid["NoTemplateChanges"]["Resource"] == ["arn:aws-cn:s3:::t", "arn:aws-cn:s3:::t/*"]


@pytest.mark.parametrize(
    ("prefix", "more"),
    [("/jumpaccount", 0), ("/jumpaccount/pw", 0), ("/jumpaccounts", 2), ("/a/jumpaccount", 2)],
)
def test_a_prefix_below_ours_is_not_named_twice(prefix, more):
    assert len(Fence(JUMP, Names(parameter_prefix=prefix)).parameters) == 2 + more


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_it_passes_our_own_checks_and_fits_with_the_longest_names(partition):
    names = Names(
        parameter_prefix="/" + "p" * 200,
        template_bucket="b" * 63,
        stack_set="s" * 128,
        administration_stack="a" * 128,
        execution_stack="e" * 128,
        passwords_key_stack="k" * 64,
    )
    document = build_fence_policy(Fence(JUMP, names, partition))
    assert problems_of(lambda problems: check_policy(problems, "p", document))[1] == []
    assert policy_size(document) <= 6144
