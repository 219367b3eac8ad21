# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run changed, in words."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Kind
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.report.summary_changes import (
    change_lines,
    leavers,
    roster_changes,
)

from tests.unit.runs import change, make_run

ROLES_ONLY = {Kind.ROLE, Kind.ROLE_ATTACHMENT, Kind.ROLE_POLICY}
"""What jumpaccount.aws.switch_role writes, which no role of the collection runs."""

WRITES = {
    "password_policy": [Kind.PASSWORD_POLICY],
    "template_bucket": [
        Kind.BUCKET,
        Kind.BUCKET_PUBLIC_ACCESS_BLOCK,
        Kind.BUCKET_VERSIONING,
        Kind.BUCKET_POLICY,
        Kind.OBJECT,
    ],
    "stack_set": [Kind.STACK_SET],
    "execution_roles": [Kind.STACK, Kind.STACK_LEFTOVER, Kind.STACK_PROTECTION],
    "stack_instances": [Kind.STACK_INSTANCE],
    "groups": [
        Kind.POLICY,
        Kind.GROUP,
        Kind.GROUP_MFA,
        Kind.GROUP_ATTACHMENT,
        Kind.GROUP_POLICY,
    ],
    "users": [Kind.USER, Kind.MEMBERSHIP, Kind.FORMER_USER, Kind.USER_POLICY, Kind.CREDENTIALS],
    "initial_passwords": [
        Kind.INITIAL_PASSWORD,
        Kind.PASSWORD_ELSEWHERE,
        Kind.PASSWORD_UNDER_KEY,
        Kind.LOGIN_PROFILE,
        Kind.FORMER_PASSWORD,
        Kind.ISSUE_RECORD,
    ],
}
"""Which step writes what."""


def lines(is_check=False, **results):
    """Return what is told of steps with these changes."""
    made = {step: {"changes": changes} for step, changes in results.items()}
    return [" ".join(line.split()) for line in change_lines(make_run(made, is_check=is_check))]


def test_nothing_is_told_of_nothing():
    assert lines() == []


def test_people_are_counted_not_their_parts():
    users = [
        change("user cy"),
        change("membership cy/group-x"),
        change("user ana", "update"),
        change("membership bo/group-a", "delete"),
        change("membership bo/group-b"),
    ]
    passwords = [change("initial password cy"), change("login profile cy")]
    assert lines(users=users, initial_passwords=passwords) == [
        "people 1 created: cy; 1 updated: ana",
        "memberships bo -group-a +group-b",
        "passwords 1 issued: cy",
    ]


def test_groups_are_counted_not_their_policies():
    groups = [
        change("policy policy-enforce-mfa"),
        change("group g"),
        change("MFA policy of group g/arn:aws:iam::1:policy/j/policy-enforce-mfa"),
        change("inline policy of group g/switch"),
        change("inline policy of group h/switch", "update"),
        change("attached policy of group i/arn:x", "delete"),
        change("group i", "delete"),
    ]
    assert lines(groups=groups) == [
        "policies 1 created: policy-enforce-mfa",
        "groups 1 created: g; 1 updated: h; 1 deleted: i",
    ]


def test_accounts_are_named_as_in_the_inventory():
    stacks = [
        change("stack 222222222222/execution"),
        change("termination protection of stack 222222222222/execution"),
        change("leftover of stack 444444444444/execution", "delete"),
    ]
    instances = [change(f"stack instance {n * 12}/eu-west-1") for n in "123"]
    assert lines(execution_roles=stacks, stack_instances=instances) == [
        "execution roles 1 created: a-prod; 1 updated: 444444444444",
        "switch roles 3 created: jump, a-prod, b-prod",
    ]


def test_the_jump_account():
    bucket = [
        change("bucket b", "update"),
        change("policy of bucket b"),
        change("object b/one.yaml"),
        change("object b/two.yaml"),
    ]
    assert lines(
        password_policy=[change("password policy 1", "update")],
        template_bucket=bucket,
        administration_role=[change("stack 1/admin")],
        own_execution_role=[change("stack 1/execution")],
        stack_set=[change("stack set iam-roles")],
    ) == [
        "password policy updated",
        "template bucket updated, 2 templates created",
        "StackSets roles created",
        "stack set created",
    ]


