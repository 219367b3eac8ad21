# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who beside our roles reads initial passwords or can change what is ours."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.strong_principals import (
    Holdings,
    principal_arn,
    strong_principals,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.fence import (
    Fence,
    build_fence_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.reach import Principal
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    build_switch_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.passwords_key import (
    PasswordsKey,
    build_key_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.values import Place

JUMP = "111111111111"
HOLDINGS = Holdings(
    account_id=JUMP,
    partition="aws",
    region="eu-west-1",
    path="/jumpaccount/",
    roles=("role-admin", "role-stackset-administration"),
    fence="policy-fence-jump-account",
    stack_set="iam-roles",
    parameter_prefix="/jumpaccount/initial-password",
)
CALLER = f"arn:aws:iam::{JUMP}:user/ops/deploy"
FENCE = build_fence_policy(Fence(JUMP, Names()))
PARAMETERS = f"arn:aws:ssm:eu-west-1:{JUMP}:parameter"


def policy(*actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    """Return a policy that allows."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def found(
    *documents: Any, name: str = "x", path: str = "/", caller: str = CALLER, **more: Any
) -> list[dict[str, Any]]:
    """Return what is told of a role with these policies."""
    keys = tuple((f"p{number}",) for number in range(len(documents)))
    principal = Principal("role", name, path, keys)
    documents_by_key = dict(zip(keys, documents, strict=True))
    return strong_principals([principal], documents_by_key, replace(HOLDINGS, **more), caller)


def reached(*documents: Any, **more: Any) -> list[str]:
    """Return what a role with these policies reaches."""
    return [what for entry in found(*documents, **more) for what in entry["reach"]]


@pytest.mark.parametrize(
    ("document", "reach"),
    [
        (policy("s3:*", "ec2:*", "iam:Get*"), []),
        (policy("ssm:Get*"), ["passwords"]),
        (policy("ssm:GetParameters", resource=f"{PARAMETERS}/jumpaccount/*"), ["passwords"]),
        (policy("ssm:GetParameter", resource=f"{PARAMETERS}/app/*"), []),
        (policy("ssm:GetParametersByPath", resource=f"{PARAMETERS}/"), ["passwords"]),
        (policy("ssm:GetParametersByPath", resource=f"{PARAMETERS}/jumpaccount"), ["passwords"]),
        (policy("ssm:GetParametersByPath", resource=f"{PARAMETERS}/app"), []),
        (policy("iam:AddUserToGroup"), ["groups"]),
        (policy("iam:*", resource=f"arn:aws:iam::{JUMP}:group/others/*"), []),
        (policy("iam:CreatePolicyVersion"), ["groups"]),
        (policy("iam:UpdateAssumeRolePolicy"), ["roles"]),
        (policy("iam:PutRolePolicy", resource=f"arn:aws:iam::{JUMP}:role/app-*"), []),
        (policy("cloudformation:*"), ["stack set"]),
        (policy("*"), ["groups", "passwords", "roles", "stack set"]),
    ],
)
def test_what_policies_reach(document, reach):
    assert reached(document) == reach


def test_the_fence_closes_everything():
    assert reached(policy("*"), FENCE) == []


def test_a_key_of_our_own_takes_the_right_to_decrypt():
    read = policy("ssm:Get*")
    assert reached(read, has_own_key=True) == []
    assert reached(read, policy("kms:Decrypt"), has_own_key=True) == ["passwords"]


KEY_ARN = f"arn:aws:kms:eu-west-1:{JUMP}:key/1"
READER = f"arn:aws:iam::{JUMP}:role/people/reader"
KEY_POLICY = build_key_policy(
    PasswordsKey(Place(JUMP, "aws", "eu-west-1"), "alias/a", HOLDINGS.parameter_prefix, (READER,))
)


@pytest.mark.parametrize(
    ("actions", "name", "is_told"),
    [
        (["ssm:Get*"], "reader", False),
        (["ssm:Get*", "kms:Decrypt"], "reader", True),
        (["ssm:Get*", "kms:Decrypt"], "other", False),
        (["ssm:Get*", "kms:PutKeyPolicy"], "other", True),
        (["kms:*"], "reader", False),
        (["ssm:Get*", "kms:CreateGrant"], "other", False),
    ],
)
def test_with_the_key_of_our_stack_its_policy_decides(actions, name, is_told):
    told = reached(
        policy(*actions), name=name, path="/people/", key_arn=KEY_ARN, key_policy=KEY_POLICY
    )
    assert told == ["passwords"] * is_told


def test_whom_a_key_policy_names_or_lets_grant_reads():
    statement = {"Effect": "Allow", "Principal": {"AWS": READER}, "Resource": "*"}
    for action in ("kms:Decrypt", "kms:CreateGrant"):
        key = {"key_arn": KEY_ARN, "key_policy": {"Statement": {**statement, "Action": action}}}
        read = policy("ssm:Get*")
        assert reached(read, name="reader", path="/people/", **key) == ["passwords"]
        assert reached(read, name="other", path="/people/", **key) == []


@pytest.mark.parametrize(
    ("caller", "arn"),
    [
        (CALLER, CALLER),
        (f"arn:aws:iam::{JUMP}:root", f"arn:aws:iam::{JUMP}:root"),
        (f"arn:aws:sts::{JUMP}:assumed-role/reader/me", READER),
        (
            f"arn:aws:sts::{JUMP}:assumed-role/new/me",
            f"arn:aws:sts::{JUMP}:assumed-role/new/me",
        ),
        (f"arn:aws:sts::{JUMP}:federated-user/ana", f"arn:aws:sts::{JUMP}:federated-user/ana"),
    ],
)
def test_policies_know_a_session_by_its_role(caller, arn):
    assert principal_arn(caller, {"reader": READER}) == arn


def test_conditions_make_it_possible_only():
    (entry,) = found(policy("ssm:Get*", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    assert entry == {
        "principal": "role x",
        "path": "/",
        "reach": ["passwords"],
        "is_certain": False,
    }
    (entry,) = found(policy("ssm:Get*"))
    assert entry["is_certain"] is True


@pytest.mark.parametrize(
    "more",
    [
        {"name": "role-admin"},
        {"path": "/aws-service-role/sso.amazonaws.com/"},
        {"name": "deployer", "caller": f"arn:aws:sts::{JUMP}:assumed-role/deployer/session"},
    ],
)
def test_of_whom_nothing_is_told(more):
    assert found(policy("*"), **more) == []


def test_the_user_of_the_run_is_not_told_and_all_others_are_sorted():
    users = [Principal("user", name, "/", (("p",),)) for name in ("zoe", "deploy", "ana")]
    told = strong_principals(users, {("p",): policy("*")}, HOLDINGS, CALLER)
    assert [entry["principal"] for entry in told] == ["user ana", "user zoe"]


def test_a_large_company_takes_no_time():
    arns = [f"arn:aws:iam::{n:012}:role/role-operator" for n in range(100)]
    documents: dict[Any, Any] = {
        ("Group", f"g{n}", "s"): build_switch_policy(arns) for n in range(300)
    }
    documents[("mfa",)] = FENCE
    people = [
        Principal(
            "user",
            f"u{n}",
            "/",
            (("mfa",), ("Group", f"g{n % 300}", "s"), ("Group", f"g{n % 7}", "s")),
        )
        for n in range(500)
    ]
    start = time.process_time()
    assert strong_principals(people, documents, HOLDINGS, CALLER) == []
    assert time.process_time() - start < 2
