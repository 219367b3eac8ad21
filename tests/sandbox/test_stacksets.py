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
    add_administration_role,
    add_execution_role,
    parameter_template,
    role_template,
    trust_account,
)

NAMED = ["CAPABILITY_NAMED_IAM"]
SET = {"StackSetName": "iam-roles"}
BOTH = [PROD, STAGING]


@pytest.fixture
def cfn(aws):
    """CloudFormation of the Jump account, with the roles that StackSets needs."""
    add_administration_role(aws)
    for account in BOTH:
        add_execution_role(aws, account)
    return aws("cloudformation")


ROLE_ARN = f"arn:aws:iam::{JUMP}:role/role-stackset-administration"


def create_set(cfn, template: str = "", **params):
    return cfn.create_stack_set(
        **SET,
        TemplateBody=template or role_template(),
        Capabilities=NAMED,
        AdministrationRoleARN=ROLE_ARN,
        **params,
    )["StackSetId"]


def create_instances(cfn, accounts=BOTH, **params) -> str:
    given = {"Regions": [REGION], "OperationPreferences": PARALLEL, **params}
    return str(cfn.create_stack_instances(**SET, Accounts=accounts, **given)["OperationId"])


def update_set(cfn, template: str, **params) -> str:
    given = {
        "TemplateBody": template,
        "Capabilities": NAMED,
        "AdministrationRoleARN": ROLE_ARN,
        "OperationPreferences": PARALLEL,
        **params,
    }
    return str(cfn.update_stack_set(**SET, **given)["OperationId"])


def finish(cfn, operation: str) -> str:
    while True:
        found = cfn.describe_stack_set_operation(**SET, OperationId=operation)
        if found["StackSetOperation"]["Status"] not in ("RUNNING", "QUEUED", "STOPPING"):
            return str(found["StackSetOperation"]["Status"])


def instances(cfn) -> dict[str, tuple[str, str]]:
    listed = cfn.list_stack_instances(**SET)["Summaries"]
    return {
        each["Account"]: (each["Status"], each["StackInstanceStatus"]["DetailedStatus"])
        for each in listed
    }


def results(cfn, operation: str) -> dict[str, str]:
    listed = cfn.list_stack_set_operation_results(**SET, OperationId=operation)["Summaries"]
    return {each["Account"]: each["Status"] for each in listed}


def test_operation_runs_for_some_polls_and_then_finishes(cfn) -> None:
    create_set(cfn)
    operation = create_instances(cfn)
    assert results(cfn, operation) == {PROD: "PENDING", STAGING: "PENDING"}
    assert instances(cfn)[PROD] == ("OUTDATED", "PENDING")
    describe = cfn.describe_stack_set_operation
    first = describe(**SET, OperationId=operation)["StackSetOperation"]
    assert first["Status"] == "RUNNING"
    assert "EndTimestamp" not in first
    assert results(cfn, operation) == {PROD: "RUNNING", STAGING: "RUNNING"}
    assert finish(cfn, operation) == "SUCCEEDED"
    last = describe(**SET, OperationId=operation)["StackSetOperation"]
    assert last["EndTimestamp"]
    assert last["StatusDetails"]["FailedStackInstancesCount"] == 0
    assert results(cfn, operation) == {PROD: "SUCCEEDED", STAGING: "SUCCEEDED"}
    assert instances(cfn) == dict.fromkeys(BOTH, ("CURRENT", "SUCCEEDED"))


def test_instances_create_the_roles_in_each_account(aws, cfn) -> None:
    create_set(cfn, Tags=[{"Key": "owner", "Value": "jump"}])
    finish(cfn, create_instances(cfn))
    for account in BOTH:
        iam = aws("iam", account)
        assert iam.list_attached_role_policies(RoleName="role-admin")["AttachedPolicies"]
        tags = iam.get_role(RoleName="role-admin")["Role"]["Tags"]
        assert tags == [{"Key": "owner", "Value": "jump"}]
        (stack,) = aws("cloudformation", account).describe_stacks()["Stacks"]
        assert stack["StackName"].startswith("StackSet-iam-roles-")
    described = cfn.describe_stack_instance(
        **SET, StackInstanceAccount=PROD, StackInstanceRegion=REGION
    )["StackInstance"]
    assert f":{PROD}:stack/StackSet-iam-roles-" in described["StackId"]


