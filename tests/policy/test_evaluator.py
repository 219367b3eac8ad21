# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The evaluator's traps: what it would answer wrongly is refused, not answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.policy.companies import COMPANIES
from tests.policy.company import Company
from tests.policy.estate import Estate
from tests.policy.evaluator import Evaluator, Request, UndecidableError
from tests.policy.lint import problems_of
from tests.policy.survival import our_documents

ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
SWITCH = Request(
    "arn:aws:iam::111111111111:user/alice",
    "sts:AssumeRole",
    "arn:aws:iam::222222222222:role/role-admin",
    "222222222222",
    {"aws:username": "alice"},
    [ALLOW],
)


def test_a_role_without_trust_policy_is_refused(evaluator: Evaluator) -> None:
    with pytest.raises(UndecidableError, match="needs the role's trust policy"):
        evaluator.decide([SWITCH])


def test_a_context_key_that_it_would_drop_is_refused(evaluator: Evaluator) -> None:
    request = replace(SWITCH, action="iam:GetUser", resource=SWITCH.principal or "")
    with pytest.raises(UndecidableError, match="has no context keys sts:RoleSessionName"):
        evaluator.decide([replace(request, context={"sts:RoleSessionName": "alice"})])


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:GetUserr", "arn:aws:iam::111111111111:user/alice"),
        ("iam:GetUser", "arn:aws:iam::111111111111:role/alice"),
        ("iam:ListUsers", "arn:aws:iam::111111111111:user/alice"),
    ],
)
def test_a_call_that_aws_does_not_have_is_refused(
    evaluator: Evaluator, action: str, resource: str
) -> None:
    with pytest.raises(UndecidableError):
        evaluator.decide([replace(SWITCH, action=action, resource=resource)])


def test_a_policy_with_wrong_syntax_is_refused(evaluator: Evaluator) -> None:
    wrong = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"}]}
    request = replace(SWITCH, action="iam:GetUser", resource=SWITCH.principal or "")
    with pytest.raises(UndecidableError):
        evaluator.decide([replace(request, account="111111111111", identity=[wrong])])


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.name)
def test_every_document_of_the_product_says_only_what_is_understood(
    estate_of: Callable[[Company], Estate], company: Company
) -> None:
    estate = estate_of(company)
    found = {
        f"{name}: {problem}"
        for name in our_documents(estate)
        for problem in problems_of(estate.documents[name])
    }
    assert not found


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ({"Bool": {"aws:MultiFactorPresent": "false"}}, "unknown key aws:MultiFactorPresent"),
        ({"Boolean": {"aws:SecureTransport": "false"}}, "operator Boolean does not fit"),
        ({"StringEquals": {"aws:SourceIp": "203.0.113.1"}}, "operator StringEquals does not fit"),
        ({"DateLessThan": {"aws:CurrentTime": ["1924992000"]}}, "must be a date in UTC"),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}}, "cannot be decided here"),
    ],
)
def test_what_would_be_misread_is_found(condition: object, problem: str) -> None:
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    found = list(problems_of({"Version": "2012-10-17", "Statement": [statement]}))
    assert len(found) == 1
    assert problem in found[0]


def test_a_policy_without_version_is_found() -> None:
    assert list(problems_of({"Statement": []})) == ["without its version ${...} is plain text"]
