# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy of the template bucket."""

from __future__ import annotations

from ansible_collections.jumpaccount.aws.plugins.module_utils._core.policies.bucket import (
    build_bucket_policy,
    readers_problem,
)

JUMP = "111111111111"


def bucket_statements(readers=("333333333333", "222222222222", "222222222222")):
    policy = build_bucket_policy("templates", "aws", JUMP, readers, "execution.yaml")
    return {s["Sid"]: s for s in policy["Statement"]}


def test_the_bucket_is_reached_by_tls_only():
    assert bucket_statements()["DenyWithoutTls"] == {
        "Sid": "DenyWithoutTls",
        "Effect": "Deny",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:*"],
        "Resource": ["arn:aws:s3:::templates", "arn:aws:s3:::templates/*"],
        "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
    }


def test_the_jump_account_reads_everything_members_one_object():
    statements = bucket_statements()
    jump = statements["JumpAccountReads"]
    members = statements["MembersReadExecutionRoleTemplate"]
    assert jump["Principal"] == {"AWS": [f"arn:aws:iam::{JUMP}:root"]}
    assert jump["Resource"] == ["arn:aws:s3:::templates/*"]
    assert members["Principal"] == {
        "AWS": ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"]
    }
    assert members["Resource"] == ["arn:aws:s3:::templates/execution.yaml"]
    for statement in (jump, members):
        assert statement["Effect"] == "Allow"
        assert statement["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]


def test_without_readers_nobody_else_reads():
    assert set(bucket_statements(())) == {"DenyWithoutTls", "JumpAccountReads"}


def test_more_readers_than_a_policy_can_name_are_told_with_the_room_there_is():
    def problem(count):
        ids = [f"22{n:010}" for n in range(count)]
        return readers_problem(build_bucket_policy("b", "aws", JUMP, ids, "k"), count)

    most = max(count for count in range(1200, 1400) if problem(count) is None)
    assert most < 1399
    for count in (most + 1, 5000):
        assert problem(count).startswith(f"{count} accounts result in a bucket policy of ")
        assert problem(count).endswith(f"but S3 allows 20480, which is enough for {most}")
