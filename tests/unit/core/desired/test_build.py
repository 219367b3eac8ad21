# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that a run wants, from the raw input."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.build import (
    build_desired,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.desired.request import (
    Request,
    parse_request,
)

JUMP, A, B = "111111111111", "222222222222", "333333333333"
GOOD = Request(
    hosts=[
        {"host": "jump", "is_jump": True, "account_id": JUMP, "aws_profile": "jump"},
        {"host": "a", "is_member": True, "account_id": A, "project": "p", "aws_profile": "a"},
        {"host": "b", "is_member": True, "account_id": B},
    ],
    levels={"admin": {"managed_policies": ["AdministratorAccess"]}},
    roster=[
        {"name": "ana", "access": [{"level": "admin"}], "company": "x"},
        {"name": "bo", "access": [{"level": "admin", "project": "p"}]},
    ],
    region="eu-west-1",
    names={},
)


def desired_of(request: Request) -> dict[str, Any]:
    """Return the desired values of a request."""
    return build_desired(parse_request(request), request)


def problems_of(request: Request) -> tuple[str, ...]:
    """Return the problems of a request."""
    with pytest.raises(InputError) as caught:
        parse_request(request)
    return caught.value.problems


def test_the_values_are_plain_and_the_same_for_the_same_input():
    shuffled = replace(GOOD, hosts=GOOD.hosts[::-1], roster=GOOD.roster[::-1])
    assert json.dumps(desired_of(GOOD)) == json.dumps(desired_of(shuffled))


def test_names_of_the_jump_account():
    desired = desired_of(GOOD)
    assert desired["bucket"] == f"aws-iam-templates-{JUMP}"
    assert desired["jump"] == {"account_id": JUMP, "host": "jump", "profile": "jump"}
    assert desired["administration_role_arn"] == (
        f"arn:aws:iam::{JUMP}:role/role-stackset-administration"
    )
    assert set(desired["templates"]) == {
        *("administration", "execution", "passwords_key", "switch_roles")
    }


def test_what_watches_the_jump_account():
    usual = desired_of(GOOD)["watch"]
    assert (usual["is_wanted"], usual["regions"]) == (False, ["eu-west-1", "us-east-1"])
    runner = f"arn:aws:iam::{JUMP}:role/runner"
    wanted = desired_of(replace(GOOD, watch={"is_wanted": True, "runners": [runner]}))
    assert runner in json.dumps(wanted["templates"]["watch"])
    assert wanted["watch"] == {**usual, "is_wanted": True, "runners": [runner]}
    assert problems_of(replace(GOOD, watch={"runners": ["runner"]}, region="cn-north-1")) == (
        "jump_watch_runners[0]: expected the ARN of a role or user of the Jump account, such as "
        f"arn:aws-cn:iam::{JUMP}:role/NAME, found the string 'runner'; for a session, use the ARN "
        "of its role",
    )


def test_groups_and_people():
    desired = desired_of(GOOD)
    assert [g["name"] for g in desired["groups"]] == ["group-admin", "group-admin-p"]
    assert desired["groups"][1]["role_arns"] == [f"arn:aws:iam::{A}:role/role-admin"]
    assert desired["users"][0] == {
        "name": "ana",
        "path": "/",
        "tags": {"company": "x"},
        "permissions_boundary": None,
        "groups": ["group-admin"],
    }
    assert [r["account_id"] for r in desired["reach"]["ana"]["first"]] == [JUMP, A, B]
    assert [r["account_id"] for r in desired["reach"]["bo"]["first"]] == [A]
    assert [desired["reach"][name]["count"] for name in ("ana", "bo")] == [3, 1]


def test_only_project_groups_in_use():
    hosts = [*GOOD.hosts, {"host": "c", "is_member": True, "account_id": "4" * 12, "project": "q"}]
    every = replace(GOOD, hosts=hosts)
    groups = [group["name"] for group in desired_of(every)["groups"]]
    assert groups == ["group-admin", "group-admin-p", "group-admin-q"]
    # A run for one person makes no group of the others superfluous.
    used = replace(every, project_groups="used", only_user="ana")
    groups = [group["name"] for group in desired_of(used)["groups"]]
    assert groups == ["group-admin", "group-admin-p"]


