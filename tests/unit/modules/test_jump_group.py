# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of the Jump account in the local AWS: what IAM cannot hold is refused before a write."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import jump_group, jump_user, preflight

from tests.unit.modules.conftest import JUMP

MFA = f"arn:aws:iam::{JUMP}:policy/jumpaccount/policy-enforce-mfa"


def arns(count):
    return [f"arn:aws:iam::{n:012}:role/role-operator" for n in range(count)]


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        (
            {
                "groups": [
                    {"name": "small", "role_arns": arns(1)},
                    {"name": "g", "role_arns": arns(1200)},
                ]
            },
            [
                "  groups: group g is for 1200 accounts, which need 10",
                "only 9 besides the MFA policy, enough for 11",
            ],
        ),
        (
            {"groups": [], "source_networks": [f"203.0.{n}.0/24" for n in range(250)]},
            ["  source_networks: with these 250 networks the policy policy-enforce-mfa has"],
        ),
    ],
)
def test_what_iam_cannot_hold_is_refused_before_any_write(aws, run, options, texts):
    for check in (True, False):
        message = run(jump_group, check=check, **options)["msg"]
        assert message.startswith("The input has 1 problem:\n")
        assert [text for text in texts if text not in message] == []
    assert aws.writes == 0


def test_check_mode_knows_that_memberships_go_with_their_group(aws, run):
    def play(groups, *, check):
        made = run(jump_group, check=check, prune=True, groups=[{"name": g} for g in groups])
        names = ("protected_groups", "changed_groups", "deleted_groups")
        handed_on = {name: made[name] for name in names}
        people = [{"name": "ana", "groups": groups}]
        return made["changes"], run(jump_user, check=check, users=people, **handed_on)["changes"]

    play(["group-a", "group-b"], check=False)
    predicted = play(["group-a"], check=True)
    assert "delete group group-b" in [f"{c['action']} {c['target']}" for c in predicted[0]]
    assert predicted == play(["group-a"], check=False)
    assert predicted[1] == []
    assert aws.client("iam").list_groups_for_user(UserName="ana")["Groups"][1:] == []


READ = "iam:GetAccountAuthorizationDetails"
WANTED = {"groups": [{"name": "group-a"}]}
PEOPLE = {"users": [{"name": "ana", "groups": ["group-a"]}]}


@pytest.fixture
def kept(run, tmp_path):
    """Return the option of a run that has read a settled account, and nothing else since."""
    options = {"account_id": JUMP, "run_folder": str(tmp_path / "run")}
    run(jump_group, **WANTED)
    run(jump_user, **PEOPLE)
    run(preflight, **WANTED, **PEOPLE, **options)
    return options


def test_where_nothing_is_to_be_done_what_the_run_read_is_enough(aws, run, kept):
    reads = aws.calls[READ]
    for module, wanted in ((jump_group, WANTED), (jump_user, PEOPLE)):
        result = run(module, **wanted, **kept)
        assert (result["changed"], result["failures"]) == (False, [])
    assert aws.calls[READ] == reads


@pytest.mark.parametrize("check", [True, False])
def test_what_is_written_is_decided_on_what_is_there_now(aws, run, kept, check):
    """Another run has made by now what this one found missing before."""
    more = {"groups": [*WANTED["groups"], {"name": "group-b"}]}
    people = {"users": [*PEOPLE["users"], {"name": "bo", "groups": ["group-b"]}]}
    run(jump_group, **more)
    run(jump_user, **people)
    writes, reads = aws.writes, aws.calls[READ]
    for module, wanted in ((jump_group, more), (jump_user, people)):
        result = run(module, check=check, **wanted, **kept)
        assert (result["changed"], result["failures"]) == (False, [])
    assert (aws.writes, aws.calls[READ]) == (writes, reads + 1)


@pytest.mark.parametrize("check", [True, False])
def test_a_group_that_lost_its_mfa_policy_since_it_was_read_is_not_joined(aws, run, kept, check):
    held = run(jump_group, **WANTED, **kept)
    names = ("protected_groups", "changed_groups", "deleted_groups")
    vouched = {name: held[name] for name in names}
    aws.client("iam").detach_group_policy(GroupName="group-a", PolicyArn=MFA)
    people = {"users": [*PEOPLE["users"], {"name": "bo", "groups": ["group-a"]}]}
    result = run(jump_user, check=check, **people, **kept, **vouched, defer_failures=True)
    said = [failure["message"] for failure in result["failures"]]
    assert (result["changes"], result["ready"]) == ([], [])
    assert len(said) == 2
    assert said[0].startswith("User bo was not added to group-a, which this run refused, or")
    assert said[1].startswith(f"Group group-a of account {JUMP} does not force MFA, because it")
