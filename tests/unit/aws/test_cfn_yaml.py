# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from collections import OrderedDict

import pytest
import yaml
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.cfn_yaml import parse_template
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.checking import InputError
from hypothesis import given
from hypothesis import strategies as st

SHORT = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  AdminAccountId: {Type: String}
Conditions:
  HasStaging: !Not [!Equals [!Ref AdminAccountId, ""]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Condition: HasStaging
    Properties:
      RoleName: !Sub "role-${AdminAccountId}"
      Description: !Join ["-", [!GetAtt Other.Arn.Part, !Select [0, !GetAZs ""]]]
      Tags:
        - Key: when
          Value: !If [HasStaging, !Ref A, !Ref "AWS::NoValue"]
        - !Transform {Name: AWS::Include, Parameters: {Location: s3}}
        - !Condition HasStaging
"""

LONG = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"AdminAccountId": {"Type": "String"}},
    "Conditions": {"HasStaging": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AdminAccountId"}, ""]}]}},
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Condition": "HasStaging",
            "Properties": {
                "RoleName": {"Fn::Sub": "role-${AdminAccountId}"},
                "Description": {
                    "Fn::Join": [
                        "-",
                        [
                            {"Fn::GetAtt": ["Other", "Arn.Part"]},
                            {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
                        ],
                    ]
                },
                "Tags": [
                    {
                        "Key": "when",
                        "Value": {"Fn::If": ["HasStaging", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
                    },
                    {
                        "Fn::Transform": {
                            "Name": "AWS::Include",
                            "Parameters": {"Location": "s3"},
                        }
                    },
                    {"Condition": "HasStaging"},
                ],
            },
        }
    },
}


def test_short_tags_mean_what_their_long_forms_mean():
    assert parse_template(SHORT) == LONG
    assert parse_template(json.dumps(LONG)) == LONG


def test_what_botocore_decoded_is_the_same_as_its_text():
    decoded = json.loads(json.dumps(LONG), object_pairs_hook=OrderedDict)
    assert parse_template(decoded) == parse_template(json.dumps(LONG))


def test_get_att_by_text_is_get_att_by_list():
    by_text = {"Resources": {"R": {"Properties": {"V": {"Fn::GetAtt": "Other.Arn.Part"}}}}}
    by_list = {"Resources": {"R": {"Properties": {"V": {"Fn::GetAtt": ["Other", "Arn.Part"]}}}}}
    assert parse_template(by_text) == parse_template(by_list)


def test_number_as_a_key_is_the_text_that_json_has():
    as_yaml = "Resources: {}\nMappings: {Of: {111111111111: {Name: a}}}"
    assert parse_template(as_yaml)["Mappings"] == {"Of": {"111111111111": {"Name": "a"}}}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("a: [", "template_body: is neither JSON nor YAML: while parsing"),
        ("!!python/object:os.system {}", "is neither JSON nor YAML: could not determine"),
        ("just words", "expected a template with Resources, found the string 'just words'"),
        ("Parameters: {}", "expected a template with Resources, found a mapping"),
        ("Resources: []", "expected a template with Resources, found a mapping"),
        (None, "expected a template with Resources, found nothing"),
    ],
    ids=["syntax", "unsafe tag", "text", "no resources", "resources are a list", "nothing"],
)
def test_what_is_no_template_is_refused(body, said):
    with pytest.raises(InputError) as caught:
        parse_template(body)
    assert said in str(caught.value)
    assert len(caught.value.problems) == 1


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values))
def test_json_and_yaml_of_a_template_are_equal(resources):
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    expected = parse_template(template)
    assert parse_template(yaml.safe_dump(template, allow_unicode=False)) == expected
    assert parse_template(expected) == expected
