# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The credential report: who has a password and when it was last used, for everybody at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .._core.iam.credentials import CredentialUse
from .account import AwsAccount
from .errors import AwsError, ClientError, doing, error_code
from .waiting import Patience, wait_for

_NOT_THERE = {
    "ReportNotPresent",
    "CredentialReportNotPresentException",
    "ReportExpired",
    "CredentialReportExpiredException",
}
_NOT_READY = {"ReportInProgress", "CredentialReportNotReadyException"}
_PATIENCE = 60.0
"""Seconds; AWS makes a report of thousands of users within a few."""
_FIRST_LOOK = 1.0
"""Seconds after which even a small report is worth asking for."""


@dataclass(frozen=True)
class Report:
    """The rows by user name, and when AWS made them."""

    rows: Mapping[str, CredentialUse]
    made: datetime | None = None


def read_report(aws: AwsAccount) -> Report | None:
    """Return the report, or None when there is none that is young enough."""
    with doing(aws, "read the credential report"):
        try:
            answer = aws.client("iam").get_credential_report()
        except ClientError as error:
            if error_code(error) in _NOT_THERE | _NOT_READY:
                return None
            raise
    return Report(parse_report(answer["Content"].decode()), answer.get("GeneratedTime"))


def generate_report(aws: AwsAccount, patience: Patience | None = None) -> Report:
    """Have AWS make a report, wait for it, and return it."""
    patience = patience or Patience(_PATIENCE)
    with doing(aws, "generate the credential report"):
        answer = aws.client("iam").generate_credential_report()
    if answer.get("State") != "COMPLETE":
        patience.sleep(_FIRST_LOOK)
    report = wait_for(lambda: read_report(aws), lambda found: found is not None, patience)
    if report is None:
        raise AwsError(
            f"read the credential report in {aws.label}",
            "ReportInProgress",
            f"it was not ready after {patience.timeout:.0f} seconds",
            "Run again in a minute; finished work is not repeated.",
        )
    return report


def parse_report(text: str) -> dict[str, CredentialUse]:
    """Return the report's rows by user name, without the account's root."""
    rows = csv.DictReader(io.StringIO(text))
    return {
        row["user"]: CredentialUse(
            row["password_enabled"] == "true",
            _date(row["password_last_used"]),
            _date(row["password_last_changed"]),
            has_mfa=row.get("mfa_active") == "true",
            active_keys=sum(row.get(f"access_key_{n}_active") == "true" for n in (1, 2)),
            created=_date(row.get("user_creation_time", "")),
        )
        for row in rows
        if row["user"] != "<root_account>"
    }


def _date(text: str) -> datetime | None:
    """Return the moment; N/A, no_information and not_supported are none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
