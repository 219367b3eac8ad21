# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How ARNs are written, and what an account id is."""

from __future__ import annotations

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.arns import (
    account_root,
    aws_policy_arn,
    bucket_arn,
    build_arn,
    iam_arn,
    is_account_id,
)
from botocore.utils import ArnParser

JUMP = "111111111111"


@pytest.mark.parametrize(
    ("arn", "service", "region", "account", "resource"),
    [
        (build_arn("aws-cn", "sns", JUMP, "t", "cn-north-1"), "sns", "cn-north-1", JUMP, "t"),
        (iam_arn("aws", JUMP, "role/r"), "iam", "", JUMP, "role/r"),
        (account_root("aws", JUMP), "iam", "", JUMP, "root"),
        (
            aws_policy_arn("aws", "job-function/Billing"),
            "iam",
            "",
            "aws",
            "policy/job-function/Billing",
        ),
        (bucket_arn("aws", "b"), "s3", "", "", "b"),
    ],
)
def test_botocore_finds_the_parts(arn, service, region, account, resource):
    found = ArnParser().parse_arn(arn)
    assert (found["service"], found["region"], found["account"], found["resource"]) == (
        service,
        region,
        account,
        resource,
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(JUMP, True), ("11111111111", False), ("1111111111111", False), (111111111111, False)],
)
def test_what_an_account_id_is(value, expected):
    assert is_account_id(value) is expected
