"""Stack sets: create, update, delete, operations over time, one at a time."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.helpers import (
    EXECUTION,
    JUMP,
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
    ROLE_ARN,
    SET,
    create_instances,
    create_set,
    finish,
    instances,
    results,
    update_set,
)


def test_operation_runs_for_some_polls_and_then_finishes(stacksets) -> None:
    create_set(stacksets)
    operation = create_instances(stacksets)
    assert results(stacksets, operation) == {PROD: "PENDING", STAGING: "PENDING"}
    assert instances(stacksets)[PROD] == ("OUTDATED", "PENDING")
    describe = stacksets.describe_stack_set_operation
    first = describe(**SET, OperationId=operation)["StackSetOperation"]
    assert first["Status"] == "RUNNING"
    assert "EndTimestamp" not in first
    assert results(stacksets, operation) == {PROD: "RUNNING", STAGING: "RUNNING"}
    assert finish(stacksets, operation) == "SUCCEEDED"
    last = describe(**SET, OperationId=operation)["StackSetOperation"]
    assert last["EndTimestamp"]
    assert last["StatusDetails"]["FailedStackInstancesCount"] == 0
    assert results(stacksets, operation) == {PROD: "SUCCEEDED", STAGING: "SUCCEEDED"}
    assert instances(stacksets) == dict.fromkeys(BOTH, ("CURRENT", "SUCCEEDED"))


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


def test_stack_set_keeps_what_it_was_given(stacksets) -> None:
    set_id = create_set(
        stacksets,
        Description="roles",
        ManagedExecution={"Active": True},
        ExecutionRoleName=EXECUTION,
    )
    found = stacksets.describe_stack_set(**SET)["StackSet"]
    assert found["StackSetId"] == set_id
    assert found["StackSetARN"] == f"arn:aws:cloudformation:{REGION}:{JUMP}:stackset/{set_id}"
    assert found["Capabilities"] == NAMED
    assert found["ManagedExecution"] == {"Active": True}
    assert found["AdministrationRoleARN"] == ROLE_ARN
    assert found["PermissionModel"] == "SELF_MANAGED"
    assert found["Description"] == "roles"
    assert json.loads(found["TemplateBody"]) == json.loads(role_template())
    assert (
        stacksets.describe_stack_set(StackSetName=set_id)["StackSet"]["StackSetName"] == "iam-roles"
    )
    assert [each["StackSetName"] for each in stacksets.list_stack_sets()["Summaries"]] == [
        "iam-roles"
    ]


def test_stack_set_is_regional_and_of_one_account(aws, stacksets, refused) -> None:
    create_set(stacksets)
    elsewhere = aws("cloudformation", region="us-east-1")
    refused("StackSetNotFoundException", elsewhere.describe_stack_set, **SET)
    refused("StackSetNotFoundException", aws("cloudformation", PROD).describe_stack_set, **SET)


def test_name_already_exists(stacksets, refused) -> None:
    create_set(stacksets)
    new = {**SET, "TemplateBody": role_template(), "Capabilities": NAMED}
    refused("NameAlreadyExistsException", stacksets.create_stack_set, **new)


def test_repeated_create_with_its_token_is_the_same_set(stacksets, refused) -> None:
    first = create_set(stacksets, ClientRequestToken="t-1")
    assert create_set(stacksets, ClientRequestToken="t-1") == first
    finish(stacksets, update_set(stacksets, role_template("role-x")))
    refused("CreatedButModifiedException", create_set, cfn=stacksets, ClientRequestToken="t-1")


def test_insufficient_capabilities(stacksets, refused) -> None:
    new = {**SET, "TemplateBody": role_template()}
    refused("InsufficientCapabilitiesException", stacksets.create_stack_set, **new)
    create_set(stacksets)
    refused("InsufficientCapabilitiesException", stacksets.update_stack_set, **new)


@pytest.mark.parametrize("name", ["1roles", "iam_roles", "x" * 129])
def test_stack_set_names_are_checked(stacksets, refused, name) -> None:
    new = {"TemplateBody": role_template(), "Capabilities": NAMED}
    refused("ValidationError", stacksets.create_stack_set, StackSetName=name, **new)


def test_missing_things_have_their_own_errors(stacksets, refused) -> None:
    refused("StackSetNotFoundException", stacksets.describe_stack_set, **SET)
    refused("StackSetNotFoundException", stacksets.list_stack_instances, **SET)
    create_set(stacksets)
    refused(
        "OperationNotFoundException",
        stacksets.describe_stack_set_operation,
        **SET,
        OperationId="none",
    )
    where = {"StackInstanceAccount": PROD, "StackInstanceRegion": REGION}
    refused("StackInstanceNotFoundException", stacksets.describe_stack_instance, **SET, **where)
    change = {"Accounts": [PROD], "Regions": [REGION]}
    refused("StackInstanceNotFoundException", stacksets.update_stack_instances, **SET, **change)


def test_one_operation_at_a_time(stacksets, refused) -> None:
    set_id = create_set(stacksets)
    operation = create_instances(stacksets)
    message = refused("OperationInProgressException", create_instances, cfn=stacksets)
    arn = f"arn:aws:cloudformation:{REGION}:{JUMP}:stackset/{set_id}"
    assert message == f"Another Operation on StackSet {arn} is in progress"
    refused("OperationInProgressException", update_set, cfn=stacksets, template=role_template())
    refused("OperationInProgressException", stacksets.delete_stack_set, **SET)
    refused("OperationInProgressException", stacksets.detect_stack_set_drift, **SET)
    finish(stacksets, operation)
    create_instances(stacksets)


def test_operation_id_is_used_once(stacksets, refused) -> None:
    create_set(stacksets)
    repeated = {"cfn": stacksets, "OperationId": "run-1"}
    assert create_instances(**repeated) == "run-1"
    refused("OperationInProgressException", create_instances, **repeated)
    finish(stacksets, "run-1")
    refused("OperationIdAlreadyExistsException", create_instances, **repeated)


def test_stack_instances_have_a_quota(stacksets, control, refused) -> None:
    create_set(stacksets)
    control.post("faults", stack_instances_quota=1)
    refused("LimitExceededException", create_instances, cfn=stacksets)


def test_stale_requests_can_be_provoked(stacksets, control, refused) -> None:
    create_set(stacksets)
    control.post("faults", stale_requests=1)
    refused("StaleRequestException", create_instances, cfn=stacksets)
    create_instances(stacksets)


def test_update_reaches_every_instance(aws, stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets))
    operation = update_set(stacksets, role_template(MaxSessionDuration=7200))
    assert {status for status, _ in instances(stacksets).values()} == {"OUTDATED"}
    assert finish(stacksets, operation) == "SUCCEEDED"
    assert instances(stacksets) == dict.fromkeys(BOTH, ("CURRENT", "SUCCEEDED"))
    for account in BOTH:
        role = aws("iam", account).get_role(RoleName="role-admin")["Role"]
        assert role["MaxSessionDuration"] == 7200


def test_update_reaches_exactly_the_accounts_that_it_names(aws, stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets))
    scope = {"Accounts": [PROD], "Regions": [REGION]}
    finish(stacksets, update_set(stacksets, role_template(MaxSessionDuration=7200), **scope))
    assert instances(stacksets)[PROD][0] == "CURRENT"
    assert instances(stacksets)[STAGING][0] == "OUTDATED"
    role = aws("iam", STAGING).get_role(RoleName="role-admin")["Role"]
    assert role["MaxSessionDuration"] == 3600
    finish(
        stacksets,
        stacksets.update_stack_instances(**SET, Accounts=[STAGING], Regions=[REGION])[
            "OperationId"
        ],
    )
    assert instances(stacksets)[STAGING][0] == "CURRENT"
    role = aws("iam", STAGING).get_role(RoleName="role-admin")["Role"]
    assert role["MaxSessionDuration"] == 7200


def test_update_of_an_instance_that_is_missing_is_refused_whole(stacksets, refused) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets, [PROD]))
    scope = {"Accounts": BOTH, "Regions": [REGION]}
    refused(
        "StackInstanceNotFoundException",
        update_set,
        cfn=stacksets,
        template=role_template("x"),
        **scope,
    )
    assert instances(stacksets)[PROD][0] == "CURRENT"


def test_update_without_template_and_parameters_leaves_instances_current(stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets))
    scope = {"Accounts": [PROD], "Regions": [REGION]}
    stacksets.update_stack_set(
        **SET,
        UsePreviousTemplate=True,
        Capabilities=NAMED,
        Description="new",
        AdministrationRoleARN=ROLE_ARN,
        **scope,
    )
    assert instances(stacksets)[STAGING][0] == "CURRENT"


def test_custom_administration_role_must_be_repeated_on_update(stacksets) -> None:
    create_set(stacksets)
    finish(stacksets, create_instances(stacksets, [PROD]))
    operation = stacksets.update_stack_set(
        **SET, TemplateBody=role_template("x"), Capabilities=NAMED
    )
    assert finish(stacksets, operation["OperationId"]) == "FAILED"
    (result,) = stacksets.list_stack_set_operation_results(
        **SET, OperationId=operation["OperationId"]
    )["Summaries"]
    assert result["StatusReason"] == (
        f"Account {JUMP} should have 'AWSCloudFormationStackSetAdministrationRole' role with "
        "trust relationship to CloudFormation service."
    )


def test_omitted_tags_stay_and_given_tags_replace_all(stacksets) -> None:
    def tags():
        return stacksets.describe_stack_set(**SET)["StackSet"]["Tags"]

    one, two = {"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}
    create_set(stacksets, Tags=[one])
    finish(stacksets, update_set(stacksets, role_template()))
    assert tags() == [one]
    finish(stacksets, update_set(stacksets, role_template(), Tags=[two]))
    assert tags() == [two]
    finish(stacksets, update_set(stacksets, role_template(), Tags=[]))
    assert tags() == []


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


def test_results_and_operations_are_listed_newest_first(stacksets) -> None:
    create_set(stacksets)
    first = create_instances(stacksets, [PROD])
    finish(stacksets, first)
    second = create_instances(stacksets, [STAGING])
    finish(stacksets, second)
    listed = stacksets.list_stack_set_operations(**SET)["Summaries"]
    assert [each["OperationId"] for each in listed] == [second, first]
    assert listed[0]["Action"] == "CREATE"
    where = [{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}]
    failed = stacksets.list_stack_set_operation_results(**SET, OperationId=first, Filters=where)
    assert failed["Summaries"] == []


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


def test_self_managed_sets_take_no_organizational_units(stacksets, refused) -> None:
    create_set(stacksets)
    targets = {"OrganizationalUnitIds": ["ou-abcd-11111111"]}
    new = {**SET, "DeploymentTargets": targets, "Regions": [REGION]}
    refused("ValidationError", stacksets.create_stack_instances, **new)


def test_service_managed_sets_need_an_organization(aws, stacksets, refused) -> None:
    new = {**SET, "TemplateBody": role_template(), "Capabilities": NAMED}
    new["PermissionModel"] = "SERVICE_MANAGED"
    refused("ValidationError", stacksets.create_stack_set, **new)
    organizations = aws("organizations")
    organizations.create_organization(FeatureSet="ALL")
    account = organizations.create_account(AccountName="prod", Email="prod@example.com")
    account_id = account["CreateAccountStatus"]["AccountId"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="projects")
    unit_id = unit["OrganizationalUnit"]["Id"]
    organizations.move_account(
        AccountId=account_id, SourceParentId=root, DestinationParentId=unit_id
    )
    stacksets.create_stack_set(**new)
    operation = stacksets.create_stack_instances(
        **SET, DeploymentTargets={"OrganizationalUnitIds": [root]}, Regions=[REGION]
    )["OperationId"]
    assert finish(stacksets, operation) == "SUCCEEDED"
    assert instances(stacksets) == {account_id: ("CURRENT", "SUCCEEDED")}
    assert aws("iam", account_id).get_role(RoleName="role-admin")