def test_stack_set_keeps_what_it_was_given(cfn) -> None:
    set_id = create_set(
        cfn, Description="roles", ManagedExecution={"Active": True}, ExecutionRoleName=EXECUTION
    )
    found = cfn.describe_stack_set(**SET)["StackSet"]
    assert found["StackSetId"] == set_id
    assert found["StackSetARN"] == f"arn:aws:cloudformation:{REGION}:{JUMP}:stackset/{set_id}"
    assert found["Capabilities"] == NAMED
    assert found["ManagedExecution"] == {"Active": True}
    assert found["AdministrationRoleARN"] == ROLE_ARN
    assert found["PermissionModel"] == "SELF_MANAGED"
    assert found["Description"] == "roles"
    assert json.loads(found["TemplateBody"]) == json.loads(role_template())
    assert cfn.describe_stack_set(StackSetName=set_id)["StackSet"]["StackSetName"] == "iam-roles"
    assert [each["StackSetName"] for each in cfn.list_stack_sets()["Summaries"]] == ["iam-roles"]


def test_stack_set_is_regional_and_of_one_account(aws, cfn, refused) -> None:
    create_set(cfn)
    elsewhere = aws("cloudformation", region="us-east-1")
    refused("StackSetNotFoundException", elsewhere.describe_stack_set, **SET)
    refused("StackSetNotFoundException", aws("cloudformation", PROD).describe_stack_set, **SET)


def test_name_already_exists(cfn, refused) -> None:
    create_set(cfn)
    new = {**SET, "TemplateBody": role_template(), "Capabilities": NAMED}
    refused("NameAlreadyExistsException", cfn.create_stack_set, **new)


def test_repeated_create_with_its_token_is_the_same_set(cfn, refused) -> None:
    first = create_set(cfn, ClientRequestToken="t-1")
    assert create_set(cfn, ClientRequestToken="t-1") == first
    finish(cfn, update_set(cfn, role_template("role-x")))
    refused("CreatedButModifiedException", create_set, cfn=cfn, ClientRequestToken="t-1")


def test_insufficient_capabilities(cfn, refused) -> None:
    new = {**SET, "TemplateBody": role_template()}
    refused("InsufficientCapabilitiesException", cfn.create_stack_set, **new)
    create_set(cfn)
    refused("InsufficientCapabilitiesException", cfn.update_stack_set, **new)


@pytest.mark.parametrize("name", ["1roles", "iam_roles", "x" * 129])
def test_stack_set_names_are_checked(cfn, refused, name) -> None:
    new = {"TemplateBody": role_template(), "Capabilities": NAMED}
    refused("ValidationError", cfn.create_stack_set, StackSetName=name, **new)


def test_missing_things_have_their_own_errors(cfn, refused) -> None:
    refused("StackSetNotFoundException", cfn.describe_stack_set, **SET)
    refused("StackSetNotFoundException", cfn.list_stack_instances, **SET)
    create_set(cfn)
    refused(
        "OperationNotFoundException", cfn.describe_stack_set_operation, **SET, OperationId="none"
    )
    where = {"StackInstanceAccount": PROD, "StackInstanceRegion": REGION}
    refused("StackInstanceNotFoundException", cfn.describe_stack_instance, **SET, **where)
    change = {"Accounts": [PROD], "Regions": [REGION]}
    refused("StackInstanceNotFoundException", cfn.update_stack_instances, **SET, **change)


