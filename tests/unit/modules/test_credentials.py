# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials that cannot be loaded: one sentence that names the way out, and no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.jumpaccount.aws.plugins.modules import password_policy

SSO = "sso_account_id = 111111111111\nsso_role_name = r"
SSO_URL = "sso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1"
ROLE = "role_arn = arn:aws:iam::111111111111:role/r"
CASES = {
    "no such profile": ("", "Check the name of the profile in ~/.aws/config and in the inventory."),
    "SSO without a session": (
        f"[profile p]\n{SSO}\n{SSO_URL}",
        "Run 'aws sso login --profile p' and start it again.",
    ),
    "SSO session": (
        f"[profile p]\n{SSO}\nsso_session = s\n[sso-session s]\n{SSO_URL}",
        "Run 'aws sso login --profile p' and start it again.",
    ),
    "SSO half configured": (f"[profile p]\n{SSO}", "Correct the profile in ~/.aws/config"),
    "aws login without its library": (
        "[profile p]\nlogin_session = arn:aws:iam::111111111111:user/ana",
        'pip install "botocore[crt]" before proceeding. Install it for the Python that runs',
    ),
    "process that fails": (
        "[profile p]\ncredential_process = sh -c 'echo the vault is locked >&2; exit 3'",
        "the vault is locked. Find out why the credentials of profile p cannot be loaded",
    ),
    "process that is not there": (
        "[profile p]\ncredential_process = /no/such/command",
        "Find out why the credentials of profile p cannot be loaded",
    ),
    "process that says something else": (
        "[profile p]\ncredential_process = echo hello",
        "Find out why the credentials of profile p cannot be loaded",
    ),
    "half of a key": (
        "[profile p]\naws_access_key_id = a",
        "Set the access key, the secret key and, for a session, its token.",
    ),
    "loop": (
        f"[profile p]\n{ROLE}\nsource_profile = q\n[profile q]\n{ROLE}\nsource_profile = p",
        "Correct source_profile in ~/.aws/config: it leads back to itself.",
    ),
    "unknown source": (
        f"[profile p]\n{ROLE}\nsource_profile = q",
        "Correct the profile in ~/.aws/config",
    ),
    "no file of profiles": ("[profile p", "Correct the profile in ~/.aws/config"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("aws")
def test_the_way_out(
    run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, capsys: pytest.CaptureFixture
) -> None:
    config, way_out = CASES[name]
    path = tmp_path / "config"
    path.write_text(config)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    result = run(password_policy, profile="p")
    assert result["failed"] is True
    assert result["msg"].startswith("Could not ")
    assert way_out in result["msg"]
    assert "exception" not in result
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("region", "way_out"),
    [("eu west 1", "Correct aws_region in the inventory, or region.")],
)
def test_a_region_that_is_none(run, region: str, way_out: str) -> None:
    assert way_out in run(password_policy, region=region)["msg"]


@pytest.mark.usefixtures("aws")
def test_a_profile_beside_keys(run) -> None:
    message = run(password_policy, profile="p")["msg"]
    assert "both profile p (aws_profile, AWS_PROFILE) and an access key" in message
