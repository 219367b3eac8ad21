# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The connection options of a module as clients."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.amazon.aws.plugins.module_utils.botocore import (
    boto3_inventory_conn,
    get_aws_connection_info,
)
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._aws.account import Client, client_config
from .._aws.mfa_sessions import open_mfa_session
from .._aws.sessions import Sessions
from .._core.checking import InputError


def client_maker(module: AnsibleAWSModule) -> Callable[[str], Client]:
    """Return what makes the clients of a module; its failures are botocore's exceptions."""
    _check_one_kind(module)
    region, endpoint, settings = get_aws_connection_info(module)
    if not module.params["access_key"]:
        verify = settings["verify"]
        session = open_mfa_session(
            module.params["profile"], region_name=region, endpoint_url=endpoint, verify=verify
        )
        if session:
            return Sessions(region, endpoint, verify, settings.get("aws_config")).by_session(
                session
            )

    def make_client(service: str) -> Client:
        return boto3_inventory_conn(
            "client", service, region, endpoint, config=client_config(), **settings
        )

    return make_client


def _check_one_kind(module: AnsibleAWSModule) -> None:
    """Raise InputError when both a profile and keys are given, by options or by variables."""
    profile = module.params["profile"]
    if profile and module.params["access_key"]:
        raise InputError(
            [
                f"credentials: there are both profile {profile} (aws_profile, AWS_PROFILE) and an "
                "access key (AWS_ACCESS_KEY_ID); unset one of them"
            ]
        )
