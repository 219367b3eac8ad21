# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Credentials for several accounts in one module run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._aws.account import AwsAccount, Client
from .._aws.details import read_caller
from .._aws.errors import AwsError, doing
from .._aws.sessions import Sessions
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


class NoWayInError(NoAccessError):
    """The inventory names no credentials for an account, and it is not the run's own."""


@dataclass(frozen=True)
class Door:
    """The way into an account that was verified; the clients of a visit end with it."""

    account_id: str
    make_client: Callable[[str], Client]
    profile: str | None = None

    def enter(self) -> AwsAccount:
        """Return the account, ready to use."""
        return AwsAccount(self.account_id, self.make_client, profile=self.profile)


class Access:
    """Opens accounts; each is verified to be the one that was asked for."""

    def __init__(self, module: AnsibleAWSModule, own: AwsAccount, entries: Iterable[Entry]) -> None:
        region, endpoint, settings = get_aws_connection_info(module)
        self._sessions = Sessions(region, endpoint, settings["verify"], settings.get("aws_config"))
        self._own = own
        self._own_id, self._problem = None, ""
        by_run_itself = any(entry.profile is None for entry in entries)
        if by_run_itself:
            try:
                self._own_id = require_account(own)
            except AwsError as error:
                self._problem = f" ({error})"

    def open(self, entry: Entry) -> Door:
        """Return the way into an account; raise NoAccessError or AwsError."""
        if entry.role_arn:
            return self._open_role(entry.account_id, entry.role_arn)
        if entry.profile:
            return self._open_profile(entry.account_id, entry.profile)
        return self._open_own(entry.account_id)

    def _open_own(self, account_id: str) -> Door:
        if account_id == self._own_id:
            return Door(account_id, self._own.client, self._own.profile)
        text = (
            f"No credentials for account {account_id} are known{self._problem}: set aws_profile or "
            "bootstrap_role_arn in the inventory."
        )
        raise (NoAccessError if self._problem else NoWayInError)(text)

    def _open_profile(self, account_id: str, profile: str) -> Door:
        door = Door(account_id, self._sessions.by_profile(profile), profile)
        # A profile says nothing about its account, so this one call for each is needed.
        caller = read_caller(door.enter())
        _require(account_id, caller["account_id"], caller["arn"], "aws_profile")
        return door

    def _open_role(self, account_id: str, role_arn: str) -> Door:
        """Assume a role; the ARN of the session in the answer proves the account."""
        remedies = {
            "AccessDenied": "Check that the role exists and trusts the credentials of this run."
        }
        with doing(self._own, f"assume role {role_arn}", remedies):
            answer = self._own.client("sts").assume_role(
                RoleArn=role_arn, RoleSessionName=SESSION_NAME
            )
            arn, keys = answer["AssumedRoleUser"]["Arn"], answer["Credentials"]
            found = {
                "aws_access_key_id": keys["AccessKeyId"],
                "aws_secret_access_key": keys["SecretAccessKey"],
                "aws_session_token": keys["SessionToken"],
            }
        _require(account_id, arn.split(":")[4], arn, "bootstrap_role_arn")
        return Door(account_id, self._sessions.by_keys(found))


def _require(account_id: str, found_id: str, arn: str, variable: str) -> None:
    if found_id != account_id:
        raise NoAccessError(
            f"The credentials for account {account_id} are for account {found_id} ({arn}); they "
            f"were not used. Correct {variable} in the inventory."
        )
