# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.calls import (
    StackSetAddress,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.sets import (
    TemplateSource,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.planning import plan_changes
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.quotas import (
    TEMPLATE_BODY_LONGEST,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.instance_failure import (
    Advice,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.stack_set import (
    StackSet,
    build_stack_set_state,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.queue import (
    Deadline,
    OperationQueue,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.set_apply import (
    StackSetApply,
    StackSetSettings,
)
from botocore.stub import ANY, Stubber

NAMED = {"StackSetName": "roles"}
BODY = json.dumps({"Resources": {}})
STATE = build_stack_set_state(StackSet("roles", json.loads(BODY), description="old"), {})
NEW = build_stack_set_state(StackSet("roles", json.loads(BODY), description="new"), {})
CREATE, UPDATE, DELETE = plan_changes(NEW, {}), plan_changes(NEW, STATE), plan_changes({}, STATE)
FOUND = {"StackSet": {"TemplateBody": BODY}}


def apply(queue, plan, *plans, **settings):
    again = iter(plans)
    chosen = StackSetSettings({}, Advice("roles"), TemplateSource(BODY), **settings)
    return StackSetApply(queue, chosen, lambda: next(again))(plan)


def expect_end(stubber, status="SUCCEEDED", rows=()):
    answer = {"OperationId": "id", "Action": "UPDATE", "Status": status}
    stubber.add_response("describe_stack_set_operation", {"StackSetOperation": answer})
    results = [{"Account": a, "Region": "r", "Status": s} for a, s in rows]
    stubber.add_response("list_stack_set_operation_results", {"Summaries": results})


def test_a_new_stack_set_is_awaited_until_it_is_seen(stubber, queue, clock):
    stubber.add_response("create_stack_set", {"StackSetId": "roles:1"})
    stubber.add_client_error("describe_stack_set", "StackSetNotFoundException", "not yet")
    stubber.add_response("describe_stack_set", FOUND, NAMED)
    outcome = apply(queue, CREATE).outcome
    assert (outcome.applied, outcome.failures) == (CREATE, ())
    assert clock.slept == [0.2]


def test_one_that_stays_unseen_is_created_all_the_same(stubber, address, clock):
    queue = OperationQueue(address, Deadline(0, clock.now, clock.sleep))
    stubber.add_response("create_stack_set", {"StackSetId": "roles:1"})
    stubber.add_client_error("describe_stack_set", "StackSetNotFoundException", "not yet")
    assert apply(queue, CREATE).outcome.applied == CREATE


def test_an_update_is_awaited_with_its_instances(stubber, queue):
    stubber.add_response("update_stack_set", {"OperationId": "id"})
    expect_end(stubber, rows=[("1", "SUCCEEDED"), ("2", "SUCCEEDED")])
    report = apply(queue, UPDATE, instances=(("1", "r"), ("2", "r")))
    assert (report.outcome.applied, report.outcome.failures) == (UPDATE, ())
    assert [operation.action for operation in report.operations] == ["UPDATE"]


def test_accounts_that_fail_are_told_though_the_stack_set_is_updated(stubber, queue):
    stubber.add_response("update_stack_set", {"OperationId": "id"})
    expect_end(stubber, rows=[("1", "FAILED"), ("2", "SUCCEEDED")])
    outcome = apply(queue, UPDATE, instances=(("1", "r"), ("2", "r"))).outcome
    assert outcome.applied == UPDATE
    assert [failure.target for failure in outcome.failures] == ["stack instance 1/r"]


def test_running_out_of_time_is_a_failure_of_the_instances_only(stubber, address, clock):
    queue = OperationQueue(address, Deadline(0, clock.now, clock.sleep))
    stubber.add_response("update_stack_set", {"OperationId": "id"})
    answer = {"OperationId": "id", "Action": "UPDATE", "Status": "RUNNING"}
    stubber.add_response("describe_stack_set_operation", {"StackSetOperation": answer})
    report = apply(queue, UPDATE)
    assert (report.outcome.applied, report.operations) == (UPDATE, ())
    assert "wait_timeout" in report.outcome.failures[0].message


def expect_busy_update(stubber):
    stubber.add_client_error("update_stack_set", "OperationInProgressException", "busy")
    stubber.add_client_error("describe_stack_set_operation", "OperationNotFoundException", "no")
    stubber.add_response("list_stack_set_operations", {"Summaries": []})


def test_another_operation_is_awaited_and_the_plan_made_again(stubber, queue):
    expect_busy_update(stubber)
    stubber.add_response("list_stack_set_operations", {"Summaries": []})
    stubber.add_response("update_stack_set", {"OperationId": "id"})
    expect_end(stubber)
    assert apply(queue, UPDATE, UPDATE).outcome.applied == UPDATE


def test_nothing_is_left_when_another_run_did_it(stubber, queue):
    expect_busy_update(stubber)
    outcome = apply(queue, UPDATE, ()).outcome
    assert (outcome.applied, outcome.pending, outcome.failures) == ((), (), ())


def test_a_refusal_is_a_failure_of_the_set(stubber, queue):
    stubber.add_client_error("update_stack_set", "InsufficientCapabilitiesException", "no")
    outcome = apply(queue, UPDATE).outcome
    assert (outcome.applied, outcome.pending) == ((), UPDATE)
    assert "Add CAPABILITY_NAMED_IAM" in outcome.failures[0].message


def test_deleting_waits_for_another_operation(stubber, queue):
    stubber.add_client_error("delete_stack_set", "OperationInProgressException", "busy")
    stubber.add_response("list_stack_set_operations", {"Summaries": []})
    stubber.add_response("delete_stack_set", {}, NAMED)
    assert apply(queue, DELETE, DELETE).outcome.applied == DELETE


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("StackSetNotEmptyException", "Remove its instances first"),
        ("OperationInProgressException", "when the other operation has ended"),
    ],
)
def test_deleting_may_be_refused(stubber, address, clock, code, said):
    queue = OperationQueue(address, Deadline(0, clock.now, clock.sleep))
    stubber.add_client_error("delete_stack_set", code, "no")
    assert said in apply(queue, DELETE).outcome.failures[0].message


@pytest.mark.parametrize(
    ("size", "bucket", "goes_by_bucket"),
    [
        (TEMPLATE_BODY_LONGEST, "templates", False),
        (TEMPLATE_BODY_LONGEST + 1, "templates", True),
        (100, None, False),
    ],
)
def test_a_template_too_long_for_the_call_goes_by_the_bucket(clock, size, bucket, goes_by_bucket):
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "s"}
    clients = {name: boto3.client(name, "eu-west-1", **keys) for name in ("s3", "cloudformation")}
    address = StackSetAddress(AwsAccount(None, clients.__getitem__), "roles")
    queue = OperationQueue(address, Deadline(60, clock.now, clock.sleep))
    sent = {"TemplateURL": ANY} if goes_by_bucket else {"TemplateBody": "x" * size}
    expected = {
        **NAMED,
        **sent,
        "Description": "new",
        "Capabilities": [],
        "Tags": [],
        "Parameters": [],
        "PermissionModel": "SELF_MANAGED",
        "ManagedExecution": {"Active": False},
    }
    settings = StackSetSettings({}, Advice("roles"), TemplateSource("x" * size), bucket)
    with Stubber(clients["s3"]) as s3, Stubber(clients["cloudformation"]) as cloudformation:
        if goes_by_bucket:
            s3.add_response("put_object", {"VersionId": "V1"})
        cloudformation.add_response("create_stack_set", {"StackSetId": "roles:1"}, expected)
        cloudformation.add_response("describe_stack_set", FOUND)
        outcome = StackSetApply(queue, settings, tuple)(CREATE).outcome
        assert outcome.failures == ()
        s3.assert_no_pending_responses()
        cloudformation.assert_no_pending_responses()
