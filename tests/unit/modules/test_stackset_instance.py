# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import (
    stackset,
    stackset_info,
    stackset_instance,
)

from tests.unit.modules.stack_sets import (
    NAME,
    REGION,
    add_execution_role,
    instances,
    operations,
    prepare,
    stack_set,
    statuses,
    template,
    trust_of,
)

A, B, C = "222222222222", "333333333333", "444444444444"

pytestmark = pytest.mark.usefixtures("aws", "instant")


@pytest.fixture
def roles(aws, run):
    """Return a local AWS with an empty stack set and execution roles in A and B."""
    prepare(aws, [A, B])
    assert run(stackset, **stack_set())["changed"]
    return aws


def test_the_dialogue(roles, run):
    wanted = instances([A, B])
    checked = run(stackset_instance, check=True, **wanted)
    assert (checked["changed"], statuses(roles)) == (True, {})
    created = run(stackset_instance, **wanted)
    assert created["changes"] == checked["changes"]
    assert [change["target"] for change in created["changes"]] == [
        f"stack instance {A}/{REGION}",
        f"stack instance {B}/{REGION}",
    ]
    assert statuses(roles) == {A: "CURRENT", B: "CURRENT"}
    assert [(o["action"], o["status"]) for o in created["operations"]] == [("CREATE", "SUCCEEDED")]
    writes = roles.writes
    again = run(stackset_instance, **wanted)
    assert (again["changed"], again["changes"], again["operations"]) == (False, [], [])
    assert roles.writes == writes
    surplus = run(stackset_instance, **instances([A]))
    assert (surplus["changed"], surplus["unlisted"]) == (False, [f"{B}/{REGION}"])
    purged = run(stackset_instance, **instances([A], purge=True))
    assert (purged["changes"][0]["action"], purged["unlisted"]) == ("delete", [])
    assert statuses(roles) == {A: "CURRENT"}


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_planned_on_what_the_run_read_long_ago(roles, run, tmp_path, check):
    own = {"run_folder": str(tmp_path / "run")}
    assert run(stackset_info, name=NAME, **own)["instances"] == []
    assert run(stackset_instance, **instances([A, B]))["changed"]
    writes = roles.writes
    result = run(stackset_instance, check=check, **instances([A, B]), **own)
    assert (result["changed"], result["changes"], roles.writes) == (False, [], writes)


def test_check_mode_without_a_stack_set_predicts_everything(aws, run):
    checked = run(stackset_instance, check=True, **instances([A]))
    assert [change["action"] for change in checked["changes"]] == ["create"]
    assert aws.writes == 0


def test_without_a_stack_set_nothing_is_created(run):
    result = run(stackset_instance, **instances([A]))
    assert result["failed"]
    assert "Create it first with jumpaccount.aws.stackset" in result["msg"]
    assert [change["target"] for change in result["pending"]] == [f"stack instance {A}/{REGION}"]


def test_an_account_without_execution_role_does_not_stop_the_others(roles, run):
    link = "https://example.com/quickcreate"
    result = run(stackset_instance, **instances([A, C], execution_role_quick_create_url=link))
    assert (result["failed"], result["changed"]) == (True, True)
    (failure,) = result["failures"]
    assert failure["account_id"] == C
    assert "should have 'AWSCloudFormationStackSetExecutionRole' role" in failure["message"]
    assert failure["message"].endswith(f"and run again: {link}")
    assert [c["target"] for c in result["applied"]] == [f"stack instance {A}/{REGION}"]
    assert statuses(roles) == {A: "CURRENT", C: "OUTDATED"}
    # It has an instance, but nothing lies in the account.
    again = run(stackset_instance, **instances([A, C]))
    assert result["absent_accounts"] == again["absent_accounts"] == [C]