def test_a_choice_of_project_groups_that_is_none():
    assert problems_of(replace(GOOD, project_groups=["used"])) == (
        "project_groups: expected 'all' or 'used', found a list",
    )


def test_only_one_user():
    desired = desired_of(replace(GOOD, only_user="bo"))
    assert [u["name"] for u in desired["users"]] == ["bo"]
    assert [g["name"] for g in desired["groups"]] == ["group-admin", "group-admin-p"]


def test_the_scope_is_the_hosts_of_the_play():
    desired = desired_of(replace(GOOD, scope_hosts=["b"]))
    assert desired["scope"] == [{"account_id": B}]
    assert desired["bootstrap_credentials"] == []
    assert [a["in_scope"] for a in desired["accounts"]] == [False, False, True]


def test_only_member_accounts_with_credentials_can_be_prepared():
    assert desired_of(GOOD)["bootstrap_credentials"] == [{"account_id": A, "profile": "a"}]


@pytest.mark.parametrize("region", [None, 5, "", "europe", "eu_west_1"])
def test_a_region_that_is_none(region):
    (problem,) = problems_of(replace(GOOD, region=region))
    assert problem.startswith("aws_region: expected a region such as eu-west-1")


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("ap-southeast-2", "aws", "amazonaws.com"),
    ],
)
def test_a_region_of_any_partition(region, partition, suffix):
    desired = desired_of(replace(GOOD, region=region))
    assert (desired["region"], desired["partition"]) == (region, partition)
    partitions = set(re.findall(r"arn:([^:]+):", json.dumps(desired)))
    assert partitions - {"${AWS"} == {partition}
    assert desired["execution_template_url"] == (
        f"https://aws-iam-templates-{JUMP}.s3.{region}.{suffix}/stackset-execution-role.yaml"
    )


def test_user_name_of_another_type():
    (problem,) = problems_of(replace(GOOD, only_user=True))
    assert problem == "user_name: expected a string, found the boolean True"


def test_a_user_name_that_nobody_has():
    (problem,) = problems_of(replace(GOOD, only_user="anna"))
    assert problem.startswith(
        "user_name: 'anna' is not in the roster (did you mean 'ana'?); known:"
    )


def test_problems_of_every_part_come_together():
    bad = replace(
        GOOD,
        hosts=[{"host": "a", "is_member": True, "account_id": 5}],
        levels={"admin": {}},
        roster=[{"name": "ana", "access": [{"level": "admn"}]}],
        names={"stackset": "x"},
        password_policy={"max_age": 2000},
    )
    found = "\n".join(problems_of(bad))
    for place in (
        "names.stackset",
        "host a.account_id",
        "jump_accounts",
        "levels.admin",
        "roster[0]",
        "jump_account_password_max_age",
    ):
        assert place in found


def test_flaws_of_files_come_before_what_the_files_say():
    found = problems_of(replace(GOOD, region=5, flaws=[("roster.yml:5", "twice")]))
    assert found[0] == "roster.yml:5: twice"
    assert len(found) == 2


def test_levels_of_a_wrong_type_are_reported_once():
    problems = problems_of(replace(GOOD, levels=None, roster=[]))
    assert problems == ("levels: expected a mapping of levels, found nothing",)


STAGED = replace(
    GOOD,
    hosts=[*GOOD.hosts[:2], {**GOOD.hosts[2], "project": "p", "stage": "staging"}],
    current_day="2027-01-01",
)
EXCEPTION = {
    **{"level": "admin", "project": "p", "stage": "staging"},
    **{"actions": ["s3:*"], "until": "2027-01-01"},
}


def with_exception(**changes):
    """Return a request in which bo has an exception in staging."""
    person = {**STAGED.roster[1], "exceptions": [{**EXCEPTION, **changes}]}
    return replace(STAGED, roster=[STAGED.roster[0], person])


def test_an_exception_is_a_parameter_of_its_account_only():
    desired = desired_of(with_exception())
    overrides = {s["account_id"]: s.get("parameter_overrides") for s in desired["scope"]}
    assert (overrides[JUMP], overrides[A]) == (None, None)
    (text,) = overrides[B].values()
    assert json.loads(text)["Statement"][0]["Condition"]["StringLike"] == {"aws:userid": ["*:bo"]}
    assert [e["account_ids"] for e in desired["exceptions"]] == [[B]]


