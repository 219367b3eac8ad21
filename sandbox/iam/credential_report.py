"""The credential report: a snapshot that takes two polls and is re-used for four hours."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.arns import arn_of
from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.iam.model import User
from sandbox.iam.store import Iam
from sandbox.registry import operation
from sandbox.world import World

_REUSED_FOR = timedelta(hours=4)
_TAKES = 0.5
"""Seconds of real time, in which clients wait; AWS takes some."""
_COLUMNS = (
    *("user", "arn", "user_creation_time", "password_enabled", "password_last_used"),
    *("password_last_changed", "password_next_rotation", "mfa_active"),
    *("access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date"),
    *("access_key_1_last_used_region", "access_key_1_last_used_service"),
    *("access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date"),
    *("access_key_2_last_used_region", "access_key_2_last_used_service"),
    *("cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"),
)
_NONE = "N/A"


@dataclass
class _Report:
    content: bytes
    generated: datetime
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_ready(self) -> bool:
        return time.monotonic() - self.begun >= _TAKES


class Reports:
    def __init__(self, world: World, account_id: str, region: str) -> None:
        del account_id, region
        self._world = world
        self.latest: _Report | None = None

    def fresh(self) -> _Report | None:
        if self.latest is None or self._world.clock.now() - self.latest.generated > _REUSED_FOR:
            return None
        return self.latest


@operation("iam", "GenerateCredentialReport")
def generate_credential_report(call: Call) -> dict[str, Any]:
    reports = call.part(Reports)
    report = reports.fresh()
    if report is None:
        reports.latest = _Report(_content(call.part(Iam)), call.world.clock.now())
        return {
            "State": "STARTED",
            "Description": "No report exists. Starting a new report generation task",
        }
    return {"State": "COMPLETE" if report.is_ready else "INPROGRESS"}


@operation("iam", "GetCredentialReport")
def get_credential_report(call: Call) -> dict[str, Any]:
    reports = call.part(Reports)
    if reports.latest is None:
        raise AwsError("ReportNotPresent", "No report exists. Generate one first.")
    report = reports.fresh()
    if report is None:
        raise AwsError("ReportExpired", "The report is older than four hours; generate a new one.")
    if not report.is_ready:
        raise AwsError("ReportInProgress", "The report is still being generated.")
    return {
        "Content": report.content,
        "ReportFormat": "text/csv",
        "GeneratedTime": report.generated,
    }


def _content(iam: Iam) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerow(_root_row(iam))
    for user in sorted(iam.users.values(), key=lambda user: user.name):
        writer.writerow(_row(iam, user))
    return text.getvalue().rstrip("\n").encode()


def _root_row(iam: Iam) -> list[str]:
    root = arn_of("iam", iam.account_id, "root")
    password = ["not_supported", "no_information", "not_supported", "not_supported"]
    keys = ["false", _NONE, _NONE, _NONE, _NONE] * 2
    created = _date(iam.world.clock.now())
    return ["<root_account>", root, created, *password, "false", *keys, *["false", _NONE] * 2]


def _row(iam: Iam, user: User) -> list[str]:
    return [
        user.name,
        user.arn,
        _date(user.created),
        *_password_columns(iam, user),
        _flag(bool(user.mfa_devices)),
        *_key_columns(user),
        *_certificate_columns(user),
    ]


def _password_columns(iam: Iam, user: User) -> list[str]:
    profile = user.login_profile
    if profile is None:
        return ["false", _NONE, _NONE, _NONE]
    max_age = (iam.password_policy or {}).get("MaxPasswordAge")
    used = _date(user.password_last_used) if user.password_last_used else "no_information"
    rotation = _date(profile.changed + timedelta(days=max_age)) if max_age else _NONE
    return ["true", used, _date(profile.changed), rotation]


def _key_columns(user: User) -> list[str]:
    columns: list[str] = []
    for key in list(user.access_keys.values())[:2]:
        when, service, region = key.last_used or (None, _NONE, _NONE)
        used = _date(when) if when else _NONE
        columns += [_flag(key.is_active), _date(key.created), used, region, service]
    return columns + ["false", _NONE, _NONE, _NONE, _NONE] * (2 - len(user.access_keys))


def _certificate_columns(user: User) -> list[str]:
    columns: list[str] = []
    for certificate in list(user.signing_certificates.values())[:2]:
        columns += [_flag(certificate["Status"] == "Active"), _date(certificate["UploadDate"])]
    return columns + ["false", _NONE] * (2 - len(user.signing_certificates))


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _date(when: datetime) -> str:
    return when.isoformat()
