# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.sets import (
    TemplateSource,
    create_stack_set,
    delete_stack_set,
    preferences_to,
    read_stack_set,
    read_stack_set_state,
    start_update,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.stack_set import (
    StackSet,
    build_stack_set_state,
    stack_set_id,
)

TEMPLATE = {"Parameters": {"P": {"NoEcho": True}, "Q": {"Default": "d"}}, "Resources": {}}
BODY = json.dumps(TEMPLATE)
NAMED = {"StackSetName": "roles"}
ANSWER = {
    "StackSetName": "roles",
    "StackSetId": "roles:1",
    "Status": "ACTIVE",
    "Description": "text",
    "TemplateBody": BODY,
    "Parameters": [{"ParameterKey": "P", "ParameterValue": "****"}],
    "Capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_IAM"],
    "Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}],
    "AdministrationRoleARN": "arn:aws:iam::111111111111:role/administration",
    "ExecutionRoleName": "execution",
    "PermissionModel": "SELF_MANAGED",
    "ManagedExecution": {"Active": True},
}
AFTER = {
    "template": TEMPLATE,
    "description": "text",
    "parameters": {"P": "****", "Q": "d"},
    "capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    "tags": {"a": "1", "b": "2"},
    "administration_role_arn": "arn:aws:iam::111111111111:role/administration",
    "execution_role_name": "execution",
    "permission_model": "SELF_MANAGED",
    "managed_execution": True,
    "auto_deployment": None,
}
SETTINGS = {
    "StackSetName": "roles",
    "Description": "text",
    "TemplateBody": BODY,
    "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
    "AdministrationRoleARN": "arn:aws:iam::111111111111:role/administration",
    "ExecutionRoleName": "execution",
    "PermissionModel": "SELF_MANAGED",
    "ManagedExecution": {"Active": True},
}
Q = {"ParameterKey": "Q", "ParameterValue": "d"}


def test_a_stack_set_is_read_in_canonical_form(stubber, address):
    stubber.add_response("describe_stack_set", {"StackSet": ANSWER}, NAMED)
    assert read_stack_set_state(address) == {stack_set_id("roles"): AFTER}


def test_what_aws_leaves_out_has_a_value(stubber, address):
    stubber.add_response("describe_stack_set", {"StackSet": {"TemplateBody": BODY}}, NAMED)
    (found,) = read_stack_set_state(address).values()
    new = build_stack_set_state(StackSet("roles", TEMPLATE), {})
    assert found == new[stack_set_id("roles")]


def test_there_may_be_no_stack_set(stubber, address):
    stubber.add_client_error(
        "describe_stack_set", "StackSetNotFoundException", "no", 404, None, NAMED
    )
    assert read_stack_set_state(address) == {}


def test_a_deleted_one_is_none(stubber, address):
    stubber.add_response("describe_stack_set", {"StackSet": {"Status": "DELETED"}}, NAMED)
    assert read_stack_set(address) is None


def test_other_errors_are_not_taken_for_its_absence(stubber, address):
    stubber.add_client_error("describe_stack_set", "AccessDenied", "no")
    with pytest.raises(AwsError, match=r"Could not read stack set roles .* AccessDenied"):
        read_stack_set(address)


def test_creating_sends_everything_and_the_secret(stubber, address):
    expected = {
        **SETTINGS,
        "Parameters": [{"ParameterKey": "P", "ParameterValue": "secret"}, Q],
    }
    stubber.add_response("create_stack_set", {"StackSetId": "roles:1"}, expected)
    create_stack_set(address, AFTER, TemplateSource(BODY, None, {"P": "secret"}))


