# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading accounts from the inventory."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.arns import is_account_id
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.input.accounts import (
    check_project,
    check_strays,
    parse_accounts,
    parse_readers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.model import Account
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.inputs import ANYTHING, problems_of, record

JUMP = {"host": "jump", "is_jump": True, "account_id": "111111111111"}
PROD = {"host": "a-prod", "is_member": True, "account_id": "222222222222", "project": "a"}
IDS = st.from_regex(r"[0-9]{12}", fullmatch=True)


def parse(*hosts: dict[str, Any]) -> tuple[Any, list[str]]:
    return problems_of(lambda problems: parse_accounts(problems, hosts))


@given(
    st.lists(
        st.builds(
            lambda fields, host: {**fields, "host": host},
            record(
                account_id=IDS,
                is_jump=st.booleans(),
                is_member=st.booleans(),
                project=st.just("project-a"),
                stage=st.just("prod"),
                aws_profile=st.just("work"),
                bootstrap_role_arn=st.just("arn:aws:iam::222222222222:role/r"),
            ),
            st.text("abc", min_size=1),
        ),
        max_size=4,
    )
)
def test_nothing_breaks_the_parser(hosts: list[dict[str, Any]]) -> None:
    (jump, members), problems = parse(*hosts)
    assert problems or jump is not None
    assert all(is_account_id(account.account_id) for account in members)


@given(st.dictionaries(IDS, st.none(), min_size=1, max_size=6), st.randoms())
def test_the_order_of_hosts_does_not_matter(ids: dict[str, None], chance: Any) -> None:
    hosts = [{"host": f"h{n}", "account_id": i, "is_jump": n == 0} for n, i in enumerate(ids)]
    shuffled = list(hosts)
    chance.shuffle(shuffled)
    assert parse(*shuffled) == parse(*hosts)
    (jump, members), problems = parse(*hosts)
    assert problems == []
    assert jump.host == "h0"
    assert [m.account_id for m in members] == sorted(list(ids)[1:])


@given(ANYTHING)
def test_only_twelve_digits_are_an_account_id(value: Any) -> None:
    assert is_account_id(value) is (
        isinstance(value, str) and len(value) == 12 and set(value) <= set("0123456789")
    )


def test_all_that_a_host_can_say() -> None:
    arn = "arn:aws:iam::222222222222:role/path/bootstrap"
    one = {**PROD, "stage": "prod", "bootstrap_role_arn": arn}
    other = {"host": "b", "is_member": True, "account_id": "333333333333", "aws_profile": "a b"}
    assert parse(JUMP, other, one) == (
        (
            Account("111111111111", "jump", is_jump=True),
            (
                Account("222222222222", "a-prod", False, "a", "prod", None, arn),
                Account("333333333333", "b", False, None, None, "a b", None),
            ),
        ),
        [],
    )


def test_project_and_stage_of_the_jump_account_say_nothing() -> None:
    (jump, _members), problems = parse({**JUMP, "project": "a", "stage": "staging"})
    assert (jump.project, jump.stage, problems) == (None, None, [])


@pytest.mark.parametrize(
    ("account_id", "problem"),
    [
        (None, "is missing; it must be a quoted string of 12 digits"),
        (True, "must be a quoted string of 12 digits, found the boolean True"),
        ([], "must be a quoted string of 12 digits, found an empty list"),
        (
            111111111111,
            "is the number 111111111111: YAML reads unquoted digits as a number, and as an octal "
            "number if they start with 0; write the 12 digits in quotes",
        ),
        ("1234", "'1234' is not 12 digits"),
        ("11111111111\n", "'11111111111\\n' is not 12 digits"),
        ("\u0661" * 12, "'" + "\u0661" * 12 + "' is not 12 digits"),
    ],
)
def test_account_ids(account_id: Any, problem: str) -> None:
    (_jump, members), problems = parse(JUMP, {**PROD, "account_id": account_id})
    assert members == ()
    assert problems == [f"host a-prod.account_id: {problem}"]


@pytest.mark.parametrize(
    ("hosts", "problem"),
    [
        ((PROD,), "inventory group jump_accounts: must contain exactly one host, found none"),
        (
            (JUMP, {**JUMP, "host": "ape", "account_id": "333333333333"}),
            "inventory group jump_accounts: must contain exactly one host, found 2: ape, jump",
        ),
        (
            (JUMP, PROD, {**PROD, "host": "again"}),
            "account 222222222222: several hosts have this account_id: a-prod, again",
        ),
        (
            ({**JUMP, "is_member": True},),
            "host jump: is in both jump_accounts and member_accounts; it can be in only one",
        ),
        (
            (
                JUMP,
                {
                    **PROD,
                    "aws_profile": "work",
                    "bootstrap_role_arn": "arn:aws:iam::222222222222:role/r",
                },
            ),
            "host a-prod: has both aws_profile and bootstrap_role_arn; use only one of them",
        ),
        (
            (JUMP, {**PROD, "project": "a b"}),
            "host a-prod.project: 'a b' contains characters that are not allowed: ' '",
        ),
        (
            (JUMP, {**PROD, "bootstrap_role_arn": "arn:aws:iam::333333333333:role/r"}),
            "host a-prod.bootstrap_role_arn: 'arn:aws:iam::333333333333:role/r' must be the ARN "
            "of a role in account 222222222222",
        ),
        (
            (JUMP, {**PROD, "bootstrap_role_arn": "role/r"}),
            "host a-prod.bootstrap_role_arn: 'role/r' must be the ARN of a role in account "
            "222222222222",
        ),
    ],
)
def test_what_is_wrong(hosts: tuple[dict[str, Any], ...], problem: str) -> None:
    assert parse(*hosts)[1] == [problem]


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ("proj-a", []),
        ("z", ["p: project 'z' has no accounts in the inventory; known: proj-a, proj-b"]),
        (
            "prj-a",
            [
                "p: project 'prj-a' has no accounts in the inventory (did you mean 'proj-a'?); "
                "known: proj-a, proj-b"
            ],
        ),
        (5, ["p: expected a string, found the number 5; write it in quotes"]),
    ],
)
def test_projects(value: Any, problems: list[str]) -> None:
    fits, found = problems_of(lambda p: check_project(p, "p", value, ["proj-b", "proj-a"]))
    assert (fits, found) == (not problems, problems)