def test_an_account_of_an_owner_waits_and_check_mode_tells_the_same(roles, run):
    link = "https://example.com/create"
    wanted = instances([A, C], execution_role_quick_create_url=link, unprepared_accounts=[C])
    waiting = [
        {
            "account_id": C,
            "url": link,
            "reason": f"Account {C} has no execution role yet, and this run has no credentials to "
            "create it.",
        }
    ]

    def told(result):
        keys = ("changed", "changes", "failures", "waiting", "diff")
        assert "failed" not in result
        assert "pending" not in result
        return {key: result[key] for key in keys}

    for accounts in ([A, C], [A, C], [C]):
        wanted = {**wanted, **instances(accounts)}
        checked = told(run(stackset_instance, check=True, **wanted))
        assert checked["waiting"] == waiting
        assert told(run(stackset_instance, **wanted)) == checked
    assert statuses(roles) == {A: "CURRENT", C: "OUTDATED"}

    update = run(stackset, **stack_set(template_body=template("two"), unprepared_accounts=[C]))
    assert (update["failures"], [w["account_id"] for w in update["waiting"]]) == ([], [C])
    roles_then = run(stackset_instance, check=True, **{**wanted, **instances([A, C])})
    assert (told(roles_then)["changes"], roles_then["waiting"]) == ([], waiting)

    add_execution_role(roles, C)
    opened = run(stackset_instance, **wanted)
    assert (opened["waiting"], len(opened["changes"])) == ([], 1)
    assert statuses(roles) == {A: "CURRENT", C: "CURRENT"}
    again = run(stackset_instance, check=True, **wanted)
    assert (again["changed"], again["waiting"]) == (False, [])


def test_accounts_that_left_are_named_until_they_are_released(roles, run):
    s3 = roles.client("s3")
    s3.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    options = {"overrides_record": {"bucket": "templates"}, "listed_accounts": [A]}
    everywhere = instances([A, B], **{**options, "listed_accounts": [A, B]})
    assert run(stackset_instance, **everywhere)["former_accounts"] == []
    writes = roles.writes
    assert run(stackset_instance, **everywhere)["former_accounts"] == []
    assert roles.writes == writes
    left = run(stackset_instance, **instances([A], **options))
    assert (left["unlisted"], left["former_accounts"]) == ([f"{B}/{REGION}"], [])
    run(stackset_instance, **instances([A], purge=True, max_removal_ratio=1, **options))
    for check in (True, False):
        result = run(stackset_instance, check=check, **instances([A], **options))
        assert (result["changed"], result["former_accounts"]) == (False, [B])
    released = instances([A], released_accounts=[B], **options)
    for check in (True, False):
        assert run(stackset_instance, check=check, **released)["former_accounts"] == []
    assert run(stackset_instance, **instances([A], **options))["former_accounts"] == []


def test_a_record_that_cannot_be_written_is_a_failure_beside_what_was_done(roles, run):
    record = {"bucket": "not-there"}
    result = run(stackset_instance, **instances([A], overrides_record=record, defer_failures=True))
    (failure,) = result["failures"]
    assert (
        "Could not write object account-parameters.json of bucket not-there" in (failure["message"])
    )
    assert len(result["applied"]) == 1
    assert statuses(roles) == {A: "CURRENT"}


def test_where_the_execution_role_was_refused_nothing_is_tried(roles, run):
    refused = [{"subject": C, "message": "Stack execution is broken.", "target": "x"}]
    wanted = instances([A, C], refused_accounts=refused, defer_failures=True)
    checked = run(stackset_instance, check=True, **wanted)
    result = run(stackset_instance, **wanted)
    assert result["failures"] == checked["failures"]
    (failure,) = result["failures"]
    assert failure["message"] == (
        f"Stack instance {C}/{REGION} of stack set iam-roles was not changed, because the "
        f"execution role of account {C} was refused: Stack execution is broken."
    )
    assert result["changes"] == checked["changes"]
    assert statuses(roles) == {A: "CURRENT"}


def test_nothing_is_given_while_the_stack_set_is_not_as_wanted(roles, run):
    assert run(stackset_instance, **instances([A]))["absent_accounts"] == []
    wanted = instances([B, C], purge=True, max_removal_ratio=1, stack_set_is_current=False)
    checked = run(stackset_instance, check=True, **wanted, defer_failures=True)
    result = run(stackset_instance, **wanted, defer_failures=True)
    for told in (checked, result):
        assert [c["action"] for c in told["changes"]] == ["delete"]
        assert [f["account_id"] for f in told["failures"]] == [B, C]
        assert told["absent_accounts"] == [B, C]
    assert statuses(roles) == {}


