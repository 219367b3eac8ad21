# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies and actions of AWS that inputs name."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.catalog import (
    EMPTY,
    Catalog,
    check_actions,
    find_policy,
    parse_catalog,
    resolve_roles,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import ANYTHING, either, problems_of, record

CATALOG = Catalog(
    policies={
        "ReadOnlyAccess": "/",
        "Billing": "/job-function/",
        "SupportServiceRole": "/aws-service-role/",
        "AuditRoot": "/root-task/",
    },
    services={
        "s3": ("GetObject", "ListBucket"),
        "dynamodb": ("GetItem", "PutItem"),
        "retired": ("*",),
    },
    day="2026-09-30",
    partition="aws",
)
ARN = "arn:aws:iam::aws:policy/"
ADVICE = (
    "If AWS added it after 2026-09-30, list it in known_actions (jump_known_actions in the roles "
    "of this collection)"
)


def find(text: str, catalog: Catalog = CATALOG) -> tuple[Any, list[str]]:
    return problems_of(lambda problems: find_policy(problems, "p", text, catalog))


def check(document: Any, catalog: Catalog = CATALOG) -> list[str]:
    return problems_of(lambda problems: check_actions(problems, "p", document, catalog))[1]


def check_action(text: str, catalog: Catalog = CATALOG) -> list[str]:
    return check({"Statement": {"Action": text}}, catalog)


def with_known(known_actions: Any) -> tuple[Catalog, list[str]]:
    return problems_of(lambda p: parse_catalog(p, known_actions, CATALOG, "aws"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ReadOnlyAccess", "ReadOnlyAccess"),
        ("Billing", "job-function/Billing"),
        ("job-function/Billing", "job-function/Billing"),
        (f"{ARN}job-function/Billing", "job-function/Billing"),
        (f"{ARN}ReadOnlyAccess", "ReadOnlyAccess"),
        (f"{ARN}service-role/Newer", f"{ARN}service-role/Newer"),
    ],
)
def test_a_policy_is_found_with_its_path(text: str, found: str) -> None:
    assert find(text) == (found, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "ReadOnlyAcess",
            "p: AWS has no managed policy 'ReadOnlyAcess' (did you mean 'ReadOnlyAccess'?). For "
            f"an AWS policy newer than 2026-09-30, use its ARN, such as {ARN}ReadOnlyAcess; for a "
            "customer managed policy, use {customer: NAME}",
        ),
        ("x/Other", "p: AWS has no managed policy 'x/Other'. For an AWS policy"),
        ("x/Billing", "p: 'x/Billing' is not the path of this AWS policy; write 'Billing'"),
        (f"{ARN}Billing", f"p: '{ARN}Billing' is not the path of this AWS policy; write 'Billing'"),
        (
            "arn:aws-cn:iam::aws:policy/Newer",
            "p: 'arn:aws-cn:iam::aws:policy/Newer' belongs to partition aws-cn, but the region "
            "belongs to aws; write 'Newer'",
        ),
        (
            "SupportServiceRole",
            "p: 'SupportServiceRole' is for service-linked roles and cannot be attached to other "
            "roles",
        ),
        (
            "AuditRoot",
            "p: 'AuditRoot' is for root user sessions and cannot be attached to roles",
        ),
    ],
)
def test_what_cannot_be_attached_is_refused(text: str, problem: str) -> None:
    (found,) = find(text)[1]
    assert found.startswith(problem)


@given(st.text())
def test_without_a_catalog_names_stay_as_they_are(text: str) -> None:
    assert find(text, EMPTY) == (text, [])


def test_the_partition_of_the_run_is_known_to_the_advice() -> None:
    catalog = parse_catalog(None, None, CATALOG, "aws-cn")
    assert "arn:aws-cn:iam::aws:policy/Newer;" in find("Newer", catalog)[1][0]
    known = "arn:aws-cn:iam::aws:policy/job-function/Billing"
    assert find(known, catalog) == ("job-function/Billing", [])