def test_where_no_host_has_a_project_the_group_is_named() -> None:
    assert problems_of(lambda p: check_project(p, "p", "a", []))[1] == [
        "p: project 'a' has no accounts in the inventory: no host in the inventory group "
        "member_accounts has a project"
    ]


def test_an_account_says_that_it_has_no_stage() -> None:
    (_jump, (member,)), problems = parse(JUMP, {**PROD, "stage": "none"})
    assert (member.stage, problems) == (None, [])


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        (
            "account_id",
            222222222222,
            "is the number 222222222222, not a string of 12 digits: Ansible removes the quotes "
            "around values in INI files, so write account_id='\"222222222222\"' on the host line "
            "or "
            'account_id="222222222222" in a [GROUP:vars] section',
        ),
        (
            "stage",
            1,
            "expected a string, found the number 1; Ansible removes the quotes around values "
            'in INI files, so write stage=\'"1"\' on the host line or stage="1" in a '
            "[GROUP:vars] section",
        ),
    ],
)
def test_advice_fits_an_ini_file(key: str, value: int, problem: str) -> None:
    _accounts, problems = parse(JUMP, {**PROD, key: value, "ini": [key]})
    assert problems == [f"host a-prod.{key}: {problem}"]


def test_hosts_with_an_account_id_in_neither_group() -> None:
    def stray(host: str, *groups: str) -> dict[str, Any]:
        return {"host": host, "groups": ["all", *groups]}

    strays = [
        stray("d", "member_acounts"),
        *(stray(host, "web") for host in "fcab"),
        stray("e", "jumps"),
    ]
    text = "account_id is set, but the host is in neither jump_accounts nor member_accounts"
    advice = "; list hosts that do not belong to this Jump account in jump_ignore_hosts"
    assert problems_of(lambda problems: check_strays(problems, strays))[1] == [
        f"host e: {text}{advice}",
        f"host d: {text} (is the group 'member_acounts' meant to be 'member_accounts'?){advice}",
        f"host a, b, c and 1 more: {text}{advice}",
    ]


def read(given: Any) -> tuple[frozenset[str], list[str]]:
    hosts = [JUMP, PROD, {"host": "b", "account_id": "333333333333"}]
    return problems_of(lambda problems: parse_readers(problems, given, hosts))


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        (None, {"a-prod", "b"}),
        ("all", {"a-prod", "b"}),
        ([], set()),
        (["a-prod"], {"a-prod"}),
        (["222222222222", "a-prod", "333333333333"], {"a-prod", "b"}),
    ],
)
def test_readers_are_all_members_or_those_that_are_listed(given: Any, hosts: set[str]) -> None:
    assert read(given) == (hosts, [])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("a-prod", "template_readers: expected a list, found the string 'a-prod'"),
        (
            ["b", "a-prd"],
            "template_readers[1]: the string 'a-prd' is neither a host name nor an account id of "
            "a member account (did you mean 'a-prod'?)",
        ),
        (
            ["jump"],
            "template_readers[0]: the string 'jump' is neither a host name nor an account id of a "
            "member account",
        ),
        (
            [222222222222],
            "template_readers[0]: the number 222222222222 is neither a host name nor an account "
            "id of a member account",
        ),
    ],
)
def test_readers_that_are_none(given: Any, problem: str) -> None:
    assert read(given)[1] == [problem]


@given(ANYTHING)
def test_nothing_breaks_the_parser_of_readers(value: Any) -> None:
    hosts, problems = read(value)
    assert problems or hosts == read(None)[0] or value == []
