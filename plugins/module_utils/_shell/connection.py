# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""The connection options of a module as clients."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._aws.account import Client
from .._aws.sessions import Sessions
from .._core.checking import InputError

_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


def client_maker(module: AnsibleAWSModule, elsewhere: str | None = None) -> Callable[[str], Client]:
    """Return what makes the clients of a module; its failures are botocore's exceptions.

    elsewhere is a region other than the one the module is told.
    """
    _check_one_kind(module)
    region, endpoint, settings = get_aws_connection_info(module)
    sessions = Sessions(
        elsewhere or region, endpoint, settings["verify"], settings.get("aws_config")
    )
    if module.params["access_key"]:
        return sessions.by_keys({name: settings.get(name) for name in _KEYS})
    return sessions.of_run(module.params["profile"])


def _check_one_kind(module: AnsibleAWSModule) -> None:
    """Raise InputError when both a profile and keys are given, by options or by variables."""
    profile = module.params["profile"]
    if profile and module.params["access_key"]:
        raise InputError(
            [
                f"credentials: both profile {profile} (aws_profile, AWS_PROFILE) and an access "
                "key (AWS_ACCESS_KEY_ID) are set; unset one of them"
            ]
        )
