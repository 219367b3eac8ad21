# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checking conditions: keys, operators, values, variables."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import Problems
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.conditions import (
    check_condition,
    check_presence,
    check_variables,
    network_problem,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import problems_of


def found_in(condition: Any) -> list[str]:
    return problems_of(lambda problems: check_condition(problems, "c", condition))[1]


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:MultiFactorAuthPresent": True, "aws:SecureTransport": ["false"]}},
        {"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}},
        {"NumericLessThanEqualsIfExists": {"s3:max-keys": "10.5"}},
        {"DateLessThan": {"aws:CurrentTime": "2027-03-31T00:00:00Z", "aws:EpochTime": "17"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.7", "203.0.113.0/24", "2001:db8::/32"]}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x", "aws:SourceArn": "*"}},
        {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}},
        {"StringEquals": {"aws:PrincipalTag/Team": "x", "iam:ResourceTag/a": "b"}},
        {"ForAnyValue:StringLike": {"aws:TagKeys": ["a*"]}},
        {"ForAllValues:StringEqualsIfExists": {"aws:TagKeys": ["a"]}},
        {"StringEquals": {"sts:RoleSessionName": "${aws:username}", "AWS:UserId": "x"}},
        {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": "x", "ec2:Region": "y"}},
        {"StringLike": {"s3:prefix": ["${*}", "${aws:username, 'nobody'}/*"]}},
        {"Null": {"aws:SourceVpce": "true"}},
        {"BinaryEquals": {"some:key": "QUJD"}},
    ],
)
def test_conditions_that_are_right(condition: Any) -> None:
    assert found_in(condition) == []


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ([], "c: expected a mapping of operators, found an empty list"),
        (
            {"StringEqual": {"aws:userid": "x"}},
            "c.StringEqual: unknown operator (did you mean 'StringEquals'?)",
        ),
        (
            {"stringequals": {"aws:userid": "x"}},
            "c.stringequals: unknown operator (did you mean 'StringEquals'?)",
        ),
        (
            {"NullIfExists": {"aws:userid": "true"}},
            "c.NullIfExists: unknown operator (did you mean 'BoolIfExists'?)",
        ),
        ({"Bool": {}}, "c.Bool: expected a mapping of condition keys, found an empty mapping"),
        (
            {"Bool": {"aws:MultiFactorAuthPresnt": "true"}},
            "c.Bool.aws:MultiFactorAuthPresnt: "
            "unknown condition key (did you mean 'aws:MultiFactorAuthPresent'?)",
        ),
        (
            {"StringEquals": {"aws:PrincipalTag/": "true"}},
            "c.StringEquals.aws:PrincipalTag/: "
            "unknown condition key (did you mean 'aws:PrincipalType'?)",
        ),
        (
            {"Bool": {"awss:SecureTransport": "true"}},
            "c.Bool.awss:SecureTransport: "
            "unknown condition key (did you mean 'aws:SecureTransport'?)",
        ),
        (
            {"NumericLessThan": {"s3:prefix": "1"}},
            "c.NumericLessThan.s3:prefix: is a string, which NumericLessThan cannot compare; use "
            "one of StringEquals, StringEqualsIgnoreCase, StringLike, StringNotEquals, "
            "StringNotEqualsIgnoreCase, StringNotLike",
        ),
        ({"StringEquals": {"nokey": "true"}}, "c.StringEquals.nokey: unknown condition key"),
        (
            {"StringEquals": {"aws:SecureTransport": "true"}},
            "c.StringEquals.aws:SecureTransport: "
            "is a boolean, which StringEquals cannot compare; use one of Bool",
        ),
        (
            {"NumericEquals": {"sts:RoleSessionName": "1"}},
            "c.NumericEquals.sts:RoleSessionName: is "
            "a string, which NumericEquals cannot compare; use one of StringEquals, "
            "StringEqualsIgnoreCase, StringLike, StringNotEquals, StringNotEqualsIgnoreCase, "
            "StringNotLike",
        ),
        (
            {"StringLike": {"aws:SourceIp": "10.*"}},
            "c.StringLike.aws:SourceIp: is an IP address, "
            "which StringLike cannot compare; use one of IpAddress, NotIpAddress",
        ),
        (
            {"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}},
            "c.IpAddress.aws:SourceIp: the string "
            "'10.0.0.0/33' is not a network such as 203.0.113.0/24 or 2001:db8::/32",
        ),
        (
            {"IpAddress": {"aws:SourceIp": "10.0.0.1/8"}},
            "c.IpAddress.aws:SourceIp: the string "
            "'10.0.0.1/8' is not in the form that IAM expects; write 10.0.0.0/8",
        ),
        (
            {"NotIpAddress": {"aws:SourceIp": "::/0"}},
            "c.NotIpAddress.aws:SourceIp: the string '::/0' covers the whole internet; remove it",
        ),
        (
            {"Bool": {"aws:SecureTransport": "yes"}},
            "c.Bool.aws:SecureTransport: the string 'yes' is neither true nor false",
        ),
        (
            {"NumericEquals": {"aws:MultiFactorAuthAge": "1h"}},
            "c.NumericEquals.aws:MultiFactorAuthAge: the string '1h' is not a number",
        ),
        (
            {"DateLessThan": {"aws:CurrentTime": "tomorrow"}},
            "c.DateLessThan.aws:CurrentTime: the "
            "string 'tomorrow' is not a date such as 2027-03-31T00:00:00Z",
        ),
        (
            {"ArnEquals": {"aws:SourceArn": "arn:x"}},
            "c.ArnEquals.aws:SourceArn: the string 'arn:x' is not an ARN with six parts",
        ),
        (
            {"StringEquals": {"aws:userid": []}},
            "c.StringEquals.aws:userid: has no values, so it never matches",
        ),
        (
            {"StringEquals": {"aws:userid": [None]}},
            "c.StringEquals.aws:userid: expected a value, found nothing",
        ),
        (
            {"StringEquals": {"aws:userid": "${aws:uid}"}},
            "c.StringEquals.aws:userid: unknown "
            "policy variable '${aws:uid}' (did you mean 'aws:userid'?)",
        ),
    ],
)
def test_conditions_that_are_wrong(condition: Any, problem: str) -> None:
    assert found_in(condition) == [problem]


