# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each exception of StackSets, raised by the local AWS, and the sentence that the user reads.

Most of them come only when somebody else acts between our look and our call. That is what
happens here: a second client acts at the moment before a call of the module is sent.
"""

from __future__ import annotations

from contextlib import contextmanager

import botocore
import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import stackset, stackset_instance

from tests.unit.modules.stack_sets import (
    JUMP,
    NAME,
    REGION,
    instances,
    operations,
    prepare,
    stack_set,
    statuses,
    template,
)

A, B = "222222222222", "333333333333"
SET = {"StackSetName": NAME}
TARGET = {**SET, "Accounts": [A], "Regions": [REGION]}
ARN = f"arn:aws:cloudformation:{REGION}:{JUMP}:stackset/{NAME}:"

pytestmark = pytest.mark.usefixtures("instant")


@pytest.fixture
def deployed(aws, run):
    """Return a local AWS with a stack set that has an instance in A."""
    prepare(aws, [A, B])
    run(stackset, **stack_set())
    run(stackset_instance, **instances([A]))
    return aws


@contextmanager
def before(action, act):
    """Let somebody else act once, right before a module's first call of this action is sent."""
    waiting = [act]

    def step_in(params, **_event):
        if waiting:
            waiting.pop()(params["body"])

    def listen(session):
        session.register(f"before-call.cloudformation.{action}", step_in)

    botocore.register_initializer(listen)
    try:
        yield
    finally:
        botocore.unregister_initializer(listen)
    assert not waiting, f"{action} was not called"


def last_refused(aws):
    """Return action and error of the last call that the local AWS refused."""
    entry = [entry for entry in aws.world.calls.entries() if entry["error"]][-1]
    return entry["action"], entry["error"]


def read_by_the_user(result):
    """Return the one sentence about what failed; the message for people begins with it."""
    assert result["failed"]
    (failure,) = result["failures"]
    assert result["msg"].startswith(failure["message"])
    return failure["message"]


def somebody_starts_an_operation(aws):
    aws.world.clock.configure({"mode": "manual"})
    aws.client("cloudformation").update_stack_instances(**TARGET)


def test_operation_in_progress(deployed, run):
    wanted = instances([A, B], account_id=JUMP, wait_timeout=0)
    with before("CreateStackInstances", lambda _body: somebody_starts_an_operation(deployed)):
        said = read_by_the_user(run(stackset_instance, **wanted))
    assert last_refused(deployed) == ("CreateStackInstances", "OperationInProgressException")
    assert said.startswith(
        f"Could not create instances of stack set {NAME} in account {JUMP}: AWS answered "
        f"OperationInProgressException: Another Operation on StackSet {ARN}"
    )
    assert said.endswith("is in progress. Run again when the other operation has ended.")


def test_stale_request(deployed, run):
    deployed.fault(stale_requests=1)
    wanted = stack_set(template_body=template("two"), account_id=JUMP, wait_timeout=0)
    assert read_by_the_user(run(stackset, **wanted)) == (
        f"Could not update stack set {NAME} in account {JUMP}: AWS answered "
        "StaleRequestException: Another operation has been performed on this StackSet since the "
        "specified operation was performed. Another run changed it at the same time; run again."
    )
    assert last_refused(deployed) == ("UpdateStackSet", "StaleRequestException")


def test_operation_id_already_exists_is_the_end_of_a_lost_answer(deployed, run):
    def its_first_attempt_is_done(body):
        deployed.client("cloudformation").create_stack_instances(
            **{**TARGET, "Accounts": [B]}, OperationId=body["OperationId"]
        )
        deployed.world.clock.advance(5)

    with before("CreateStackInstances", its_first_attempt_is_done):
        result = run(stackset_instance, **instances([A, B], account_id=JUMP))
    assert last_refused(deployed) == ("CreateStackInstances", "OperationIdAlreadyExistsException")
    assert (result["changed"], result["failures"]) == (True, [])
    assert [change["target"] for change in result["changes"]] == [f"stack instance {B}/{REGION}"]
    (mine,) = result["operations"]
    assert operations(deployed)[0]["OperationId"] == mine["operation_id"]
    assert [each["Action"] for each in operations(deployed)] == ["CREATE", "CREATE"]


def test_invalid_operation(deployed, run):
    wanted = stack_set(managed_execution=True, account_id=JUMP)
    with before("UpdateStackSet", lambda _body: somebody_starts_an_operation(deployed)):
        said = read_by_the_user(run(stackset, **wanted))
    assert said == (
        f"Could not update stack set {NAME} in account {JUMP}: AWS answered "
        "InvalidOperationException: The execution configuration can't be changed while "
        "operations run or are queued. AWS does not allow this in the current state of the "
        "stack set; run again when its operations have ended."
    )
    deployed.world.clock.configure({"mode": "poll"})
    assert run(stackset, **wanted)["failures"] == []


def test_stack_set_not_found(aws, run):
    said = read_by_the_user(run(stackset_instance, **instances([A], account_id=JUMP)))
    assert last_refused(aws) == ("CreateStackInstances", "StackSetNotFoundException")
    assert said == (
        f"Could not create instances of stack set {NAME} in account {JUMP}: AWS answered "
        f"StackSetNotFoundException: StackSet {NAME} not found. Create it first with "
        "jumpaccount.aws.stackset, in the same region."
    )


