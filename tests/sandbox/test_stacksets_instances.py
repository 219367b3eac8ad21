"""Stack instances: what is deployed where, overrides, deletion, drift."""

from __future__ import annotations

from tests.sandbox.helpers import (
    PARALLEL,
    PROD,
    REGION,
    STAGING,
    parameter_template,
    role_template,
    trust_account,
)
from tests.sandbox.stack_set import (
    BOTH,
    NAMED,
    SET,
    create_instances,
    create_set,
    finish,
    instances,
    results,
    update_set,
)


def test_instances_create_the_roles_in_each_account(aws, stacksets) -> None:
    create_set(stacksets, Tags=[{"Key": "owner", "Value": "jump"}])
    finish(stacksets, create_instances(stacksets))
    for account in BOTH:
        iam = aws("iam", account)
        assert iam.list_attached_role_policies(RoleName="role-admin")["AttachedPolicies"]
        tags = iam.get_role(RoleName="role-admin")["Role"]["Tags"]
        assert tags == [{"Key": "owner", "Value": "jump"}]
        (stack,) = aws("cloudformation", account).describe_stacks()["Stacks"]
        assert stack["StackName"].startswith("StackSet-iam-roles-")
    described = stacksets.describe_stack_instance(
        **SET, StackInstanceAccount=PROD, StackInstanceRegion=REGION
    )["StackInstance"]
    assert f":{PROD}:stack/StackSet-iam-roles-" in described["StackId"]


def test_new_instances_get_the_present_template(aws, stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets, [PROD]))
    finish(stacksets, update_set(stacksets, role_template(MaxSessionDuration=7200)))
    finish(stacksets, create_instances(stacksets, [STAGING]))
    role = aws("iam", STAGING).get_role(RoleName="role-admin")["Role"]
    assert role["MaxSessionDuration"] == 7200


def shown(aws, account: str) -> str:
    return str(aws("ssm", account).get_parameter(Name="/shown")["Parameter"]["Value"])


def override(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def test_overrides_survive_updates_of_the_set(aws, stacksets) -> None:
    create_set(stacksets, parameter_template())
    finish(stacksets, create_instances(stacksets, ParameterOverrides=override(First="own")))
    assert shown(aws, PROD) == "own,two"
    changed = [{"ParameterKey": "Second", "ParameterValue": "new"}]
    finish(stacksets, update_set(stacksets, parameter_template(), Parameters=changed))
    assert shown(aws, PROD) == "own,new"


def test_update_of_overrides_keeps_replaces_or_reverts(aws, stacksets) -> None:
    """By the API reference: no list keeps all, a list replaces, UsePreviousValue keeps one."""
    create_set(stacksets, parameter_template())
    both = override(First="a", Second="b")
    finish(stacksets, create_instances(stacksets, [PROD], ParameterOverrides=both))
    assert shown(aws, PROD) == "a,b"

    def update(**params) -> str:
        operation = stacksets.update_stack_instances(
            **SET, Accounts=[PROD], Regions=[REGION], **params
        )
        finish(stacksets, operation["OperationId"])
        return shown(aws, PROD)

    keep_first = {"ParameterKey": "First", "UsePreviousValue": True}
    assert update() == "a,b"
    assert update(ParameterOverrides=[keep_first, *override(Second="c")]) == "a,c"
    assert update(ParameterOverrides=override(Second="d")) == "one,d"
    assert update(ParameterOverrides=[]) == "one,two"
    described = stacksets.describe_stack_instance(
        **SET, StackInstanceAccount=PROD, StackInstanceRegion=REGION
    )
    assert described["StackInstance"]["ParameterOverrides"] == []


def test_only_parameters_of_the_set_can_be_overridden(stacksets, refused) -> None:
    create_set(stacksets, parameter_template())
    refused(
        "ValidationError", create_instances, cfn=stacksets, ParameterOverrides=override(None_="x")
    )


def test_accounts_times_regions_is_a_rectangle(aws, stacksets) -> None:
    create_set(stacksets, parameter_template())
    finish(stacksets, create_instances(stacksets, Regions=[REGION, "us-east-1"]))
    listed = stacksets.list_stack_instances(**SET)["Summaries"]
    assert len(listed) == 4
    assert stacksets.describe_stack_set(**SET)["StackSet"]["Regions"] == [REGION, "us-east-1"]
    other = aws("ssm", PROD, region="us-east-1")
    assert other.get_parameter(Name="/shown")["Parameter"]["Value"] == "one,two"


def test_deleted_instances_take_their_stacks_along(aws, stacksets, refused) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets))
    refused("StackSetNotEmptyException", stacksets.delete_stack_set, **SET)
    operation = stacksets.delete_stack_instances(
        **SET, Accounts=[PROD], Regions=[REGION], RetainStacks=False
    )["OperationId"]
    assert finish(stacksets, operation) == "SUCCEEDED"
    assert set(instances(stacksets)) == {STAGING}
    refused("NoSuchEntity", aws("iam", PROD).get_role, RoleName="role-admin")