def test_an_exception_that_is_over_is_taken_away():
    desired = desired_of(with_exception(until="2026-12-31"))
    assert desired["scope"][-1] == {"account_id": B, "parameter_overrides": {}}
    assert desired["exceptions"][0]["is_over"]
    assert desired["templates"] == desired_of(with_exception())["templates"]


def test_exceptions_need_session_names():
    (problem,) = problems_of(replace(with_exception(), security={"bind_session_name": False}))
    assert problem.startswith(
        "bind_session_name: is false, so anyone could name a session after bo"
    )


def test_a_name_of_one_character_cannot_switch():
    roster = [*GOOD.roster, {"name": "x", "access": [{"level": "admin"}]}]
    request = replace(GOOD, roster=roster)
    assert problems_of(request) == (
        "roster[2].name: 'x' is too short: sessions are named after their user, and AWS requires "
        "at least 2 characters, so this user could not switch roles",
    )
    assert desired_of(replace(request, security={"bind_session_name": False}))


def test_how_strict_access_is():
    security = {
        "mfa_max_age": 3600,
        "users_source_networks": ["203.0.113.0/24"],
        "users_permissions_boundary": {"customer": "limit"},
    }
    desired = desired_of(replace(GOOD, security=security))
    assert desired["users_source_networks"] == ["203.0.113.0/24"]
    assert {u["permissions_boundary"] for u in desired["users"]} == {
        f"arn:aws:iam::{JUMP}:policy/limit"
    }
    assert "aws:MultiFactorAuthAge" in json.dumps(desired["templates"]["switch_roles"])


def test_one_stack_set_serves_a_thousand_accounts_unsplit():
    members = [
        {"host": f"h{n}", "is_member": True, "account_id": f"22{n:010}", "project": f"p{n % 250}"}
        for n in range(999)
    ]
    desired = desired_of(replace(GOOD, hosts=[GOOD.hosts[0], *members], roster=[]))
    everywhere = next(g for g in desired["groups"] if g["name"] == "group-admin")
    assert len(everywhere["role_arns"]) == len(desired["scope"]) == 1000


def of_accounts(count: int) -> Request:
    """Return a request of so many member accounts, in projects of a hundred."""
    members = [
        {
            "host": f"h{n}",
            "is_member": True,
            "account_id": f"22{n:010}",
            "project": f"p{n // 100}",
        }
        for n in range(count)
    ]
    return replace(GOOD, hosts=[GOOD.hosts[0], *members], roster=[])


def test_five_thousand_accounts_are_refused_with_the_numbers_and_the_ways_out():
    with pytest.raises(InputError) as caught:
        parse_request(of_accounts(4999))
    assert str(caught.value) == (
        "The input has 2 problems; nothing was sent to AWS:\n"
        "  template_readers: 4999 accounts result in a bucket policy of 75678 bytes, but S3 "
        "allows 20480, which is enough for 1319; list in jump_template_readers only the "
        "accounts whose owners launch the execution role themselves\n"
        "  levels.admin: group group-admin is for 5000 accounts, which need 38 managed "
        "policies of 6144 characters, but a group can have only 9 besides the MFA policy, "
        "enough for 1215; with 'global_group: false', the level has no group for all accounts "
        "and is granted by project only"
    )


def test_the_ways_out_lead_out():
    levels = {"admin": {**GOOD.levels["admin"], "global_group": False}}
    roster = [{"name": "ana", "access": [{"level": "admin", "project": "p7"}]}]
    request = replace(
        of_accounts(4999), levels=levels, roster=roster, template_readers=["h7", "220000000003"]
    )
    desired = desired_of(request)
    assert desired["template_readers"] == ["220000000003", "220000000007"]
    assert {len(group["role_arns"]) for group in desired["groups"]} == {100, 99}
    assert [user["groups"] for user in desired["users"]] == [["group-admin-p7"]]
    (problem,) = problems_of(replace(request, roster=GOOD.roster[:1]))
    assert problem.startswith("roster[0].access[0]: level admin has no group for all accounts")


def test_by_default_all_member_accounts_read_the_template():
    assert desired_of(GOOD)["template_readers"] == [A, B]