def test_one_operation_at_a_time(cfn, refused) -> None:
    set_id = create_set(cfn)
    operation = create_instances(cfn)
    message = refused("OperationInProgressException", create_instances, cfn=cfn)
    arn = f"arn:aws:cloudformation:{REGION}:{JUMP}:stackset/{set_id}"
    assert message == f"Another Operation on StackSet {arn} is in progress"
    refused("OperationInProgressException", update_set, cfn=cfn, template=role_template())
    refused("OperationInProgressException", cfn.delete_stack_set, **SET)
    refused("OperationInProgressException", cfn.detect_stack_set_drift, **SET)
    finish(cfn, operation)
    create_instances(cfn)


def test_operation_id_is_used_once(cfn, refused) -> None:
    create_set(cfn)
    repeated = {"cfn": cfn, "OperationId": "run-1"}
    assert create_instances(**repeated) == "run-1"
    refused("OperationInProgressException", create_instances, **repeated)
    finish(cfn, "run-1")
    refused("OperationIdAlreadyExistsException", create_instances, **repeated)


def test_stale_requests_can_be_provoked(cfn, control, refused) -> None:
    create_set(cfn)
    control.post("faults", stale_requests=1)
    refused("StaleRequestException", create_instances, cfn=cfn)
    create_instances(cfn)


def test_update_reaches_every_instance(aws, cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn))
    operation = update_set(cfn, role_template(MaxSessionDuration=7200))
    assert {status for status, _ in instances(cfn).values()} == {"OUTDATED"}
    assert finish(cfn, operation) == "SUCCEEDED"
    assert instances(cfn) == dict.fromkeys(BOTH, ("CURRENT", "SUCCEEDED"))
    for account in BOTH:
        role = aws("iam", account).get_role(RoleName="role-admin")["Role"]
        assert role["MaxSessionDuration"] == 7200


def test_update_reaches_exactly_the_accounts_that_it_names(aws, cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn))
    scope = {"Accounts": [PROD], "Regions": [REGION]}
    finish(cfn, update_set(cfn, role_template(MaxSessionDuration=7200), **scope))
    assert instances(cfn)[PROD][0] == "CURRENT"
    assert instances(cfn)[STAGING][0] == "OUTDATED"
    role = aws("iam", STAGING).get_role(RoleName="role-admin")["Role"]
    assert role["MaxSessionDuration"] == 3600
    finish(
        cfn, cfn.update_stack_instances(**SET, Accounts=[STAGING], Regions=[REGION])["OperationId"]
    )
    assert instances(cfn)[STAGING][0] == "CURRENT"
    role = aws("iam", STAGING).get_role(RoleName="role-admin")["Role"]
    assert role["MaxSessionDuration"] == 7200


def test_update_of_an_instance_that_is_missing_is_refused_whole(cfn, refused) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn, [PROD]))
    scope = {"Accounts": BOTH, "Regions": [REGION]}
    refused(
        "StackInstanceNotFoundException", update_set, cfn=cfn, template=role_template("x"), **scope
    )
    assert instances(cfn)[PROD][0] == "CURRENT"


def test_update_without_template_and_parameters_leaves_instances_current(cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn))
    scope = {"Accounts": [PROD], "Regions": [REGION]}
    cfn.update_stack_set(
        **SET,
        UsePreviousTemplate=True,
        Capabilities=NAMED,
        Description="new",
        AdministrationRoleARN=ROLE_ARN,
        **scope,
    )
    assert instances(cfn)[STAGING][0] == "CURRENT"


def test_custom_administration_role_must_be_repeated_on_update(cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn, [PROD]))
    operation = cfn.update_stack_set(**SET, TemplateBody=role_template("x"), Capabilities=NAMED)
    assert finish(cfn, operation["OperationId"]) == "FAILED"
    (result,) = cfn.list_stack_set_operation_results(**SET, OperationId=operation["OperationId"])[
        "Summaries"
    ]
    assert result["StatusReason"] == (
        f"Account {JUMP} should have 'AWSCloudFormationStackSetAdministrationRole' role with "
        "trust relationship to CloudFormation service."
    )


