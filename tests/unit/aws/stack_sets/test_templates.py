# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from io import BytesIO

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.sets import (
    TemplateSource,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.stack_sets.templates import (
    read_template_object,
    upload_template,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.stacks.canonical import (
    template_key,
)
from botocore.response import StreamingBody
from botocore.stub import Stubber

OWNER = {"ExpectedBucketOwner": "111111111111"}
URL = "https://templates.s3.eu-west-1.amazonaws.com/a/roles.json"


@pytest.fixture
def client():
    return boto3.client("s3", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="s")


@pytest.fixture
def stubber(client):
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def aws(client):
    return AwsAccount("111111111111", lambda _service: client)


@pytest.mark.parametrize(
    ("query", "version"), [("", {}), ("?versionId=V1", {"VersionId": "V1"})], ids=["newest", "one"]
)
def test_a_template_is_read_by_its_url(stubber, aws, query, version):
    body = StreamingBody(BytesIO(b"text"), 4)
    expected = {"Bucket": "templates", "Key": "a/roles.json", **version, **OWNER}
    stubber.add_response("get_object", {"Body": body}, expected)
    assert read_template_object(aws, URL + query) == "text"


def test_a_template_of_another_account_needs_its_name(stubber, aws):
    body = StreamingBody(BytesIO(b"text"), 4)
    expected = {"Bucket": "templates", "Key": "a/roles.json", "ExpectedBucketOwner": "222222222222"}
    stubber.add_response("get_object", {"Body": body}, expected)
    assert read_template_object(aws, URL, "222222222222") == "text"


def test_a_missing_template_says_what_to_do(stubber, aws):
    stubber.add_client_error("get_object", "NoSuchKey", "no")
    with pytest.raises(AwsError, match=r"Could not read the template .* Upload the template first"):
        read_template_object(aws, URL)


@pytest.mark.parametrize(
    ("answer", "query"),
    [({}, ""), ({"VersionId": "V1"}, "?versionId=V1")],
    ids=["plain", "versions"],
)
def test_an_uploaded_template_is_named_by_just_this_version(stubber, aws, answer, query):
    key = template_key("roles", "text")
    expected = {"Bucket": "templates", "Key": key, "Body": b"text", **OWNER}
    stubber.add_response("put_object", answer, expected)
    source = upload_template(aws, "templates", "roles", TemplateSource("text", None, {"P": "1"}))
    url = f"https://templates.s3.eu-west-1.amazonaws.com/{key}{query}"
    assert source == TemplateSource("text", url, {"P": "1"})
    assert source.arguments() == {"TemplateURL": url}


def test_an_upload_that_is_refused_says_what_to_do(stubber, aws):
    stubber.add_client_error("put_object", "NoSuchBucket", "no")
    with pytest.raises(AwsError, match="Could not upload the template of stack set roles to s3://"):
        upload_template(aws, "templates", "roles", TemplateSource("text"))
