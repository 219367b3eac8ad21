# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credential report over the wire."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import AwsAccount
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.credential_report import (
    generate_report,
    parse_report,
    read_report,
)
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.errors import AwsError
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.waiting import Patience
from ansible_collections.jumpaccount.aws.plugins.module_utils._core.iam.credentials import (
    CredentialUse,
)
from botocore.stub import Stubber

HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "mfa_active,access_key_1_active,access_key_2_active\n"
)
ROWS = (
    "<root_account>,arn:root,2024-01-01T00:00:00+00:00,not_supported,no_information,not_supported,"
    "false,false,false\n"
    "ana,arn:ana,2024-01-01T00:00:00+00:00,true,2024-05-01T10:00:00+00:00,2024-04-01T00:00:00Z,"
    "true,true,true\n"
    "bo,arn:bo,2024-01-01T00:00:00+00:00,true,no_information,2024-04-01T00:00:00+00:00,"
    "false,false,true\n"
    "cy,arn:cy,2024-01-01T00:00:00+00:00,false,N/A,N/A,false,N/A,N/A\n"
)
CHANGED, MADE = datetime(2024, 4, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
REPORT = {"Content": (HEADER + ROWS).encode(), "ReportFormat": "text/csv"}


@pytest.fixture
def wire():
    """An account whose IAM answers are scripted."""
    client = boto3.client(
        "iam", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    with Stubber(client) as stub:
        yield AwsAccount("111111111111", lambda _service: client), stub
        stub.assert_no_pending_responses()


def test_rows_by_user_without_root():
    assert parse_report(HEADER + ROWS) == {
        "ana": CredentialUse(True, datetime(2024, 5, 1, 10, tzinfo=UTC), CHANGED, True, 2, MADE),
        "bo": CredentialUse(True, None, CHANGED, False, 1, MADE),
        "cy": CredentialUse(False, None, created=MADE),
    }


def test_a_report_that_is_there_costs_one_call(wire):
    aws, stub = wire
    stub.add_response("get_credential_report", REPORT, {})
    report = read_report(aws)
    assert report is not None
    assert set(report.rows) == {"ana", "bo", "cy"}
    assert report.made is None


@pytest.mark.parametrize("code", ["ReportNotPresent", "ReportExpired", "ReportInProgress"])
def test_no_young_report_is_no_error(wire, code):
    aws, stub = wire
    stub.add_client_error("get_credential_report", code)
    assert read_report(aws) is None


def test_another_error_is_a_sentence(wire):
    aws, stub = wire
    stub.add_client_error("get_credential_report", "AccessDenied", "no")
    with pytest.raises(AwsError, match="Could not read the credential report in account 1111"):
        read_report(aws)


@pytest.mark.parametrize("state", ["STARTED", "INPROGRESS", "COMPLETE"])
def test_a_report_is_asked_for_once_and_read_until_it_is_there(wire, state):
    aws, stub = wire
    waited: list[float] = []
    stub.add_response("generate_credential_report", {"State": state}, {})
    stub.add_client_error("get_credential_report", "ReportInProgress")
    stub.add_client_error("get_credential_report", "ReportNotPresent")
    stub.add_response("get_credential_report", REPORT, {})
    patience = Patience(60, waited.append, lambda: sum(waited))
    assert set(generate_report(aws, patience).rows) == {"ana", "bo", "cy"}
    first = [] if state == "COMPLETE" else [1.0]
    assert waited == pytest.approx([*first, 0.2, 0.3])


def test_a_report_that_never_completes_is_a_sentence(wire):
    aws, stub = wire
    waited: list[float] = []
    stub.add_response("generate_credential_report", {"State": "STARTED"}, {})
    for _ in range(3):
        stub.add_client_error("get_credential_report", "ReportInProgress")
    patience = Patience(0.4, waited.append, lambda: sum(waited))
    with pytest.raises(AwsError, match="it was not ready after 0 seconds"):
        generate_report(aws, patience)
    assert waited == pytest.approx([1.0, 0.2, 0.3])
