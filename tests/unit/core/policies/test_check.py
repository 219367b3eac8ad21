# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checking policies before AWS sees them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.switch_role import (
    build_switch_roles,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Level
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import Names
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.bucket import (
    build_bucket_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.check import (
    PolicyKind,
    check_policy,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.switch import (
    TrustOptions,
    build_switch_policy,
    build_switch_trust,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.stacksets import (
    build_administration_template,
    build_execution_template,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import ANYTHING, either, problems_of, record

JUMP = "111111111111"
VERSION = "2012-10-17"
GOOD: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
TRUSTING: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
    "Action": "sts:AssumeRole",
    "Condition": MFA,
}


def found_in(document: Any, kind: PolicyKind = PolicyKind.IDENTITY) -> list[str]:
    return problems_of(lambda problems: check_policy(problems, "p", document, kind))[1]


def found_with(kind: PolicyKind = PolicyKind.IDENTITY, **changes: Any) -> list[str]:
    """Return the problems of a good statement with changes; None takes a key away."""
    base = GOOD if kind is PolicyKind.IDENTITY else TRUSTING
    statement = {k: v for k, v in {**base, **changes}.items() if v is not None}
    problems = found_in({"Version": VERSION, "Statement": [statement]}, kind)
    return [p.removeprefix("p.Statement[0]") for p in problems]


@given(
    either(
        record(
            Version=st.just(VERSION),
            Statement=st.lists(
                either(
                    record(
                        Sid=st.text("a-", max_size=2),
                        Effect=st.sampled_from(["Allow", "allow"]),
                        Principal=either(record(AWS=st.just(JUMP), Service=st.just("x"))),
                        Action=st.lists(st.sampled_from(["s3:*", "*", "s3"]), max_size=2),
                        Resource=st.sampled_from(["*", "arn:x"]),
                        Condition=record(
                            Bool=record(**{"aws:SecureTransport": st.booleans()}),
                            IpAddress=record(**{"aws:SourceIp": ANYTHING}),
                        ),
                    )
                ),
                max_size=2,
            ),
        )
    ),
    st.sampled_from(list(PolicyKind)),
)
def test_nothing_breaks_the_check(document: Any, kind: PolicyKind) -> None:
    assert all(problem.startswith("p") for problem in found_in(document, kind))


def test_good_policies() -> None:
    assert found_with() == []
    assert found_in({"Version": VERSION, "Statement": GOOD}) == []
    assert found_with(PolicyKind.TRUST) == []
    assert found_with(PolicyKind.RESOURCE, Resource="arn:aws:s3:::b/*") == []
    assert found_with(NotAction=["iam:*"], Action=None) == []
    assert found_with(Action=["IAM:listUsers", "vpc-lattice:A-B*"]) == []
    assert found_with(Resource=["arn:aws:s3:::b/${aws:username}/*", "arn:aws:iam::*:role/x"]) == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (None, "p: is not a policy document; it has no Statement"),
        (
            {"Statement": GOOD},
            "p.Version: must be '2012-10-17'; with any other version AWS treats ${...} as plain "
            "text, found nothing",
        ),
        (
            {"Version": VERSION, "Statement": []},
            "p.Statement: expected a list of statements, found an empty list",
        ),
        (
            {"Version": VERSION, "Statement": "x"},
            "p.Statement: expected a list of statements, found the string 'x'",
        ),
        (
            {"Version": VERSION, "Statement": ["x"]},
            "p.Statement[0]: expected a statement, found the string 'x'",
        ),
        (
            {"Version": VERSION, "Statement": GOOD, "Statment": 1},
            "p: unknown key 'Statment' (did you mean 'Statement'?); known: Id, Statement, Version",
        ),
        (
            {"Version": VERSION, "Statement": [{**GOOD, "Sid": "A"}] * 2},
            "p.Statement: Sid 'A' is used 2 times",
        ),
    ],
)
def test_what_is_wrong_with_a_document(document: Any, problem: str) -> None:
    assert found_in(document) == [problem]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Sid": "a b"}, ".Sid: must contain only letters and digits, found the string 'a b'"),
        ({"Effect": "allow"}, ".Effect: must be Allow or Deny, found the string 'allow'"),
        ({"Action": None}, ": needs either Action or NotAction, found none"),
        (
            {"NotResource": "*"},
            ": needs either Resource or NotResource, found Resource and NotResource",
        ),
        ({"Resource": []}, ".Resource: is an empty list"),
        (
            {"Action": "s3"},
            ".Action: must be service:Action (with * and ? as wildcards) or *, found the string "
            "'s3'",
        ),
        (
            {"Resource": "arn:aws:s3:b"},
            ".Resource: must be an ARN with six parts, or *, found the string 'arn:aws:s3:b'",
        ),
        (
            {"Resource": {"Fn::Sub": "x"}},
            ".Resource: must be an ARN with six parts, or *, found a mapping",
        ),
        (
            {"Resource": "arn:aws:s3:::b/${aws:usrname}"},
            ".Resource: unknown policy variable '${aws:usrname}' (did you mean 'aws:username'?)",
        ),
        (
            {"Principal": "*"},
            ".Principal: is not allowed here: the principal is whoever the policy is attached to",
        ),
        (
            {"Condtion": {}},
            ": unknown key 'Condtion' (did you mean 'Condition'?); known: Action, "
            "Condition, Effect, NotAction, NotPrincipal, NotResource, Principal, Resource, Sid",
        ),
    ],
)
def test_what_is_wrong_with_a_statement(changes: Any, problem: str) -> None:
    assert found_with(**changes) == [problem]


