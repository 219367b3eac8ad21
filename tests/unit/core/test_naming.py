# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of everything the product makes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.naming import (
    Names,
    parameter_name,
    parse_names,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.shown import quoted
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import ANYTHING, either, problems_of

USER_NAMES = st.text("abcXYZ019_+=,.@-", min_size=1, max_size=64)
KNOWN = ["group_name", "project_group_name", "path", "parameter_prefix", "template_bucket"]


def parse(given: Any) -> tuple[Any, list[str]]:
    return problems_of(lambda problems: parse_names(problems, given))


def test_the_documented_defaults() -> None:
    names, problems = parse({})
    assert problems == []
    assert names.group("operator", None) == "group-operator"
    assert names.group("operator", "project-a") == "group-operator-project-a"
    assert names.role("admin") == "role-admin"
    assert names.bucket("111111111111") == "aws-iam-templates-111111111111"


@given(
    st.dictionaries(
        st.sampled_from(KNOWN) | st.text(max_size=3) | st.integers(),
        either(st.text("ab/{}levelproject ", max_size=12)),
    )
)
def test_nothing_breaks_the_parser(given: dict[Any, Any]) -> None:
    names, problems = parse(given)
    assert problems or all(getattr(names, key) == value for key, value in given.items())
    # Whatever was accepted can be formatted.
    assert names.group("l", "p")
    assert names.group("l", None)
    assert names.role("l")
    assert names.bucket("111111111111")


@given(ANYTHING)
def test_only_a_mapping_names_anything(given: Any) -> None:
    names, problems = parse(given)
    assert names == Names()
    assert bool(problems) is (given != {})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("group_name", "jump.{level}"),
        ("project_group_name", "{project}-{level}"),
        ("template_bucket", "templates"),
        ("template_bucket", "templates-{account_id}"),
        ("path", "/"),
        ("path", "/company=a/jump/"),
        ("path", f"/{510 * 'a'}/"),
        ("template_bucket", "a.b-s3"),
        ("parameter_prefix", "/a" * 14),
        ("parameter_prefix", "/company/jump_1/password"),
        ("stack_set", "roles"),
    ],
)
def test_names_that_fit(key: str, value: str) -> None:
    names, problems = parse({key: value})
    assert (getattr(names, key), problems) == (value, [])


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("group_nme", "x", "unknown name (did you mean 'group_name'?); known: "),
        (7, "x", "unknown name; known: "),
        ("stack_set", 7, "expected a string, found the number 7"),
        ("stack_set", "", "expected a string, found the string ''"),
        ("stack_set", "{level}", "'{level}' must not contain placeholders"),
        ("group_name", "g", "'g' must contain {level} and no other placeholders"),
        ("group_name", "{level}{x}", "'{level}{x}' must contain {level} and no other placeholders"),
        ("group_name", "{level}{", "'{level}{' must contain {level} and no other placeholders"),
        ("group_name", "{{level}}", "'{{level}}' must contain {level} and no other placeholders"),
        (
            "project_group_name",
            "{level}",
            "'{level}' must contain {level}, {project} and no other placeholders",
        ),
        ("template_bucket", "t-{level}", "'t-{level}' can contain {account_id} and no other"),
        (
            "template_bucket",
            "T-{account_id}",
            "'T-{account_id}' is not a valid bucket name: use 3 to 63 ",
        ),
        (
            "template_bucket",
            "a" * 63 + "{account_id}",
            f"'{'a' * 63}{{account_id}}' is not a valid bucket",
        ),
        (
            "stack_set",
            "iam_roles",
            "'iam_roles' is not a valid stack name: use letters, digits and '-'",
        ),
        ("path", "/a", "'/a' is not a valid IAM path: start and end with '/'"),
        (
            "parameter_prefix",
            "/a/",
            "'/a/' is not a valid parameter prefix: start with '/', do not end with '/'",
        ),
        *(
            ("template_bucket", bucket, f"'{bucket}' is not a valid bucket name: ")
            for bucket in (
                *("a..b", "10.0.0.1", "xn--a", "sthree-a", "amzn-s3-demo-a", "a-s3alias"),
                *("a--ol-s3", "a.mrap", "a--x-s3", "a--table-s3"),
            )
        ),
        *(
            ("parameter_prefix", prefix, f"{quoted(prefix)} is not a valid parameter prefix: ")
            for prefix in ("/aws/x", "/SSMx", "/a" * 15, "/" + "a" * 750)
        ),
        ("path", 512 * "/", f"'{80 * '/'}...' is not a valid IAM path"),
        ("path", f"/{511 * 'a'}/", "has 513 characters; IAM allows at most 512"),
        ("mfa_policy", "a b", "'a b' contains characters that are not allowed: ' '"),
    ],
)
def test_names_that_do_not_fit(key: Any, value: Any, problem: str) -> None:
    names, problems = parse({key: value})
    assert names == Names()
    assert len(problems) == 1
    assert problems[0].startswith(f"names.{key}: {problem}")


@given(USER_NAMES, USER_NAMES)
def test_no_two_users_share_a_parameter(one: str, other: str) -> None:
    same = parameter_name("/p", one) == parameter_name("/p", other)
    assert same is (one == other)


@given(USER_NAMES)
def test_parameter_names_are_what_ssm_allows(name: str) -> None:
    assert re.fullmatch(r"/p/[A-Za-z0-9_.-]+", parameter_name("/p", name))


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("yamada.taro", "/p/yamada.taro"),
        ("a@example.com", "/p/a_40example.com"),
        ("a_b", "/p/a_5fb"),
        ("é", "/p/_c3_a9"),
    ],
)
def test_parameter_names(name: str, parameter: str) -> None:
    assert parameter_name("/p", name) == parameter