def test_omitted_tags_stay_and_given_tags_replace_all(cfn) -> None:
    def tags():
        return cfn.describe_stack_set(**SET)["StackSet"]["Tags"]

    one, two = {"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}
    create_set(cfn, Tags=[one])
    finish(cfn, update_set(cfn, role_template()))
    assert tags() == [one]
    finish(cfn, update_set(cfn, role_template(), Tags=[two]))
    assert tags() == [two]
    finish(cfn, update_set(cfn, role_template(), Tags=[]))
    assert tags() == []


def test_new_instances_get_the_present_template(aws, cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn, [PROD]))
    finish(cfn, update_set(cfn, role_template(MaxSessionDuration=7200)))
    finish(cfn, create_instances(cfn, [STAGING]))
    role = aws("iam", STAGING).get_role(RoleName="role-admin")["Role"]
    assert role["MaxSessionDuration"] == 7200


def shown(aws, account: str) -> str:
    return str(aws("ssm", account).get_parameter(Name="/shown")["Parameter"]["Value"])


def override(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def test_overrides_survive_updates_of_the_set(aws, cfn) -> None:
    create_set(cfn, parameter_template())
    finish(cfn, create_instances(cfn, ParameterOverrides=override(First="own")))
    assert shown(aws, PROD) == "own,two"
    changed = [{"ParameterKey": "Second", "ParameterValue": "new"}]
    finish(cfn, update_set(cfn, parameter_template(), Parameters=changed))
    assert shown(aws, PROD) == "own,new"


def test_update_of_overrides_keeps_replaces_or_reverts(aws, cfn) -> None:
    """By the API reference: no list keeps all, a list replaces, UsePreviousValue keeps one."""
    create_set(cfn, parameter_template())
    both = override(First="a", Second="b")
    finish(cfn, create_instances(cfn, [PROD], ParameterOverrides=both))
    assert shown(aws, PROD) == "a,b"

    def update(**params) -> str:
        operation = cfn.update_stack_instances(**SET, Accounts=[PROD], Regions=[REGION], **params)
        finish(cfn, operation["OperationId"])
        return shown(aws, PROD)

    keep_first = {"ParameterKey": "First", "UsePreviousValue": True}
    assert update() == "a,b"
    assert update(ParameterOverrides=[keep_first, *override(Second="c")]) == "a,c"
    assert update(ParameterOverrides=override(Second="d")) == "one,d"
    assert update(ParameterOverrides=[]) == "one,two"
    described = cfn.describe_stack_instance(
        **SET, StackInstanceAccount=PROD, StackInstanceRegion=REGION
    )
    assert described["StackInstance"]["ParameterOverrides"] == []


def test_only_parameters_of_the_set_can_be_overridden(cfn, refused) -> None:
    create_set(cfn, parameter_template())
    refused("ValidationError", create_instances, cfn=cfn, ParameterOverrides=override(None_="x"))


def test_accounts_times_regions_is_a_rectangle(aws, cfn) -> None:
    create_set(cfn, parameter_template())
    finish(cfn, create_instances(cfn, Regions=[REGION, "us-east-1"]))
    listed = cfn.list_stack_instances(**SET)["Summaries"]
    assert len(listed) == 4
    assert cfn.describe_stack_set(**SET)["StackSet"]["Regions"] == [REGION, "us-east-1"]
    other = aws("ssm", PROD, region="us-east-1")
    assert other.get_parameter(Name="/shown")["Parameter"]["Value"] == "one,two"


def test_deleted_instances_take_their_stacks_along(aws, cfn, refused) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn))
    refused("StackSetNotEmptyException", cfn.delete_stack_set, **SET)
    operation = cfn.delete_stack_instances(
        **SET, Accounts=[PROD], Regions=[REGION], RetainStacks=False
    )["OperationId"]
    assert finish(cfn, operation) == "SUCCEEDED"
    assert set(instances(cfn)) == {STAGING}
    refused("NoSuchEntity", aws("iam", PROD).get_role, RoleName="role-admin")


