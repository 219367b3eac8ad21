"""Stacks: capabilities, states, updates, failures, protection, change sets, drift."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.helpers import JUMP, PROD, allow, document, role_template, trust_account
from tests.sandbox.stack import NAMED, create, finish

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def cfn(aws):
    return aws("cloudformation")


def test_stack_takes_time_to_come_up(cfn) -> None:
    create(cfn, role_template())
    states = [cfn.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] for _ in range(2)]
    assert states == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


def test_manual_clock_moves_only_when_told(cfn, control) -> None:
    control.post("clock", mode="manual", stack_ticks=3)
    create(cfn, role_template())
    for _ in range(5):
        cfn.describe_stacks(StackName="s")
    control.tick(2)
    assert cfn.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
    control.tick()
    assert cfn.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


def test_time_clock_runs_by_itself(cfn, control) -> None:
    control.post("clock", mode="time", seconds_per_tick=0.001)
    create(cfn, role_template())
    assert finish(cfn) == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("template", "needed"),
    [
        (role_template(), "CAPABILITY_NAMED_IAM"),
        ('{"Resources": {"G": {"Type": "AWS::IAM::Group"}}}', "CAPABILITY_IAM"),
    ],
)
def test_iam_resources_need_a_capability(cfn, refused, template, needed) -> None:
    new = {"StackName": "s", "TemplateBody": template}
    message = refused("InsufficientCapabilitiesException", cfn.create_stack, **new)
    assert message == f"Requires capabilities : [{needed}]"


def test_role_gets_everything_its_template_says(aws, cfn) -> None:
    inline = {"PolicyName": "own", "PolicyDocument": json.loads(document(allow("s3:*")))}
    create(
        cfn,
        role_template(
            Path="/jump/",
            ManagedPolicyArns=[ADMIN, READ_ONLY],
            Policies=[inline],
            MaxSessionDuration=7200,
            PermissionsBoundary=ADMIN,
            Description="admins",
            Tags=[{"Key": "a", "Value": "b"}],
        ),
        Tags=[{"Key": "stack", "Value": "s"}],
    )
    assert finish(cfn) == "CREATE_COMPLETE"
    iam = aws("iam")
    role = iam.get_role(RoleName="role-admin")["Role"]
    assert (role["Path"], role["MaxSessionDuration"], role["Description"]) == (
        "/jump/",
        7200,
        "admins",
    )
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == ADMIN
    assert {tag["Key"] for tag in role["Tags"]} == {"a", "stack"}
    attached = iam.list_attached_role_policies(RoleName="role-admin")["AttachedPolicies"]
    assert {each["PolicyArn"] for each in attached} == {ADMIN, READ_ONLY}
    found = iam.get_role_policy(RoleName="role-admin", PolicyName="own")
    assert found["PolicyDocument"] == inline["PolicyDocument"]
    details = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert details[0]["RolePolicyList"] == [inline]


def test_update_really_updates(aws, cfn) -> None:
    inline = {"PolicyName": "own", "PolicyDocument": json.loads(document(allow("s3:*")))}
    create(cfn, role_template(Policies=[inline], MaxSessionDuration=7200))
    finish(cfn)
    role_id = aws("iam").get_role(RoleName="role-admin")["Role"]["RoleId"]
    other = json.loads(trust_account(PROD))
    changed = role_template(
        ManagedPolicyArns=[ADMIN], MaxSessionDuration=14400, AssumeRolePolicyDocument=other
    )
    cfn.update_stack(StackName="s", TemplateBody=changed, Capabilities=NAMED)
    assert finish(cfn) == "UPDATE_COMPLETE"
    iam = aws("iam")
    role = iam.get_role(RoleName="role-admin")["Role"]
    assert role["RoleId"] == role_id
    assert role["MaxSessionDuration"] == 14400
    assert role["AssumeRolePolicyDocument"] == other
    assert iam.list_role_policies(RoleName="role-admin")["PolicyNames"] == []
    (attached,) = iam.list_attached_role_policies(RoleName="role-admin")["AttachedPolicies"]
    assert attached["PolicyArn"] == ADMIN


def test_update_without_changes_is_refused(cfn, refused) -> None:
    template = role_template()
    create(cfn, template)
    finish(cfn)
    reordered = json.dumps(json.loads(template), indent=2, sort_keys=True)
    for same in (template, reordered):
        message = refused(
            "ValidationError",
            cfn.update_stack,
            StackName="s",
            TemplateBody=same,
            Capabilities=NAMED,
        )
        assert message == "No updates are to be performed."


def test_update_of_a_missing_or_busy_stack_is_refused(cfn, refused) -> None:
    update = {"StackName": "s", "TemplateBody": role_template(), "Capabilities": NAMED}
    assert refused("ValidationError", cfn.update_stack, **update) == "Stack [s] does not exist"
    create(cfn, role_template())
    message = refused("ValidationError", cfn.update_stack, **update)
    assert message.endswith("is in CREATE_IN_PROGRESS state and can not be updated.")


def test_stack_names_are_unique_among_live_stacks(cfn, refused) -> None:
    create(cfn, role_template())
    new = {"StackName": "s", "TemplateBody": role_template(), "Capabilities": NAMED}
    assert refused("AlreadyExistsException", cfn.create_stack, **new) == "Stack [s] already exists"


def test_repeated_request_with_the_same_token_is_one_request(cfn) -> None:
    first = create(cfn, role_template(), ClientRequestToken="t-1")
    assert create(cfn, role_template(), ClientRequestToken="t-1") == first


def test_role_that_exists_already_fails_the_stack_with_a_reason(aws, cfn, refused) -> None:
    aws("iam").create_role(RoleName="role-admin", AssumeRolePolicyDocument=trust_account())
    create(cfn, role_template())
    assert finish(cfn) == "ROLLBACK_COMPLETE"
    events = cfn.describe_stack_events(StackName="s")["StackEvents"]
    (failed,) = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["LogicalResourceId"] == "SwitchRole"
    assert "AlreadyExists" in failed["ResourceStatusReason"]
    assert "'role-admin' already exists" in failed["ResourceStatusReason"]
    assert aws("iam").get_role(RoleName="role-admin")
    update = {"StackName": "s", "TemplateBody": role_template(), "Capabilities": NAMED}
    message = refused("ValidationError", cfn.update_stack, **update)
    assert "is in ROLLBACK_COMPLETE state" in message


def test_failed_create_takes_back_what_it_made(aws, cfn) -> None:
    template = json.loads(role_template())
    bad = {"ManagedPolicyArns": [f"arn:aws:iam::{JUMP}:policy/none"], "GroupName": "g"}
    template["Resources"]["Bad"] = {
        "Type": "AWS::IAM::Group",
        "Properties": bad,
        "DependsOn": "SwitchRole",
    }
    create(cfn, json.dumps(template))
    assert finish(cfn) == "ROLLBACK_COMPLETE"
    assert aws("iam").list_roles()["Roles"] == []
    assert aws("iam").list_groups()["Groups"] == []


def test_failed_update_goes_back_to_the_former_state(aws, cfn) -> None:
    create(cfn, role_template())
    finish(cfn)
    bad = role_template(
        MaxSessionDuration=7200, ManagedPolicyArns=[f"arn:aws:iam::{JUMP}:policy/none"]
    )
    cfn.update_stack(StackName="s", TemplateBody=bad, Capabilities=NAMED)
    assert finish(cfn) == "UPDATE_ROLLBACK_COMPLETE"
    role = aws("iam").get_role(RoleName="role-admin")["Role"]
    assert role["MaxSessionDuration"] == 3600
    (attached,) = aws("iam").list_attached_role_policies(RoleName="role-admin")["AttachedPolicies"]
    assert attached["PolicyArn"] == READ_ONLY
    cfn.update_stack(
        StackName="s", TemplateBody=role_template(MaxSessionDuration=7200), Capabilities=NAMED
    )
    assert finish(cfn) == "UPDATE_COMPLETE"


def test_custom_named_resource_cannot_be_replaced(cfn) -> None:
    create(cfn, role_template())
    finish(cfn)
    cfn.update_stack(StackName="s", TemplateBody=role_template(Path="/x/"), Capabilities=NAMED)
    assert finish(cfn) == "UPDATE_ROLLBACK_COMPLETE"
    events = cfn.describe_stack_events(StackName="s")["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert any("requires replacing. Rename role-admin" in reason for reason in reasons)


def test_termination_protection_is_enforced_and_settable(cfn, refused) -> None:
    create(cfn, role_template(), EnableTerminationProtection=True)
    finish(cfn)
    assert cfn.describe_stacks(StackName="s")["Stacks"][0]["EnableTerminationProtection"]
    message = refused("ValidationError", cfn.delete_stack, StackName="s")
    assert message == "Stack [s] cannot be deleted while TerminationProtection is enabled"
    cfn.update_termination_protection(StackName="s", EnableTerminationProtection=False)
    cfn.delete_stack(StackName="s")


def test_deleted_stack_takes_its_resources_along(aws, cfn, refused) -> None:
    arn = create(cfn, role_template())
    finish(cfn)
    cfn.delete_stack(StackName="s")
    finish(cfn, arn)
    message = refused("ValidationError", cfn.describe_stacks, StackName="s")
    assert message == "Stack with id s does not exist"
    (gone,) = cfn.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert gone["StackName"] == "s"
    refused("NoSuchEntity", aws("iam").get_role, RoleName="role-admin")
    cfn.delete_stack(StackName="never-there")


def test_delete_that_cannot_finish_ends_in_delete_failed(aws, cfn) -> None:
    create(cfn, role_template())
    finish(cfn)
    aws("iam").attach_role_policy(RoleName="role-admin", PolicyArn=ADMIN)
    cfn.delete_stack(StackName="s")
    assert finish(cfn) == "DELETE_FAILED"
    cfn.delete_stack(StackName="s", RetainResources=["SwitchRole"])
    cfn.describe_stacks()
    assert aws("iam").get_role(RoleName="role-admin")


def test_policy_and_group_updates_reach_iam(aws, cfn) -> None:
    def template(action: str) -> str:
        policy = {"PolicyName": "own", "PolicyDocument": json.loads(document(allow(action)))}
        group = {"GroupName": "ops", "Policies": [policy]}
        managed = {"ManagedPolicyName": "m", "PolicyDocument": policy["PolicyDocument"]}
        managed["Groups"] = [{"Ref": "Group"}]
        return json.dumps(
            {
                "Resources": {
                    "Group": {"Type": "AWS::IAM::Group", "Properties": group},
                    "Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": managed},
                }
            }
        )

    create(cfn, template("s3:*"))
    finish(cfn)
    cfn.update_stack(StackName="s", TemplateBody=template("ec2:*"), Capabilities=NAMED)
    assert finish(cfn) == "UPDATE_COMPLETE"
    found = aws("iam").get_group_policy(GroupName="ops", PolicyName="own")["PolicyDocument"]
    assert found["Statement"][0]["Action"] == "ec2:*"
    policy = aws("iam").get_policy(PolicyArn=f"arn:aws:iam::{JUMP}:policy/m")["Policy"]
    assert (policy["DefaultVersionId"], policy["AttachmentCount"]) == ("v2", 1)