CALLED = {"ForAllValues:StringEquals": {"aws:CalledVia": ["athena.amazonaws.com"]}}
LEADING = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:username}"]}}
MET = (
    "c.ForAllValues:StringEquals.aws:CalledVia: also matches requests without aws:CalledVia; "
    "require the key with Null aws:CalledVia false, or use another operator"
)


@pytest.mark.parametrize(
    ("condition", "problems"),
    [
        (CALLED, [MET]),
        ({**CALLED, "Null": {"aws:calledvia": "true"}}, [MET]),
        ({**CALLED, "Null": {"aws:CalledViaFirst": "false"}}, [MET]),
        ({**CALLED, "Null": {"aws:calledvia": "false"}}, []),
        ({**CALLED, "Null": {"aws:CalledVia": [False]}}, []),
        ({**CALLED, "Null": {"aws:CalledVia": []}}, [MET]),
        ({**CALLED, "Null": "false"}, [MET]),
        ({"ForAnyValue:StringEquals": CALLED["ForAllValues:StringEquals"]}, []),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"], "aws:RequestTag/a": "b"}}, []),
        (LEADING, [MET.replace("aws:CalledVia", "dynamodb:LeadingKeys")]),
        ({**LEADING, "Null": {"dynamodb:LeadingKeys": "false"}}, []),
        ([], []),
        ({"ForAllValues:StringEquals": None}, []),
    ],
)
def test_permissions_that_are_met_without_their_key(condition: Any, problems: list[str]) -> None:
    def check(found: Problems) -> None:
        check_presence(found, "c", condition)

    assert problems_of(check)[1] == problems


@pytest.mark.parametrize("key", ["aws:MultiFactorAuthPresent", "AWS:multifactorauthpresent"])
@pytest.mark.parametrize("operator", ["BoolIfExists", "ForAnyValue:BoolIfExists"])
@pytest.mark.parametrize("value", ["true", "false", [True]])
def test_a_permission_that_a_key_without_mfa_meets(key: str, operator: str, value: Any) -> None:
    condition = {operator: {key: value}}
    (problem,) = problems_of(lambda found: check_presence(found, "c", condition))[1]
    assert problem.startswith(f"c.{operator}.{key}: also matches requests without MFA")


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"BoolIfExists": {"aws:SecureTransport": "true"}},
        {"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "900"}},
    ],
)
def test_a_permission_that_is_no_way_round_mfa(condition: Any) -> None:
    assert problems_of(lambda found: check_presence(found, "c", condition))[1] == []


@pytest.mark.parametrize("text", ["${aws:username", "a/${", "${$}${*", "${aws:${aws:username}}"])
def test_variables_that_do_not_end(text: str) -> None:
    (problem,) = problems_of(lambda problems: check_variables(problems, "v", text))[1]
    assert problem == f"v: '{text}' starts a policy variable with '${{' but does not close it"


@pytest.mark.parametrize("text", ["", "a", "$", "${$}", "${?}", "${ec2:Region}", "{aws:x}"])
def test_texts_without_wrong_variables(text: str) -> None:
    assert problems_of(lambda problems: check_variables(problems, "v", text))[1] == []


NONE = "is not a network such as 203.0.113.0/24 or 2001:db8::/32"
INTERNET = "covers the whole internet; remove it"
ZONE = "has a zone, which is meaningful on one machine only"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("203.0.113.0/24", None),
        ("203.0.113.7", None),
        ("2001:db8::1", None),
        ("2001:db8::/32", None),
        ("0.0.0.0/0", INTERNET),
        ("0.0.0.0/0.0.0.0", INTERNET),
        ("::/0", INTERNET),
        ("", NONE),
        ("x", NONE),
        ("10.0.0.0/33", NONE),
        ("10.0.0.0/8/8", NONE),
        ("203.0.113.0 ", NONE),
        ("010.0.0.0/8", NONE),
        ("10.0.0.0/255.0.255.0", NONE),
        ("fe80::%eth0/64", ZONE),
        ("fe80::1%1", ZONE),
        ("x%eth0", NONE),
        *(
            (text, f"is not in the form that IAM expects; write {normal}")
            for text, normal in (
                ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
                ("10.0.0.0/0.255.255.255", "10.0.0.0/8"),
                ("203.0.113.0/024", "203.0.113.0/24"),
                ("203.0.113.5/24", "203.0.113.0/24"),
                ("2001:DB8::/32", "2001:db8::/32"),
                ("2001:db8:0:0::/32", "2001:db8::/32"),
                ("2001:db8:0::1", "2001:db8::1"),
            )
        ),
    ],
)
def test_networks(text: str, problem: str | None) -> None:
    assert network_problem(text) == problem


@given(st.ip_addresses() | st.ip_addresses(network="10.0.0.0/8"), st.integers(1, 31))
def test_the_normal_form_of_every_network_is_right(address: Any, length: int) -> None:
    network = ip_network(f"{address}/{length}", strict=False)
    for text in (str(network), str(address)):
        assert network_problem(text) is None
    for text in (network.with_netmask, network.with_hostmask, f"{address}/{length}"):
        found = network_problem(text)
        assert found in (None, f"is not in the form that IAM expects; write {network}", NONE)
        assert (found is None) == (text == str(network))