def test_retained_stacks_stay(aws, cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn))
    operation = cfn.delete_stack_instances(
        **SET, Accounts=BOTH, Regions=[REGION], RetainStacks=True, OperationPreferences=PARALLEL
    )["OperationId"]
    described = cfn.describe_stack_set_operation(**SET, OperationId=operation)
    assert described["StackSetOperation"]["RetainStacks"]
    finish(cfn, operation)
    assert instances(cfn) == {}
    assert aws("iam", PROD).get_role(RoleName="role-admin")
    cfn.delete_stack_set(**SET)
    deleted = cfn.list_stack_sets(Status="DELETED")["Summaries"]
    assert [each["StackSetName"] for each in deleted] == ["iam-roles"]


def test_instance_that_cannot_be_deleted_is_inoperable_until_retained(aws, cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn, [PROD]))
    prod = aws("cloudformation", PROD)
    (stack,) = prod.describe_stacks()["Stacks"]
    prod.update_termination_protection(
        StackName=stack["StackName"], EnableTerminationProtection=True
    )
    gone = {"Accounts": [PROD], "Regions": [REGION]}
    operation = cfn.delete_stack_instances(**SET, **gone, RetainStacks=False)["OperationId"]
    assert finish(cfn, operation) == "FAILED"
    assert instances(cfn)[PROD] == ("INOPERABLE", "INOPERABLE")
    (listed,) = cfn.list_stack_instances(**SET)["Summaries"]
    assert "TerminationProtection is enabled" in listed["StatusReason"]
    finish(cfn, update_set(cfn, role_template(MaxSessionDuration=7200)))
    assert instances(cfn)[PROD][0] == "INOPERABLE"
    finish(cfn, cfn.delete_stack_instances(**SET, **gone, RetainStacks=True)["OperationId"])
    assert instances(cfn) == {}


def test_instances_come_in_pages_of_100_and_can_be_filtered(cfn) -> None:
    create_set(cfn, parameter_template())
    accounts = [f"{number:012}" for number in range(1, 251)]
    finish(cfn, create_instances(cfn, [*accounts, PROD]))
    pages = list(cfn.get_paginator("list_stack_instances").paginate(**SET))
    assert [len(page["Summaries"]) for page in pages] == [100, 100, 51]
    one = cfn.list_stack_instances(**SET, StackInstanceAccount=PROD)["Summaries"]
    assert [each["Account"] for each in one] == [PROD]
    wanted = [{"Name": "DETAILED_STATUS", "Values": "SUCCEEDED"}]
    done = cfn.list_stack_instances(**SET, Filters=wanted)["Summaries"]
    assert [each["Account"] for each in done] == [PROD]


def test_results_and_operations_are_listed_newest_first(cfn) -> None:
    create_set(cfn)
    first = create_instances(cfn, [PROD])
    finish(cfn, first)
    second = create_instances(cfn, [STAGING])
    finish(cfn, second)
    listed = cfn.list_stack_set_operations(**SET)["Summaries"]
    assert [each["OperationId"] for each in listed] == [second, first]
    assert listed[0]["Action"] == "CREATE"
    where = [{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}]
    failed = cfn.list_stack_set_operation_results(**SET, OperationId=first, Filters=where)
    assert failed["Summaries"] == []


def test_drift_of_a_set_is_found_per_instance(aws, cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn))
    iam = aws("iam", PROD)
    iam.detach_role_policy(
        RoleName="role-admin", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
    )
    operation = cfn.detect_stack_set_drift(**SET, OperationPreferences=PARALLEL)["OperationId"]
    assert finish(cfn, operation) == "SUCCEEDED"
    details = cfn.describe_stack_set(**SET)["StackSet"]["StackSetDriftDetectionDetails"]
    assert details["DriftStatus"] == "DRIFTED"
    assert details["DriftDetectionStatus"] == "COMPLETED"
    assert details["DriftedStackInstancesCount"] == 1
    assert details["InSyncStackInstancesCount"] == 1
    listed = cfn.list_stack_instances(**SET)["Summaries"]
    assert {each["Account"]: each["DriftStatus"] for each in listed} == {
        PROD: "DRIFTED",
        STAGING: "IN_SYNC",
    }
    (drift,) = cfn.list_stack_instance_resource_drifts(
        **SET,
        StackInstanceAccount=PROD,
        StackInstanceRegion=REGION,
        OperationId=operation,
    )["Summaries"]
    assert drift["StackResourceDriftStatus"] == "MODIFIED"
    assert drift["PropertyDifferences"][0]["PropertyPath"] == "/ManagedPolicyArns"


