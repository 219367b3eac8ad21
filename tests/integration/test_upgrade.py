# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate with the policies of an earlier version gets today's with one bootstrap."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import yaml

from .conftest import JUMP, MEMBERS, ROSTER, World

MFA = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-enforce-mfa"
FENCE = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-fence-jump-account"
PASSWORDS = "/jumpaccount/initial-password"
NEWER_MFA = {
    "ChangeOwnCredentialsWithFreshMfa",
    "DenyCredentialsWithStaleMfa",
    "SignInToCliWithFreshMfa",
    "StaySignedInToCliWithMfa",
}
NEWER_FENCE = {"NoBlinding", "NoTypeChanges"}


def document(world: World, arn: str) -> dict[str, Any]:
    """Return the document of a policy that counts."""
    iam = world.sandbox.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    got = iam.get_policy_version(PolicyArn=arn, VersionId=version)
    return dict(got["PolicyVersion"]["Document"])


def older(policy: dict[str, Any], newer: Collection[str]) -> dict[str, Any]:
    """Return a policy as it was before it had some statements."""
    kept = [s for s in policy["Statement"] if s["Sid"] not in newer]
    assert len(kept) == len(policy["Statement"]) - len(newer)
    return {**policy, "Statement": kept}


def put_mfa_policy_back(world: World) -> None:
    """Give people the MFA policy of an earlier version."""
    text = json.dumps(older(document(world, MFA), NEWER_MFA))
    iam = world.sandbox.client("iam")
    iam.create_policy_version(PolicyArn=MFA, PolicyDocument=text, SetAsDefault=True)


def put_fence_back(world: World) -> None:
    """Deploy the fence of an earlier version, as its run did."""
    stacks = world.sandbox.client("cloudformation")
    found = stacks.describe_stack_set(StackSetName="iam-roles")["StackSet"]
    template = yaml.safe_load(found["TemplateBody"])
    (fence,) = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Properties"].get("ManagedPolicyName") == FENCE.rpartition("/")[2]
    )
    fence["PolicyDocument"] = older(fence["PolicyDocument"], NEWER_FENCE)
    operation = stacks.update_stack_set(
        StackSetName="iam-roles",
        TemplateBody=json.dumps(template),
        Description=found["Description"],
        Parameters=found["Parameters"],
        Capabilities=found["Capabilities"],
        Tags=found["Tags"],
        AdministrationRoleARN=found["AdministrationRoleARN"],
        ExecutionRoleName=found["ExecutionRoleName"],
    )["OperationId"]
    for _poll in range(100):
        asked = stacks.describe_stack_set_operation(
            StackSetName="iam-roles", OperationId=operation
        )["StackSetOperation"]
        if asked["Status"] not in ("RUNNING", "QUEUED"):
            break
        world.sandbox.post("clock", {"advance_seconds": 30})
    assert asked["Status"] == "SUCCEEDED"


def test_older_policies_are_replaced_by_one_bootstrap_that_check_mode_predicts(estate: World):
    today = document(estate, MFA), document(estate, FENCE)
    put_mfa_policy_back(estate)
    put_fence_back(estate)
    before = document(estate, MFA), document(estate, FENCE)
    assert before != today

    predicted = estate.play("bootstrap", "--check")
    assert (document(estate, MFA), document(estate, FENCE)) == before
    played = estate.play_well("bootstrap")
    assert (document(estate, MFA), document(estate, FENCE)) == today
    assert [change["target"] for change in predicted.changes] == [
        change["target"] for change in played.changes
    ]
    assert played.changes
    assert estate.play_well("bootstrap").changes == []


def passwords(world: World) -> dict[str, str]:
    """Return the initial passwords that lie in the store, as an administrator reads them."""
    ssm = world.sandbox.client("ssm")
    found = ssm.get_parameters_by_path(Path=PASSWORDS, WithDecryption=True)["Parameters"]
    values = {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in found}
    return {name: value for name, value in values.items() if name != "_issued"}


def test_initial_passwords_move_under_the_own_key_and_let_people_sign_in(world: World):
    world.write(MEMBERS, ROSTER)
    world.bootstrap_once("-e", "jump_users_kms_key=aws/ssm")
    before = passwords(world)
    assert len(before) == len(ROSTER)

    at_once = ("-e", '{"jump_users_rest_of_names": 0}')
    predicted = world.play_well("bootstrap", "--check", *at_once)
    assert f"{len(ROSTER)} to move to the key" in predicted.output
    played = world.play_well("bootstrap", *at_once)
    assert [change["target"] for change in predicted.changes] == [
        change["target"] for change in played.changes
    ]
    assert passwords(world) == before
    found = world.sandbox.client("ssm").describe_parameters()["Parameters"]
    assert {p["KeyId"].split(":")[2] for p in found if p["Type"] == "SecureString"} == {"kms"}
    for name, password in before.items():
        new = {"password": password, "new_password": f"{password}-of-my-own"}
        session = world.sandbox.post("sign_in", {"account_id": JUMP, "user_name": name, **new})
        assert session["credentials"]
    deleted = world.play_well("bootstrap", *at_once)
    assert {change["action"] for change in deleted.changes} == {"delete"}
    assert passwords(world) == {}
    assert world.play_well("bootstrap", *at_once).changes == []