@pytest.mark.parametrize(
    "text",
    [
        *("*", "s3:*", "s3:GetObject", "s3:getobject", "S3:GETOBJECT", "s3:Get*", "s3:*Bucket"),
        *("s3:Get?bject", "dynamodb:*", "retired:Anything", "no action at all"),
    ],
)
def test_actions_that_aws_has_are_accepted(text: str) -> None:
    assert check_action(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("s33:Get*", "'s33:Get*': AWS has no service 's33' (did you mean 's3'?)"),
        ("xyz:Get", "'xyz:Get': AWS has no service 'xyz'"),
        ("dynamodb:GetItm", "dynamodb has no action 'GetItm' (did you mean 'dynamodb:GetItem'?)"),
        ("s3:Get", "s3 has no action 'Get' (did you mean 's3:GetObject'?)"),
        (
            "s3:GetObjekt*",
            "'s3:GetObjekt*' matches no action of s3 (did you mean 's3:GetObject*'?)",
        ),
        ("s3:*Bukket", "'s3:*Bukket' matches no action of s3 (did you mean 's3:ListBucket'?)"),
        ("s3:Q?", "'s3:Q?' matches no action of s3"),
        ("s3:", "s3 has no action ''"),
    ],
)
def test_other_actions_are_refused(text: str, problem: str) -> None:
    (found,) = check_action(text)
    assert found.startswith(f"p.Statement.Action: {problem}")
    assert found.endswith(f". {ADVICE}")


def test_each_action_is_named_with_its_place() -> None:
    document = {
        "Statement": [
            {"Action": ["s3:GetObject", "s3:A"], "NotAction": "s33:B"},
            "no statement",
            {"NotAction": ["dynamodb:C", 4]},
        ]
    }
    places = [problem.partition(":")[0] for problem in check(document)]
    assert places == [
        "p.Statement[0].Action",
        "p.Statement[0].NotAction",
        "p.Statement[2].NotAction",
    ]


@given(either(record(Statement=ANYTHING | st.lists(record(Action=ANYTHING, NotAction=ANYTHING)))))
def test_nothing_breaks_the_check(document: Any) -> None:
    for problem in check(document):
        assert problem.startswith("p.Statement")


def test_without_a_catalog_no_action_is_refused() -> None:
    assert check_action("s33:Get*", EMPTY) == []


def test_newer_actions_can_be_added() -> None:
    catalog, problems = with_known(["S3:NewOne", "newer:One", "whole:*"])
    assert problems == []
    accepted = ["s3:NewOne", "s3:newone", "s3:New*", "s3:GetObject", "newer:One", "whole:Any"]
    assert [check_action(text, catalog) for text in accepted] == [[]] * len(accepted)
    assert check_action("newer:Two", catalog) != []
    assert check_action("s3:NewTwo", catalog) != []


@pytest.mark.parametrize(
    ("known_actions", "problem"),
    [
        ("s3:Get", "known_actions: expected a list, found the string 's3:Get'"),
        ([None], "known_actions[0]: must be service:Action, or service:* for a whole service"),
        (["s3:A", "s3"], "known_actions[1]: must be service:Action"),
        (["*"], "known_actions[0]: must be service:Action"),
        (["*:*"], "known_actions[0]: must be service:Action"),
        (["s3:Get*"], "known_actions[0]: must be service:Action"),
    ],
)
def test_what_is_no_action_is_not_added(known_actions: Any, problem: str) -> None:
    assert with_known(known_actions)[1][0].startswith(problem)


def test_adding_to_no_catalog_leaves_it_without_actions() -> None:
    assert problems_of(lambda p: parse_catalog(p, ["s3:A"], EMPTY, "")) == (EMPTY, [])


def resolve(roles: Any) -> tuple[Any, list[str]]:
    return problems_of(lambda problems: resolve_roles(problems, roles, CATALOG))


def test_roles_get_the_paths_of_their_policies() -> None:
    own = "arn:aws:iam::111111111111:policy/own"
    roles = [{"name": "a", "managed_policies": ["Billing", own, 3]}, {"name": "b"}, "c"]
    found = [{"name": "a", "managed_policies": ["job-function/Billing", own, 3]}, *roles[1:]]
    assert resolve(roles) == (found, [])


def test_problems_of_roles_have_their_places() -> None:
    document = {"Statement": [{"Action": "s33:Get*"}]}
    roles = [
        {
            "managed_policies": ["ReadOnlyAccess", "ReadOnlyAcess"],
            "inline_policies": {"x": document},
        }
    ]
    assert [problem.partition(":")[0] for problem in resolve(roles)[1]] == [
        "roles[0].inline_policies.x.Statement[0].Action",
        "roles[0].managed_policies[1]",
    ]


@given(ANYTHING)
def test_what_is_no_list_of_roles_is_left_alone(value: Any) -> None:
    assert resolve(value) == (value, []) or value != value