def test_direct_change_of_a_stack_is_no_drift_of_the_set(aws, cfn) -> None:
    create_set(cfn)
    finish(cfn, create_instances(cfn, [PROD]))
    prod = aws("cloudformation", PROD)
    name = prod.describe_stacks()["Stacks"][0]["StackName"]
    changed = role_template(MaxSessionDuration=7200)
    prod.update_stack(StackName=name, TemplateBody=changed, Capabilities=NAMED)
    prod.describe_stacks()
    operation = cfn.detect_stack_set_drift(**SET)["OperationId"]
    finish(cfn, operation)
    details = cfn.describe_stack_set(**SET)["StackSet"]["StackSetDriftDetectionDetails"]
    assert details["DriftStatus"] == "IN_SYNC"


def test_existing_role_fails_that_account_only(aws, cfn) -> None:
    aws("iam", PROD).create_role(RoleName="role-admin", AssumeRolePolicyDocument=trust_account())
    create_set(cfn)
    operation = create_instances(cfn)
    assert finish(cfn, operation) == "SUCCEEDED"
    described = cfn.describe_stack_set_operation(**SET, OperationId=operation)
    assert described["StackSetOperation"]["StatusDetails"]["FailedStackInstancesCount"] == 1
    assert results(cfn, operation) == {PROD: "FAILED", STAGING: "SUCCEEDED"}
    (failed,) = cfn.list_stack_instances(**SET, StackInstanceAccount=PROD)["Summaries"]
    assert failed["Status"] == "OUTDATED"
    assert failed["StatusReason"].startswith(
        "ResourceLogicalId:SwitchRole, ResourceType:AWS::IAM::Role, ResourceStatusReason:"
    )
    assert "'role-admin' already exists" in failed["StatusReason"]


def test_failed_instance_is_retried_by_a_new_operation(aws, cfn) -> None:
    iam = aws("iam", PROD)
    iam.create_role(RoleName="role-admin", AssumeRolePolicyDocument=trust_account())
    create_set(cfn)
    finish(cfn, create_instances(cfn, [PROD]))
    iam.delete_role(RoleName="role-admin")
    assert finish(cfn, create_instances(cfn, [PROD])) == "SUCCEEDED"
    assert instances(cfn)[PROD] == ("CURRENT", "SUCCEEDED")
    assert iam.get_role(RoleName="role-admin")


def test_self_managed_sets_take_no_organizational_units(cfn, refused) -> None:
    create_set(cfn)
    targets = {"OrganizationalUnitIds": ["ou-abcd-11111111"]}
    new = {**SET, "DeploymentTargets": targets, "Regions": [REGION]}
    refused("ValidationError", cfn.create_stack_instances, **new)


def test_service_managed_sets_need_an_organization(aws, cfn, refused) -> None:
    new = {**SET, "TemplateBody": role_template(), "Capabilities": NAMED}
    new["PermissionModel"] = "SERVICE_MANAGED"
    refused("ValidationError", cfn.create_stack_set, **new)
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
    cfn.create_stack_set(**new)
    operation = cfn.create_stack_instances(
        **SET, DeploymentTargets={"OrganizationalUnitIds": [root]}, Regions=[REGION]
    )["OperationId"]
    assert finish(cfn, operation) == "SUCCEEDED"
    assert instances(cfn) == {account_id: ("CURRENT", "SUCCEEDED")}
    assert aws("iam", account_id).get_role(RoleName="role-admin")
