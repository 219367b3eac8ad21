# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and writing a stack, and waiting for it."""

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stacks import (
    Launch,
    read_stack,
    stack_writers,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.waiting import Patience
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import (
    Action,
    Change,
    Kind,
    ObjectId,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.account_stack import (
    FoundStack,
)

from tests.unit.scripted import play

NAME = "execution"
STACK_ID = "arn:aws:cloudformation:eu-west-1:111111111111:stack/execution/1"
TEMPLATE = {"Resources": {"R": {"Type": "AWS::IAM::Role"}}}
BODY = "Resources: {R: {Type: 'AWS::IAM::Role'}}"
BY_NAME, BY_ID = {"StackName": NAME}, {"StackName": STACK_ID}
REQUEST = {
    "StackName": NAME,
    "TemplateBody": BODY,
    "Parameters": [{"ParameterKey": "P", "ParameterValue": "hush"}],
    "Capabilities": ["CAPABILITY_NAMED_IAM"],
    "Tags": [{"Key": "a", "Value": "1"}],
}
CREATION = {**REQUEST, "EnableTerminationProtection": True}
PATIENCE = Patience(100, lambda _seconds: None, iter(range(10**6)).__next__)


@pytest.fixture
def script(monkeypatch):
    yield from play(monkeypatch)


def described(status, **more):
    stack = {"StackName": NAME, "StackId": STACK_ID, "StackStatus": status, **more}
    return {"Stacks": [{"CreationTime": "2026-01-01", **stack}]}


def describe(script, *statuses, by=BY_NAME, **more):
    """Script one answer of DescribeStacks for each status; None for a stack that is not there."""
    for status in statuses:
        if status is None:
            message = f"Stack with id {NAME} does not exist"
            script.refuse("cloudformation", "describe_stacks", by, "ValidationError", message)
        else:
            script.answer("cloudformation", "describe_stacks", by, described(status, **more))


def template(script, body=BODY):
    script.answer("cloudformation", "get_template", BY_NAME, {"TemplateBody": body})


def event(number, status, logical_id="R", reason=None, physical_id="r"):
    return {
        "StackId": STACK_ID,
        "EventId": str(number),
        "StackName": NAME,
        "Timestamp": "2026-01-01",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": physical_id,
        "ResourceType": "AWS::IAM::Role",
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
    }


def events(script, *listed):
    """Script the events of the stack, the newest first, two a page."""
    pages = [list(listed[n : n + 2]) for n in range(0, len(listed), 2)] or [[]]
    for number, page in enumerate(pages):
        params = {**BY_NAME, **({"NextToken": str(number)} if number else {})}
        more = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
        answer = {"StackEvents": page, **more}
        script.answer("cloudformation", "describe_stack_events", params, answer)


def writers_for(script, patience=PATIENCE):
    launch = Launch(BODY, patience, (("P", "hush"),), ("CAPABILITY_NAMED_IAM",))
    return stack_writers({"111111111111": script.account}.__getitem__, launch)


def change(kind, action, after):
    return Change(ObjectId(kind, ("111111111111", NAME)), action, None, after)


def write(script, kind, action, after=None, patience=PATIENCE):
    writers_for(script, patience)[(kind, action)](change(kind, action, after))


def create(script, **more):
    write(script, Kind.STACK, Action.CREATE, {"tags": {"a": "1"}}, **more)


def update(script):
    write(script, Kind.STACK, Action.UPDATE, {"tags": {"a": "1"}})


def error_of(call, *arguments, **more):
    with pytest.raises(AwsError) as caught:
        call(*arguments, **more)
    return str(caught.value)


# --- reading ---------------------------------------------------------------------------------


def test_a_stack_is_read(script):
    describe(
        script,
        "UPDATE_COMPLETE",
        EnableTerminationProtection=True,
        Parameters=[
            {"ParameterKey": "B", "ParameterValue": "2"},
            {"ParameterKey": "A", "ParameterValue": "****"},
        ],
        Tags=[{"Key": "b", "Value": "2"}, {"Key": "aws:made-by", "Value": "x"}],
    )
    template(script)
    assert read_stack(script.account, NAME, PATIENCE) == FoundStack(
        status="UPDATE_COMPLETE",
        template=TEMPLATE,
        parameters=(("A", "****"), ("B", "2")),
        tags=(("b", "2"),),
        termination_protection=True,
    )


def test_a_template_in_json_is_decoded_by_botocore_already(script):
    describe(script, "CREATE_COMPLETE")
    template(script, json.dumps(TEMPLATE))
    found = read_stack(script.account, NAME, PATIENCE)
    assert found == FoundStack("CREATE_COMPLETE", TEMPLATE)


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (None, "ABSENT"),
        ("DELETE_COMPLETE", "DELETE_COMPLETE"),
        ("ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"),
        ("REVIEW_IN_PROGRESS", "REVIEW_IN_PROGRESS"),
    ],
)
def test_nothing_or_a_leftover_has_no_template(script, status, found):
    describe(script, status)
    assert read_stack(script.account, NAME, PATIENCE) == FoundStack(found)