def test_only_permissions_need_their_keys_to_be_there() -> None:
    condition = {"ForAllValues:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}
    assert found_with(Condition=condition, Effect="Deny") == []
    (problem,) = found_with(Condition=condition)
    assert problem.startswith(".Condition.ForAllValues:StringEquals.aws:CalledVia: also matches")


SERVICE = {"Service": "cloudformation.amazonaws.com"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"Resource": "*"},
            ".Resource: is not allowed here: a trust policy applies to its own role",
        ),
        ({"Principal": None}, ": needs a Principal, found none"),
        (
            {"Principal": {}},
            ".Principal: expected '*' or a mapping of types to principals, found an empty mapping",
        ),
        ({"Principal": {"AWS": []}}, ".Principal.AWS: expected principals, found an empty list"),
        ({"Principal": "*"}, ": trusts everyone; name the account"),
        ({"Principal": {"AWS": ["*"]}}, ": trusts everyone; name the account"),
        (
            {"Principal": None, "NotPrincipal": {"AWS": JUMP}},
            ": trusts everyone except the NotPrincipal; use Principal instead",
        ),
        (
            {"Principal": SERVICE, "Condition": None},
            ": trusts a service without aws:SourceArn or aws:SourceAccount, so other accounts can "
            "use the role through that service",
        ),
        (
            {"Principal": {"Servce": "x"}},
            ".Principal: unknown key 'Servce' (did you mean "
            "'Service'?); known: AWS, CanonicalUser, Federated, Service",
        ),
    ],
)
def test_what_is_wrong_with_a_trust(changes: Any, problem: str) -> None:
    assert found_with(PolicyKind.TRUST, **changes) == [problem]


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/*"}},
        {"StringEquals": {"aws:PrincipalTag/team": "x"}},
    ],
)
def test_a_trust_without_mfa(condition: Any) -> None:
    problems = found_with(PolicyKind.TRUST, Condition=condition)
    assert problems[-1].startswith(": trusts an account without MFA; require Bool")


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        (TRUSTING["Principal"], {"Bool": {"AWS:multifactorauthpresent": True}}),
        (TRUSTING["Principal"], {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/a"}}),
        (SERVICE, {"StringEquals": {"aws:SourceAccount": JUMP}}),
        (SERVICE, {"ArnLike": {"aws:SourceArn": "arn:aws:cloudformation:*:1:stackset/a:*"}}),
    ],
)
def test_a_trust_that_is_closed(principal: Any, condition: Any) -> None:
    assert found_with(PolicyKind.TRUST, Principal=principal, Condition=condition) == []


def test_a_service_that_may_be_anybodys() -> None:
    condition = {"ArnLikeIfExists": {"aws:SourceArn": "arn:aws:sns:*:1:a"}}
    assert len(found_with(PolicyKind.TRUST, Principal=SERVICE, Condition=condition)) == 1
    assert len(found_with(PolicyKind.TRUST, Principal=SERVICE, Condition=["x"])) == 2


def resolved(value: Any) -> Any:
    """Return a part of a template as it is in the Jump account."""
    if isinstance(value, dict):
        if set(value) == {"Fn::Sub"}:
            value = value["Fn::Sub"].replace("${AWS::Partition}", "aws")
            return value.replace("${AdminAccountId}", JUMP).replace("${AWS::AccountId}", JUMP)
        return JUMP if set(value) == {"Ref"} else {k: resolved(v) for k, v in value.items()}
    return [resolved(v) for v in value] if isinstance(value, list) else value


def templates() -> list[dict[str, Any]]:
    names = Names()
    return [
        build_execution_template(names, JUMP),
        build_administration_template(names, "eu-west-1"),
    ]


def test_what_the_product_writes_passes() -> None:
    trust = TrustOptions(JUMP, "aws", True, 3600, ("203.0.113.0/24", "2001:db8::/32"))
    trusts = [build_switch_trust(trust), build_switch_roles([Level("a")], Names(), trust)[0]]
    assert found_in(trusts[0], PolicyKind.TRUST) == []
    for template in map(resolved, templates()):
        for resource in template["Resources"].values():
            properties = resource["Properties"]
            assert found_in(properties["AssumeRolePolicyDocument"], PolicyKind.TRUST) == []
            for policy in properties.get("Policies", []):
                assert found_in(policy["PolicyDocument"]) == []
    assert found_in(build_switch_policy(["arn:aws:iam::222222222222:role/role-a"])) == []
    bucket = build_bucket_policy("b", "aws", JUMP, ["222222222222"], "k")
    assert found_in(bucket, PolicyKind.RESOURCE) == []
    assert json.dumps(templates())
