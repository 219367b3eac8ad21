# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Addresses that people open: sign-in, switching roles, launching the execution role."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from ..partitions import PARTITIONS


def sign_in_url(jump_account_id: str, partition: str = "aws") -> str:
    """Return where the Jump account's users sign in."""
    return f"https://{jump_account_id}.{_sign_in(partition)}/console"


def switch_role_url(
    account_id: str, role_name: str, display_name: str, partition: str = "aws"
) -> str:
    """Return the page that switches to a role, its form filled in."""
    query = urlencode({"account": account_id, "roleName": role_name, "displayName": display_name})
    return f"https://{_sign_in(partition)}/switchrole?{query}"


def _sign_in(partition: str) -> str:
    return f"signin.{_console_domain(partition)}"


def _console_domain(partition: str) -> str:
    return PARTITIONS.get(partition, PARTITIONS["aws"]).console_domain


def quick_create_url(
    region: str,
    template_url: str,
    stack_name: str,
    parameters: dict[str, str],
    partition: str = "aws",
) -> str:
    """Return the quick-create link that launches a stack, its form filled in."""
    query = urlencode(
        {
            "templateURL": template_url,
            "stackName": stack_name,
            **{f"param_{name}": value for name, value in sorted(parameters.items())},
        },
        quote_via=quote,
    )
    console = f"{region}.console.{_console_domain(partition)}"
    home = f"https://{console}/cloudformation/home?region={region}"
    return f"{home}#/stacks/create/review?{query}"


def read_parameter_command(parameter: str, region: str) -> str:
    """Return the command that prints a stored initial password."""
    return (
        f"aws ssm get-parameter --region {region} --name '{parameter}' --with-decryption "
        "--query Parameter.Value --output text"
    )
