# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The KMS key of initial passwords."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.kms_key import check_kms_key

from tests.unit.inputs import problems_of

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = "arn:aws:kms:eu-west-1:111111111111:"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        KEY,
        f"mrk-{KEY.replace('-', '')}",
        "alias/passwords",
        f"{ARN}key/{KEY}",
        f"{ARN}alias/a/b",
    ],
)
def test_keys(value):
    assert problems_of(lambda p: check_kms_key(p, value, "eu-west-1"))[1] == []


@pytest.mark.parametrize("value", ["passwords", "alias/", f"{KEY} ", 7, "alias/x\n", [KEY]])
def test_what_is_no_key(value):
    (problem,) = problems_of(lambda p: check_kms_key(p, value, "eu-west-1"))[1]
    assert problem.startswith("jump_users_kms_key_id: must be the id, an alias such as ")


@pytest.mark.parametrize("region", ["eu-west-2", "cn-north-1"])
def test_keys_elsewhere(region):
    (problem,) = problems_of(lambda p: check_kms_key(p, f"{ARN}alias/a", region))[1]
    assert problem.endswith(f" is in region eu-west-1, and the parameters are in {region}")
