# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Credentials for several accounts in one module run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import (
    boto3_inventory_conn,
    get_aws_connection_info,
)
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._aws.account import AwsAccount, Client, client_config
from .._aws.details import read_caller
from .._aws.errors import AwsError, doing
from .module import require_account

SESSION_NAME = "jumpaccount"


@dataclass(frozen=True)
class Entry:
    """An account and how to get there; with neither profile nor role, by the run itself."""

    account_id: str
    profile: str | None = None
    role_arn: str | None = None


class NoAccessError(Exception):
    """No credentials for an account, or those of another one; the text is a sentence."""


class Access:
    """Opens accounts; each is verified to be the one that was asked for."""

    def __init__(self, module: AnsibleAWSModule, own: AwsAccount, entries: Iterable[Entry]) -> None:
        self._connection = get_aws_connection_info(module)
        self._own = own
        self._own_id, self._problem = None, ""
        by_run_itself = any(entry.profile is None for entry in entries)
        if by_run_itself:
            try:
                self._own_id = require_account(own)
            except AwsError as error:
                self._problem = f" ({error})"

    def open(self, entry: Entry) -> AwsAccount:
        """Return an account, ready to use; raise NoAccessError or AwsError."""
        if entry.profile is None and entry.role_arn is None:
            return self._open_own(entry.account_id)
        aws = AwsAccount(entry.account_id, self._client_maker(entry))
        caller = read_caller(aws)
        if caller["account_id"] != entry.account_id:
            raise NoAccessError(
                f"The credentials for account {entry.account_id} are for account "
                f"{caller['account_id']} ({caller['arn']}); nothing was done with them. Correct "
                f"{'aws_profile' if entry.profile else 'bootstrap_role_arn'} in the inventory."
            )
        return aws

    def _open_own(self, account_id: str) -> AwsAccount:
        if account_id != self._own_id:
            raise NoAccessError(
                f"No credentials for account {account_id} are known{self._problem}: set "
                "aws_profile or bootstrap_role_arn in the inventory."
            )
        return AwsAccount(account_id, self._own.client)

    def _client_maker(self, entry: Entry) -> Any:
        region, endpoint, parameters = self._connection
        keys = self._assume(entry.role_arn) if entry.role_arn else {"profile_name": entry.profile}
        nobody = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
        settings = {**parameters, **nobody, "profile_name": None, **keys}

        def make_client(service: str) -> Client:
            return boto3_inventory_conn(
                "client", service, region, endpoint, config=client_config(), **settings
            )

        return make_client

    def _assume(self, role_arn: str) -> dict[str, str]:
        remedies = {
            "AccessDenied": "Is the role there, and does it trust the credentials of this run?"
        }
        with doing(self._own, f"assume role {role_arn}", remedies):
            answer = self._own.client("sts").assume_role(
                RoleArn=role_arn, RoleSessionName=SESSION_NAME
            )
        keys = answer["Credentials"]
        return {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
