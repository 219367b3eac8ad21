# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients of many accounts, made by botocore itself."""

from __future__ import annotations

import gc
import weakref

import pytest
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.sessions import Sessions
from botocore.config import Config
from botocore.exceptions import NoCredentialsError, ProfileNotFound
from botocore.loaders import Loader

KEYS = {
    "aws_access_key_id": "ASIAEXAMPLEEXAMPLE",
    "aws_secret_access_key": "hush",
    "aws_session_token": "token",
}


@pytest.fixture
def sessions(monkeypatch, tmp_path):
    """Return sessions of a machine with profiles, and with keys of the run around them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOFTHERUNOFTHERUN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    (tmp_path / "config").write_text("[profile empty]\nregion = eu-west-1\n")
    (tmp_path / "credentials").write_text(
        "[prod]\naws_access_key_id = AKIAPRODPRODPRODPROD\naws_secret_access_key = hush\n"
    )
    return Sessions("eu-west-1", "http://127.0.0.1:1", True, Config(proxies={"http": "p:1"}))


def credentials_of(client):
    return client._request_signer._credentials.get_frozen_credentials()


def test_clients_by_keys_have_the_settings_of_the_run(sessions):
    client = sessions.by_keys(KEYS)("cloudformation")
    assert tuple(credentials_of(client))[:3] == ("ASIAEXAMPLEEXAMPLE", "hush", "token")
    assert client.meta.endpoint_url == "http://127.0.0.1:1"
    assert client.meta.region_name == "eu-west-1"
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": 10}
    assert client.meta.config.proxies == {"http": "p:1"}


def test_a_profile_leads_to_its_own_keys_and_not_to_those_of_the_run(sessions):
    make_client = sessions.by_profile("prod")
    for service in ("sts", "cloudformation"):
        assert credentials_of(make_client(service)).access_key == "AKIAPRODPRODPRODPROD"


def test_a_profile_without_credentials_never_acts_as_the_run(sessions, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NoCredentialsError):
        sessions.by_profile("empty")("sts")
    with pytest.raises(ProfileNotFound):
        sessions.by_profile("missing")("sts")


def test_descriptions_of_services_are_read_once_for_all_accounts(sessions, monkeypatch):
    read = []
    load = Loader.load_data_with_path

    def load_and_tell(self, name):
        read.append((id(self), name))
        return load(self, name)

    monkeypatch.setattr(Loader, "load_data_with_path", load_and_tell)
    for number in range(3):
        sessions.by_keys({**KEYS, "aws_session_token": str(number)})("cloudformation")
        sessions.by_profile("prod")("cloudformation")
    assert len({loader for loader, _name in read}) == 1


def test_clients_end_with_their_last_user(sessions):
    client = weakref.ref(sessions.by_keys(KEYS)("cloudformation"))
    gc.collect()
    assert client() is None
