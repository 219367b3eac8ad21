# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.instances import (
    detailed_status,
    instances_from,
    read_instances,
    read_overrides,
    start_instances,
    with_overrides,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.rectangles import (
    Rectangle,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.stack_instances import (
    InstanceOperation,
    Step,
    instance_id,
)

NAMED = {"StackSetName": "roles"}
RECTANGLE = Rectangle(("111111111111", "222222222222"), ("eu-west-1",))
TARGETS = {
    **NAMED,
    "Accounts": ["111111111111", "222222222222"],
    "Regions": ["eu-west-1"],
    "OperationPreferences": {"MaxConcurrentCount": 1},
    "OperationId": "id-1",
}


def row(account, status="CURRENT", detail="SUCCEEDED", reason=None):
    return {
        "Account": account,
        "Region": "eu-west-1",
        "Status": status,
        "StackInstanceStatus": {"DetailedStatus": detail},
        **({"StatusReason": reason} if reason else {}),
    }


def test_all_pages_are_read(stubber, address):
    first = {**NAMED, "MaxResults": 100}
    pages = [[row("1")], [row("2", "OUTDATED", "FAILED", "why\n")], [row("3", "INOPERABLE", "x")]]
    for number, rows in enumerate(pages):
        params = {**first, "NextToken": str(number)} if number else first
        more = {"NextToken": str(number + 1)} if number < 2 else {}
        stubber.add_response("list_stack_instances", {"Summaries": rows, **more}, params)
    assert instances_from(read_instances(address)) == {
        instance_id("1", "eu-west-1"): {"status": "CURRENT"},
        instance_id("2", "eu-west-1"): {
            "status": "OUTDATED",
            "detail": "FAILED",
            "reason": "why\\n",
        },
        instance_id("3", "eu-west-1"): {"status": "INOPERABLE", "detail": "x", "reason": ""},
    }


def test_without_a_stack_set_there_are_no_instances(stubber, address):
    stubber.add_client_error("list_stack_instances", "StackSetNotFoundException", "no")
    assert read_instances(address) == []


def test_other_errors_are_not_taken_for_its_absence(stubber, address):
    stubber.add_client_error("list_stack_instances", "AccessDenied", "no")
    with pytest.raises(AwsError, match="Could not read the instances of stack set roles"):
        read_instances(address)


def test_a_row_may_have_no_detail():
    assert detailed_status({}) == ""


def test_overrides_are_read_where_they_matter_and_only_there(stubber, address):
    stubber.add_response(
        "describe_stack_instance",
        {
            "StackInstance": {
                "ParameterOverrides": [
                    {"ParameterKey": "Q", "ParameterValue": "2"},
                    {"ParameterKey": "P", "ParameterValue": "1"},
                ]
            }
        },
        {**NAMED, "StackInstanceAccount": "1", "StackInstanceRegion": "eu-west-1"},
    )
    overrides = read_overrides(address, [("1", "eu-west-1")])
    observed = instances_from([row("1"), row("2")])
    assert with_overrides(observed, overrides) == {
        instance_id("1", "eu-west-1"): {
            "status": "CURRENT",
            "parameter_overrides": {"P": "1", "Q": "2"},
        },
        instance_id("2", "eu-west-1"): {"status": "CURRENT"},
    }


def start(address, step, overrides=None, **more):
    start_instances(
        address,
        InstanceOperation(step, RECTANGLE, overrides),
        "id-1",
        preferences={"MaxConcurrentCount": 1},
        **{"retain_stacks": False, **more},
    )


@pytest.mark.parametrize(
    ("overrides", "sent"),
    [
        (None, {}),
        ((), {"ParameterOverrides": []}),
        (
            (("P", "1"),),
            {"ParameterOverrides": [{"ParameterKey": "P", "ParameterValue": "1"}]},
        ),
    ],
    ids=["as they are", "none", "one"],
)
@pytest.mark.parametrize("step", [Step.CREATE, Step.UPDATE])
def test_creating_and_updating(stubber, address, step, overrides, sent):
    method = f"{step.value}_stack_instances"
    stubber.add_response(method, {"OperationId": "id-1"}, {**TARGETS, **sent})
    start(address, step, overrides)


@pytest.mark.parametrize(
    ("step", "retain", "sent"),
    [
        (Step.DELETE, False, False),
        (Step.DELETE, True, True),
        (Step.REMOVE_INOPERABLE, False, True),
    ],
)
def test_removing(stubber, address, step, retain, sent):
    expected = {**TARGETS, "RetainStacks": sent}
    stubber.add_response("delete_stack_instances", {"OperationId": "id-1"}, expected)
    start(address, step, retain_stacks=retain)


def test_service_managed_instances_belong_to_units(stubber, address):
    expected = {key: value for key, value in TARGETS.items() if key != "Accounts"}
    expected["DeploymentTargets"] = {
        "OrganizationalUnitIds": ["ou-1", "ou-2"],
        "Accounts": ["111111111111", "222222222222"],
        "AccountFilterType": "INTERSECTION",
    }
    stubber.add_response("create_stack_instances", {"OperationId": "id-1"}, expected)
    start(address, Step.CREATE, units=("ou-2", "ou-1"))


def test_a_refusal_says_what_was_being_done(stubber, address):
    stubber.add_client_error("create_stack_instances", "StackSetNotFoundException", "no")
    with pytest.raises(AwsError, match=r"Could not create instances of stack set roles .* first"):
        start(address, Step.CREATE)
