# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run saw and did not touch."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.notices import noticed

from tests.unit.runs import make_run

EXCEPTION = {
    "name": "bo",
    "level": "developer",
    "project": "p",
    "until": "2026-12-31",
    "lasting": [],
}


def told(results: dict[str, Any], **more: Any) -> list[str]:
    """Return the lines of a bootstrap."""
    return noticed(make_run({"stack_set": {"changes": []}, **results}, **more))


def command(line: str) -> str:
    """Return the command that a line ends with, its words as a shell takes them."""
    return " ".join(shlex.split(line[line.index("aws ") :]))


def test_nothing_is_noticed_where_all_is_as_it_should_be():
    assert told({"users": {"unlisted": []}, "groups": {}, "stack_instances": {}}) == []


def test_an_account_that_left_the_inventory_is_told_and_one_out_of_scope_is_not():
    instances = {"unlisted": [f"{'2' * 12}/eu-west-1", f"{'4' * 12}/eu-west-1"]}
    line, how = told({"stack_instances": instances})
    assert line == (
        "  account 444444444444 is not in the inventory, but keeps its stack, its switch roles and "
        "the exceptions in them; to remove them:"
    )
    assert command(how) == (
        "aws cloudformation delete-stack-instances --stack-set-name iam-roles "
        "--accounts 444444444444 --regions eu-west-1 --no-retain-stacks --region eu-west-1"
    )


def test_the_execution_role_of_an_account_that_left_is_told():
    found = {"stack_instances": {"former_accounts": ["4" * 12]}}
    line, unprotect, delete, release = told(found, execution_stack="execution")
    assert line.startswith(
        "  account 444444444444 left the inventory, but keeps its execution role"
    )
    assert command(unprotect) == (
        "aws cloudformation update-termination-protection --stack-name execution "
        "--region eu-west-1 --no-enable-termination-protection"
    )
    assert command(delete) == (
        "aws cloudformation delete-stack --stack-name execution --region eu-west-1"
    )
    assert release.endswith("""-e '{"member_account_released": ["444444444444"]}'""")


def test_sources_that_do_not_count_are_told():
    also = [{"variable": "roster", "source": "old.yml:2"}]
    sources = {"roster": "roster.yml:1", "levels": "", "also": also, "unread": ["group_vars/x"]}
    assert told({}, sources=sources) == [
        "  roster is also set in old.yml:2, which is ignored: this run read roster.yml:1; delete "
        "one of them",
        "  group_vars/x is ignored: the inventory has no group or host of this name",
    ]


def test_a_group_that_nobody_wants_keeps_its_members():
    (line,) = told({"groups": {"unlisted": ["group-x"]}})
    assert line == (
        "  group group-x belongs to this collection, but inventory and levels no longer need "
        "it. Its members can still switch roles; delete it with -e "
        "jump_account_prune_groups=true"
    )


@pytest.mark.parametrize(
    ("policy", "how"),
    [
        ("by-hand", "aws iam delete-group-policy --group-name g --policy-name by-hand"),
        ("arn:x", "aws iam detach-group-policy --group-name g --policy-arn arn:x"),
    ],
)
def test_policies_of_others_in_our_groups(policy, how):
    (line,) = told({"groups": {"foreign_policies": [{"group": "g", "policy": policy}]}})
    assert line.startswith(f"  group g has policy {policy}, which is not from this collection")
    assert command(line) == how


def test_policies_that_nothing_has():
    (line,) = told({"groups": {"unused_policies": ["mfa-old"]}})
    assert line == (
        "  policy mfa-old belongs to this collection, but is no longer attached to anything; "
        "delete it in IAM"
    )


