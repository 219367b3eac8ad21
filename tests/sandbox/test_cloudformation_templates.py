"""Templates: functions, parameters, checks, buckets."""

from __future__ import annotations

import json
import textwrap

import pytest

from tests.sandbox.helpers import JUMP, PROD, REGION, parameter_template, role_template
from tests.sandbox.stack import NAMED, create, finish


@pytest.fixture
def cfn(aws):
    return aws("cloudformation")


YAML = """
    Parameters:
      JumpAccountId: {Type: String, AllowedPattern: "[0-9]{12}"}
      Levels: {Type: CommaDelimitedList, Default: "ReadOnlyAccess,PowerUserAccess"}
      WithGroup: {Type: String, Default: "no", AllowedValues: ["yes", "no"]}
    Conditions:
      HasGroup: !Equals [!Ref WithGroup, "yes"]
    Mappings:
      Names: {roles: {admin: role-admin}}
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: !FindInMap [Names, roles, admin]
          Description: !Join ["-", [!Ref "AWS::Region", !Ref "AWS::AccountId"]]
          ManagedPolicyArns:
            - !Sub "arn:${AWS::Partition}:iam::aws:policy/${First}"
            - !If [HasGroup, !Ref Policy, !Ref "AWS::NoValue"]
          AssumeRolePolicyDocument:
            Version: 2012-10-17
            Statement:
              - Effect: Allow
                Action: sts:AssumeRole
                Principal: {AWS: !Sub "arn:aws:iam::${JumpAccountId}:root"}
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Condition: HasGroup
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]
      Group:
        Type: AWS::IAM::Group
        Condition: HasGroup
        Properties: {GroupName: ops}
    Outputs:
      RoleArn: {Value: !GetAtt Role.Arn, Description: arn}
      GroupName: {Condition: HasGroup, Value: !Ref Group}
""".replace("${First}", "ReadOnlyAccess")


def test_yaml_functions_conditions_and_pseudo_parameters_work(aws, cfn) -> None:
    parameters = [{"ParameterKey": "JumpAccountId", "ParameterValue": JUMP}]
    template = textwrap.dedent(YAML)
    create(cfn, template, Parameters=parameters)
    assert finish(cfn) == "CREATE_COMPLETE"
    role = aws("iam").get_role(RoleName="role-admin")["Role"]
    assert role["Description"] == f"{REGION}-{JUMP}"
    assert role["AssumeRolePolicyDocument"]["Version"] == "2012-10-17"
    (output,) = cfn.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
    assert output["OutputValue"] == role["Arn"]
    parameters = [
        {"ParameterKey": "JumpAccountId", "UsePreviousValue": True},
        {"ParameterKey": "WithGroup", "ParameterValue": "yes"},
    ]
    cfn.update_stack(
        StackName="s", UsePreviousTemplate=True, Parameters=parameters, Capabilities=NAMED
    )
    assert finish(cfn) == "UPDATE_COMPLETE"
    assert aws("iam").get_group(GroupName="ops")
    attached = aws("iam").list_attached_role_policies(RoleName="role-admin")["AttachedPolicies"]
    assert len(attached) == 2


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ([], "must have values"),
        ([{"ParameterKey": "X", "ParameterValue": "1"}], "do not exist in the template"),
        ([{"ParameterKey": "Stage", "ParameterValue": "x"}], "Parameter 'Stage'"),
        ([{"ParameterKey": "Stage", "UsePreviousValue": True}], "usePreviousValue"),
    ],
)
def test_parameters_are_checked(cfn, refused, parameters, words) -> None:
    declared = {"Type": "String", "AllowedValues": ["prod"]}
    new = {"StackName": "s", "TemplateBody": parameter_template(Stage=declared)}
    assert words in refused("ValidationError", cfn.create_stack, **new, Parameters=parameters)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{", "not well-formed"),
        ("{}", "At least one Resources member"),
        ('{"Resources": {"A": {"Type": "AWS::No::Thing"}}}', "Unrecognized resource types"),
        (
            '{"Resources": {"A": {"Type": "AWS::IAM::Group"}}, "More": 1}',
            "Invalid template property",
        ),
        (
            '{"Resources": {"A": {"Type": "AWS::IAM::Group", "DependsOn": "B"}}}',
            "Unresolved resource dependencies [B]",
        ),
        (
            '{"Resources": {"A": {"Type": "AWS::IAM::Group", "Propertys": {}}}}',
            "Invalid template resource property 'Propertys'",
        ),
        (" " * 51201, "less than or equal to 51200"),
    ],
)
def test_templates_are_checked(cfn, refused, template, words) -> None:
    new = {"StackName": "s", "TemplateBody": template}
    assert words in refused("ValidationError", cfn.create_stack, **new)


def test_misspelt_property_fails_the_resource(cfn) -> None:
    create(cfn, role_template(MaxSessionDurations=7200))
    assert finish(cfn) == "ROLLBACK_COMPLETE"
    events = cfn.describe_stack_events(StackName="s")["StackEvents"]
    (failed,) = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert "extraneous key [MaxSessionDurations]" in failed["ResourceStatusReason"]


def test_template_may_come_from_a_bucket(aws, cfn) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="box", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="box", Key="t.json", Body=role_template())["VersionId"]
    s3.put_object(Bucket="box", Key="t.json", Body=b"something else")
    url = f"https://box.s3.{REGION}.amazonaws.com/t.json?versionId={version}"
    cfn.create_stack(StackName="s", TemplateURL=url, Capabilities=NAMED)
    assert finish(cfn) == "CREATE_COMPLETE"
    assert cfn.get_template(StackName="s")["TemplateBody"] == json.loads(role_template())


def test_bucket_of_another_account_must_allow_the_template(aws, cfn, refused) -> None:
    aws("s3", PROD).create_bucket(
        Bucket="box", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    aws("s3", PROD).put_object(Bucket="box", Key="t.json", Body=role_template())
    url = f"https://box.s3.{REGION}.amazonaws.com/t.json"
    message = refused("ValidationError", cfn.create_stack, StackName="s", TemplateURL=url)
    assert message == "S3 error: Access Denied"