def test_failures_can_be_left_to_the_caller_and_the_next_run_retries_only_them(roles, run):
    wanted = instances([A, C], defer_failures=True)
    first = run(stackset_instance, **wanted)
    assert "failed" not in first
    assert len(first["failures"]) == 1
    add_execution_role(roles, C)
    second = run(stackset_instance, **wanted)
    assert [c["target"] for c in second["changes"]] == [f"stack instance {C}/{REGION}"]
    assert second["changes"][0]["before"]["reason"].startswith(f"Account {C} should have")
    assert statuses(roles) == {A: "CURRENT", C: "CURRENT"}
    assert operations(roles)[0]["Action"] == "UPDATE"


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ("suspended_accounts", "FAILED", "is suspended: remove it from the accounts"),
        ("failing_accounts", "FAILED", "explicit deny in a service control policy. Fix the cause"),
    ],
)
def test_accounts_that_refuse_are_told_with_a_remedy(roles, run, fault, status, said):
    roles.fault(**{fault: [A]})
    result = run(stackset_instance, **instances([A, B]))
    (failure,) = result["failures"]
    assert failure["account_id"] == A
    assert f"AWS answered {status}" in failure["message"]
    assert said in failure["message"]
    assert statuses(roles)[B] == "CURRENT"


def test_a_role_that_exists_is_told_with_a_remedy(roles, run):
    trust = trust_of({"AWS": f"arn:aws:iam::{A}:root"})
    roles.client("iam", A).create_role(RoleName="role-admin", AssumeRolePolicyDocument=trust)
    (failure,) = run(stackset_instance, **instances([A, B]))["failures"]
    assert "already exists" in failure["message"]
    assert "adopt its roles with jumpaccount.aws.switch_role" in failure["message"]


def overrides(aws):
    row = aws.client("cloudformation").describe_stack_instance(
        StackSetName=NAME, StackInstanceAccount=A, StackInstanceRegion=REGION
    )["StackInstance"]
    return {p["ParameterKey"]: p["ParameterValue"] for p in row.get("ParameterOverrides", [])}


def listed(**more):
    return {"stack_set_name": NAME, "instances": [{"account_id": A, "region": REGION, **more}]}


READINGS = pytest.mark.parametrize("merge_overrides", [False, True], ids=["replace", "merge"])
"""Whether AWS replaces overrides by those of a call, or merges them: we are right in both."""


@READINGS
def test_overrides_are_compared_set_and_taken_back(roles, run, merge_overrides):
    roles.fault(merge_overrides=merge_overrides)
    run(stackset_instance, **listed(parameter_overrides={"Stage": "prod"}))
    assert overrides(roles) == {"Stage": "prod"}
    assert not run(stackset_instance, **listed(parameter_overrides={"Stage": "prod"}))["changed"]
    assert not run(stackset_instance, **listed())["changed"]
    changed = run(stackset_instance, **listed(parameter_overrides={"Stage": "test"}))
    assert changed["changes"][0]["before"]["parameter_overrides"] == {"Stage": "prod"}
    assert overrides(roles) == {"Stage": "test"}
    assert run(stackset_instance, **listed(parameter_overrides={}))["changed"]
    assert overrides(roles) == {}
    assert not run(stackset_instance, **listed(parameter_overrides={}))["changed"]


@READINGS
def test_an_outdated_instance_keeps_the_overrides_that_nobody_lists(roles, run, merge_overrides):
    run(stackset_instance, **listed(parameter_overrides={"Stage": "prod"}))
    roles.fault(failing_accounts=[A])
    run(stackset, **stack_set(template_body=template("two")))
    assert statuses(roles) == {A: "OUTDATED"}
    roles.fault(merge_overrides=merge_overrides)
    assert run(stackset_instance, **listed())["changed"]
    assert (statuses(roles), overrides(roles)) == ({A: "CURRENT"}, {"Stage": "prod"})


def test_an_override_of_a_parameter_that_is_no_more_stops_nothing(roles, run):
    run(stackset_instance, **listed(parameter_overrides={"Stage": "prod"}))
    roles.fault(failing_accounts=[A])
    without = json.loads(template("two"))
    without.pop("Parameters")
    run(stackset, **stack_set(template_body=without))
    assert statuses(roles) == {A: "OUTDATED"}
    roles.fault()
    assert run(stackset_instance, **listed())["failures"] == []
    assert statuses(roles) == {A: "CURRENT"}


