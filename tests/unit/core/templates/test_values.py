# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What templates say in one account."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.templates.values import (
    Place,
    resources_in,
)

JUMP, MEMBER = "111111111111", "222222222222"
NOTHING = {"Ref": "AWS::NoValue"}
TEMPLATE = {
    "Parameters": {"Stage": {"Type": "String", "Default": "(none)"}, "Open": {"Type": "String"}},
    "Conditions": {
        "IsJump": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, JUMP]},
        "IsStaging": {"Fn::Equals": [{"Ref": "Stage"}, "staging"]},
        "HasStage": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "(none)"]}]},
    },
    "Resources": {
        "Fence": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Condition": "IsJump",
            "Properties": {"ManagedPolicyName": "fence", "Path": "/ours/"},
        },
        "Elsewhere": {"Type": "Other", "Condition": "HasStage"},
        "Bare": {"Type": "Bare"},
    },
}


def value_in(account_id: str, value: object) -> object:
    """Return a value as it is in an account."""
    resources = {**TEMPLATE["Resources"], "X": {"Type": "X", "Properties": {"v": value, "w": 1}}}
    place = Place(account_id, "aws-cn", "cn-north-1")
    return dict(resources_in({**TEMPLATE, "Resources": resources}, place))["X"].get("v", "nothing")


@pytest.mark.parametrize(
    ("value", "there"),
    [
        (7, 7),
        ([1, NOTHING, [NOTHING]], [1, []]),
        (NOTHING, "nothing"),
        ({"Ref": "Stage"}, "(none)"),
        ({"Ref": "AWS::Region"}, "cn-north-1"),
        ({"Ref": "Unheard"}, {"Ref": "Unheard"}),
        ({"Ref": "Fence"}, f"arn:aws-cn:iam::{JUMP}:policy/ours/fence"),
        ({"Fn::Sub": "a:${AWS::Partition}:${AWS::AccountId}"}, f"a:aws-cn:{JUMP}"),
        ({"Fn::Sub": ["${a}", {"a": 1}]}, {"Fn::Sub": ["${a}", {"a": 1}]}),
        ({"Fn::If": ["IsJump", {"Ref": "Stage"}, 2]}, "(none)"),
        ({"Fn::If": ["IsStaging", 1, {"Fn::If": ["IsJump", NOTHING, 3]}]}, "nothing"),
        ([{"Fn::If": ["HasStage", 1, NOTHING]}, 5], [5]),
        ({"a": NOTHING, "b": [{"Fn::Join": ["", ["x"]]}]}, {"b": [{"Fn::Join": ["", ["x"]]}]}),
    ],
)
def test_values(value, there):
    assert value_in(JUMP, value) == there


def test_only_what_is_made_there():
    kinds = {
        account_id: [kind for kind, _v in resources_in(TEMPLATE, Place(account_id, "aws", "x"))]
        for account_id in (JUMP, MEMBER)
    }
    assert kinds == {JUMP: ["AWS::IAM::ManagedPolicy", "Bare"], MEMBER: ["Bare"]}