def test_what_an_earlier_run_began_is_waited_for(script):
    describe(script, "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    template(script)
    assert read_stack(script.account, NAME, PATIENCE).status == "CREATE_COMPLETE"


def test_a_stack_on_its_way_out_is_waited_for(script):
    describe(script, "DELETE_IN_PROGRESS", None)
    assert read_stack(script.account, NAME, PATIENCE) == FoundStack("ABSENT")


def test_patience_ends_with_the_state_and_what_to_do(script):
    describe(script, "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS")
    patience = Patience(3, lambda _seconds: None, iter([0, 1, 4]).__next__)
    assert error_of(read_stack, script.account, NAME, patience) == (
        "Could not read stack execution in account 111111111111: AWS answered "
        "CREATE_IN_PROGRESS: it did not finish within 3 seconds (wait_timeout). Check the "
        "events of the stack and run again: the run waits for it to finish."
    )


def test_a_failed_stack_names_its_first_failed_resource(script):
    describe(script, "UPDATE_ROLLBACK_FAILED")
    events(
        script,
        event(9, "UPDATE_ROLLBACK_FAILED", NAME, physical_id=STACK_ID),
        event(8, "UPDATE_FAILED", "Second", "later"),
        event(7, "CREATE_FAILED", "Third", "Resource creation cancelled"),
        event(6, "UPDATE_FAILED", "First", "the cause"),
        event(5, "UPDATE_IN_PROGRESS", NAME, physical_id=STACK_ID),
    )
    assert error_of(read_stack, script.account, NAME, PATIENCE) == (
        "Could not use stack execution in account 111111111111: AWS answered "
        "UPDATE_ROLLBACK_FAILED: First (AWS::IAM::Role): the cause. Repair or delete the stack in "
        "the console of that account, then run again."
    )


def test_events_of_earlier_operations_do_not_count(script):
    describe(script, "DELETE_FAILED", StackStatusReason="because")
    events(
        script,
        event(9, "DELETE_FAILED", "R", "Resource deletion cancelled"),
        event(8, "DELETE_IN_PROGRESS", NAME, physical_id=STACK_ID),
    )
    assert "DELETE_FAILED: because." in error_of(read_stack, script.account, NAME, PATIENCE)


def test_a_failure_without_any_reason(script):
    describe(script, "CREATE_FAILED")
    events(script, event(1, "CREATE_FAILED"))
    text = error_of(read_stack, script.account, NAME, PATIENCE)
    assert "CREATE_FAILED: R (AWS::IAM::Role): no reason given." in text


def test_a_failure_without_any_event(script):
    describe(script, "CREATE_FAILED")
    events(script)
    text = error_of(read_stack, script.account, NAME, PATIENCE)
    assert "CREATE_FAILED: no reason given." in text


def test_a_refused_read_is_a_sentence(script):
    script.refuse("cloudformation", "describe_stacks", BY_NAME, "AccessDenied", "not you")
    text = error_of(read_stack, script.account, NAME, PATIENCE)
    assert text.startswith("Could not read stack execution in account 111111111111: AWS answered")


# --- creating --------------------------------------------------------------------------------


def test_a_stack_is_created_and_waited_for(script):
    script.answer("cloudformation", "create_stack", CREATION, {"StackId": STACK_ID})
    describe(script, None, "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    create(script)


def test_a_lost_answer_is_no_failure(script):
    script.refuse("cloudformation", "create_stack", CREATION, "AlreadyExistsException")
    template(script)
    describe(script, "CREATE_COMPLETE")
    create(script)


def test_somebody_elses_stack_is_one(script):
    script.refuse("cloudformation", "create_stack", CREATION, "AlreadyExistsException", "there")
    template(script, "Resources: {}")
    assert "AlreadyExistsException: there" in error_of(create, script)


def test_a_failed_creation_says_why(script):
    script.answer("cloudformation", "create_stack", CREATION, {"StackId": STACK_ID})
    describe(script, "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE")
    events(
        script,
        event(3, "ROLLBACK_COMPLETE", NAME, physical_id=STACK_ID),
        event(2, "CREATE_FAILED", "R", "role is there already"),
        event(1, "CREATE_IN_PROGRESS", NAME, physical_id=STACK_ID),
    )
    assert error_of(create, script) == (
        "Could not create stack execution in account 111111111111: AWS answered "
        "ROLLBACK_COMPLETE: R (AWS::IAM::Role): role is there already. Fix the cause and run "
        "again; finished work is not repeated."
    )


def test_an_endless_creation_ends(script):
    script.answer("cloudformation", "create_stack", CREATION, {"StackId": STACK_ID})
    describe(script, None, None)
    patience = Patience(1, lambda _seconds: None, iter([0, 0, 2]).__next__)
    assert "ABSENT: it did not finish within 1 second" in error_of(
        create, script, patience=patience
    )


# --- updating --------------------------------------------------------------------------------


def test_a_stack_is_updated_and_waited_for(script):
    script.answer("cloudformation", "update_stack", REQUEST, {"StackId": STACK_ID})
    describe(script, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE")
    update(script)


def test_nothing_to_update_is_no_failure(script):
    message = "No updates are to be performed."
    script.refuse("cloudformation", "update_stack", REQUEST, "ValidationError", message)
    update(script)


def test_an_update_whose_answer_was_lost(script):
    busy = f"Stack:{STACK_ID} is in UPDATE_IN_PROGRESS state and can not be updated."
    script.refuse("cloudformation", "update_stack", REQUEST, "ValidationError", busy)
    describe(script, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    message = "No updates are to be performed."
    script.refuse("cloudformation", "update_stack", REQUEST, "ValidationError", message)
    update(script)


def test_somebody_elses_update_is_followed_by_ours(script):
    busy = f"Stack:{STACK_ID} is in UPDATE_IN_PROGRESS state and can not be updated."
    script.refuse("cloudformation", "update_stack", REQUEST, "ValidationError", busy)
    describe(script, "UPDATE_COMPLETE")
    script.answer("cloudformation", "update_stack", REQUEST, {"StackId": STACK_ID})
    describe(script, "UPDATE_COMPLETE")
    update(script)


def test_a_failed_update_says_why(script):
    script.answer("cloudformation", "update_stack", REQUEST, {"StackId": STACK_ID})
    describe(script, "UPDATE_ROLLBACK_COMPLETE")
    events(script, event(2, "UPDATE_FAILED", "R", "no"), event(1, "UPDATE_IN_PROGRESS", "R"))
    assert "UPDATE_ROLLBACK_COMPLETE: R (AWS::IAM::Role): no. Fix" in error_of(update, script)


def test_a_refused_update_is_a_sentence(script):
    script.refuse("cloudformation", "update_stack", REQUEST, "ValidationError", "bad template")
    assert "ValidationError: bad template" in error_of(update, script)


# --- leftovers and protection ------------------------------------------------------------------


def delete(script):
    write(script, Kind.STACK_LEFTOVER, Action.DELETE)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_a_leftover_is_deleted(script, status):
    describe(script, status)
    script.answer("cloudformation", "delete_stack", BY_ID)
    describe(script, status, "DELETE_IN_PROGRESS", "DELETE_COMPLETE", by=BY_ID)
    delete(script)


def test_a_protected_leftover_is_freed_first(script):
    describe(script, "ROLLBACK_COMPLETE", EnableTerminationProtection=True)
    off = {**BY_NAME, "EnableTerminationProtection": False}
    script.answer("cloudformation", "update_termination_protection", off, {"StackId": STACK_ID})
    script.answer("cloudformation", "delete_stack", BY_ID)
    describe(script, None, by=BY_ID)
    delete(script)


def test_a_leftover_that_is_gone(script):
    describe(script, None)
    delete(script)


def test_a_leftover_that_stays_says_why(script):
    describe(script, "ROLLBACK_COMPLETE")
    script.answer("cloudformation", "delete_stack", BY_ID)
    describe(script, "DELETE_FAILED", by=BY_ID)
    events(script, event(1, "DELETE_FAILED", "R", "in use"))
    assert "Could not delete stack execution" in (text := error_of(delete, script))
    assert "DELETE_FAILED: R (AWS::IAM::Role): in use" in text


@pytest.mark.parametrize(("action", "on"), [(Action.CREATE, True), (Action.DELETE, False)])
def test_protection_is_switched(script, action, on):
    params = {**BY_NAME, "EnableTerminationProtection": on}
    script.answer("cloudformation", "update_termination_protection", params, {"StackId": "x"})
    write(script, Kind.STACK_PROTECTION, action, {})


@pytest.mark.parametrize("is_protected", [True, False])
def test_protection_comes_with_the_creation_and_is_written_only_if_it_did_not(script, is_protected):
    writers = writers_for(script)
    script.answer("cloudformation", "create_stack", CREATION, {"StackId": STACK_ID})
    describe(script, "CREATE_COMPLETE", EnableTerminationProtection=is_protected)
    writers[Kind.STACK, Action.CREATE](change(Kind.STACK, Action.CREATE, {"tags": {"a": "1"}}))
    if not is_protected:
        on = {**BY_NAME, "EnableTerminationProtection": True}
        script.answer("cloudformation", "update_termination_protection", on, {"StackId": "x"})
    protection = Kind.STACK_PROTECTION
    writers[protection, Action.CREATE](change(protection, Action.CREATE, {}))


def test_refused_protection_is_a_sentence(script):
    script.refuse("cloudformation", "update_termination_protection", None, "AccessDenied", "no")
    text = error_of(write, script, Kind.STACK_PROTECTION, Action.CREATE, {})
    assert text.startswith("Could not turn on termination protection of stack execution in")
