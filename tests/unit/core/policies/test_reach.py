# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What principals may do by their policies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.reach import (
    Deed,
    Evaluator,
    Principal,
    Reach,
)
from hypothesis import given
from hypothesis import strategies as st

from sandbox.policy_evaluation import Decision, decide

ROLE = "arn:aws:iam::1:role/r"
DEED = Deed("iam:PutRolePolicy", ROLE)
IF_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that denies."""
    return {**allow(action, resource, **more), "Effect": "Deny"}


def turned(statement: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a statement with NotAction or NotResource for Action or Resource."""
    return {f"Not{k}" if k in names else k: v for k, v in statement.items()}


def reach(*policies: Any, boundary: Any = None, deed: Deed = DEED) -> Reach:
    """Return whether somebody with policies of these statements may do a deed."""
    keys = [(f"p{number}",) for number in range(len(policies))]
    documents = dict(zip(keys, ({"Statement": p} for p in policies), strict=True))
    if boundary is not None:
        documents[("b",)] = {"Statement": boundary}
    key = None if boundary is None else ("b",)
    return Evaluator(documents).reach(Principal("role", "x", "/", tuple(keys), key), deed)


NO, POSSIBLE, YES = Reach


@pytest.mark.parametrize(
    ("policies", "found"),
    [
        ([], NO),
        ([[]], NO),
        ([allow()], YES),
        ([[allow("IAM:putrole*", "arn:aws:iam::*:role/*")]], YES),
        ([[allow(["s3:*", "iam:PutRolePolicy"], ["x", ROLE])]], YES),
        ([[allow("iam:PutUserPolicy")]], NO),
        ([[allow(resource="arn:aws:iam::1:role/other")]], NO),
        ([[allow(resource="arn:aws:iam::1:role/${aws:PrincipalTag/team}")]], YES),
        ([[allow(Condition=IF_MFA)]], POSSIBLE),
        ([[allow(Condition={})]], YES),
        ([[turned(allow("s3:*"), "Action")]], YES),
        ([[turned(allow("iam:*"), "Action")]], NO),
        ([[turned(allow(resource="arn:aws:s3:::b"), "Resource")]], YES),
        ([[turned(allow(resource="arn:aws:iam::1:role/*"), "Resource")]], NO),
        ([[allow(), deny("iam:Put*")]], NO),
        ([[allow()], [deny(resource=ROLE)]], NO),
        ([[allow(), deny("iam:Get*")]], YES),
        ([[allow(), deny(resource="arn:aws:iam::1:role/${aws:username}")]], YES),
        ([[allow(), deny(Condition=IF_MFA)]], YES),
        ([[allow(), turned(deny("iam:Get*"), "Action")]], NO),
        ([[allow(), turned(deny(resource="arn:aws:s3:::b"), "Resource")]], NO),
        ([[allow(), turned(deny(resource=ROLE), "Resource")]], YES),
    ],
)
def test_policies(policies, found):
    assert reach(*policies) is found


@pytest.mark.parametrize(
    ("boundary", "found"),
    [
        ([allow()], YES),
        ([allow("s3:*")], NO),
        ([allow(Condition=IF_MFA)], POSSIBLE),
        ([allow(), deny("iam:*")], NO),
    ],
)
def test_boundaries_limit_and_give_nothing(boundary, found):
    assert reach([allow()], boundary=boundary) is found
    assert reach([], boundary=boundary) is NO


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (allow(resource="arn:aws:ssm:eu:1:parameter/j/ana"), YES),
        (allow(resource="arn:aws:ssm:eu:1:parameter/k/*"), NO),
        ([allow(), deny(resource="arn:aws:ssm:eu:1:parameter/j/ana")], YES),
        ([allow(), deny(resource="arn:aws:ssm:*:1:parameter/j/*")], NO),
    ],
)
def test_one_of_several_resources_is_enough_and_a_denial_has_to_concern_all(statement, found):
    assert (
        reach(statement, deed=Deed("ssm:GetParameter", "arn:aws:ssm:eu:1:parameter/j/*")) is found
    )


def test_a_policy_that_is_not_known_may_allow_anything():
    unknown = Principal("user", "u", "/", (("arn:unknown",),))
    assert Evaluator({}).reach(unknown, DEED) is POSSIBLE
    bounded = Principal("user", "u", "/", (("p",),), ("arn:unknown",))
    assert Evaluator({("p",): {"Statement": [allow()]}}).reach(bounded, DEED) is POSSIBLE


def test_the_best_of_several_deeds():
    principal = Principal("user", "u", "/", (("p",),))
    evaluator = Evaluator(
        {("p",): {"Statement": [allow("s3:Get*"), allow("s3:Put*", **{"Condition": IF_MFA})]}}
    )
    deeds = [Deed(f"s3:{name}", "arn:aws:s3:::b/k") for name in ("Delete", "Put", "Get")]
    assert [evaluator.reach_any(principal, deeds[:n]) for n in range(4)] == [NO, NO, POSSIBLE, YES]


ACTIONS = ["iam:PutRolePolicy", "iam:*", "iam:Get*", "s3:*", "*"]
RESOURCES = [ROLE, "arn:aws:iam::1:role/*", "arn:aws:iam::2:role/*", "*", "arn:aws:iam::?:role/r"]
STATEMENTS = st.builds(
    lambda effect, action, resource, kinds, condition: {
        "Effect": effect,
        kinds[0]: action,
        kinds[1]: resource,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2),
    st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
    st.sampled_from([("Action", "Resource"), ("NotAction", "Resource"), ("Action", "NotResource")]),
    st.sampled_from([{}, {}, IF_MFA]),
)


@given(st.lists(st.lists(STATEMENTS, max_size=3), max_size=3))
def test_it_agrees_with_an_evaluator_of_whole_requests(policies):
    texts = [json.dumps({"Statement": statements}) for statements in policies]
    requests = [{"aws:MultiFactorAuthPresent": mfa} for mfa in ("true", "false")]
    allowed = [decide(texts, DEED.action, ROLE, r) is Decision.ALLOW for r in requests]
    found = reach(*policies)
    if found is NO:
        assert not any(allowed)
    if found is YES and not any(s["Effect"] == "Deny" for p in policies for s in p):
        assert all(allowed)
