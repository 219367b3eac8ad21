"""Stack sets: create, update, delete, operations over time, one at a time."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.helpers import EXECUTION, JUMP, PROD, REGION, STAGING, role_template
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