def test_retained_stacks_stay(aws, stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets))
    operation = stacksets.delete_stack_instances(
        **SET, Accounts=BOTH, Regions=[REGION], RetainStacks=True, OperationPreferences=PARALLEL
    )["OperationId"]
    described = stacksets.describe_stack_set_operation(**SET, OperationId=operation)
    assert described["StackSetOperation"]["RetainStacks"]
    finish(stacksets, operation)
    assert instances(stacksets) == {}
    assert aws("iam", PROD).get_role(RoleName="role-admin")
    stacksets.delete_stack_set(**SET)
    deleted = stacksets.list_stack_sets(Status="DELETED")["Summaries"]
    assert [each["StackSetName"] for each in deleted] == ["iam-roles"]


def test_instance_that_cannot_be_deleted_is_inoperable_until_retained(aws, stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets, [PROD]))
    prod = aws("cloudformation", PROD)
    (stack,) = prod.describe_stacks()["Stacks"]
    prod.update_termination_protection(
        StackName=stack["StackName"], EnableTerminationProtection=True
    )
    gone = {"Accounts": [PROD], "Regions": [REGION]}
    operation = stacksets.delete_stack_instances(**SET, **gone, RetainStacks=False)["OperationId"]
    assert finish(stacksets, operation) == "FAILED"
    assert instances(stacksets)[PROD] == ("INOPERABLE", "INOPERABLE")
    (listed,) = stacksets.list_stack_instances(**SET)["Summaries"]
    assert "TerminationProtection is enabled" in listed["StatusReason"]
    finish(stacksets, update_set(stacksets, role_template(MaxSessionDuration=7200)))
    assert instances(stacksets)[PROD][0] == "INOPERABLE"
    assert finish(stacksets, create_instances(stacksets, [PROD])) == "SUCCEEDED"
    assert instances(stacksets)[PROD] == ("INOPERABLE", "INOPERABLE")
    finish(
        stacksets, stacksets.delete_stack_instances(**SET, **gone, RetainStacks=True)["OperationId"]
    )
    assert instances(stacksets) == {}


def test_instances_come_in_pages_of_100_and_can_be_filtered(stacksets) -> None:
    create_set(stacksets, parameter_template())
    accounts = [f"{number:012}" for number in range(1, 251)]
    finish(stacksets, create_instances(stacksets, [*accounts, PROD]))
    pages = list(stacksets.get_paginator("list_stack_instances").paginate(**SET))
    assert [len(page["Summaries"]) for page in pages] == [100, 100, 51]
    one = stacksets.list_stack_instances(**SET, StackInstanceAccount=PROD)["Summaries"]
    assert [each["Account"] for each in one] == [PROD]
    wanted = [{"Name": "DETAILED_STATUS", "Values": "SUCCEEDED"}]
    done = stacksets.list_stack_instances(**SET, Filters=wanted)["Summaries"]
    assert [each["Account"] for each in done] == [PROD]


