# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients of one account."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
from ansible_collections.jumpaccount.aws.plugins.module_utils._aws.account import (
    AwsAccount,
    client_config,
)


def test_threads_share_one_client_of_each_service() -> None:
    made: list[str] = []
    gate = threading.Barrier(8)

    def make(service: str) -> object:
        made.append(service)
        return boto3.client(service, "eu-west-1", aws_access_key_id="a", aws_secret_access_key="s")

    aws = AwsAccount("111111111111", make)

    def ask(number: int) -> object:
        gate.wait(timeout=30)
        return aws.client("iam" if number % 2 else "sts")

    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(ask, range(8)))
    assert sorted(made) == ["iam", "sts"]
    assert len({id(client) for client in clients}) == 2


def test_the_name_in_messages() -> None:
    assert AwsAccount("111111111111", object).label == "account 111111111111"
    assert AwsAccount(None, object).label == "the account of the credentials"


def test_s3_refuses_buckets_of_others_where_the_account_is_known() -> None:
    owner = {"ExpectedBucketOwner": "111111111111"}
    assert AwsAccount("111111111111", object).owning == owner
    assert AwsAccount(None, object).owning == {}


def test_clients_retry_patiently_and_serve_all_workers() -> None:
    config = client_config()
    assert config.retries == {"mode": "standard", "total_max_attempts": 10}
    assert config.max_pool_connections >= 8
