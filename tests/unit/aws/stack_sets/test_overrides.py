# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of accounts that may have parameters of their own."""

from __future__ import annotations

import io
import json

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.overrides import (
    Record,
    read_record,
    write_record,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.change import Action, Change
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.stack_instances import (
    StackInstance,
    instance_id,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._shell.stack_sets.overrides import (
    OverrideRecord,
)
from botocore.response import StreamingBody

A, B = "222222222222", "333333333333"
PLACE = {"Bucket": "b", "Key": "k", "ExpectedBucketOwner": "111111111111"}
OPTION = {"bucket": "b", "key": "k"}


def expect_read(scripted, *overrides, **more):
    """Script one reading of the record."""
    text = json.dumps({"account_ids": overrides, **more}).encode()
    body = StreamingBody(io.BytesIO(text), len(text))
    scripted.answer("s3", "get_object", {"Body": body}, **PLACE)


def expect_write(scripted, *overrides, prepared=()):
    """Script one writing of the record."""
    text = json.dumps({"account_ids": overrides, "prepared": prepared}).encode()
    content = {"Body": text, "ContentType": "application/json"}
    scripted.answer("s3", "put_object", {}, **PLACE, **content)


def test_the_record_is_read_and_written(scripted):
    expect_read(scripted, A, B, prepared=[A])
    assert read_record(scripted.aws, "b", "k") == Record(frozenset({A, B}), frozenset({A}))
    expect_write(scripted, A, B, prepared=[A, B])
    write_record(scripted.aws, "b", "k", Record(frozenset({B, A}), frozenset({B, A})))


def test_a_record_of_an_earlier_version_knows_no_execution_roles(scripted):
    expect_read(scripted, A)
    assert read_record(scripted.aws, "b", "k") == Record(frozenset({A}))


@pytest.mark.parametrize("code", ["NoSuchBucket", "NoSuchKey"])
def test_there_is_no_record_yet(scripted, code):
    scripted.refuse("s3", "get_object", code, "not there", **PLACE)
    assert read_record(scripted.aws, "b", "k") == Record()


def test_a_record_that_cannot_be_read_stops_the_run(scripted):
    scripted.refuse("s3", "get_object", "AccessDenied", "no", **PLACE)
    with pytest.raises(AwsError, match="read object k of bucket b"):
        read_record(scripted.aws, "b", "k")


def test_recorded_accounts_lose_what_is_not_given(scripted):
    expect_read(scripted, A)
    record = OverrideRecord(scripted.aws, OPTION)
    given = (StackInstance(A, "r"), StackInstance(B, "r"), StackInstance(A, "s", {"x": "1"}))
    assert record.applied_to(given) == (StackInstance(A, "r", {}), *given[1:])


def test_the_record_grows_before_overrides_are_written(scripted):
    expect_read(scripted, A)
    record = OverrideRecord(scripted.aws, OPTION)
    record.extend([StackInstance(A, "r", {"x": "1"}), StackInstance(B, "r", {})])
    expect_write(scripted, A, B)
    record.extend([StackInstance(B, "r", {"x": "1"})])


def made(account_id):
    return (Change(instance_id(account_id, "r"), Action.CREATE, None, {"status": "CURRENT"}),)


def removed(account_id):
    return (Change(instance_id(account_id, "r"), Action.DELETE, {"status": "CURRENT"}, None),)


def test_accounts_with_an_execution_role_are_remembered(scripted):
    expect_read(scripted, A, prepared=[A])
    record = OverrideRecord(scripted.aws, OPTION)
    record.settle([A], ())
    expect_write(scripted, A, prepared=[A, B])
    record.settle([], made(B))
    assert record.former([B], []) == [A]
    assert record.former([B], [f"{A}/r"]) == []
    assert record.former(None, []) == []


def test_released_accounts_are_forgotten_unless_they_have_a_role(scripted):
    expect_read(scripted, prepared=[A, B])
    record = OverrideRecord(scripted.aws, OPTION, [A])
    assert record.former([], []) == [B]
    expect_write(scripted, prepared=[B])
    record.settle([], removed(A))
    expect_write(scripted, prepared=[A, B])
    record.settle([A], ())


def test_without_a_record_nothing_is_read_or_written(scripted):
    record = OverrideRecord(scripted.aws, None)
    assert record.applied_to([StackInstance(A, "r")]) == (StackInstance(A, "r"),)
    record.extend([StackInstance(A, "r", {"x": "1"})])
    record.settle([A], ())
    assert record.former([], []) == []
