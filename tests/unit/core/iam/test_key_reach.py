# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a key policy lets principals do."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.key_reach import key_reach
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.reach import Reach

ROOT = "arn:aws:iam::111111111111:root"
ANA = "arn:aws:iam::111111111111:user/ana"
NO, POSSIBLE, YES = Reach.NO, Reach.POSSIBLE, Reach.YES
SERVICE = {
    "StringEquals": {"kms:ViaService": "ssm.eu-west-1.amazonaws.com", "kms:CallerAccount": "1"},
    "StringLike": {"kms:EncryptionContext:PARAMETER_ARN": "*"},
}


def statement(principal: Any = ROOT, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    named = principal if principal == "*" else {"AWS": principal}
    action = {} if "NotAction" in more else {"Action": "kms:decrypt"}
    return {"Effect": effect, "Principal": named, "Resource": "*", **action, **more}


def by_arn(operator: str, *arns: str) -> dict[str, Any]:
    return {operator: {"aws:PrincipalArn": list(arns)}}


@pytest.mark.parametrize(
    ("found", "alone", "with_iam"),
    [
        ([], NO, NO),
        ([statement()], NO, YES),
        ([statement("111111111111")], NO, YES),
        ([statement("222222222222")], NO, NO),
        ([statement(Principal={"Service": "ssm.amazonaws.com"})], NO, NO),
        ([statement(Action="kms:Encrypt")], NO, NO),
        ([statement(NotAction="kms:Encrypt")], NO, YES),
        ([statement(NotAction="kms:*")], NO, NO),
        ([statement(ANA)], YES, NO),
        ([statement("*")], YES, NO),
        ([statement("*", Condition=SERVICE)], YES, NO),
        ([statement(Condition=SERVICE)], NO, YES),
        ([statement(Condition={**SERVICE, **by_arn("ArnLike", ROOT, ANA)})], NO, YES),
        ([statement(Condition=by_arn("StringEquals", ANA[:-1] + "*"))], NO, YES),
        ([statement(Condition={**SERVICE, **by_arn("ArnEquals", ROOT)})], NO, NO),
        ([statement(Condition=by_arn("ArnNotLike", ROOT))], NO, POSSIBLE),
        ([statement(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], NO, POSSIBLE),
        ([statement("*"), statement(ANA, "Deny")], NO, NO),
        ([statement("*"), statement(ROOT, "Deny", Condition=by_arn("ArnLike", ROOT))], YES, NO),
        ([statement("*"), statement(effect="Deny", Action="kms:Encrypt")], YES, NO),
    ],
)
def test_a_decryption(found, alone, with_iam):
    reach = key_reach({"Statement": found}, ROOT, ANA, "kms:Decrypt")
    assert (reach.alone, reach.with_iam) == (alone, with_iam)


def test_iam_counts_where_the_account_is_named():
    delegated = key_reach({"Statement": statement()}, ROOT, ANA, "kms:Decrypt")
    assert [delegated.of(reach) for reach in Reach] == [NO, POSSIBLE, YES]
    named = key_reach({"Statement": statement(ANA)}, ROOT, ANA, "kms:Decrypt")
    assert named.of(NO) is YES
