"""KMS: a key's policy and the caller's own decide together, through the Parameter Store, too."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.helpers import JUMP, REGION, allow, document
from tests.sandbox.stack import create, finish

ROOT = f"arn:aws:iam::{JUMP}:root"
USER = f"arn:aws:iam::{JUMP}:user/ana"
VIA = {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"}
_ADMINISTRATION = (
    "Create",
    "Delete",
    "Describe",
    "Disable",
    "Enable",
    "Get",
    "Put",
    "Schedule",
    "Update",
)
STORED = {"Name": "/x/a", "Value": "secret", "Type": "SecureString"}


def for_account(action, **more):
    return {**allow(action, **more), "Principal": {"AWS": ROOT}}


def policy(*readers):
    context = {"kms:EncryptionContext:PARAMETER_ARN": f"arn:aws:ssm:{REGION}:{JUMP}:parameter/x/*"}
    through = {"StringEquals": VIA, "StringLike": context}
    to_readers = {"ArnLike": {"aws:PrincipalArn": [ROOT, *readers]}}
    return document(
        for_account([f"kms:{verb}*" for verb in _ADMINISTRATION]),
        for_account("kms:Encrypt", Condition=through),
        for_account("kms:Decrypt", Condition={**through, **to_readers}),
    )


@pytest.fixture
def key(aws):
    return aws("kms").create_key(Policy=policy())["KeyMetadata"]


@pytest.fixture
def ana(aws):
    iam = aws("iam")
    iam.create_user(UserName="ana")
    iam.put_user_policy(
        UserName="ana", PolicyName="p", PolicyDocument=document(allow("ssm:*"), allow("kms:*"))
    )
    return iam.create_access_key(UserName="ana")["AccessKey"]


def test_only_who_the_key_policy_names_decrypts(aws, key, ana, refused):
    ssm = aws("ssm", credentials=ana)
    ssm.put_parameter(**STORED, KeyId=key["Arn"])
    message = refused("AccessDeniedException", ssm.get_parameter, Name="/x/a", WithDecryption=True)
    assert "kms:Decrypt" in message
    asked = {"Name": "/x/a", "WithDecryption": True}
    refused("AccessDeniedException", ssm.get_parameter_history, **asked)
    assert ssm.get_parameter(Name="/x/a")["Parameter"]["Value"] != "secret"
    assert aws("ssm").get_parameter(**asked)["Parameter"]["Value"] == "secret"
    aws("kms").put_key_policy(KeyId=key["KeyId"], Policy=policy(USER))
    assert ssm.get_parameter(**asked)["Parameter"]["Value"] == "secret"


def test_the_caller_needs_leave_of_its_own_policies_too(aws, key, ana, refused):
    aws("kms").put_key_policy(KeyId=key["KeyId"], Policy=policy(USER))
    aws("iam").put_user_policy(
        UserName="ana", PolicyName="p", PolicyDocument=document(allow("ssm:*"))
    )
    ssm = aws("ssm", credentials=ana)
    refused("AccessDeniedException", ssm.put_parameter, **STORED, KeyId=key["Arn"])
    aws("ssm").put_parameter(**STORED, KeyId=key["Arn"])
    refused("AccessDeniedException", ssm.get_parameter, Name="/x/a", WithDecryption=True)


def test_the_key_of_ssm_decrypts_for_everybody_who_may_read_the_parameter(aws, ana):
    aws("iam").put_user_policy(
        UserName="ana", PolicyName="p", PolicyDocument=document(allow("ssm:*"))
    )
    aws("ssm").put_parameter(**STORED)
    ssm = aws("ssm", credentials=ana)
    assert ssm.get_parameter(Name="/x/a", WithDecryption=True)["Parameter"]["Value"] == "secret"
    (found,) = ssm.describe_parameters()["Parameters"]
    assert found["KeyId"] == "alias/aws/ssm"


def test_an_explicit_denial_counts_for_the_key_of_ssm(aws, ana, refused):
    context = {"StringLike": {"kms:EncryptionContext:PARAMETER_ARN": f"*:{JUMP}:parameter/x/*"}}
    denial = {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*", "Condition": context}
    aws("iam").put_user_policy(
        UserName="ana", PolicyName="p", PolicyDocument=document(allow("ssm:*"), denial)
    )
    aws("ssm").put_parameter(**STORED)
    ssm = aws("ssm", credentials=ana)
    refused("AccessDeniedException", ssm.get_parameter, Name="/x/a", WithDecryption=True)


def test_old_versions_stay_under_their_key(aws, key, ana):
    aws("ssm").put_parameter(**STORED)
    aws("ssm").put_parameter(**STORED, KeyId=key["KeyId"], Overwrite=True)
    asked = {"Name": "/x/a", "WithDecryption": True}
    versions = aws("ssm").get_parameter_history(**asked)["Parameters"]
    assert [v["KeyId"] for v in versions] == ["alias/aws/ssm", key["KeyId"]]
    old = aws("ssm", credentials=ana).get_parameter(Name="/x/a:1", WithDecryption=True)
    assert old["Parameter"]["Value"] == "secret"


@pytest.mark.parametrize("change", ["disable_key", "schedule_key_deletion"])
def test_a_key_that_is_not_enabled_is_of_no_use(aws, key, refused, change):
    aws("ssm").put_parameter(**STORED, KeyId=key["Arn"])
    getattr(aws("kms"), change)(KeyId=key["KeyId"])
    refused("InvalidKeyId", aws("ssm").get_parameter, Name="/x/a", WithDecryption=True)
    refused("InvalidKeyId", aws("ssm").put_parameter, **{**STORED, "Name": "/y"}, KeyId="alias/n")
    assert not aws("kms").describe_key(KeyId=key["Arn"])["KeyMetadata"]["Enabled"]


def test_a_key_whose_policy_locks_its_maker_out_is_refused(aws, refused):
    refused(
        "AccessDeniedException", aws("kms").create_key, Policy=document(for_account("kms:Enc*"))
    )


def test_aliases(aws, refused):
    kms = aws("kms")
    first, second = (kms.create_key()["KeyMetadata"] for _ in range(2))
    kms.create_alias(AliasName="alias/a", TargetKeyId=first["KeyId"])
    refused(
        "AlreadyExistsException", kms.create_alias, AliasName="alias/a", TargetKeyId=first["KeyId"]
    )
    kms.update_alias(AliasName="alias/a", TargetKeyId=second["KeyId"])
    assert kms.describe_key(KeyId="alias/a")["KeyMetadata"]["Arn"] == second["Arn"]
    kms.delete_alias(AliasName="alias/a")
    refused("NotFoundException", kms.describe_key, KeyId="alias/a")
    refused("NotFoundException", kms.delete_alias, AliasName="alias/a")


def test_a_stack_makes_key_and_alias(aws):
    def template(description, *readers):
        key = {
            "Type": "AWS::KMS::Key",
            "DeletionPolicy": "Retain",
            "Properties": {
                "Description": description,
                "EnableKeyRotation": True,
                "KeyPolicy": json.loads(policy(*readers)),
                "Tags": [{"Key": "a", "Value": "b"}],
            },
        }
        properties = {"AliasName": "alias/a", "TargetKeyId": {"Ref": "Key"}}
        alias = {"Type": "AWS::KMS::Alias", "Properties": properties}
        output = {"Arn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}}
        return json.dumps({"Resources": {"Key": key, "Alias": alias}, "Outputs": output})

    cfn, kms = aws("cloudformation"), aws("kms")
    create(cfn, template("one"))
    assert finish(cfn) == "CREATE_COMPLETE"
    (output,) = cfn.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
    assert kms.describe_key(KeyId="alias/a")["KeyMetadata"]["Arn"] == output["OutputValue"]
    cfn.update_stack(StackName="s", TemplateBody=template("two", USER))
    assert finish(cfn) == "UPDATE_COMPLETE"
    assert kms.describe_key(KeyId="alias/a")["KeyMetadata"]["Description"] == "two"
    assert USER in kms.get_key_policy(KeyId=output["OutputValue"])["Policy"]
    stack = cfn.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
    cfn.delete_stack(StackName="s")
    assert finish(cfn, stack) == "DELETE_COMPLETE"
    assert kms.describe_key(KeyId=output["OutputValue"])["KeyMetadata"]["Enabled"]