def test_stack_instance_not_found(deployed, run):
    deployed.fault(failing_accounts=[A])
    deployed.client("cloudformation").update_stack_instances(**TARGET)
    deployed.world.clock.advance(5)
    deployed.fault()
    assert statuses(deployed) == {A: "OUTDATED"}

    def somebody_removes_it(_body):
        deployed.client("cloudformation").delete_stack_instances(**TARGET, RetainStacks=False)
        deployed.world.clock.advance(5)

    wanted = instances([A], account_id=JUMP)
    with before("UpdateStackInstances", somebody_removes_it):
        said = read_by_the_user(run(stackset_instance, **wanted))
    assert said.startswith(
        f"Could not update instances of stack set {NAME} in account {JUMP}: AWS answered "
        f"StackInstanceNotFoundException: Stack instance for account {A} and region {REGION} in "
    )
    assert said.endswith("not found. Another run removed an instance; run again.")
    assert [change["action"] for change in run(stackset_instance, **wanted)["changes"]] == [
        "create"
    ]


def test_operation_not_found(deployed, run):
    def somebody_makes_the_set_anew(_body):
        client = deployed.client("cloudformation")
        both = {**TARGET, "Accounts": [A, B]}
        client.delete_stack_instances(**both, RetainStacks=False)
        deployed.world.clock.advance(5)
        client.delete_stack_set(**SET)
        client.create_stack_set(
            **SET, TemplateBody=template(), Capabilities=["CAPABILITY_NAMED_IAM"]
        )

    with before("ListStackSetOperationResults", somebody_makes_the_set_anew):
        said = read_by_the_user(run(stackset_instance, **instances([A, B], account_id=JUMP)))
    calls = [e for e in deployed.world.calls.entries() if e["action"] == "CreateStackInstances"]
    operation = calls[-1]["params"]["OperationId"]
    assert said == (
        f"Could not read the results of operation {operation} of stack set {NAME} in account "
        f"{JUMP}: AWS answered OperationNotFoundException: Operation {operation} not found. The "
        "stack set was deleted in the meantime, or the operation has expired in AWS; run again."
    )


def test_name_already_exists(aws, run):
    def somebody_makes_another(_body):
        aws.client("cloudformation").create_stack_set(
            **SET, TemplateBody=template("another"), Capabilities=["CAPABILITY_NAMED_IAM"]
        )

    wanted = stack_set(account_id=JUMP)
    with before("CreateStackSet", somebody_makes_another):
        said = read_by_the_user(run(stackset, **wanted))
    assert said == (
        f"Could not create stack set {NAME} in account {JUMP}: AWS answered "
        f"NameAlreadyExistsException: StackSet {NAME} already exists. Another run created it at "
        "the same time; run again."
    )
    assert [change["action"] for change in run(stackset, **wanted)["changes"]] == ["update"]


def test_created_but_modified(aws, run):
    def its_first_attempt_is_done_and_somebody_updates_it(body):
        client = aws.client("cloudformation")
        named = {**SET, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
        token = body["ClientRequestToken"]
        client.create_stack_set(**named, TemplateBody=template(), ClientRequestToken=token)
        client.update_stack_set(**named, TemplateBody=template("another"))
        aws.world.clock.advance(5)

    wanted = stack_set(account_id=JUMP)
    with before("CreateStackSet", its_first_attempt_is_done_and_somebody_updates_it):
        said = read_by_the_user(run(stackset, **wanted))
    assert said == (
        f"Could not create stack set {NAME} in account {JUMP}: AWS answered "
        f"CreatedButModifiedException: StackSet {NAME} was created with this token and modified "
        "since. Another run changed it at the same time; run again."
    )
    assert [change["action"] for change in run(stackset, **wanted)["changes"]] == ["update"]


def test_stack_set_not_empty(deployed, run):
    result = run(stackset, name=NAME, state="absent", account_id=JUMP)
    assert read_by_the_user(result) == (
        f"Could not delete stack set {NAME} in account {JUMP}: AWS answered "
        f"StackSetNotEmptyException: StackSet {NAME} is not empty. Remove its instances first, "
        "with jumpaccount.aws.stackset_instance and purge."
    )
    assert last_refused(deployed) == ("DeleteStackSet", "StackSetNotEmptyException")


def test_limit_exceeded(deployed, run):
    deployed.fault(stack_instances_quota=1)
    said = read_by_the_user(run(stackset_instance, **instances([A, B], account_id=JUMP)))
    assert said == (
        f"Could not create instances of stack set {NAME} in account {JUMP}: AWS answered "
        f"LimitExceededException: StackSet {NAME} can't have more than 1 stack instances. Raise "
        "the quota in Service Quotas, or request less."
    )
    assert statuses(deployed) == {A: "CURRENT"}


@pytest.mark.usefixtures("aws")
def test_insufficient_capabilities(run):
    said = read_by_the_user(run(stackset, **stack_set(capabilities=[], account_id=JUMP)))
    assert said == (
        f"Could not create stack set {NAME} in account {JUMP}: AWS answered "
        "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]. "
        "Add CAPABILITY_NAMED_IAM to capabilities if the template can create IAM objects."
    )