def test_somebody_who_left_the_roster_keeps_access_until_it_is_ended():
    users = {
        "unlisted": ["bo", "old", "older"],
        "unlisted_members": [{"name": "old", "groups": ["group-a", "group-b"]}],
    }
    line, how, other, _how = told({"users": users})
    assert line == (
        "  user old belongs to this collection, but is not in the roster. It keeps its "
        "password, keys and groups (group-a, group-b), so it still has access. To end that "
        "access now:"
    )
    assert other.startswith(
        "  user older belongs to this collection, but is not in the roster. It keeps its "
        "password and ke"
    )
    called, document = command(how).split(" --policy-document ")
    assert called == "aws iam put-user-policy --user-name old --policy-name left-the-company"
    assert json.loads(document)["Statement"] == {"Effect": "Deny", "Action": "*", "Resource": "*"}


def test_somebody_who_is_shut_out_is_told_as_such():
    policies = [{"name": "old", "policy": p} for p in ("left-the-company", "mine")]
    (line,) = told({"users": {"unlisted": ["old"], "direct_policies": policies}})
    assert line.startswith(
        "  user old belongs to this collection, but is not in the roster; policy "
        "left-the-company shu"
    )


def test_strangers_in_jump_groups():
    users = {"unlisted_members": [{"name": n, "groups": ["g", "h"]} for n in ("Carol", "bo")]}
    (line,) = told({"users": users})
    assert line == (
        "  user Carol is in g, h, but not in the roster, and can switch roles; add the user to "
        "the roster, or remove it with aws iam remove-user-from-group --user-name Carol "
        "--group-name g; aws iam remove-user-from-group --user-name Carol --group-name h"
    )


def test_a_name_in_another_spelling_is_no_leaver():
    users = {"unlisted": ["ANA"], "unlisted_members": [{"name": "BO", "groups": ["g"]}]}
    assert told({"users": users}) == []


def test_policies_of_single_people():
    policies = [{"name": "ana", "policy": "arn:x"}]
    (line,) = told({"users": {"direct_policies": policies}})
    assert line.startswith(
        "  user ana has policy arn:x attached directly, which is not from this collection; "
    )
    assert command(line) == "aws iam detach-user-policy --user-name ana --policy-arn arn:x"


def test_what_policies_give_away_is_told():
    assert told({}, policy_notices=["exception of bo is wide"]) == ["  exception of bo is wide"]


def test_exceptions_that_are_over_can_leave_the_roster():
    exceptions = [{**EXCEPTION, "is_over": True}, {**EXCEPTION, "name": "ana", "is_over": False}]
    assert told({}, exceptions=exceptions) == [
        "  exception of bo in developer of p ended after 2026-12-31"
    ]


def test_exceptions_whose_work_stays_are_told():
    lasting = {**EXCEPTION, "lasting": ["iam:Create*", "iam:PassRole"]}
    exceptions = [{**lasting, "is_over": False}, {**lasting, "is_over": True}]
    assert told({}, exceptions=exceptions) == [
        "  exception of bo in developer of p allows iam:Create*, iam:PassRole: anything "
        "created with it remains when the exception ends after 2026-12-31. Then search "
        "CloudTrail for what bo created, and delete it",
        "  exception of bo in developer of p ended after 2026-12-31",
    ]


@pytest.mark.parametrize(
    ("name", "named"),
    [("ana", "; exceptions here: ana in developer of p until 2026-12-31"), ("bo", "")],
)
def test_new_people_are_told_what_only_bootstrap_brings(name, named):
    exceptions = [{**EXCEPTION, "name": name, "is_over": False}]
    desired = {"exceptions": exceptions, "users": [{"name": "ana"}]}
    assert noticed(make_run({"users": {"changes": []}}, **desired)) == [
        "  bootstrap sets up groups, switch roles and exceptions: run it if the levels or "
        f"exceptions of these people changed since its last run{named}"
    ]
    bootstrap = {"stack_set": {"changes": []}, "users": {"changes": []}}
    assert noticed(make_run(bootstrap, **desired)) == []
    assert noticed(make_run({"groups": {"changes": []}}, **desired)) == []


def test_who_acts_without_mfa_by_what_is_not_ours_is_told():
    (line,) = told({"users": {"unguarded": ["ana"]}})
    assert line.startswith(
        "  user ana has groups or policies that are not from this collection, and no"
    )
