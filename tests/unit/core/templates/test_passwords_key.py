# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stack of the passwords' key, and the key policy."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.passwords_key import (
    ARN_OUTPUT,
    MAKER_PARAMETER,
    PasswordsKey,
    build_key_policy,
    build_key_template,
    describe_key,
    missing_key,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.values import (
    Place,
    resources_in,
)
from botocore.loaders import Loader

JUMP = "111111111111"
ROOT = f"arn:aws:iam::{JUMP}:root"
ADMIN = f"arn:aws:iam::{JUMP}:role/role-admin"
PLACE = Place(JUMP, "aws", "eu-west-1")
KEY = PasswordsKey(PLACE, "alias/jumpaccount-passwords", "/jumpaccount/initial-password", (ADMIN,))
TEMPLATE = build_key_template(KEY)
USES = {
    *("Decrypt", "DeriveSharedSecret", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair"),
    *("GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac"),
    *("ReEncrypt", "Sign", "Verify", "VerifyMac", "CreateGrant", "ReplicateKey"),
}


def test_a_key_is_rotated_marked_and_outlives_its_stack():
    key = TEMPLATE["Resources"]["PasswordsKey"]
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["Tags"] == [{"Key": "jumpaccount:owned", "Value": "true"}]
    assert TEMPLATE["Outputs"][ARN_OUTPUT]["Value"] == {"Fn::GetAtt": ["PasswordsKey", "Arn"]}
    assert TEMPLATE["Parameters"][MAKER_PARAMETER]["Default"] == ""


def test_the_template_comes_to_the_policy_without_a_maker():
    resources = dict(resources_in(TEMPLATE, PLACE))
    assert resources["AWS::KMS::Key"]["KeyPolicy"] == build_key_policy(KEY)
    assert resources["AWS::KMS::Alias"]["AliasName"] == "alias/jumpaccount-passwords"


def test_iam_gives_out_the_administration_and_no_use_of_the_key():
    administration, store, read = build_key_policy(KEY, ["arn:x"])["Statement"]
    assert "Condition" not in administration
    operations = Loader().load_service_model("kms", "service-2")["operations"]
    given = {action.removeprefix("kms:") for action in administration["Action"]}
    assert given <= operations.keys()
    assert not given & USES
    assert {"PutKeyPolicy", "ScheduleKeyDeletion", "DescribeKey", "GetKeyPolicy"} <= given
    for statement in (administration, store, read):
        assert statement["Principal"] == {"AWS": [ROOT]}
    assert store["Action"] == ["kms:Encrypt", "kms:GenerateDataKey*"]
    assert read["Action"] == ["kms:Decrypt"]


def test_the_key_is_used_through_the_parameter_store_for_these_parameters_only():
    _administration, store, read = build_key_policy(KEY, ["arn:x"])["Statement"]
    through = {
        "StringEquals": {"kms:ViaService": ["ssm.eu-west-1.amazonaws.com"]},
        "StringLike": {
            "kms:EncryptionContext:PARAMETER_ARN": [
                f"arn:aws:ssm:eu-west-1:{JUMP}:parameter/jumpaccount/initial-password/*"
            ]
        },
    }
    assert store["Condition"] == through
    readers = {"ArnLike": {"aws:PrincipalArn": [ROOT, ADMIN, "arn:x"]}}
    assert read["Condition"] == {**through, **readers}


@pytest.mark.parametrize(
    ("partition", "region", "services"),
    [
        ("aws-us-gov", "us-gov-west-1", ["ssm.us-gov-west-1.amazonaws.com"]),
        (
            "aws-cn",
            "cn-north-1",
            ["ssm.cn-north-1.amazonaws.com", "ssm.cn-north-1.amazonaws.com.cn"],
        ),
    ],
)
def test_the_service_has_the_names_of_its_partition(partition, region, services):
    key = PasswordsKey(Place(JUMP, partition, region), "alias/a", "/p", ())
    condition = build_key_policy(key)["Statement"][1]["Condition"]
    assert condition["StringEquals"]["kms:ViaService"] == services
    (parameters,) = condition["StringLike"]["kms:EncryptionContext:PARAMETER_ARN"]
    assert parameters == f"arn:{partition}:ssm:{region}:{JUMP}:parameter/p/*"


def test_what_runs_are_told_of_the_key():
    assert describe_key(KEY, "keys") == {
        "stack": "keys",
        "policy": build_key_policy(KEY),
        "readers": [ROOT, ADMIN],
    }
    assert missing_key("keys", "account 1").startswith(
        "There is no KMS key for initial passwords in account 1: stack keys, which creates it, is "
        "missing"
    )