def test_creating_without_settings_sends_none(stubber, address):
    (after,) = build_stack_set_state(StackSet("roles", {"Resources": {}}), {}).values()
    expected = {
        "StackSetName": "roles",
        "TemplateURL": "https://b.s3.eu-west-1.amazonaws.com/k",
        "Capabilities": [],
        "Tags": [],
        "Parameters": [],
        "PermissionModel": "SELF_MANAGED",
        "ManagedExecution": {"Active": False},
    }
    stubber.add_response("create_stack_set", {"StackSetId": "roles:1"}, expected)
    create_stack_set(address, after, TemplateSource("{}", expected["TemplateURL"]))


@pytest.mark.parametrize(
    ("deployment", "sent"),
    [
        (
            {"enabled": True, "retain_stacks": True},
            {"Enabled": True, "RetainStacksOnAccountRemoval": True},
        ),
        ({"enabled": False, "retain_stacks": False}, {"Enabled": False}),
    ],
)
def test_automatic_deployment_there_and_back(stubber, address, deployment, sent):
    expected = {
        **SETTINGS,
        "Parameters": [Q],
        "AutoDeployment": sent,
    }
    stubber.add_response("create_stack_set", {"StackSetId": "roles:1"}, expected)
    answer = {**ANSWER, "AutoDeployment": sent}
    stubber.add_response("describe_stack_set", {"StackSet": answer}, NAMED)
    create_stack_set(address, {**AFTER, "auto_deployment": deployment}, TemplateSource(BODY))
    (found,) = read_stack_set_state(address).values()
    assert found["auto_deployment"] == deployment


@pytest.mark.parametrize(
    ("body", "is_ours"),
    [(BODY, True), (json.dumps({"Resources": {"Other": {}}}), False)],
    ids=["ours", "another"],
)
def test_a_lost_answer_is_told_from_another_run(stubber, address, body, is_ours):
    stubber.add_client_error("create_stack_set", "NameAlreadyExistsException", "there")
    answer = {"StackSet": {**ANSWER, "TemplateBody": body}}
    stubber.add_response("describe_stack_set", answer, NAMED)
    if is_ours:
        create_stack_set(address, AFTER, TemplateSource(BODY))
    else:
        with pytest.raises(AwsError, match="Could not create stack set roles"):
            create_stack_set(address, AFTER, TemplateSource(BODY))


def test_an_update_repeats_everything_and_keeps_secrets_that_are_not_given(stubber, address):
    expected = {
        **SETTINGS,
        "Parameters": [{"ParameterKey": "P", "UsePreviousValue": True}, Q],
        "OperationId": "id-1",
        "OperationPreferences": {"MaxConcurrentPercentage": 100},
        "Accounts": ["222222222222"],
        "Regions": ["eu-west-1"],
    }
    stubber.add_response("update_stack_set", {"OperationId": "id-1"}, expected)
    targets = {
        "OperationPreferences": {"MaxConcurrentPercentage": 100},
        "Accounts": ["222222222222"],
        "Regions": ["eu-west-1"],
    }
    start_update(address, AFTER, TemplateSource(BODY), "id-1", targets)


def test_deleting(stubber, address):
    stubber.add_response("delete_stack_set", {}, NAMED)
    delete_stack_set(address)


def test_deleting_what_is_gone_is_well(stubber, address):
    stubber.add_client_error("delete_stack_set", "StackSetNotFoundException", "gone")
    delete_stack_set(address)


def test_deleting_what_has_instances_says_what_to_do(stubber, address):
    stubber.add_client_error("delete_stack_set", "StackSetNotEmptyException", "full")
    with pytest.raises(AwsError, match=r"Remove its instances first, with .*stackset_instance"):
        delete_stack_set(address)


def test_preferences_have_the_names_of_aws():
    assert preferences_to(
        {
            "failure_tolerance_count": 1,
            "failure_tolerance_percentage": None,
            "max_concurrent_count": 2,
            "concurrency_mode": "SOFT_FAILURE_TOLERANCE",
            "region_order": ["eu-west-1"],
        }
    ) == {
        "FailureToleranceCount": 1,
        "MaxConcurrentCount": 2,
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
        "RegionOrder": ["eu-west-1"],
    }