def test_an_update_of_the_stack_set_is_told_by_its_levels():
    def update(arn):
        role = {"Properties": {"RoleName": "role-operator", "ManagedPolicyArns": [arn]}}
        sides = {"before": "x", "after": arn}
        templates = {
            side: {
                "template": {
                    "Resources": {
                        "R": {"Properties": {**role["Properties"], "ManagedPolicyArns": [value]}}
                    }
                }
            }
            for side, value in sides.items()
        }
        changes = [change("stack set iam-roles", "update", **templates)]
        reached = [{"account_id": n * 12, "region": "r"} for n in "123"]
        run = make_run({"stack_set": {"changes": changes, "updates_instances": reached}})
        return [" ".join(line.split()) for line in change_lines(run)]

    assert update("y") == ["level operator changed in 3 accounts"]
    assert update("x") == ["stack set updated"]


def test_passwords_that_were_used_or_stored_again():
    passwords = [
        change("initial password ana", "delete"),
        change("initial password bo"),
        change("initial password cy", "update"),
    ]
    assert lines(initial_passwords=passwords) == [
        "passwords 2 stored: bo, cy; 1 deleted after first sign-in: ana"
    ]


def test_check_mode_tells_what_is_to_come():
    assert lines(
        is_check=True,
        users=[change("user cy")],
        initial_passwords=[change("login profile cy"), change("initial password a", "delete")],
    ) == [
        "people 1 to create: cy",
        "passwords 1 to issue: cy; 1 to delete after first sign-in: a",
    ]


def test_only_what_was_applied_counts_after_a_failure():
    users = {"changes": [change("user a"), change("user b")], "applied": [change("user a")]}
    assert change_lines(make_run({"users": users})) == ["  people           1 created: a"]


@pytest.mark.parametrize(("count", "shown"), [(11, 11), (12, 11)])
def test_long_lists_of_memberships_are_cut(count, shown):
    found = lines(users=[change(f"membership p{n:02}/g") for n in range(count)])
    assert len(found) == shown
    assert (found[-1] == "memberships and 2 more people; all in the JSON result") == (count == 12)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in ROLES_ONLY])
def test_a_change_of_any_kind_is_told(kind):
    """What is written and not told would be taken for nothing."""
    (step,) = (step for step, kinds in WRITES.items() if kind in kinds)
    (line,) = lines(**{step: [change(f"{kind} ana/b")]})
    assert not line.endswith(":")


def test_passwords_of_nobody_and_those_that_were_reset():
    passwords = [
        change("initial password /p/old", "delete"),
        change("former console password ana", "delete"),
        change("former console password bo", "delete"),
        change("login profile bo"),
        change("record of issued passwords /p/_issued", "update"),
    ]
    assert lines(initial_passwords=passwords) == [
        "passwords 1 issued: bo; 1 taken away: ana; 1 orphaned, deleted: old"
    ]
    assert lines(initial_passwords=passwords[-1:]) == ["passwords 1 record updated: who has one"]


def test_what_becomes_of_users_that_were_there_before():
    users = {
        "changes": [
            change("former user ana", "delete"),
            change("user ana"),
            change("credentials of user bo", "delete"),
            change("policy of user cy/left-the-company", "delete"),
            change("user old", "update"),
        ],
        "unlisted": ["old"],
    }
    assert change_lines(make_run({"users": users})) == [
        "  people           1 created: ana; 1 deleted with all credentials: ana; 1 lost password "
        "and keys: bo; 1 no longer shut out: cy; 1 marked as having left: old"
    ]
    assert roster_changes(make_run({"users": users})) == ["1 new", "1 left"]
    (line,) = change_lines(make_run({"users": users}, is_check=True))
    assert line.endswith("1 to mark as having left: old")


def test_the_roster_is_compared_with_iam():
    users = {
        "changes": [
            change("user cy"),
            change("membership cy/g"),
            change("user ana", "update"),
            change("membership bo/g", "delete"),
        ],
        "unlisted": ["ANA", "old"],
    }
    run = make_run({"users": users})
    assert roster_changes(run) == ["1 new", "2 changed", "1 left"]
    assert leavers(run) == ["old"]
    assert roster_changes(make_run({})) == []