def make_inoperable(aws, run):
    """Leave A's instance in the state in which a failed removal leaves it."""
    run(stackset_instance, **instances([A, B]))
    aws.fault(failing_accounts=[A])
    removed = run(stackset_instance, **instances([B], purge=True))
    assert removed["failed"]
    aws.fault()
    assert statuses(aws)[A] == "INOPERABLE"


def test_an_inoperable_instance_is_left_alone_until_asked(roles, run):
    make_inoperable(roles, run)
    writes = roles.writes
    result = run(stackset_instance, **instances([A, B]))
    assert result["failed"]
    assert "run again with recover_inoperable" in result["failures"][0]["message"]
    assert (result["changed"], roles.writes) == (False, writes)


def test_an_inoperable_instance_is_replaced_when_asked(roles, run):
    run(stackset_instance, **listed(parameter_overrides={"Stage": "prod"}))
    make_inoperable(roles, run)
    cloudformation = roles.client("cloudformation", A)
    (stack,) = cloudformation.describe_stacks()["Stacks"]
    cloudformation.delete_stack(StackName=stack["StackName"])
    roles.world.clock.advance(20)
    result = run(stackset_instance, **instances([A, B], recover_inoperable=True))
    assert [(c["action"], c["target"]) for c in result["changes"]] == [
        ("update", f"stack instance {A}/{REGION}")
    ]
    assert [o["action"] for o in result["operations"]] == ["DELETE", "CREATE"]
    assert statuses(roles) == {A: "CURRENT", B: "CURRENT"}
    assert overrides(roles) == {"Stage": "prod"}


def test_a_large_removal_is_refused_with_the_numbers(aws, run):
    accounts = [f"{n:012}" for n in range(1, 11)]
    prepare(aws, accounts)
    run(stackset, **stack_set())
    run(stackset_instance, **instances(accounts))
    writes = aws.writes
    result = run(stackset_instance, **instances(accounts[:5], purge=True))
    assert result["failed"]
    assert "would remove 5 of 10 objects of type 'stack instance'" in result["msg"]
    assert aws.writes == writes


def test_removed_instances_may_leave_their_stacks(roles, run):
    run(stackset_instance, **instances([A, B]))
    run(stackset_instance, **instances([B], purge=True, retain_stacks=True))
    assert statuses(roles) == {B: "CURRENT"}
    assert roles.client("iam", A).get_role(RoleName="role-admin")


def test_waves_stop_at_the_first_that_fails(roles, run):
    waves = [{"name": "staging", "accounts": [C]}]
    wanted = instances([A, B, C], waves=waves)
    result = run(stackset_instance, **wanted)
    assert statuses(roles) == {C: "OUTDATED"}
    assert "Stopped after staging, which failed: 2 stack instances" in result["msg"]
    assert len(result["pending"]) == 3


def test_wrong_input_makes_no_call(aws, run):
    result = run(
        stackset_instance,
        stack_set_name=NAME,
        accounts=[{"account_id": 12}, {"account_id": A, "parameter_overrides": "x"}, {"name": "z"}],
        regions=[REGION],
        instances=[{"account_id": A, "region": REGION}, {"account_id": A, "region": REGION}],
        waves=[],
    )
    assert result["msg"] == (
        "The input has 4 problems:\n"
        "  accounts[0].account_id: must be a quoted string of 12 digits, found the number 12\n"
        "  accounts[1].parameter_overrides: expected a mapping, found the string 'x'\n"
        "  accounts[2].account_id: must be a quoted string of 12 digits, found nothing\n"
        "  instances[1]: is already listed at instances[0]"
    )
    assert aws.calls == {}


def test_the_credentials_of_another_account_write_nothing(roles, run):
    writes = roles.writes
    result = run(stackset_instance, **instances([A], account_id="999999999999"))
    assert "the credentials of this run are for account 111111111111" in result["msg"]
    assert roles.writes == writes


@pytest.mark.usefixtures("roles")
def test_accounts_may_carry_other_keys(run):
    wanted = instances([A])
    wanted["accounts"][0].update(host="project-a-prod", in_scope=True)
    assert run(stackset_instance, **wanted)["changed"]