def test_drift_of_a_set_is_found_per_instance(aws, stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets))
    iam = aws("iam", PROD)
    iam.detach_role_policy(
        RoleName="role-admin", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
    )
    operation = stacksets.detect_stack_set_drift(**SET, OperationPreferences=PARALLEL)[
        "OperationId"
    ]
    assert finish(stacksets, operation) == "SUCCEEDED"
    details = stacksets.describe_stack_set(**SET)["StackSet"]["StackSetDriftDetectionDetails"]
    assert details["DriftStatus"] == "DRIFTED"
    assert details["DriftDetectionStatus"] == "COMPLETED"
    assert details["DriftedStackInstancesCount"] == 1
    assert details["InSyncStackInstancesCount"] == 1
    listed = stacksets.list_stack_instances(**SET)["Summaries"]
    assert {each["Account"]: each["DriftStatus"] for each in listed} == {
        PROD: "DRIFTED",
        STAGING: "IN_SYNC",
    }
    (drift,) = stacksets.list_stack_instance_resource_drifts(
        **SET,
        StackInstanceAccount=PROD,
        StackInstanceRegion=REGION,
        OperationId=operation,
    )["Summaries"]
    assert drift["StackResourceDriftStatus"] == "MODIFIED"
    assert drift["PropertyDifferences"][0]["PropertyPath"] == "/ManagedPolicyArns"


def test_direct_change_of_a_stack_is_no_drift_of_the_set(aws, stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets, [PROD]))
    prod = aws("cloudformation", PROD)
    name = prod.describe_stacks()["Stacks"][0]["StackName"]
    changed = role_template(MaxSessionDuration=7200)
    prod.update_stack(StackName=name, TemplateBody=changed, Capabilities=NAMED)
    prod.describe_stacks()
    operation = stacksets.detect_stack_set_drift(**SET)["OperationId"]
    finish(stacksets, operation)
    details = stacksets.describe_stack_set(**SET)["StackSet"]["StackSetDriftDetectionDetails"]
    assert details["DriftStatus"] == "IN_SYNC"


def test_existing_role_fails_that_account_only(aws, stacksets) -> None:
    aws("iam", PROD).create_role(RoleName="role-admin", AssumeRolePolicyDocument=trust_account())
    create_set(stacksets)
    operation = create_instances(stacksets)
    assert finish(stacksets, operation) == "SUCCEEDED"
    described = stacksets.describe_stack_set_operation(**SET, OperationId=operation)
    assert described["StackSetOperation"]["StatusDetails"]["FailedStackInstancesCount"] == 1
    assert results(stacksets, operation) == {PROD: "FAILED", STAGING: "SUCCEEDED"}
    (failed,) = stacksets.list_stack_instances(**SET, StackInstanceAccount=PROD)["Summaries"]
    assert failed["Status"] == "OUTDATED"
    assert failed["StatusReason"].startswith(
        "ResourceLogicalId:SwitchRole, ResourceType:AWS::IAM::Role, ResourceStatusReason:"
    )
    assert "'role-admin' already exists" in failed["StatusReason"]


def test_failed_instance_is_retried_by_a_new_operation(aws, stacksets) -> None:
    iam = aws("iam", PROD)
    iam.create_role(RoleName="role-admin", AssumeRolePolicyDocument=trust_account())
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets, [PROD]))
    iam.delete_role(RoleName="role-admin")
    assert finish(stacksets, create_instances(stacksets, [PROD])) == "SUCCEEDED"
    assert instances(stacksets)[PROD] == ("CURRENT", "SUCCEEDED")
    assert iam.get_role(RoleName="role-admin")


def test_the_other_reading_of_overrides_merges_and_reverts(stacksets, control) -> None:
    create_set(stacksets, parameter_template())
    both = override(First="a", Second="b")
    finish(stacksets, create_instances(stacksets, [PROD], ParameterOverrides=both))
    control.post("faults", merge_overrides=True)

    def update(**params) -> dict[str, str]:
        operation = stacksets.update_stack_instances(
            **SET, Accounts=[PROD], Regions=[REGION], **params
        )
        finish(stacksets, operation["OperationId"])
        row = stacksets.describe_stack_instance(
            **SET, StackInstanceAccount=PROD, StackInstanceRegion=REGION
        )["StackInstance"]
        return {p["ParameterKey"]: p["ParameterValue"] for p in row["ParameterOverrides"]}

    assert update(ParameterOverrides=override(First="c")) == {"First": "c", "Second": "b"}
    assert update() == {}
